import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { SpanEdit } from "../model/rewriting.js";
import { parseCpim } from "../protocols/cpim/index.js";
import { headerKey } from "../protocols/sip/names.js";
import { frameParts } from "../relay/mend-frame.js";
import { msrpHeadOf } from "../relay/mend-msrp.js";
import { sipMessageOf } from "../relay/mend-sip.js";
import { applyEdits } from "../relay/span-edits.js";
import type { RelayProtocol } from "../relay/stage.js";
import { BreakpointError } from "./types.js";

/** Values by header name: a text replaces the first row of that name or adds one, several texts replace all rows, null takes them away. */
export type HeaderEdits = Readonly<Record<string, string | readonly string[] | null>>;

/** A change of one message in decoded form. Its members apply in this order. */
export interface MessageEdit {
	/** the whole message anew; text is UTF-8 */
	octets?: Buffer | string;
	/** the first line, without its line end */
	startLine?: string;
	/** of SIP or MSRP */
	headers?: HeaderEdits;
	/** of the message/cpim content */
	cpim?: HeaderEdits;
	/** the body of the SIP message, or of the MSRP chunk */
	body?: Buffer | string;
	/** the innermost content: what message/cpim wraps, else the body */
	text?: Buffer | string;
}

/** A row of any of the three protocols. */
interface Row {
	key: string;
	start: number;
	end: number;
	valueStart: number;
	valueEnd: number;
}

/** The parts of a message that is whole. */
interface Parts {
	rows: readonly Row[];
	/** where a new header row goes */
	room: number;
	body: { start: number; end: number } | undefined;
	contentType: string | undefined;
}

const LINE_BREAK = /[\r\n]/;

/**
 * The octets with the edit made; lengths are left as they were.
 *
 * @throws BreakpointError when the message has no such part, or a value cannot stand there
 */
export function editMessage(protocol: RelayProtocol, octets: Buffer, edit: MessageEdit, limits: Limits = DEFAULT_LIMITS): Buffer {
	let now = edit.octets === undefined ? octets : bufferOf(edit.octets);
	if (edit.startLine !== undefined) now = withStartLine(now, edit.startLine);
	if (edit.headers !== undefined) {
		const key = protocol === "sip" ? headerKey : (name: string) => name.toLowerCase();
		for (const [name, value] of Object.entries(edit.headers)) now = withHeader(now, partsOf(protocol, now, limits), name, key(name), value);
	}
	if (edit.cpim !== undefined) {
		for (const [name, value] of Object.entries(edit.cpim)) {
			const { body } = cpimBody(protocol, now, limits);
			now = withHeader(now, cpimParts(now, body), name, name, value);
		}
	}
	if (edit.body !== undefined) now = withSpan(now, bodyOf(protocol, now, limits), bufferOf(edit.body));
	if (edit.text !== undefined) {
		const { body, contentType } = partsOf(protocol, now, limits);
		if (body === undefined) throw new BreakpointError("the message has no body whose text could be replaced");
		if (isCpim(contentType)) {
			const { contentStart, contentEnd } = parseCpim(now, body.start, body.end, true);
			now = withSpan(now, { start: body.start + contentStart, end: body.start + contentEnd }, bufferOf(edit.text));
		} else now = withSpan(now, body, bufferOf(edit.text));
	}
	return now;
}

/** Is anything of the message to be changed? */
export function editsAnything({ octets, startLine, headers, cpim, body, text }: MessageEdit): boolean {
	return [octets, startLine, headers, cpim, body, text].some((part) => part !== undefined);
}

