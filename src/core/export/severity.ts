import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Problem, Severity } from "../model/problem.js";

const RANK: Readonly<Record<Severity, number>> = { chat: 0, note: 1, warn: 2, error: 3 };

export function severityOf(problem: Problem): Severity {
	return DIAGNOSTICS[problem.id].severity;
}

/** The gravest finding, the first of them where several are alike; undefined when there is none. */
export function worst(problems: readonly Problem[]): Problem | undefined {
	let found: Problem | undefined;
	let rank = -1;
	for (const problem of problems) {
		const other = RANK[DIAGNOSTICS[problem.id].severity];
		if (other > rank) {
			rank = other;
			found = problem;
		}
	}
	return found;
}

const MARKS: Readonly<Record<Severity, string>> = { error: "✗", warn: "!", note: "·", chat: " " };

export function severityMark(severity: Severity): string {
	return MARKS[severity];
}
