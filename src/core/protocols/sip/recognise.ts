import { isDigits, isTokenChar } from "../uri/chars.js";
import { latin1 } from "./octets.js";
import { parseStartLine } from "./start-line.js";

/** Longest start line that is looked for (octets). */
const MAX_LINE = 8192;
const FIRST_LOOK = 256;
const MAX_METHOD = 64;
const METHODS = /(?:ACK|BYE|CANCEL|INFO|INVITE|MESSAGE|NOTIFY|OPTIONS|PRACK|PUBLISH|REFER|REGISTER|SUBSCRIBE|UPDATE)$/;

/**
 * Do these octets begin a SIP message? A prefix of a start line gives "maybe". A request line must end in a SIP version and
 * its Request-URI must have a scheme, so HTTP, RTSP and MSRP are "no" as soon as they show it. CRLF in front is passed over.
 */
export function looksLikeSip(buf: Buffer, start: number, end: number): "yes" | "no" | "maybe" {
	let from = start;
	while (from < end && (buf[from] === 13 || buf[from] === 10)) from++;
	if (from === end) return "maybe";
	let text = latin1(buf, from, Math.min(end, from + FIRST_LOOK));
	let lf = text.indexOf("\n");
	if (lf < 0 && end - from > FIRST_LOOK) {
		text = latin1(buf, from, Math.min(end, from + MAX_LINE));
		lf = text.indexOf("\n");
	}
	if (lf >= 0) return isStrictStartLine(text, lf > 0 && text.charCodeAt(lf - 1) === 13 ? lf - 1 : lf) ? "yes" : "no";
	if (text.length === MAX_LINE) return "no";
	return couldBecomeStartLine(text) ? "maybe" : "no";
}

/** A start line that can be read, whose Request-URI has a scheme. */
function isStrictStartLine(text: string, end: number): boolean {
	const line = parseStartLine(text, end);
	if (line === undefined) return false;
	return line.kind === "response" || (line.method.length <= MAX_METHOD && /^[A-Za-z][A-Za-z0-9+.-]*:/.test(line.requestUri));
}

function couldBecomeStartLine(text: string): boolean {
	if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return false;
	if (/^SIP\//i.test(text)) return /^SIP\/(?:\d{0,3}|\d{1,3}\.\d{0,3}|\d{1,3}\.\d{1,3}[ \t][^\n]*)\r?$/i.test(text);
	let i = 0;
	while (i < text.length && isTokenChar(text.charCodeAt(i))) i++;
	if (i === 0) return /^SIP\/?$/i.test(text);
	if (i > MAX_METHOD) return false;
	if (i === text.length) return true;
	if (text.charCodeAt(i) !== 32) return false;
	const uri = text.slice(i).replace(/^[ \t]+<?/, "");
	return /^(?:[A-Za-z][A-Za-z0-9+.-]*)?$/.test(uri) || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri);
}

/**
 * Offset of the first SIP start line in buf[start, end) whose line end is there too; -1 when there is none.
 * Looks at line starts, and inside lines where other octets run directly into a start line.
 */
export function findSipStart(buf: Buffer, start: number, end: number): number {
	let line = start;
	while (line < end) {
		const lf = findLf(buf, line, end);
		if (lf < 0) return -1;
		const at = startInLine(buf, line, lf);
		if (at >= 0) return at;
		line = lf + 1;
	}
	return -1;
}

/** Position of the first LF in buf[start, end), -1 when there is none. (Buffer.indexOf would search beyond `end`.) */
export function findLf(buf: Buffer, start: number, end: number): number {
	for (let i = start; i < end; i++) if (buf[i] === 10) return i;
	return -1;
}

/**
 * Offset of a start line of at most `limit` octets that ends with the line feed at `lf` and begins at or after `line`;
 * -1 when there is none.
 */
export function startInLine(buf: Buffer, line: number, lf: number, limit = MAX_LINE): number {
	const from = Math.max(line, lf - limit);
	const contentEnd = lf > from && buf[lf - 1] === 13 ? lf - 1 : lf;
	if (contentEnd - from < 10) return -1;
	const text = latin1(buf, from, contentEnd);
	const version = text.lastIndexOf("SIP/2.0");
	if (version < 0) return -1;
	if (from === line && isStrictStartLine(text, text.length)) return from;
	const at = isStatus(text, version) ? version : requestStart(text, version);
	return at < 0 || !isStrictStartLine(text.slice(at), text.length - at) ? -1 : from + at;
}

function isStatus(text: string, version: number): boolean {
	return text.charCodeAt(version + 7) === 32 && isDigits(text, version + 8, version + 11) && text.charCodeAt(version + 11) === 32;
}

/** Begin of `method SP uri SP` before the version, where octets that cannot belong to it, or a known method, mark it. */
function requestStart(text: string, version: number): number {
	if (version < 5 || text.charCodeAt(version - 1) !== 32) return -1;
	const space = text.lastIndexOf(" ", version - 2);
	if (space <= 0) return -1;
	let token = space;
	while (token > 0 && isTokenChar(text.charCodeAt(token - 1))) token--;
	const known = METHODS.exec(text.slice(Math.max(token, space - MAX_METHOD), space));
	if (known !== null) return space - known[0].length;
	const before = token > 0 ? text.charCodeAt(token - 1) : 0;
	return token < space && (before < 32 || before > 126) ? token : -1;
}
