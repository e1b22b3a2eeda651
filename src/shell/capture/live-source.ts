import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { CaptureError, fileError } from "./capture-error.js";
import { type ByteSource, StreamSource } from "./source.js";

/** Milliseconds between two looks at a file that grows, and at a FIFO that nobody writes to yet. */
const POLL = 100;
const BLOCK = 64 << 10;

/** A growing file, read to its end and then on as it grows, until the signal says stop. */
export class FollowSource implements ByteSource {
	bytesRead = 0;
	readonly totalBytes = undefined;
	readonly damage = undefined;
	aborted = false;
	readonly #path: string;
	readonly #fd: number;
	readonly #block = Buffer.allocUnsafeSlow(BLOCK);
	readonly #stop = new AbortController();
	readonly #signal: AbortSignal | undefined;
	#open = true;

	constructor(path: string, signal?: AbortSignal) {
		this.#path = path;
		this.#fd = openSync(path, constants.O_RDONLY);
		this.#signal = signal;
		if (signal?.aborted) this.#abort();
		else signal?.addEventListener("abort", this.#abort, { once: true });
	}

	async read(): Promise<Buffer | null> {
		for (;;) {
			await nextTurn();
			if (this.aborted || !this.#open) return null;
			try {
				const count = readSync(this.#fd, this.#block, 0, BLOCK, null);
				this.bytesRead += count;
				if (count > 0) return this.#block.subarray(0, count);
				if (fstatSync(this.#fd).size < this.bytesRead) {
					throw new CaptureError("read", this.#path, `${this.#path}: the file became shorter while it was followed; start again`);
				}
			} catch (error) {
				throw fileError(this.#path, error);
			}
			await pause(this.#stop.signal);
		}
	}

	close(): void {
		this.#abort();
		this.#signal?.removeEventListener("abort", this.#abort);
		if (!this.#open) return;
		this.#open = false;
		closeSync(this.#fd);
	}

	readonly #abort = (): void => {
		this.aborted = true;
		this.#stop.abort();
	};
}

/**
 * A FIFO. Opened without blocking and polled until somebody writes, because a plain open would hold a thread
 * that cannot be called back; after that the event loop tells when octets have come.
 */
export async function fifoSource(path: string, signal?: AbortSignal): Promise<ByteSource> {
	const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	const block = Buffer.allocUnsafeSlow(BLOCK);
	let count = 0;
	while (count === 0 && signal?.aborted !== true) {
		try {
			count = readSync(fd, block, 0, BLOCK, null);
		} catch (error) {
			// A writer is there and has written nothing yet.
			if ((error as NodeJS.ErrnoException).code === "EAGAIN") break;
			closeSync(fd);
			throw fileError(path, error);
		}
		if (count === 0) await pause(signal);
	}
	const stream = new Socket({ fd, readable: true, writable: false });
	return new StreamSource(path, stream, signal, count > 0 ? block.subarray(0, count) : null);
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
	try {
		await sleep(POLL, undefined, signal === undefined ? {} : { signal });
	} catch {
		// Woken by the signal, which the caller looks at.
	}
}
