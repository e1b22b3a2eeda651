import { EventEmitter } from "node:events";
import pcapParser from "pcap-parser";
import { ReceiveBuffer } from "../../core/bytes/receive-buffer.js";
import { PCAP_HEADER } from "../../core/capture/pcap.js";
import { PcapRecords } from "../../core/capture/pcap-records.js";
import { DEFAULT_LIMITS, type Limits } from "../../core/model/limits.js";
import type { CaptureInfo, CaptureParser, Packet } from "../../core/model/packet.js";

const RECORD_HEADER = 16;
/** Octets handed over at once: bounds the packets that wait in the queue. */
const PIECE = 256 << 10;

interface Waiting {
	sec: number;
	micros: number;
	originalLength: number;
	data: Buffer;
	offset: number;
}

/** The package wants a stream; it gets its octets from us, chunk by chunk, so nothing runs ahead of who uses the packets. */
class Input extends EventEmitter {
	pause(): void {}
	resume(): void {}
}

/** Thrown through the package's event handler: the only way to stop it inside a chunk. */
class ImpossibleLength extends Error {
	constructor(readonly captured: number) {
		super("impossible record length");
	}
}

/**
 * Classic microsecond pcap from a live stream, parsed by the package `pcap-parser`, which is guarded here against its faults:
 * a record length that cannot be stops it (it would buffer whatever follows), an unfinished last packet is reported
 * (it ends silently), and octets are only handed over when the next header or packet is complete, in one piece
 * (it would join chunks with the deprecated `new Buffer`, copying all that waits for every chunk that comes).
 */
export class PcapStreamParser implements CaptureParser {
	readonly #records: PcapRecords;
	readonly #input = new Input();
	readonly #parser = pcapParser.parse(this.#input);
	readonly #pending = new ReceiveBuffer();
	#chunk: Buffer = EMPTY;
	#queue: Waiting[] = [];
	#queueAt = 0;
	/** octets that the package needs to make its next step */
	#need = PCAP_HEADER;
	/** file offset where the current record begins */
	#recordAt = 0;
	/** the current record's header has been taken */
	#inBody = false;
	/** captured length of the record that stopped the package; reported after the packets before it */
	#impossible: number | null = null;
	readonly #limit: number;
	#ended = false;
	#stopped = false;

	constructor(limits: Limits = DEFAULT_LIMITS) {
		this.#limit = limits.packet;
		this.#records = new PcapRecords(limits);
		this.#listen();
	}

	get info(): CaptureInfo {
		return this.#records.info;
	}

	push(buf: Buffer, start: number, end: number): void {
		if (this.#stopped) return;
		const more = buf.subarray(start, end);
		this.#chunk = this.#chunk.length === 0 ? more : Buffer.concat([this.#chunk, more]);
	}

	end(): void {
		this.#ended = true;
	}

	next(): Packet | null {
		while (this.#queueAt === this.#queue.length) {
			this.#queue.length = 0;
			this.#queueAt = 0;
			if (this.#stopped) return null;
			if (this.#impossible !== null) {
				this.#records.plausible(this.#impossible, this.#recordAt);
				return this.#stop();
			}
			if (this.#chunk.length === 0) {
				if (this.#ended) this.#finish();
				return null;
			}
			this.#feed();
		}
		const { sec, micros, originalLength, data, offset } = this.#queue[this.#queueAt++]!;
		return this.#records.packet(sec, micros, data.length, originalLength, data, 0, offset);
	}

	/** Hands over the next piece of the chunk, together with what was kept, once that is enough for a step. */
	#feed(): void {
		const piece = this.#chunk.subarray(0, PIECE);
		this.#chunk = this.#chunk.subarray(PIECE);
		const pending = this.#pending;
		if (pending.length === 0 && piece.length >= this.#need) {
			const rest = this.#parse(piece);
			pending.append(piece, piece.length - rest, piece.length);
			return;
		}
		pending.append(piece, 0, piece.length);
		if (pending.length < this.#need) return;
		const rest = this.#parse(pending.buf.subarray(pending.start, pending.end));
		// Packets that wait in the queue keep pointing into this memory; it is written again only by the next append.
		pending.consume(pending.length - rest);
	}

	/** Returns how many octets at the end were not used. */
	#parse(octets: Buffer): number {
		this.#parser.buffer = null;
		try {
			this.#input.emit("data", octets);
		} catch (error) {
			if (!(error instanceof ImpossibleLength)) throw error;
			this.#impossible = error.captured;
			return 0;
		}
		return this.#parser.buffer === null ? 0 : (this.#parser.buffer as Buffer).length;
	}

	#finish(): void {
		const pending = this.#pending.length;
		const head = this.#inBody ? RECORD_HEADER : 0;
		if (pending + head === 0) return;
		this.#records.truncated(this.#recordAt, pending + head, this.#need + head);
		this.#stop();
	}

	#stop(): null {
		this.#stopped = true;
		this.#chunk = EMPTY;
		this.#pending.clear();
		return null;
	}

	#listen(): void {
		this.#parser.on("globalHeader", (header) => {
			this.#records.header({
				format: "pcap",
				major: header.majorVersion,
				minor: header.minorVersion,
				snapLength: header.snapshotLength,
				linkWord: header.linkLayerType,
			});
			this.#recordAt = PCAP_HEADER;
			this.#need = RECORD_HEADER;
		});
		this.#parser.on("packetHeader", (header) => {
			if (header.capturedLength > this.#limit) throw new ImpossibleLength(header.capturedLength);
			this.#inBody = true;
			this.#need = header.capturedLength;
		});
		this.#parser.on("packet", ({ header, data }) => {
			this.#queue.push({
				sec: header.timestampSeconds,
				micros: header.timestampMicroseconds,
				originalLength: header.originalLength,
				data,
				offset: this.#recordAt,
			});
			this.#recordAt += RECORD_HEADER + header.capturedLength;
			this.#inBody = false;
			this.#need = RECORD_HEADER;
		});
		this.#parser.on("error", (error) => {
			this.#records.notes.fatal("cap.bad-record", this.#recordAt, PCAP_HEADER, error.message);
			this.#stopped = true;
		});
	}
}

const EMPTY = Buffer.alloc(0);
