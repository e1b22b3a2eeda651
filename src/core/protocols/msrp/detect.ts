import { CR, findLf, latin1 } from "./octets.js";
import { Resync } from "./resync.js";
import { couldBeStartLine, matchLooseStartLine, matchStartLine } from "./start-line.js";

/** A line that is longer begins with "MSRP " by chance. */
const LONGEST = 1024;

/** Do the octets begin with an MSRP start line (RFC 4975 §9)? "maybe": more octets are needed to tell. */
export function looksLikeMsrp(buf: Buffer, start: number, end: number): "yes" | "no" | "maybe" {
	const could = couldBeStartLine(buf, start, end);
	if (could !== "yes") return could;
	const lf = findLf(buf, start, Math.min(end, start + LONGEST));
	if (lf < 0) return end - start >= LONGEST ? "no" : "maybe";
	const line = latin1(buf, start, lf > start && buf[lf - 1] === CR ? lf - 1 : lf);
	return (matchStartLine(line, 0, line.length) ?? matchLooseStartLine(line)) === null ? "no" : "yes";
}

/** Index of the first line in buf[start, end) that is a start line, or -1. `start` counts as the beginning of a line. */
export function findMsrpStart(buf: Buffer, start: number, end: number): number {
	const resync = new Resync();
	let at = start;
	for (;;) {
		at = resync.seek(buf, at, end);
		if (!resync.found) return -1;
		if (looksLikeMsrp(buf, at, end) === "yes") return at;
		resync.refuseLine();
	}
}
