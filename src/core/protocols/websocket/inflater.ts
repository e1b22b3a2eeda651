import { constants, inflateRawSync } from "node:zlib";

/** LZ77 window of DEFLATE; a smaller negotiated one only means that farther distances do not occur. */
const WINDOW = 32 << 10;
/** a deflated message that inflates to no more than this is the usual case */
const SMALL_OUTPUT = 4 << 10;

export type InflateFailure = "broken" | "too-large";

/**
 * permessage-deflate of one direction (RFC 7692 §7.2.2). The runtime has no synchronous inflater that keeps its state,
 * but none is needed: a message ends at an octet boundary (the sender flushes), so all state there is
 * is the window, which is the end of the output so far and goes in as a dictionary.
 * The `00 00 FF FF` that the RFC appends holds no data; a sync flush makes the inflater hand out all before it.
 */
export class Inflater {
	readonly #keepContext: boolean;
	/** the last output, up to twice the window; empty until needed */
	#history: Buffer = EMPTY;
	#length = 0;

	constructor(keepContext: boolean) {
		this.#keepContext = keepContext;
	}

	/** Inflates one message; `limit`: most octets that it may give. */
	inflate(buf: Buffer, start: number, end: number, limit: number): Buffer | InflateFailure {
		const input = buf.subarray(start, end);
		const from = Math.max(0, this.#length - WINDOW);
		try {
			const output = inflateRawSync(input, {
				finishFlush: constants.Z_SYNC_FLUSH,
				maxOutputLength: limit,
				chunkSize: Math.max(SMALL_OUTPUT, Math.min(64 << 10, input.length * 4)),
				...(this.#length > 0 ? { dictionary: this.#history.subarray(from, this.#length) } : {}),
			});
			if (this.#keepContext) this.#remember(output);
			return output;
		} catch (error) {
			this.lose();
			return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "broken";
		}
	}

	/**
	 * A message is missing. Later ones that refer to what is not known then fail by themselves:
	 * a distance beyond the window is an error, never wrong output.
	 */
	lose(): void {
		this.#length = 0;
	}

	#remember(output: Buffer): void {
		const keep = Math.min(WINDOW, output.length);
		if (this.#history.length === 0) this.#history = Buffer.allocUnsafeSlow(2 * WINDOW);
		if (this.#length + keep > this.#history.length) {
			const from = this.#length - WINDOW;
			this.#history.copyWithin(0, from, this.#length);
			this.#length = WINDOW;
		}
		output.copy(this.#history, this.#length, output.length - keep);
		this.#length += keep;
	}
}

const EMPTY = Buffer.alloc(0);
