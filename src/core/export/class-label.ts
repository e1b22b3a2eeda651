import type { Verdict } from "../classify/classifier.js";
import type { Divergence, Headline } from "../classify/types.js";
import type { Severity } from "../model/problem.js";
import type { ClassTone } from "./palette.js";
import { severityMark } from "./severity.js";

interface Label {
	short: string;
	tone: ClassTone;
	/** for sentences: "shows it as …" */
	words: string;
}

const LABELS: Readonly<Record<Headline, Label>> = {
	system: { short: "SYS", tone: "system", words: "a system message" },
	"private-system": { short: "P-SYS", tone: "system", words: "a system message to one user" },
	group: { short: "GRP", tone: "group", words: "a group message" },
	private: { short: "PRIV", tone: "private", words: "a private message" },
	ambiguous: { short: "AMBIG", tone: "odd", words: "an ambiguous message: to the group and to single users" },
	"one-to-one": { short: "1-1", tone: "group", words: "a one-to-one message" },
	composing: { short: "TYPING", tone: "quiet", words: "a typing indicator" },
	imdn: { short: "IMDN", tone: "quiet", words: "a disposition notification" },
	report: { short: "RPT", tone: "quiet", words: "an MSRP report" },
	control: { short: "CTRL", tone: "quiet", words: "control of the MSRP connection" },
	keepalive: { short: "KEEP", tone: "quiet", words: "a keep-alive" },
	unwrapped: { short: "UNWRAP", tone: "odd", words: "a message without CPIM, from the server or an unknown sender" },
	incomplete: { short: "PART", tone: "quiet", words: "an incomplete message" },
	malformed: { short: "BAD", tone: "odd", words: "a broken message" },
	unknown: { short: "UNKN", tone: "odd", words: "a message whose sender or audience cannot be told" },
};

export const CLASS_HEADLINES = Object.keys(LABELS) as readonly Headline[];

/** "SYS": what stands in the class column. */
export function classLabel(headline: Headline): string {
	return LABELS[headline].short;
}

export function classTone(headline: Headline): ClassTone {
	return LABELS[headline].tone;
}

/** "a system message" */
export function classWords(headline: Headline): string {
	return LABELS[headline].words;
}

const RANK: Readonly<Record<Divergence["severity"], number>> = { note: 0, warn: 1, error: 2 };

/** The gravest of divergences; undefined when there is none. */
export function worstDivergence(divergences: readonly Divergence[]): Severity | undefined {
	let found: Divergence["severity"] | undefined;
	for (const { severity } of divergences) if (found === undefined || RANK[severity] > RANK[found]) found = severity;
	return found;
}

/** "!DO1 DA1": severity mark of the gravest, then the codes; "" when clients agree. `short`: the mark alone. */
export function divergenceTag(verdict: Verdict, short: boolean): string {
	const severity = worstDivergence(verdict.divergences);
	if (severity === undefined) return "";
	const mark = severityMark(severity);
	return short ? mark : mark + verdict.divergences.map(({ code }) => code).join(" ");
}
