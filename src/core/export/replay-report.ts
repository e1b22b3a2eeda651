import type { Report, StepResult } from "../replay/conversation.js";
import { escapeTerminal } from "./escape.js";
import type { JunitSuite } from "./junit.js";

const MARKS: Partial<Record<StepResult["state"], string>> = { missing: "✗", "not-sent": "✗", skipped: "–", absent: "–" };
const ENDS: Partial<Record<StepResult["state"], string>> = {
	missing: " did not come",
	"not-sent": " was not sent",
	skipped: " was skipped",
	absent: " did not come now either",
};

/** The comparison as lines of text: what matters in full, what must differ as a count. */
export function replayText(report: Report): string {
	const lines: string[] = report.missing.map((text) => `not played: ${text}`);
	for (const result of report.steps) {
		const { step, state } = result;
		const mark = MARKS[state] ?? (matter(result).length > 0 ? "≠" : "✓");
		const action = step.action === "send" ? "→" : "←";
		const rest = result.differences.length - matter(result).length;
		const aside = rest === 0 ? "" : ` (${rest} that must differ)`;
		const made = step.implied === undefined ? "" : " (not in the capture)";
		lines.push(`${mark} #${step.entry} ${action} ${step.summary}${made}${ENDS[state] ?? aside}`);
		for (const { what, recorded, live } of matter(result)) lines.push(`    ${what}: ${cut(recorded)} in the capture, ${cut(live)} now`);
	}
	for (const text of report.unexpected) lines.push(`≠ unexpected ${text}`);
	if (report.stopped !== undefined) lines.push(`stopped: ${report.stopped}`);
	lines.push(report.same ? "the same as in the capture" : "not the same as in the capture");
	return `${lines.map(escapeTerminal).join("\n")}\n`;
}

/** One test case a message of the capture, and one for what came beside them. */
export function replaySuite(report: Report, name: string): JunitSuite {
	const cases = report.steps.map((result) => {
		const { step, state } = result;
		const title = { name: `#${step.entry} ${step.summary}`, className: step.action };
		const differences = matter(result);
		if (state === "skipped" || state === "absent")
			return { ...title, skipped: state === "skipped" ? "skipped by hand" : "not in the capture, and not now" };
		if (state === "not-sent") return { ...title, skipped: report.stopped ?? "not sent" };
		if (state === "missing") return { ...title, failure: { message: "did not come", text: report.stopped ?? "" } };
		if (differences.length === 0) return title;
		const text = differences.map(({ what, recorded, live }) => `${what}: ${recorded} in the capture, ${live} now`).join("\n");
		return { ...title, failure: { message: differences.map(({ what }) => what).join(", "), text } };
	});
	const beside = { name: "nothing unexpected", className: "receive" };
	const { unexpected } = report;
	return {
		name,
		cases: [
			...cases,
			unexpected.length === 0 ? beside : { ...beside, failure: { message: `${unexpected.length} messages`, text: unexpected.join("\n") } },
		],
	};
}

function matter({ differences }: StepResult): StepResult["differences"] {
	return differences.filter(({ matters }) => matters);
}

const MOST = 200;

function cut(text: string): string {
	return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
