import type { Limits } from "../../model/limits.js";
import { headerValue, parseHeaderBlock } from "./header-block.js";
import { parseMediaType } from "./parameters.js";
import type { MimePart } from "./types.js";

const MAX_PARTS = 1024;

/**
 * Splits the multipart body buf[start, end) (RFC 2046 §5.1), nested ones too down to `limits.mimeDepth` levels.
 * All offsets, of nested parts too, count from `start`. A missing close delimiter is suffered: the last part then
 * runs to the end. Without a single delimiter line there are no parts. At most 1024 parts a level. Never throws.
 *
 * @param boundary the boundary parameter, unquoted
 */
export function parseMultipart(buf: Buffer, start: number, end: number, boundary: string, limits: Pick<Limits, "mimeDepth">): MimePart[] {
	return splitLevel(buf.toString("latin1", start, end), 0, Buffer.from(boundary, "utf8").toString("latin1"), limits.mimeDepth);
}

/** `text` holds one octet a character; `base` is added to all offsets. */
function splitLevel(text: string, base: number, boundary: string, depth: number): MimePart[] {
	const parts: MimePart[] = [];
	if (boundary === "" || depth <= 0) return parts;
	const mark = `--${boundary}`;
	let partStart = -1;
	for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
		if (at > 0 && text.charCodeAt(at - 1) !== 0x0a) continue;
		let after = at + mark.length;
		const close = text.startsWith("--", after);
		if (close) after += 2;
		const next = endOfDelimiter(text, after);
		if (next < 0) continue;
		if (partStart >= 0) parts.push(part(text, base, partStart, beforeDelimiter(text, partStart, at), depth));
		partStart = close || parts.length >= MAX_PARTS ? -1 : next;
		if (partStart < 0) break;
	}
	if (partStart >= 0) parts.push(part(text, base, partStart, text.length, depth));
	return parts;
}

/** Offset after a delimiter's transport padding and line end; -1 when the line goes on with something else. */
function endOfDelimiter(text: string, pos: number): number {
	while (text.charCodeAt(pos) === 0x20 || text.charCodeAt(pos) === 0x09) pos++;
	if (pos >= text.length) return text.length;
	if (text.charCodeAt(pos) === 0x0d && text.charCodeAt(pos + 1) === 0x0a) return pos + 2;
	return text.charCodeAt(pos) === 0x0a ? pos + 1 : -1;
}

/** The line end before a delimiter belongs to the delimiter. */
function beforeDelimiter(text: string, partStart: number, at: number): number {
	let end = at;
	if (end > partStart && text.charCodeAt(end - 1) === 0x0a) end--;
	if (end > partStart && text.charCodeAt(end - 1) === 0x0d) end--;
	return end;
}

function part(text: string, base: number, from: number, to: number, depth: number): MimePart {
	const block = parseHeaderBlock(text, from, to);
	const type = parseMediaType(headerValue(block.headers, "content-type") ?? "text/plain");
	const bodyStart = block.bodyStart;
	const boundary = type.params.get("boundary");
	const nested =
		type.type.startsWith("multipart/") && boundary !== undefined && depth > 1
			? splitLevel(text.slice(bodyStart, to), base + bodyStart, Buffer.from(boundary, "utf8").toString("latin1"), depth - 1)
			: undefined;
	for (const header of block.headers) {
		header.start += base;
		header.end += base;
	}
	return {
		headers: block.headers,
		contentType: type.type,
		params: type.params,
		contentDisposition: headerValue(block.headers, "content-disposition"),
		contentId: headerValue(block.headers, "content-id"),
		start: base + bodyStart,
		end: base + to,
		parts: nested,
	};
}
