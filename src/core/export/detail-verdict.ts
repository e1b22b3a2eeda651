import type { Verdict } from "../classify/classifier.js";
import type { Conversation, Firing, ModelView } from "../classify/types.js";
import { classLabel, classTone } from "./class-label.js";
import { excerpt } from "./content-summary.js";
import { escapeTerminal } from "./escape.js";
import type { Palette } from "./palette.js";
import { severityMark } from "./severity.js";

const MOST = 50;

/** The lines that `-v` shows about a verdict. */
export function verdictDetail(lines: string[], verdict: Verdict, palette: Palette): void {
	const name = (text: string): string => palette.dim(`${text}:`);
	const { headline, origin, audience, payload, confidence, hint } = verdict;
	const label = palette.classes[classTone(headline)](classLabel(headline));
	lines.push(
		`${name("class")} ${label} ${headline}, from ${origin} to ${audience}, payload ${payload}, confidence ${confidence}; show: ${hint}`,
	);
	if (verdict.conversation !== undefined) lines.push(`${name("thread")} ${threadText(verdict.conversation)}`);
	if (verdict.flags.length > 0) lines.push(`${name("class flags")} ${verdict.flags.join(", ")}`);
	for (const firing of verdict.firings) lines.push(`${name(`rule ${firing.rule}`)} ${escapeTerminal(ruleText(firing))}`);
	for (const view of verdict.models) if (view.model !== "truth") lines.push(`${name(`shown by ${view.model}`)} ${viewText(view)}`);
	const { truth } = verdict;
	if (truth !== undefined) {
		const headlineText = verdict.truthHeadline ?? "unknown";
		lines.push(`${name("truth")} ${headlineText}, from ${truth.origin} to ${truth.audience} (${escapeTerminal(truth.proof)})`);
	}
	for (const { code, severity, text, cause } of verdict.divergences) {
		const mark = palette.severity[severity](`${severityMark(severity)} ${code}`);
		lines.push(`${mark} ${severity}: ${escapeTerminal(excerpt(text, 1000))}; cause: ${escapeTerminal(excerpt(cause, 1000))}`);
	}
	if (verdict.history.length > 1) {
		const steps = verdict.history.slice(0, MOST).map((step) => `#${step.entry} ${step.headline}`);
		if (verdict.history.length > MOST) steps.push(`… ${verdict.history.length - MOST} more`);
		lines.push(`${name("class by chunk")} ${steps.join(", ")}`);
	}
}

function viewText({ headline, origin, audience, confidence, conversation }: ModelView): string {
	const thread = conversation === undefined ? "" : `, filed under ${threadText(conversation)}`;
	return `${headline}, from ${origin} to ${audience}, confidence ${confidence}${thread}`;
}

function threadText({ thread, uri }: Conversation): string {
	return uri === "" ? thread : `${thread} ${escapeTerminal(excerpt(uri, 400))}`;
}

function ruleText({ clause, evidence }: Firing): string {
	const proofs = evidence.slice(0, MOST).map(({ what, value, entry }) => {
		const where = entry === undefined || entry === 0 ? "" : ` (#${entry})`;
		return `${what} ${excerpt(value.trim(), 400)}${where}`;
	});
	return [clause === "" ? "decision of this project" : clause, ...proofs].join("; ");
}
