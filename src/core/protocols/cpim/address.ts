import { parseUri } from "../uri/index.js";
import type { Uri } from "../uri/types.js";
import { octetsToValue } from "./escapes.js";
import type { CpimAddress, CpimHeader } from "./types.js";

const FORMAL_NAME = /^(?:[!#-'*+\-.0-9A-Z^-z|~\x80-\xff]+ +)*$/;
const PLAIN_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-[\]-~]+$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

class Address implements CpimAddress {
	#uri: Uri | undefined;

	constructor(
		readonly header: CpimHeader,
		readonly displayName: string,
		readonly uriText: string,
		readonly faults: string[],
		readonly trailing: string,
		readonly uriStart: number,
		readonly uriEnd: number,
	) {}

	get uri(): Uri {
		this.#uri ??= parseUri(this.uriText);
		return this.#uri;
	}
}

/**
 * Splits the value of From, To or cc (RFC 3862 §3.6, §4.1): formal name, "<", URI, ">", end of line.
 * Quotes and brackets are found in the octets as written; each piece is then decoded and unescaped by itself, so that
 * an escaped quote or bracket inside a name separates nothing. Without brackets the whole value is taken for the URI.
 *
 * @param octets the value's octets as written, one a character
 * @param folded the octets do not stand in one piece in the message: the URI's span is then that of the whole value
 */
export function parseAddress(header: CpimHeader, octets: string, folded: boolean): CpimAddress {
	const faults: string[] = [];
	if (header.params !== undefined && hasBareParameter(header.params)) faults.push("parameters-before");
	let open: number;
	let displayName = "";
	if (octets.charCodeAt(0) === 0x22) {
		const close = closingQuote(octets);
		open = octets.indexOf("<", close + 1);
		if (close < 0 || octets.slice(close + 1, Math.max(open, close + 1)).trim() !== "") faults.push("bad-name");
		displayName = octetsToValue(octets.slice(1, close < 0 ? Math.max(open, 1) : close)).trim();
	} else {
		open = octets.indexOf("<");
		if (open > 0) {
			const name = octets.slice(0, open);
			if (!FORMAL_NAME.test(name)) faults.push("bad-name");
			displayName = octetsToValue(name).trim();
		}
	}
	if (open < 0) return withoutBrackets(header, octets, faults, folded);
	const close = octets.indexOf(">", open);
	if (close < 0) faults.push("unclosed-bracket");
	const trailing = close < 0 ? "" : octetsToValue(octets.slice(close + 1));
	if (trailing !== "") faults.push("after-bracket");
	const uriEnd = close < 0 ? octets.length : close;
	return address(header, displayName, octets.slice(open + 1, uriEnd), open + 1, faults, trailing, folded);
}

/** The brackets may have been escaped, which receivers should understand (RFC 3862 §2.3.1); else the value is the URI. */
function withoutBrackets(header: CpimHeader, octets: string, faults: string[], folded: boolean): CpimAddress {
	if (octets.includes("\\")) {
		const value = octetsToValue(octets);
		const open = value.indexOf("<");
		if (open >= 0) {
			const close = value.indexOf(">", open);
			const trailing = close < 0 ? "" : value.slice(close + 1);
			faults.push("cpim-escaped");
			if (trailing !== "") faults.push("after-bracket");
			const name = value
				.slice(0, open)
				.trim()
				.replace(/^"(.*)"$/s, "$1");
			const uriText = value.slice(open + 1, close < 0 ? value.length : close).trim();
			addUriFaults(uriText, faults);
			return new Address(header, name, uriText, faults, trailing, header.valueStart, header.valueEnd);
		}
	}
	faults.push("no-brackets");
	return address(header, "", octets, 0, faults, "", folded);
}

function address(
	header: CpimHeader,
	displayName: string,
	uriOctets: string,
	at: number,
	faults: string[],
	trailing: string,
	folded: boolean,
): CpimAddress {
	const uriStart = folded ? header.valueStart : header.valueStart + at;
	const uriEnd = folded ? header.valueEnd : uriStart + uriOctets.length;
	if (PLAIN_URI.test(uriOctets)) return new Address(header, displayName, uriOctets, faults, trailing, uriStart, uriEnd);
	const text = octetsToValue(uriOctets);
	const uriText = text.trim();
	if (uriText !== text) faults.push("whitespace");
	if (uriOctets.includes("\\")) faults.push("cpim-escaped");
	addUriFaults(uriText, faults);
	return new Address(header, displayName, uriText, faults, trailing, uriStart, uriEnd);
}

function addUriFaults(uriText: string, faults: string[]): void {
	if (uriText === "") {
		faults.push("empty");
		return;
	}
	if (!ABSOLUTE.test(uriText)) faults.push("no-scheme");
	if (/[\x00-\x1f\x7f]/.test(uriText)) faults.push("control");
	if (uriText.includes(" ") && !faults.includes("whitespace")) faults.push("whitespace");
	if (/[^\x00-\x7f]/.test(uriText)) faults.push("non-ascii");
}

/** RFC 3862 §3.6: a parameter is name=value. */
function hasBareParameter(params: string): boolean {
	let quoted = false;
	let equals = false;
	for (let pos = 0; pos < params.length; pos++) {
		const code = params.charCodeAt(pos);
		if (code === 0x5c) pos++;
		else if (code === 0x22) quoted = !quoted;
		else if (!quoted && code === 0x3d) equals = true;
		else if (!quoted && code === 0x3b) {
			if (!equals) return true;
			equals = false;
		}
	}
	return !equals;
}

/** Offset of the quote that closes the one at 0, or -1. */
function closingQuote(octets: string): number {
	for (let pos = 1; pos < octets.length; pos++) {
		const code = octets.charCodeAt(pos);
		if (code === 0x5c) pos++;
		else if (code === 0x22) return pos;
	}
	return -1;
}
