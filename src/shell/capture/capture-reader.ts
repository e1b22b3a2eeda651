import type { CaptureInfo, CaptureParser, Packet } from "../../core/model/packet.js";
import type { ByteSource } from "./source.js";

/** Called after every block with the octets read so far, as they are in the file (compressed or not), and of how many. */
export type OnProgress = (bytesRead: number, totalBytes: number | undefined) => void;

/**
 * The packets of one capture, once, in order, however it comes in. Three ways, of which use one:
 *
 *     await reader.packets((packet) => …);                                        // cheapest
 *     for await (const batch of reader.batches()) for (const packet of batch) …   // nearly as cheap
 *     for await (const packet of reader) …                                        // a promise for every packet
 *
 * Every packet is the same object: nothing in it may be kept. When reading is over, `info.problems` says what was odd
 * and `info.damaged` whether it ended early. Rejects with CaptureError when reading fails.
 */
export class CaptureReader implements AsyncIterable<Packet> {
	readonly info: CaptureInfo;
	readonly #parser: CaptureParser;
	readonly #source: ByteSource;
	#pushed: number;
	#ended = false;
	#closed = false;
	/** the head is with the parser and has not been handed out yet */
	#primed = true;
	#held: Packet | null;

	/**
	 * @param head the source's first octets, valid until its next read. They are parsed up to the first packet at once,
	 * so that `info` tells format and interfaces before anything is read.
	 */
	constructor(parser: CaptureParser, source: ByteSource, head: Buffer) {
		this.info = parser.info;
		this.#parser = parser;
		this.#source = source;
		this.#pushed = head.length;
		parser.push(head, 0, head.length);
		this.#held = parser.next();
	}

	async packets(onPacket: (packet: Packet) => void, onProgress?: OnProgress): Promise<void> {
		try {
			while (await this.#fill()) {
				for (let packet = this.#next(); packet !== null; packet = this.#next()) {
					onPacket(packet);
					if (this.#closed) return;
				}
				onProgress?.(this.#source.bytesRead, this.#source.totalBytes);
			}
		} finally {
			this.close();
		}
	}

	/** The packets of one block after the other; what is left of a batch when the next one is asked for is passed by. */
	async *batches(onProgress?: OnProgress): AsyncGenerator<Iterable<Packet>, void, undefined> {
		try {
			while (await this.#fill()) {
				const batch = this.#drain();
				yield batch;
				while (!this.#closed && this.#next() !== null);
				onProgress?.(this.#source.bytesRead, this.#source.totalBytes);
			}
		} finally {
			this.close();
		}
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, undefined> {
		for await (const batch of this.batches()) yield* batch;
	}

	/** Stops reading, from inside a callback too; a waiting read ends. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#source.close();
	}

	/** Brings the parser its next octets. False when there is nothing more to come. */
	async #fill(): Promise<boolean> {
		if (this.#closed) return false;
		if (this.#primed) {
			this.#primed = false;
			return true;
		}
		if (this.#ended) {
			this.#endOfSource();
			return false;
		}
		if (this.info.damaged) return false;
		const chunk = await this.#source.read();
		if (this.#closed) return false;
		if (chunk !== null) {
			this.#pushed += chunk.length;
			this.#parser.push(chunk, 0, chunk.length);
		} else {
			this.#ended = true;
			if (!this.#source.aborted) this.#parser.end();
		}
		return true;
	}

	#endOfSource(): void {
		const damage = this.#source.damage;
		if (damage === undefined) return;
		this.info.problems.push({ id: "cap.gzip", offset: this.#pushed, length: 0, detail: damage });
		this.info.damaged = true;
	}

	*#drain(): Generator<Packet, void, undefined> {
		for (let packet = this.#next(); packet !== null && !this.#closed; packet = this.#next()) yield packet;
	}

	#next(): Packet | null {
		const held = this.#held;
		if (held === null) return this.#parser.next();
		this.#held = null;
		return held;
	}
}
