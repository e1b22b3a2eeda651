import { ReceiveBuffer } from "../../core/bytes/receive-buffer.js";
import { DEFAULT_LIMITS } from "../../core/model/limits.js";
import type { StreamDecoder } from "../../core/model/stream.js";
import { detect } from "../../core/pipeline/detect.js";
import { MsrpStreamDecoder } from "../../core/protocols/msrp/index.js";
import { SipStreamDecoder } from "../../core/protocols/sip/index.js";

/** Octets at the start of a stream that may be looked at to tell what it is; what is nothing of ours goes on as it comes. */
const LOOK = 2 << 10;

/**
 * Cuts one direction of a stream into SIP messages or MSRP chunks, for carriers that take one a message (RFC 7118 §5, RFC 7977 §5.1,
 * RFC 3261 §18.1.1). Which of the two is told by the first octets. Keep-alives and octets that belong to no message are units of their own.
 * No octet is lost or changed.
 */
export class MessageCutter {
	readonly #most: number;
	readonly #unit: (octets: Buffer) => void;
	readonly #pending = new ReceiveBuffer();
	#decoder: StreamDecoder | undefined;
	/** stream offset of the first pending octet */
	#offset = 0;
	#opaque = false;
	/** the octets to come begin a message */
	#between = false;

	/** `unit` gets octets of its own. `most`: octets of one message; see `overfull`. */
	constructor(unit: (octets: Buffer) => void, most: number) {
		this.#unit = unit;
		this.#most = most;
	}

	/** A message is longer than may be held: what follows cannot be cut any more. */
	get overfull(): boolean {
		return this.#pending.length > this.#most;
	}

	feed(octets: Buffer): void {
		if (this.#opaque) {
			this.#unit(Buffer.from(octets));
			return;
		}
		this.#pending.append(octets, 0, octets.length);
		if (this.#decoder !== undefined) {
			this.#keepAlive();
			this.#decoder.feed(octets, 0, octets.length);
			return;
		}
		const { buf, start, end } = this.#pending;
		const spoken = detect(buf, start, end, false);
		if (spoken === "maybe" && end - start < LOOK) return;
		if (spoken !== "sip" && spoken !== "msrp") {
			this.#opaque = true;
			this.end();
			return;
		}
		this.#decoder = this.#make(spoken);
		// The decoder may give units while it is fed, and those take octets out of `pending`.
		const all = Buffer.from(buf.subarray(start, end));
		this.#decoder.feed(all, 0, all.length);
	}

	/** The stream is over: what is left goes out as it is. */
	end(): void {
		if (this.#pending.length > 0) this.#cut(this.#offset + this.#pending.length);
	}

	#make(spoken: "sip" | "msrp"): StreamDecoder {
		const limits = { ...DEFAULT_LIMITS, inspect: 0 };
		const skipped = (offset: number, length: number): void => this.#cut(offset + length);
		const problem = (): void => {};
		if (spoken === "msrp") {
			return new MsrpStreamDecoder({ frame: ({ offset, length }) => this.#frame(offset, length), skipped, problem }, { limits });
		}
		return new SipStreamDecoder(
			{
				message: ({ offset, length }) => this.#frame(offset, length),
				keepalive: (_kind, offset) => this.#cut(offset),
				skipped,
				problem,
			},
			{ limits },
		);
	}

	/** Empty lines between messages are asked to be answered now (RFC 5626 §3.5.1): they do not wait for the next message. */
	#keepAlive(): void {
		const { buf, start, end } = this.#pending;
		// Where the last message ended is where the pending octets begin.
		if (!this.#between) return;
		let at = start;
		while (at + 1 < end && buf[at] === 0x0d && buf[at + 1] === 0x0a) at += 2;
		if (at > start) this.#cut(this.#offset + at - start);
		if (at < end) this.#between = false;
	}

	#frame(offset: number, length: number): void {
		this.#cut(offset);
		this.#cut(offset + length);
		this.#between = this.#pending.length === 0;
	}

	/** Gives everything before that stream offset out as one unit. */
	#cut(upTo: number): void {
		const { buf, start } = this.#pending;
		const length = Math.min(upTo - this.#offset, this.#pending.length);
		if (length <= 0) return;
		const unit = Buffer.from(buf.subarray(start, start + length));
		this.#pending.consume(length);
		this.#offset += length;
		this.#unit(unit);
	}
}
