import { isUtf8 } from "node:buffer";
import { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import type { Direction } from "../../model/flow.js";
import type { DiagnosticId } from "../../model/problem.js";
import { CLOSE, CONTINUATION, FrameHeader, PING, TEXT } from "./frame-header.js";
import type { Inflater } from "./inflater.js";
import { FrameFinder } from "./resync.js";
import type { WebSocketSink } from "./types.js";
import { giveBackBlock, takeBlock, unmask } from "./unmask.js";

/** A message whose last fragment has not come. */
interface OpenMessage {
	binary: boolean;
	compressed: boolean;
	offset: number;
	/** too long or damaged: only its end is waited for */
	dropped: boolean;
}

const LONGEST_CONTROL = 125;

/** Frames of one direction, after the handshake (RFC 6455 §5). */
export class FrameReader {
	/** stream offset of the first octet that is not consumed */
	offset: number;
	/** this direction must be masked; undefined: not known, the first frames tell */
	client: boolean | undefined;
	readonly #dir: Direction;
	readonly #sink: WebSocketSink;
	readonly #limit: number;
	/** null: no permessage-deflate */
	readonly #inflater: Inflater | null;
	readonly #header = new FrameHeader();
	readonly #pending = new ReceiveBuffer();
	/** set while frames are being looked for */
	#finder: FrameFinder | null = null;
	/** octets of a frame that are passed by */
	#skip = 0;
	#open: OpenMessage | null = null;
	readonly #fragments = new ReceiveBuffer();
	/** a message was lost: continuations without start belong to it */
	#orphans = false;
	#inflateFailed = false;

	constructor(dir: Direction, offset: number, client: boolean | undefined, inflater: Inflater | null, sink: WebSocketSink, limit: number) {
		this.#dir = dir;
		this.offset = offset;
		this.client = client;
		this.#inflater = inflater;
		this.#sink = sink;
		this.#limit = limit;
	}

	/** The stream starts at an unknown place: look for frames first. */
	seek(): void {
		this.#finder = new FrameFinder();
		this.#orphans = true;
		this.#inflater?.lose();
	}

	feed(buf: Buffer, start: number, end: number): void {
		const pending = this.#pending;
		if (pending.length === 0 && this.#finder === null) {
			const used = this.#run(buf, start, end);
			if (used < end) pending.append(buf, used, end);
			return;
		}
		pending.append(buf, start, end);
		if (this.#finder !== null && !this.#seekFrames(this.#finder)) return;
		this.#runPending();
	}

	/** `length` octets are missing (0: unknown). Where they lie within one frame, the next frame is still found. */
	gap(length: number): void {
		const pending = this.#pending;
		const left = this.#frameLeft();
		const at = this.offset;
		const inside = length > 0 && length <= left;
		this.offset += pending.length + length;
		pending.clear();
		const detail = length > 0 ? `${length} octets` : "an unknown number of octets";
		if (this.#finder === null) this.#problem("ws.message-lost", at, `${detail} are missing`);
		this.#inflater?.lose();
		this.#abandon();
		if (inside) {
			this.#skip = left - length;
			// The lost frame may have begun a fragmented message.
			this.#orphans = true;
		} else {
			this.#skip = 0;
			if (this.#finder === null) this.seek();
			else this.#finder.reset();
		}
	}

	/** Octets that the frame at the start of the pending ones lacks; 0 where there is none, or its header is cut. */
	#frameLeft(): number {
		const pending = this.#pending;
		if (this.#skip > 0) return this.#skip;
		if (this.#finder !== null || !this.#header.read(pending.buf, pending.start, pending.end)) return 0;
		return this.#header.headerLength + this.#header.payloadLength - pending.length;
	}

	end(): void {
		const pending = this.#pending;
		if (this.#finder?.endsExactly(pending)) {
			this.client ??= this.#finder.masked;
			this.#finder = null;
			this.#runPending();
		}
		if (this.#finder === null && (pending.length > 0 || this.#skip > 0)) {
			this.#problem("ws.truncated-frame", this.offset, "inside a frame");
		} else if (this.#open !== null && !this.#open.dropped) {
			this.#problem("ws.truncated-frame", this.#open.offset, "the last fragment is missing");
		}
		pending.clear();
		this.#abandon();
	}

	#seekFrames(finder: FrameFinder): boolean {
		const pending = this.#pending;
		const before = pending.length;
		const found = finder.find(pending, this.client);
		this.offset += before - pending.length;
		if (!found) return false;
		this.client ??= finder.masked;
		this.#finder = null;
		return true;
	}

	#runPending(): void {
		const pending = this.#pending;
		const used = this.#run(pending.buf, pending.start, pending.end);
		pending.consume(used - pending.start);
	}

	#run(buf: Buffer, start: number, end: number): number {
		let at = start;
		while (at < end) {
			if (this.#skip > 0) {
				const pass = Math.min(this.#skip, end - at);
				this.#skip -= pass;
				this.offset += pass;
				at += pass;
				continue;
			}
			if (!this.#header.read(buf, at, end)) break;
			if (this.#header.payloadLength > this.#limit) {
				this.#oversized();
				continue;
			}
			const next = at + this.#header.headerLength + this.#header.payloadLength;
			if (next > end) break;
			this.#frame(buf, at, next);
			this.offset += next - at;
			at = next;
		}
		return at;
	}

	#oversized(): void {
		this.#checkHeader();
		this.#problem("ws.message-too-large", this.offset, `a frame of ${this.#header.payloadLength} octets`);
		this.#skip = this.#header.headerLength + this.#header.payloadLength;
		if (this.#header.control || !this.#header.knownOpcode) return;
		this.#inflater?.lose();
		const { fin, opcode } = this.#header;
		if (opcode !== CONTINUATION || this.#open !== null) {
			this.#abandon();
			this.#open = fin ? null : { binary: opcode !== TEXT, compressed: false, offset: this.offset, dropped: true };
		} else if (fin) this.#orphans = false;
	}

	#frame(buf: Buffer, at: number, end: number): void {
		this.#checkHeader();
		if (!this.#header.knownOpcode) return;
		const start = at + this.#header.headerLength;
		if (!this.#header.masked) {
			this.#payload(buf, start, end, end - at);
			return;
		}
		const block = takeBlock(end - start);
		try {
			unmask(buf, this.#header.maskAt, start, end, block);
			this.#payload(block, 0, end - start, end - at);
		} finally {
			giveBackBlock(block);
		}
	}

	/** Reports what is wrong in the header alone. */
	#checkHeader(): void {
		if (this.client === true && !this.#header.masked) this.#problem("ws.unmasked-client-frame", this.offset);
		else if (this.client === false && this.#header.masked) this.#problem("ws.masked-server-frame", this.offset);
		if (!this.#header.knownOpcode) this.#problem("ws.bad-opcode", this.offset, `opcode ${this.#header.opcode}`);
		if (!this.#header.lengthOk) this.#problem("ws.bad-length", this.offset, `${this.#header.payloadLength} octets`);
		const rsv1 = (this.#header.rsv & 4) !== 0;
		if ((this.#header.rsv & 3) !== 0 || (rsv1 && this.#inflater === null)) {
			this.#problem("ws.reserved-bits", this.offset, `RSV ${this.#header.rsv.toString(2).padStart(3, "0")}`);
		} else if (rsv1 && (this.#header.control || this.#header.opcode === CONTINUATION)) {
			this.#problem("ws.rsv1-on-continuation", this.offset, `opcode ${this.#header.opcode}`);
		}
		if (!this.#header.control) return;
		if (this.#header.payloadLength > LONGEST_CONTROL)
			this.#problem("ws.control-too-long", this.offset, `${this.#header.payloadLength} octets`);
		else if (!this.#header.fin) this.#problem("ws.control-too-long", this.offset, "fragmented");
	}

	#payload(buf: Buffer, start: number, end: number, frameLength: number): void {
		const { fin, opcode } = this.#header;
		if (this.#header.control) {
			this.#control(buf, start, end);
			return;
		}
		const compressed = (this.#header.rsv & 4) !== 0 && this.#inflater !== null;
		if (opcode === CONTINUATION) {
			this.#continuation(buf, start, end, frameLength, fin);
			return;
		}
		if (this.#open !== null) {
			this.#problem("ws.bad-fragmentation", this.offset, "a new message inside another");
			if (this.#open.compressed) this.#inflater?.lose();
			this.#abandon();
		}
		this.#orphans = false;
		if (fin) {
			this.#deliver(opcode !== TEXT, compressed, buf, start, end, this.offset, frameLength);
		} else {
			this.#open = { binary: opcode !== TEXT, compressed, offset: this.offset, dropped: false };
			this.#fragments.append(buf, start, end);
		}
	}

	#continuation(buf: Buffer, start: number, end: number, frameLength: number, fin: boolean): void {
		const open = this.#open;
		if (open === null) {
			if (!this.#orphans) this.#problem("ws.bad-fragmentation", this.offset, "continuation without start");
			if (fin) this.#orphans = false;
			return;
		}
		if (!open.dropped) {
			const size = this.#fragments.length + end - start;
			if (size > this.#limit) {
				open.dropped = true;
				this.#fragments.clear();
				this.#inflater?.lose();
				this.#problem("ws.message-too-large", open.offset, `${size} octets so far`);
			} else this.#fragments.append(buf, start, end);
		}
		if (!fin) return;
		this.#open = null;
		if (open.dropped) return;
		const { buf: all, start: from, end: to } = this.#fragments;
		this.#deliver(open.binary, open.compressed, all, from, to, open.offset, this.offset + frameLength - open.offset);
		this.#fragments.clear();
	}

	#deliver(binary: boolean, compressed: boolean, buf: Buffer, start: number, end: number, offset: number, length: number): void {
		let from = buf;
		let at = start;
		let stop = end;
		if (compressed && this.#inflater !== null) {
			const inflated = this.#inflater.inflate(buf, start, end, this.#limit);
			if (inflated === "too-large") {
				this.#problem("ws.message-too-large", offset, `more than ${this.#limit} octets when inflated`);
				return;
			}
			if (inflated === "broken") {
				// Once for all messages that depend on the one that is missing.
				if (!this.#inflateFailed) this.#problem("ws.inflate-failed", offset, `${end - start} octets`);
				this.#inflateFailed = true;
				return;
			}
			this.#inflateFailed = false;
			from = inflated;
			at = 0;
			stop = inflated.length;
		}
		if (!binary && !isUtf8(from.subarray(at, stop))) this.#problem("ws.invalid-utf8", offset, "text message");
		this.#sink.message(this.#dir, binary, from, at, stop, offset, length);
	}

	#control(buf: Buffer, start: number, end: number): void {
		const kind = this.#header.opcode === CLOSE ? "close" : this.#header.opcode === PING ? "ping" : "pong";
		if (kind === "close" && end - start > 2 && !isUtf8(buf.subarray(start + 2, end))) {
			this.#problem("ws.invalid-utf8", this.offset, "close reason");
		}
		this.#sink.control(this.#dir, kind, Buffer.from(buf.subarray(start, end)), this.offset);
	}

	/** Forgets the message that is being put together. */
	#abandon(): void {
		this.#open = null;
		this.#fragments.clear();
	}

	#problem(id: DiagnosticId, offset: number, detail?: string): void {
		this.#sink.problem(this.#dir, detail === undefined ? { id, offset, length: 0 } : { id, offset, length: 0, detail });
	}
}
