import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Limits } from "../model/limits.js";
import { type SipMessage, SipStreamDecoder } from "../protocols/sip/index.js";
import type { Framer, FramerSink } from "./framer.js";

/** SIP messages of a stream, whole, by Content-Length (RFC 3261 §18.3). Messages beyond Limits.inspect pass as raw octets. */
export class SipFramer implements Framer {
	readonly held = new ReceiveBuffer();
	readonly #sink: FramerSink;
	readonly #decoder: SipStreamDecoder;
	/** stream offset up to which octets were given out */
	#given = 0;
	/** the octets at hand: buf[at] is the octet with stream offset `given` */
	#buf: Buffer = this.held.buf;
	#at = 0;

	constructor(sink: FramerSink, limits: Limits, midStream: boolean) {
		this.#sink = sink;
		this.#decoder = new SipStreamDecoder(
			{ message: (message) => this.#message(message), keepalive: () => {}, skipped: () => {}, problem: () => {} },
			{ limits, midStream },
		);
	}

	get lost(): boolean {
		return !this.#decoder.framed;
	}

	feed(buf: Buffer, start: number, end: number): void {
		const { held } = this;
		const copied = held.length > 0;
		if (copied) held.append(buf, start, end);
		this.#buf = copied ? held.buf : buf;
		this.#at = copied ? held.start : start;
		const first = this.#at;
		this.#decoder.feed(buf, start, end);
		this.#raw(this.#decoder.consumed);
		if (copied) held.consume(this.#at - first);
		else if (this.#at < end) held.append(buf, this.#at, end);
	}

	#message(message: SipMessage): void {
		// Of a message that was too long to be kept the beginning has gone out already.
		if (!message.complete || message.offset < this.#given) return;
		this.#raw(message.offset);
		const start = this.#at;
		this.#at += message.length;
		this.#given += message.length;
		this.#sink.sip(message, this.#buf, start, this.#at);
	}

	#raw(to: number): void {
		const length = to - this.#given;
		if (length <= 0) return;
		this.#given = to;
		this.#at += length;
		this.#sink.raw(this.#buf, this.#at - length, this.#at);
	}
}
