import type { Entry } from "../model/entry.js";
import { classWords } from "./class-label.js";
import { escapeTerminal } from "./escape.js";
import { severityMark, severityOf } from "./severity.js";

const MOST = 20;

/**
 * What a recording says at the packet of a message: its number and class, what kinds of client show differently, what the tool
 * did to it, what is wrong with it. One comment each, one line each; nothing where there is nothing to say.
 */
export function entryComments(entry: Entry): string[] {
	const comments: string[] = [];
	const { verdict } = entry;
	if (verdict !== undefined) {
		const sure = verdict.confidence === "high" || verdict.confidence === "none" ? "" : ` (${verdict.confidence} confidence)`;
		comments.push(`#${entry.number} class ${verdict.headline}: ${classWords(verdict.headline)}${sure}`);
		for (const { code, text } of verdict.divergences.slice(0, MOST)) {
			comments.push(escapeTerminal(`#${entry.number} divergence ${code}: ${text}`));
		}
	}
	for (const { by, edits, did } of entry.rewritten?.stages.slice(0, MOST) ?? []) {
		const parts = [...new Set(edits.map(({ part }) => part ?? "octets")), ...(did === undefined ? [] : [did])];
		comments.push(escapeTerminal(`#${entry.number} changed by ${by}: ${parts.join(", ")}`));
	}
	for (const problem of entry.problems.slice(0, MOST)) {
		const detail = problem.detail === undefined || problem.detail === "" ? "" : `: ${problem.detail}`;
		comments.push(escapeTerminal(`#${entry.number} ${severityMark(severityOf(problem))} ${problem.id}${detail}`));
	}
	if (entry.problems.length > MOST) comments.push(`#${entry.number} ${entry.problems.length - MOST} more findings`);
	return comments;
}
