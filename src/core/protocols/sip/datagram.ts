import type { Carrier } from "../../model/entry.js";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import { add, headProblems } from "./framing-problems.js";
import { indexHead, ROW_NAME_END, ROW_START, ROW_STRIDE } from "./head.js";
import { DecodedSipMessage } from "./message.js";
import { headerKey } from "./names.js";
import { latin1 } from "./octets.js";
import { parseStartLine } from "./start-line.js";
import type { SipMessage } from "./types.js";

/** Three of these show that a text with a broken start line was meant as SIP. */
const MARKS: ReadonlySet<string> = new Set(["via", "call-id", "cseq", "from", "to", "max-forwards"]);

/**
 * Decodes buf[start, end) as one SIP message: a UDP datagram or a WebSocket message (RFC 3261 §18.3, RFC 7118 §5).
 * Content-Length is optional: without it (or with a bad one) the body is the rest. CRLF before the start line is passed
 * over and counted in `offset`. Octets after the body are part of `length` but not of `bodyLength`. Over WebSocket such octets
 * and a body that is cut have the names ws.two-messages-in-one and ws.message-incomplete.
 * Returns undefined when the octets are no SIP message, keep-alives included. Never throws.
 */
export function decodeSipDatagram(
	buf: Buffer,
	start: number,
	end: number,
	carrier: Carrier,
	limits: Limits = DEFAULT_LIMITS,
): SipMessage | undefined {
	let from = start;
	while (from < end && (buf[from] === 13 || buf[from] === 10)) from++;
	const length = end - from;
	if (length < MIN_LENGTH) return undefined;
	// Most heads fit the first guess; a head beyond the section limit is taken as unterminated.
	let sliced = Math.min(length, FIRST_GUESS);
	let text = latin1(buf, from, from + sliced);
	if (!couldStart(text)) return undefined;
	let head = indexHead(text, sliced, limits, sliced === length);
	if (head.end < 0 && sliced < length) {
		sliced = Math.min(length, limits.sipHeaderSection);
		text = latin1(buf, from, from + sliced);
		head = indexHead(text, sliced, limits, true);
	}
	if (head.startLineEnd > limits.sipStartLine) return undefined;
	const line = parseStartLine(text, head.startLineEnd) ?? looseStartLine(text, head.startLineEnd, head.rows);
	if (line === undefined) return undefined;
	let problems = headProblems(text, line, head, limits);
	let complete = true;
	if (head.end < 0) {
		complete = false;
		const detail = sliced < length ? `no empty line in ${sliced} octets` : undefined;
		const problem = { id: "sip.header-section-unterminated" as const, offset: sliced, length: 0 };
		problems = add(problems, detail === undefined ? problem : { ...problem, detail });
		head.end = sliced;
	}
	const webSocket = carrier === "ws" || carrier === "wss";
	const available = length - head.end;
	let bodyLength = available;
	if (head.contentLength >= 0) {
		bodyLength = Math.min(head.contentLength, available);
		if (head.contentLength > available && complete) {
			complete = false;
			const detail = `${available} of ${head.contentLength} octets`;
			const id = webSocket ? "ws.message-incomplete" : "sip.content-length-overrun";
			problems = add(problems, { id, offset: head.end, length: available, detail });
		}
		const trailing = available - bodyLength;
		if (trailing > 0) {
			const id = webSocket ? "ws.two-messages-in-one" : "sip.trailing-octets";
			problems = add(problems, { id, offset: head.end + bodyLength, length: trailing });
		}
	}
	const kept = Math.min(end, from + head.end + Math.max(limits.inspect, 0));
	const place = { bytes: buf, start: from, end: kept, offset: from - start, length, complete, bodyLength };
	return new DecodedSipMessage(text, line, head, place, problems);
}

const FIRST_GUESS = 2048;
/** shortest thing worth a look: a status line */
const MIN_LENGTH = 12;

/** Cheap refusal of binary datagrams: a start line begins with a token character. */
function couldStart(text: string): boolean {
	const code = text.charCodeAt(0);
	return code > 32 && code < 127;
}

/** A request line that lacks its version, accepted only where the rows leave no doubt (RFC 4475 archive, test.dat). */
function looseStartLine(text: string, end: number, rows: readonly number[]) {
	// HTTP and RTSP share header names with SIP and say who they are.
	if (/\/\d\.\d\s*$/.test(text.slice(Math.max(0, end - 16), end))) return undefined;
	const marks = new Set<string>();
	for (let row = 0; row < rows.length; row += ROW_STRIDE) {
		const key = headerKey(text.slice(rows[row + ROW_START]!, rows[row + ROW_NAME_END]!));
		if (MARKS.has(key)) marks.add(key);
	}
	return marks.size >= 3 ? parseStartLine(text, end, true) : undefined;
}
