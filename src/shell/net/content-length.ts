import { looksLikeSip } from "../../core/protocols/sip/index.js";

const EMPTY_LINE = Buffer.from("\r\n\r\n");
const HEADER = /\r\n(?:content-length|l)[ \t]*:/i;

/**
 * A SIP message as it can go into a stream, where Content-Length is needed (RFC 3261 §18.3); over WebSocket and UDP it may be absent
 * (RFC 7118 §5.4). Anything else is given back as it is.
 */
export function withContentLength(message: Buffer): Buffer {
	const head = message.indexOf(EMPTY_LINE);
	if (head < 0 || looksLikeSip(message, 0, message.length) !== "yes") return message;
	if (HEADER.test(message.toString("latin1", 0, head + 2))) return message;
	const line = Buffer.from(`\r\nContent-Length: ${message.length - head - EMPTY_LINE.length}`, "latin1");
	return Buffer.concat([message.subarray(0, head), line, message.subarray(head)]);
}
