import { CR, findLf, HYPHEN, isFlag, LF, latin1 } from "./octets.js";
import { matchStartLine } from "./start-line.js";

const M = "M".charCodeAt(0);
/** "MSRP " id " " and the longest line that could matter: a start line with a comment of ordinary size */
const LONGEST = 4096;

/**
 * Frames that lie in what was taken for a body (wire rule 8): indexes in buf[from, end) of lines that are start lines
 * to the letter and whose own end-line comes later. Ascending. Time is linear in the octets.
 */
export function findSwallowedFrames(buf: Buffer, from: number, end: number): number[] {
	const starts: { at: number; id: string }[] = [];
	/** id to the index of its last end-line */
	const lastEnd = new Map<string, number>();
	let line = from;
	while (line < end) {
		const lf = findLf(buf, line, end);
		if (lf < 0) break;
		const stop = lf > line && buf[lf - 1] === CR ? lf - 1 : lf;
		const first = buf[line];
		if (stop - line <= LONGEST) {
			if (first === M) {
				const text = latin1(buf, line, stop);
				const startLine = matchStartLine(text, 0, text.length);
				if (startLine !== null) starts.push({ at: line, id: startLine.transactionId });
			} else if (first === HYPHEN && stop - line > 8 && isFlag(buf[stop - 1]!) && afterLineEnd(buf, line, from)) {
				const text = latin1(buf, line, stop);
				if (text.startsWith("-------")) lastEnd.set(text.slice(7, -1), line);
			}
		}
		line = lf + 1;
	}
	return starts.filter(({ at, id }) => (lastEnd.get(id) ?? -1) > at).map(({ at }) => at);
}

function afterLineEnd(buf: Buffer, line: number, from: number): boolean {
	return line > from && buf[line - 1] === LF;
}
