import type { Problem } from "../../model/problem.js";
import { decodeOctets, unescapeCpim } from "./escapes.js";
import { isName, type Namespaces } from "./namespaces.js";
import type { CpimHeader } from "./types.js";

export interface HeaderLine {
	header: CpimHeader;
	/** the value's octets as written, folds joined by one space */
	octets: string;
	folded: boolean;
}

/** anything but printable ASCII without the backslash: only such text needs decoding or unescaping */
const NOT_PLAIN = /[^\x20-\x5b\x5d-\x7e]/;
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * Reads the header line text[start, end) (RFC 3862 §2.2, §3.6), without its line end, leniently; deviations become problems.
 * Undefined when it is no header at all.
 *
 * @param next offset after the line end (and after the lines that continue it)
 * @param continuation octets of the lines that continue it, joined, undefined when none
 * @param valueEndFolded where the value ends in the last of those lines
 */
export function parseHeaderLine(
	text: string,
	start: number,
	end: number,
	next: number,
	continuation: string | undefined,
	valueEndFolded: number,
	namespaces: Namespaces,
	problems: Problem[],
): HeaderLine | undefined {
	let nameStart = start;
	while (nameStart < end && isSpace(text.charCodeAt(nameStart))) nameStart++;
	const colon = text.indexOf(":", nameStart);
	let nameEnd = colon;
	while (nameEnd > nameStart && isSpace(text.charCodeAt(nameEnd - 1))) nameEnd--;
	if (colon < 0 || colon >= end || nameEnd === nameStart) {
		problems.push({ id: "cpim.malformed-header", offset: start, length: end - start, detail: "no name and colon" });
		return undefined;
	}
	let spacing = nameStart !== start || nameEnd !== colon;
	let name = text.slice(nameStart, nameEnd);
	const dot = name.indexOf(".");
	let local = dot < 0 ? name : name.slice(dot + 1);
	if (!isName(local) || (dot >= 0 && !isName(name.slice(0, dot)))) {
		name = decodeOctets(name);
		local = decodeOctets(local);
		problems.push({ id: "cpim.malformed-header", offset: nameStart, length: nameEnd - nameStart, detail: "not a header name" });
	}
	let pos = colon + 1;
	let params: string | undefined;
	if (text.charCodeAt(pos) === 0x3b && pos < end) {
		const paramsEnd = endOfParams(text, pos, end);
		params = decodeOctets(text.slice(pos + 1, paramsEnd));
		pos = paramsEnd;
	}
	const afterColon = pos;
	while (pos < end && isSpace(text.charCodeAt(pos))) pos++;
	if (pos - afterColon !== 1 || text.charCodeAt(afterColon) !== 0x20) spacing = true;
	let valueEnd = end;
	while (valueEnd > pos && isSpace(text.charCodeAt(valueEnd - 1))) valueEnd--;
	if (valueEnd !== end) spacing = true;
	if (spacing) problems.push({ id: "cpim.header-spacing", offset: start, length: end - start });
	let octets = text.slice(pos, valueEnd);
	if (continuation !== undefined) octets = `${octets} ${continuation}`.trim();
	const header: CpimHeader = {
		name,
		namespace: namespaces.resolve(name, dot),
		local,
		params,
		value: octets,
		raw: octets,
		start,
		end: next,
		valueStart: pos,
		valueEnd: continuation === undefined ? valueEnd : valueEndFolded,
	};
	if (NOT_PLAIN.test(octets)) decodeValue(header, octets, problems);
	return { header, octets, folded: continuation !== undefined };
}

function decodeValue(header: CpimHeader, octets: string, problems: Problem[]): void {
	const offset = header.valueStart;
	const length = header.valueEnd - offset;
	if (CONTROL.test(octets)) problems.push({ id: "cpim.bad-escape", offset, length, detail: "control octet" });
	header.raw = decodeOctets(octets);
	if (header.raw.includes("\ufffd") && !octets.includes("\xef\xbf\xbd")) {
		problems.push({ id: "cpim.invalid-utf8", offset, length });
	}
	const { text, fault } = unescapeCpim(header.raw);
	header.value = text;
	if (fault) problems.push({ id: "cpim.bad-escape", offset, length, detail: "unknown escape" });
}

/** First SP outside quotes, or the line's end. */
function endOfParams(text: string, start: number, end: number): number {
	let quoted = false;
	for (let pos = start; pos < end; pos++) {
		const code = text.charCodeAt(pos);
		if (code === 0x5c) pos++;
		else if (code === 0x22) quoted = !quoted;
		else if (!quoted && isSpace(code)) return pos;
	}
	return end;
}

function isSpace(code: number): boolean {
	return code === 0x20 || code === 0x09;
}
