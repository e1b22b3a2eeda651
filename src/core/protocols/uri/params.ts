import { endOfQuoted, skipSpace, trimEnd } from "./chars.js";
import type { UriParam } from "./types.js";

const MANY = 16;

/**
 * Splits `;name=value;name` (with or without the first semicolon) in text[start, end). White space around
 * ";" and "=" is dropped (RFC 3261 §7.3.1); values stay as written, quotes included.
 * With `quotes`, semicolons inside quoted strings do not separate: header parameters, not URI parameters.
 * Adds "empty-param", "empty-value", "duplicate-param", "unterminated-quote" to `faults`. Never throws.
 */
export function parseParams(text: string, start = 0, end = text.length, faults: string[] = [], quotes = true): UriParam[] {
	const params: UriParam[] = [];
	let seen: Set<string> | undefined;
	let i = skipSpace(text, start, end);
	if (i >= end) return params;
	if (text.charCodeAt(i) === 59) i++;
	for (;;) {
		const nameStart = skipSpace(text, i, end);
		let equals = -1;
		let stop = nameStart;
		while (stop < end) {
			const code = text.charCodeAt(stop);
			if (code === 59) break;
			if (code === 61 && equals < 0) equals = stop;
			else if (code === 34 && quotes && equals >= 0) {
				const after = endOfQuoted(text, stop, end);
				if (after < 0) {
					addFault(faults, "unterminated-quote");
					stop = end;
					break;
				}
				stop = after;
				continue;
			}
			stop++;
		}
		const nameEnd = trimEnd(text, nameStart, equals < 0 ? stop : equals);
		if (nameEnd === nameStart) addFault(faults, "empty-param");
		else {
			const valueStart = equals < 0 ? stop : skipSpace(text, equals + 1, stop);
			const valueEnd = equals < 0 ? nameEnd : Math.max(valueStart, trimEnd(text, valueStart, stop));
			const name = text.slice(nameStart, nameEnd);
			if (equals >= 0 && valueStart === valueEnd) addFault(faults, "empty-value");
			// A hostile list of thousands of names must not cost their square.
			if (params.length === MANY) seen = new Set(params.map((param) => param.name.toLowerCase()));
			if (seen === undefined ? findParam(params, name) !== undefined : seen.has(name.toLowerCase())) addFault(faults, "duplicate-param");
			seen?.add(name.toLowerCase());
			params.push({
				name,
				value: equals < 0 ? undefined : text.slice(valueStart, valueEnd),
				span: { start: nameStart, end: valueEnd },
			});
		}
		if (stop >= end) return params;
		i = stop + 1;
	}
}

/** First parameter of that name; names compare without case (RFC 3261 §7.3.1). */
export function findParam(params: readonly UriParam[], name: string): UriParam | undefined {
	for (const param of params) {
		if (param.name === name || (param.name.length === name.length && param.name.toLowerCase() === name.toLowerCase())) return param;
	}
	return undefined;
}

/** Value of that parameter: undefined when it is absent, "" when it has none. */
export function paramValue(params: readonly UriParam[], name: string): string | undefined {
	const param = findParam(params, name);
	return param === undefined ? undefined : (param.value ?? "");
}

export function addFault(faults: string[], fault: string): void {
	if (!faults.includes(fault)) faults.push(fault);
}
