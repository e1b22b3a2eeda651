import { escapeTerminal } from "../../../../core/export/escape.js";
import { type Ground, type Span, span, type Tone } from "../../draw/cells.js";
import type { Stretch } from "./evidence.js";

/** Octets [start, end) as text, escaped, with stretches marked; offsets of `marks` count as `start` does. */
export function octetSpans(
	octets: Buffer,
	start: number,
	end: number,
	marks: readonly Stretch[],
	tone: Tone,
	ground: Ground = "evidence",
): Span[] {
	const spans: Span[] = [];
	let at = start;
	for (const mark of marks) {
		if (mark.end <= at || mark.start >= end) continue;
		const from = Math.max(at, mark.start);
		const to = Math.min(end, mark.end);
		if (from > at) spans.push(span(shown(octets, at, from), tone));
		spans.push(span(shown(octets, from, to), tone, ground));
		at = to;
	}
	if (at < end) spans.push(span(shown(octets, at, end), tone));
	return spans;
}

function shown(octets: Buffer, start: number, end: number): string {
	return escapeTerminal(octets.toString("utf8", start, end));
}

/** Where lines begin, and the end; a line is cut after `most` octets. */
export function lineStarts(octets: Buffer, start: number, end: number, most: number): number[] {
	const starts = [start];
	let at = start;
	while (at < end) {
		const feed = octets.indexOf(10, at);
		const next = Math.min(feed < 0 || feed >= end ? end : feed + 1, at + most);
		starts.push(next);
		at = next;
	}
	return starts;
}
