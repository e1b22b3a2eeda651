import type { MimeHeader } from "./types.js";

/** A run of header lines and where it stopped. */
export interface HeaderBlock {
	headers: MimeHeader[];
	/** offset of the first octet after the empty line; the offset of the first line that is no header; or the end */
	bodyStart: number;
	/** the empty line was there */
	terminated: boolean;
}

const MAX_HEADERS = 256;

/**
 * Reads MIME header lines (RFC 2045 §3, RFC 5322 §2.2) of `text`, one character an octet, from `start` up to the
 * empty line, `end`, or a line that cannot be a header. Folded lines are joined with one space; CRLF and LF count.
 * Values are decoded as UTF-8 with replacement. Offsets are those of `text`. Beyond 256 headers rows are passed over.
 */
export function parseHeaderBlock(text: string, start: number, end: number): HeaderBlock {
	const headers: MimeHeader[] = [];
	let pos = start;
	while (pos < end) {
		const lineFeed = text.indexOf("\n", pos);
		const next = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1;
		const lineEnd = contentEnd(text, pos, next);
		if (lineEnd === pos) return { headers, bodyStart: next, terminated: true };
		const first = text.charCodeAt(pos);
		if (first === 0x20 || first === 0x09) {
			const last = headers[headers.length - 1];
			if (last === undefined) return { headers, bodyStart: pos, terminated: false };
			last.value = `${last.value} ${octetsToText(text.slice(pos, lineEnd).trim())}`.trimStart();
			last.end = next;
		} else {
			const colon = text.indexOf(":", pos);
			if (colon <= pos || colon >= lineEnd || !isHeaderName(text, pos, colon)) return { headers, bodyStart: pos, terminated: false };
			if (headers.length < MAX_HEADERS) {
				const name = text.slice(pos, colon).trimEnd();
				const value = octetsToText(text.slice(colon + 1, lineEnd).trim());
				headers.push({ name, key: name.toLowerCase(), value, start: pos, end: next });
			}
		}
		pos = next;
	}
	return { headers, bodyStart: end, terminated: false };
}

/** First value with that lower-case name. */
export function headerValue(headers: readonly MimeHeader[], key: string): string | undefined {
	for (const header of headers) if (header.key === key) return header.value;
	return undefined;
}

/** Octets, one in each character, as UTF-8 with replacement. */
export function octetsToText(octets: string): string {
	return /[\x80-\xff]/.test(octets) ? Buffer.from(octets, "latin1").toString("utf8") : octets;
}

/** End of the line [start, next) without its line end. */
function contentEnd(text: string, start: number, next: number): number {
	let end = next;
	if (end > start && text.charCodeAt(end - 1) === 0x0a) end--;
	if (end > start && text.charCodeAt(end - 1) === 0x0d) end--;
	return end;
}

/** RFC 5322 §3.6.8: printable characters but colon; white space is suffered before the colon. */
function isHeaderName(text: string, start: number, colon: number): boolean {
	let end = colon;
	while (end > start && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0x09)) end--;
	if (end === start) return false;
	for (let pos = start; pos < end; pos++) {
		const code = text.charCodeAt(pos);
		if (code <= 0x20 || code >= 0x7f) return false;
	}
	return true;
}
