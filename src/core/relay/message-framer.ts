import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Limits } from "../model/limits.js";
import { decodeMsrpMessage, looksLikeMsrp } from "../protocols/msrp/index.js";
import { decodeSipDatagram } from "../protocols/sip/index.js";
import type { Framer, FramerSink } from "./framer.js";

/**
 * Where every call brings one message: UDP datagrams, WebSocket messages (RFC 7118 §5, RFC 7977 §5.1).
 * What is not exactly one whole message passes as raw octets.
 */
export class MessageFramer implements Framer {
	/** always empty */
	readonly held = new ReceiveBuffer();
	readonly lost = false;
	readonly #sink: FramerSink;
	readonly #limits: Limits;
	readonly #tell: (protocol: "sip" | "msrp") => void;

	/** `tell` hears of every message what it is */
	constructor(sink: FramerSink, limits: Limits, tell: (protocol: "sip" | "msrp") => void) {
		this.#sink = sink;
		this.#tell = tell;
		this.#limits = limits;
	}

	feed(buf: Buffer, start: number, end: number): void {
		if (looksLikeMsrp(buf, start, end) === "yes") {
			const { frame, consumed } = decodeMsrpMessage(buf, start, end, this.#limits);
			this.#tell("msrp");
			if (frame?.complete && frame.offset === 0 && consumed === end - start) this.#sink.whole(frame, buf, start, end);
			else this.#sink.raw(buf, start, end);
			return;
		}
		const message = decodeSipDatagram(buf, start, end, "udp", this.#limits);
		if (message !== undefined) this.#tell("sip");
		if (message?.complete && message.offset === 0 && message.bodyLength === message.bodyKept) this.#sink.sip(message, buf, start, end);
		else this.#sink.raw(buf, start, end);
	}
}
