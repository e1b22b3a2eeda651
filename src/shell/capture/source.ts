import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileError } from "./capture-error.js";

/** Where a capture's octets come from. */
export interface ByteSource {
	/** The next octets, null at the end. They may be overwritten by the next read. Rejects with CaptureError. */
	read(): Promise<Buffer | null>;
	/** octets read so far, and of how many; undefined when nobody knows */
	readonly bytesRead: number;
	readonly totalBytes: number | undefined;
	/** reading ended because the user wanted it to: what is unfinished is not damage */
	readonly aborted: boolean;
	/** in words, when the octets ended because they are damaged */
	readonly damage: string | undefined;
	close(): void;
}

const BLOCK = 4 << 20;

/** A file, read in big blocks into one buffer. Between blocks the event loop gets its turn, for signals and progress. */
export class FileSource implements ByteSource {
	bytesRead = 0;
	readonly totalBytes: number | undefined;
	readonly damage = undefined;
	readonly #path: string;
	readonly #signal: AbortSignal | undefined;
	readonly #fd: number;
	readonly #block: Buffer;
	#open = true;

	constructor(path: string, blockSize = BLOCK, signal?: AbortSignal) {
		this.#path = path;
		this.#signal = signal;
		this.#fd = openSync(path, constants.O_RDONLY);
		const stat = fstatSync(this.#fd);
		this.totalBytes = stat.isFile() ? stat.size : undefined;
		// One octet more than a small file has, so that its end shows in the first read.
		this.#block = Buffer.allocUnsafeSlow(stat.isFile() && stat.size > 0 ? Math.min(blockSize, stat.size + 1) : blockSize);
	}

	get aborted(): boolean {
		return this.#signal?.aborted === true;
	}

	async read(): Promise<Buffer | null> {
		await nextTurn();
		if (!this.#open || this.aborted) return null;
		try {
			const count = readSync(this.#fd, this.#block, 0, this.#block.length, null);
			this.bytesRead += count;
			return count === 0 ? null : this.#block.subarray(0, count);
		} catch (error) {
			throw fileError(this.#path, error);
		}
	}

	close(): void {
		if (!this.#open) return;
		this.#open = false;
		closeSync(this.#fd);
	}
}

/** Standard input or a FIFO: whatever has come is handed out at once, and no more is read before it has been used. */
export class StreamSource implements ByteSource {
	bytesRead = 0;
	readonly totalBytes = undefined;
	readonly damage = undefined;
	aborted = false;
	readonly #name: string;
	readonly #stream: Readable;
	readonly #chunks: AsyncIterator<unknown>;
	readonly #signal: AbortSignal | undefined;
	#first: Buffer | null;

	/** @param first octets that were read before the stream existed */
	constructor(name: string, stream: Readable, signal?: AbortSignal, first: Buffer | null = null) {
		this.#name = name;
		this.#stream = stream;
		this.#first = first;
		this.#signal = signal;
		this.#chunks = stream[Symbol.asyncIterator]();
		// Errors reach us through the iterator; this keeps one that comes after its end from being thrown.
		stream.on("error", () => {});
		if (signal?.aborted) this.close();
		else signal?.addEventListener("abort", this.#abort, { once: true });
	}

	async read(): Promise<Buffer | null> {
		try {
			let chunk: Buffer | null = this.#first;
			this.#first = null;
			if (chunk === null) {
				const step = await this.#chunks.next();
				if (step.done === true) return null;
				chunk = Buffer.isBuffer(step.value) ? step.value : Buffer.from(step.value as string | Uint8Array);
			}
			this.bytesRead += chunk.length;
			return chunk;
		} catch (error) {
			if (this.aborted) return null;
			throw fileError(this.#name, error);
		}
	}

	close(): void {
		this.aborted = true;
		this.#signal?.removeEventListener("abort", this.#abort);
		this.#stream.destroy();
	}

	readonly #abort = (): void => this.close();
}
