import { checkSip } from "../../src/core/checks/sip/index.js";
import type { Carrier } from "../../src/core/model/entry.js";
import type { Limits } from "../../src/core/model/limits.js";
import type { Problem } from "../../src/core/model/problem.js";
import { decodeSipDatagram, type SipMessage, SipStreamDecoder } from "../../src/core/protocols/sip/index.js";

/** Decodes one datagram that must be SIP. */
export function decode(octets: Buffer | string, carrier: Carrier = "udp"): SipMessage {
	const buf = typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
	const message = decodeSipDatagram(buf, 0, buf.length, carrier);
	if (message === undefined) throw new Error("not SIP");
	return message;
}

/** All findings about one message, of the framing and of the checks. */
export function problems(message: SipMessage, carrier: Carrier = "udp"): Problem[] {
	return [...(message.problems ?? []), ...(checkSip(message, carrier) ?? [])];
}

export function ids(message: SipMessage, carrier: Carrier = "udp"): string[] {
	return problems(message, carrier).map((problem) => problem.id);
}

/** The octets that a finding points at. */
export function span(message: SipMessage, problem: Problem): string {
	return message.bytes.toString("latin1", message.start + problem.offset, message.start + problem.offset + problem.length);
}

export function body(message: SipMessage): Buffer {
	const from = message.start + message.bodyOffset;
	return message.bytes.subarray(from, from + message.bodyKept);
}

/** Everything a stream decoder says, as lines of text: what must not depend on how the octets were cut. */
export class Log {
	readonly lines: string[] = [];
	readonly messages: SipMessage[] = [];
	readonly decoder: SipStreamDecoder;

	constructor(options: { limits?: Limits; midStream?: boolean } = {}) {
		this.decoder = new SipStreamDecoder(
			{
				message: (message) => {
					const first = message.kind === "request" ? `${message.method} ${message.requestUri}` : `${message.status} ${message.reason}`;
					const kept = message.bytes.toString("latin1", message.start, message.end);
					const found = (message.problems ?? []).map((problem) => `${problem.id}@${problem.offset}+${problem.length}`).join(" ");
					this.lines.push(
						`message ${message.offset}+${message.length} ${message.complete ? "whole" : "cut"} ${first} rows=${message.rows.length / 4} body=${message.bodyLength}/${message.bodyKept} [${found}] ${kept.length}:${hash(kept)}`,
					);
					this.messages.push(message.retain());
				},
				keepalive: (kind, offset, count) => this.lines.push(`${kind} ${offset} x${count}`),
				skipped: (offset, length) => this.lines.push(`skipped ${offset}+${length}`),
				problem: (problem) => this.lines.push(`${problem.id} ${problem.offset}+${problem.length}`),
			},
			options,
		);
	}

	feed(octets: Buffer | string): this {
		// In the middle of a bigger buffer of text, so that reading beyond the end shows.
		const data = typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
		const around = Buffer.concat([Buffer.from("\r\n\r\n"), data, Buffer.from("\r\n\r\nINVITE sip:x@x SIP/2.0\r\n\r\n")]);
		this.decoder.feed(around, 4, 4 + data.length);
		around.fill(0);
		return this;
	}

	end(): this {
		this.decoder.end();
		return this;
	}
}

function hash(text: string): number {
	let value = 7;
	for (let i = 0; i < text.length; i++) value = (value * 31 + text.charCodeAt(i)) | 0;
	return value >>> 0;
}

/** The log of the octets fed in pieces that end at the given places. */
export function logOf(octets: Buffer, cuts: readonly number[] = [], options: { limits?: Limits; midStream?: boolean } = {}): string[] {
	const log = new Log(options);
	let from = 0;
	for (const cut of [...cuts].sort((a, b) => a - b)) {
		if (cut > from && cut < octets.length) {
			log.feed(octets.subarray(from, cut));
			from = cut;
		}
	}
	return log.feed(octets.subarray(from)).end().lines;
}
