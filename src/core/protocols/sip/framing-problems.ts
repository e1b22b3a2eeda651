import type { Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import { type Head, LENGTH_BAD, LENGTH_CONFLICT, ROW_END, ROW_START, ROW_STRIDE } from "./head.js";
import type { StartLine } from "./start-line.js";

/** What start line, line ends, sizes and Content-Length of one head give cause to report; null when nothing. */
export function headProblems(text: string, line: StartLine, head: Head, limits: Limits): Problem[] | null {
	let problems = line.problems;
	if (head.bareLf >= 0) {
		const detail = head.bareLfCount > 1 ? `${head.bareLfCount} lines` : "one line";
		problems = add(problems, { id: "sip.bare-lf", offset: head.bareLf, length: 1, detail });
	}
	if (head.contentLength === LENGTH_BAD || head.contentLength === LENGTH_CONFLICT) {
		const row = head.contentLengthRow;
		const offset = head.rows[row + ROW_START]!;
		const end = head.rows[row + ROW_END]!;
		const detail = text.slice(offset, end).trim().slice(0, 80);
		const id = head.contentLength === LENGTH_BAD ? "sip.bad-content-length" : "sip.conflicting-content-length";
		problems = add(problems, { id, offset, length: end - offset, detail });
	}
	if (head.tooLarge >= 0) {
		const offset = head.rows[head.tooLarge + ROW_START]!;
		const length = head.rows[head.tooLarge + ROW_END]! - offset;
		problems = add(problems, {
			id: "sip.header-too-large",
			offset,
			length,
			detail: `row of ${length} octets, limit ${limits.sipHeaderLine}`,
		});
	}
	if (head.dropped > 0) {
		const offset = head.rows[(limits.sipHeaders - 1) * ROW_STRIDE + ROW_END] ?? 0;
		const detail = `${head.dropped} lines after the first ${limits.sipHeaders} rows were not read`;
		problems = add(problems, { id: "sip.header-too-large", offset, length: Math.max(0, head.end - offset), detail });
	}
	return problems;
}

export function add(problems: Problem[] | null, problem: Problem): Problem[] {
	if (problems === null) return [problem];
	problems.push(problem);
	return problems;
}
