import { endOfQuoted, skipSpace, trimEnd } from "./chars.js";
import type { Span } from "./types.js";

/**
 * Elements of a comma-separated list (RFC 3261 §7.3.1): commas inside "..." and <...> do not separate.
 * Spans exclude edge white space; empty elements are kept as empty spans. A quote or bracket that is never closed
 * takes the rest with it.
 */
export function splitSpans(value: string, start = 0, end = value.length): Span[] {
	const spans: Span[] = [];
	let from = start;
	let i = start;
	while (i < end) {
		const code = value.charCodeAt(i);
		if (code === 44) {
			push(spans, value, from, i);
			from = i + 1;
		} else if (code === 34) {
			const after = endOfQuoted(value, i, end);
			i = after < 0 ? end : after;
			continue;
		} else if (code === 60) {
			const close = value.indexOf(">", i);
			i = close < 0 || close >= end ? end : close + 1;
			continue;
		}
		i++;
	}
	push(spans, value, from, end);
	return spans;
}

function push(spans: Span[], value: string, from: number, to: number): void {
	const start = skipSpace(value, from, to);
	spans.push({ start, end: Math.max(start, trimEnd(value, start, to)) });
}

/** The non-empty elements of a list, edge white space removed. */
export function splitList(value: string): string[] {
	if (!value.includes(",")) {
		const only = value.trim();
		return only === "" ? [] : [only];
	}
	const elements: string[] = [];
	for (const { start, end } of splitSpans(value)) if (end > start) elements.push(value.slice(start, end));
	return elements;
}
