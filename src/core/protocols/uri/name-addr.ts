import { endOfQuoted, isSpace, isTokenChar, skipSpace, trimEnd, unquote } from "./chars.js";
import { addFault, parseParams } from "./params.js";
import { parseUri } from "./parse.js";
import type { NameAddr } from "./types.js";

/**
 * Parses name-addr or addr-spec with header parameters (RFC 3261 §20.10). Without "<" everything after the first
 * semicolon is a header parameter (the semicolon rule of §20). Spans count from the start of `value`. Never throws.
 * Faults: "unterminated-quote", "display-name-not-token", "no-lws", "whitespace-in-brackets", "unterminated-bracket",
 * "after-bracket", "needs-brackets", "empty", and those of `parseParams`; those of the URI are in `uri.faults`.
 */
export function parseNameAddr(value: string): NameAddr {
	const faults: string[] = [];
	const end = trimEnd(value, 0, value.length);
	const start = skipSpace(value, 0, end);
	let nameEnd = start;
	let open: number;
	let displayName = "";
	if (value.charCodeAt(start) === 34) {
		const after = endOfQuoted(value, start, end);
		if (after < 0) {
			addFault(faults, "unterminated-quote");
			// A guess, marked by the fault: the quote was meant to close before the last bracket.
			open = value.lastIndexOf("<", end - 1);
			displayName = value.slice(start + 1, trimEnd(value, start + 1, open < 0 ? end : open));
		} else {
			nameEnd = after;
			displayName = unquote(value.slice(start, after));
			open = value.indexOf("<", after);
			if (open >= 0 && skipSpace(value, after, open) < open) addFault(faults, "display-name-not-token");
		}
	} else {
		open = openingBracket(value, start, end);
		if (open > start) {
			nameEnd = trimEnd(value, start, open);
			displayName = value.slice(start, nameEnd).replace(/[ \t\r\n]+/g, " ");
			if (nameEnd === open) addFault(faults, "no-lws");
			for (let i = start; i < nameEnd; i++) {
				const code = value.charCodeAt(i);
				if (!isTokenChar(code) && !isSpace(code)) addFault(faults, "display-name-not-token");
			}
		}
	}
	return open >= 0 && open < end
		? bracketed(value, displayName, open, end, faults)
		: bare(value, displayName, skipSpace(value, nameEnd, end), end, faults);
}

/** "<" that opens the URI; one after a semicolon belongs to a parameter of an addr-spec. */
function openingBracket(value: string, start: number, end: number): number {
	const open = value.indexOf("<", start);
	if (open < 0 || open >= end) return -1;
	const semicolon = value.indexOf(";", start);
	if (semicolon < 0 || semicolon > open) return open;
	return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(value.slice(start, semicolon)) ? -1 : open;
}

function bracketed(value: string, displayName: string, open: number, end: number, faults: string[]): NameAddr {
	let close = value.indexOf(">", open);
	if (close < 0 || close >= end) {
		addFault(faults, "unterminated-bracket");
		close = end;
	}
	const uriStart = skipSpace(value, open + 1, close);
	const uriEnd = Math.max(uriStart, trimEnd(value, uriStart, close));
	if (uriStart > open + 1 || uriEnd < close) addFault(faults, "whitespace-in-brackets");
	const uriText = value.slice(uriStart, uriEnd);
	let rest = skipSpace(value, Math.min(close + 1, end), end);
	if (rest < end && value.charCodeAt(rest) !== 59) {
		addFault(faults, "after-bracket");
		const semicolon = value.indexOf(";", rest);
		rest = semicolon < 0 ? end : semicolon;
	}
	return {
		displayName,
		uriText,
		uri: parseUri(uriText),
		bracketed: true,
		params: rest < end ? parseParams(value, rest, end, faults) : [],
		uriSpan: { start: uriStart, end: uriEnd },
		faults,
	};
}

function bare(value: string, displayName: string, start: number, end: number, faults: string[]): NameAddr {
	const semicolon = value.indexOf(";", start);
	const uriEnd = trimEnd(value, start, semicolon < 0 ? end : semicolon);
	const uriText = value.slice(start, uriEnd);
	if (uriText === "" && displayName === "") addFault(faults, "empty");
	// A "?" or "," is never legal here; an "@" behind the semicolon shows that the userinfo was cut by the semicolon rule.
	const cut = semicolon >= 0 && !uriText.includes("@") && /^;[^"=]*(?:=[^";]*)?@/.test(value.slice(semicolon, end));
	if (/[?,]/.test(uriText) || cut) addFault(faults, "needs-brackets");
	return {
		displayName,
		uriText,
		uri: parseUri(uriText),
		bracketed: false,
		params: semicolon < 0 || semicolon >= end ? [] : parseParams(value, semicolon, end, faults),
		uriSpan: { start, end: uriEnd },
		faults,
	};
}
