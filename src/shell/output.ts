import type { Writable } from "node:stream";

/** characters of text, or octets, that make a batch */
export const BATCH = 256 << 10;

/**
 * Text to a stream in batches of 256 KiB. A reader that has gone away (`| head`) is no error: `closed` turns true,
 * further text is dropped, and `onClosed` is told so that the work can stop.
 */
export class Output {
	readonly #stream: Writable;
	readonly #onClosed: () => void;
	#text = "";
	#pending = 0;
	#drained: Promise<void> | undefined;
	#wake: (() => void) | undefined;
	#closed = false;
	/** what ended the stream, when that was not a reader that went away */
	error: Error | undefined;

	constructor(stream: Writable, onClosed: () => void = () => {}) {
		this.#stream = stream;
		this.#onClosed = onClosed;
		stream.on("error", (error: NodeJS.ErrnoException) => this.#close(error));
		stream.on("drain", () => this.#resume());
	}

	get closed(): boolean {
		return this.#closed;
	}

	write(text: string): void {
		this.#text += text;
		if (this.#text.length >= BATCH) this.flush();
	}

	/** Octets that the caller has batched already; they belong to the stream from now on. */
	writeBytes(octets: Buffer): void {
		this.flush();
		if (octets.length > 0) this.#send(octets);
	}

	flush(): void {
		const text = this.#text;
		if (text === "") return;
		this.#text = "";
		this.#send(Buffer.from(text, "utf8"));
	}

	#send(octets: Buffer): void {
		if (this.#closed) return;
		this.#pending++;
		const more = this.#stream.write(octets, () => {
			this.#pending--;
			if (this.#pending === 0) this.#resume();
		});
		if (!more && this.#drained === undefined) {
			this.#drained = new Promise((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	/** Undefined while the stream takes text; else a promise to wait for before more is written. */
	drained(): Promise<void> | undefined {
		return this.#closed ? undefined : this.#drained;
	}

	/** Writes what is left and waits until the stream has taken it. Does not end the stream. */
	async end(): Promise<void> {
		this.flush();
		while (this.#pending > 0 && !this.#closed) {
			await new Promise<void>((resolve) => {
				const before = this.#wake;
				this.#wake = () => {
					before?.();
					resolve();
				};
			});
		}
	}

	#resume(): void {
		const wake = this.#wake;
		this.#wake = undefined;
		this.#drained = undefined;
		wake?.();
	}

	#close(error: NodeJS.ErrnoException): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#text = "";
		if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") this.error = error;
		this.#resume();
		this.#onClosed();
	}
}
