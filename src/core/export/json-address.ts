import { addressName, addressParams, addressUri, paramValue } from "../fields/addresses.js";
import type { HeaderRow } from "./json-headers.js";
import type { JsonWriter } from "./json-writer.js";

/** prefixes of the URI, the display name and the tag */
export type AddressNames = readonly [uri: Uint8Array, name: Uint8Array, tag: Uint8Array];

const QUOTE = 34;
const SEMICOLON = 59;
const LESS = 60;
const GREATER = 62;
const BACKSLASH = 92;

/** URI, display name and tag of a From or To value that stands at bytes[start, end). */
export function writeAddress(out: JsonWriter, row: HeaderRow, bytes: Uint8Array, start: number, end: number, names: AddressNames): void {
	if (!plainAddress(out, row, bytes, start, end, names)) writeParsed(out, row.value, names);
}

/** The form that nearly all have: `"name" <uri>;params` in printable ASCII. False, and nothing written, for any other. */
function plainAddress(
	out: JsonWriter,
	row: HeaderRow,
	bytes: Uint8Array,
	start: number,
	end: number,
	[uriPrefix, namePrefix, tagPrefix]: AddressNames,
): boolean {
	let nameStart = start;
	let open = start;
	if (bytes[start] === QUOTE) {
		nameStart++;
		open++;
		while (open < end && bytes[open] !== QUOTE) if (!plain(bytes[open++]!)) return false;
		open++;
	}
	const quoted = nameStart !== start;
	const quoteEnd = open - 1;
	while (open < end && bytes[open] !== LESS) if (!plain(bytes[open++]!)) return false;
	let close = open + 1;
	while (close < end && bytes[close] !== GREATER) if (!plain(bytes[close++]!)) return false;
	if (close >= end) return false;
	let nameEnd = quoted ? quoteEnd : open;
	if (!quoted) while (nameEnd > nameStart && bytes[nameEnd - 1] === 32) nameEnd--;
	else if (open > quoteEnd + 2) return false;
	let tag = close + 1;
	while (tag < end && !isTag(bytes, tag, end)) if (!plain(bytes[tag++]!)) return false;
	let tagEnd = tag + 5;
	while (tagEnd < end && bytes[tagEnd] !== SEMICOLON) if (!plain(bytes[tagEnd++]!) || bytes[tagEnd - 1] === 32) return false;
	out.raw(uriPrefix);
	out.span(bytes, open + 1, close, row);
	if (nameEnd > nameStart) {
		out.raw(namePrefix);
		out.span(bytes, nameStart, nameEnd, row);
	}
	if (tag < end) {
		out.raw(tagPrefix);
		out.span(bytes, tag + 5, Math.min(tagEnd, end), row);
	}
	return true;
}

function plain(octet: number): boolean {
	return octet >= 32 && octet < 127 && octet !== QUOTE && octet !== BACKSLASH;
}

/** `;tag=` in any case at that place. */
function isTag(bytes: Uint8Array, at: number, end: number): boolean {
	return (
		bytes[at] === SEMICOLON &&
		at + 5 <= end &&
		(bytes[at + 1]! | 32) === 116 &&
		(bytes[at + 2]! | 32) === 97 &&
		(bytes[at + 3]! | 32) === 103 &&
		bytes[at + 4] === 61
	);
}

function writeParsed(out: JsonWriter, value: string, [uriPrefix, namePrefix, tagPrefix]: AddressNames): void {
	out.raw(uriPrefix);
	out.string(addressUri(value));
	const name = addressName(value);
	if (name !== "") {
		out.raw(namePrefix);
		out.string(name);
	}
	const tag = paramValue(addressParams(value), "tag");
	if (tag !== undefined) {
		out.raw(tagPrefix);
		out.string(tag);
	}
}
