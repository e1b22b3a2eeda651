import { escapeTerminalLines } from "../export/escape.js";
import type { SegmentData } from "./data.js";

/** octets of one message that are shown */
const SHOWN = 16_384;

/** Octets [start, end) with a reason: "From", "sip.missing-header". */
export interface Mark {
	start: number;
	end: number;
	why: string;
}

/** Octets as readable text with the marked ones apart. Marks that overlap an earlier one begin behind it. */
export function segments(octets: Buffer, marks: readonly Mark[], length = octets.length): SegmentData[] {
	const shown = Math.min(octets.length, SHOWN);
	const found: SegmentData[] = [];
	const text = (from: number, to: number): string => escapeTerminalLines(octets.toString("utf8", from, to));
	let at = 0;
	for (const { start, end, why } of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
		const from = Math.max(at, start);
		const to = Math.min(end, shown);
		if (from >= to) continue;
		if (from > at) found.push(text(at, from));
		found.push([text(from, to), why]);
		at = to;
	}
	if (at < shown) found.push(text(at, shown));
	if (length > shown) found.push(`\n… ${length - shown} more octets`);
	return found;
}
