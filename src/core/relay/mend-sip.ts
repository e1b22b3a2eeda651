import type { Limits } from "../model/limits.js";
import type { SpanEdit } from "../model/rewriting.js";
import { decodeSipDatagram, type SipMessage } from "../protocols/sip/index.js";

/** The message in octets that a stage has changed; undefined when it is none any more. */
export function sipMessageOf(octets: Buffer, limits: Limits): SipMessage | undefined {
	// Over UDP a Content-Length that is too short hides nothing, so the whole message is seen either way.
	const message = decodeSipDatagram(octets, 0, octets.length, "udp", limits);
	return message?.offset === 0 ? message : undefined;
}

/**
 * What makes Content-Length fit the body again: only its digits are replaced (RFC 3261 §20.14). Nothing where it fits,
 * is absent, or was no number before.
 */
export function contentLengthEdit(octets: Buffer, message: SipMessage): SpanEdit | undefined {
	const row = message.row("content-length");
	if (row === undefined || !/^\d+$/.test(row.value)) return undefined;
	const length = octets.length - message.bodyOffset;
	if (Number(row.value) === length) return undefined;
	const digits = Buffer.from(String(length), "latin1");
	return { start: row.valueStart, end: row.valueEnd, octets: digits, part: "Content-Length", why: "the body has another length" };
}