function partsOf(protocol: RelayProtocol, octets: Buffer, limits: Limits): Parts {
	if (protocol === "sip") {
		const message = sipMessageOf(octets, limits);
		if (message === undefined) throw new BreakpointError("the octets are no SIP message any more: give all of them anew");
		const { headers, bodyOffset } = message;
		const body = bodyOffset < octets.length ? { start: bodyOffset, end: octets.length } : undefined;
		const room = headers.at(-1)?.end ?? octets.indexOf(10) + 1;
		return { rows: headers, room, body, contentType: message.get("content-type") };
	}
	const frame = msrpHeadOf(octets, limits);
	const parts = frame === undefined ? undefined : frameParts(octets, frame);
	if (frame === undefined || parts === undefined) throw new BreakpointError("the octets are no MSRP frame any more: give all of them anew");
	// Content-Type is the last header before the content (RFC 4975 §9, content-stuff).
	const room = frame.row("content-type")?.start ?? frame.headers.at(-1)?.end ?? octets.indexOf(10) + 1;
	const body = frame.bodyOffset < 0 ? undefined : { start: parts.body, end: parts.tail };
	return { rows: frame.headers, room, body, contentType: frame.contentType };
}

function bodyOf(protocol: RelayProtocol, octets: Buffer, limits: Limits): { start: number; end: number } {
	const { body } = partsOf(protocol, octets, limits);
	if (body !== undefined) return body;
	if (protocol === "sip") return { start: octets.length, end: octets.length };
	throw new BreakpointError("the MSRP frame has no body: give the octets of the whole frame");
}

function cpimBody(protocol: RelayProtocol, octets: Buffer, limits: Limits): { body: { start: number; end: number } } {
	const { body, contentType } = partsOf(protocol, octets, limits);
	if (body === undefined || !isCpim(contentType)) throw new BreakpointError("the message has no message/cpim content");
	return { body };
}

function cpimParts(octets: Buffer, { start, end }: { start: number; end: number }): Parts {
	const { headers } = parseCpim(octets, start, end, true);
	const rows = headers.map((header) => ({
		key: header.name,
		start: start + header.start,
		end: start + header.end,
		valueStart: start + header.valueStart,
		valueEnd: start + header.valueEnd,
	}));
	return { rows, room: rows.at(-1)?.end ?? start, body: undefined, contentType: undefined };
}

function withStartLine(octets: Buffer, line: string): Buffer {
	if (LINE_BREAK.test(line)) throw new BreakpointError("a start line holds no line break");
	const end = octets.indexOf(10);
	if (end < 0) throw new BreakpointError("the message has no line end behind its start line");
	return withSpan(octets, { start: 0, end: octets[end - 1] === 13 ? end - 1 : end }, bufferOf(line));
}

function withHeader(octets: Buffer, parts: Parts, name: string, key: string, value: string | readonly string[] | null): Buffer {
	if (name === "" || LINE_BREAK.test(name)) throw new BreakpointError("a header needs a name without line breaks");
	const values = value === null ? [] : typeof value === "string" ? [value] : value;
	if (values.some((one) => LINE_BREAK.test(one))) throw new BreakpointError(`${name}: a header value holds no line break`);
	const rows = parts.rows.filter((row) => row.key === key);
	const [first] = rows;
	if (typeof value === "string" && first !== undefined) {
		return withSpan(octets, { start: first.valueStart, end: first.valueEnd }, bufferOf(value));
	}
	const fresh = bufferOf(values.map((one) => `${name}: ${one}\r\n`).join(""));
	if (first === undefined) return withSpan(octets, { start: parts.room, end: parts.room }, fresh);
	const edits: SpanEdit[] = rows.map(({ start, end }, index) => ({ start, end, octets: index === 0 ? fresh : Buffer.alloc(0) }));
	return applyEdits(octets, edits);
}

function withSpan(octets: Buffer, { start, end }: { start: number; end: number }, replacement: Buffer): Buffer {
	return applyEdits(octets, [{ start, end, octets: replacement }]);
}

function isCpim(contentType: string | undefined): boolean {
	return contentType !== undefined && /^\s*message\/cpim\s*(;|$)/i.test(contentType);
}

function bufferOf(value: Buffer | string): Buffer {
	return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
