import { explain, withChain } from "../../../../core/explain/explain.js";
import type { Block, Explanation, Part } from "../../../../core/explain/types.js";
import { classLabel, classTone, classWords } from "../../../../core/export/class-label.js";
import { escapeTerminal } from "../../../../core/export/escape.js";
import { severityMark } from "../../../../core/export/severity.js";
import type { MsrpEntry, SipEntry } from "../../../../core/model/entry.js";
import { type Span, span, type Tone, wrapLine } from "../../draw/cells.js";
import { stretches } from "./evidence.js";
import { lineStarts, octetSpans } from "./octets.js";
import { type Subject, type Tab, type Text, type TextLine, type TextOptions, textOf } from "./types.js";

const explained = new WeakMap<object, Explanation>();
/** Lines of the content that are shown with their evidence. */
const LINES = 40;
const LONGEST = 1000;

/** What each kind of client makes of the message, and why: the explanation, with its evidence marked in the octets. */
export const whyTab: Tab = {
	title: "why",
	text(subject: Subject, options: TextOptions): Text {
		const { entry } = subject;
		if ((entry.protocol !== "sip" && entry.protocol !== "msrp") || entry.verdict === undefined) return textOf(unjudged(subject, options));
		const lines: TextLine[] = [headline(entry, subject)];
		const found = withChain(explanation(entry, subject), subject.chain);
		for (const { title, blocks } of found.sections) {
			lines.push({ line: [] }, { line: [span(title, "title")] });
			for (const block of blocks) lines.push(...blockLines(block, options));
			if (title === "Verdict") lines.push(...octetLines(entry, options));
		}
		return textOf(lines);
	},
};

/** Working it out again costs milliseconds, and lists show it beside the cursor. */
function explanation(entry: SipEntry | MsrpEntry, { classify, zero }: Subject): Explanation {
	let known = explained.get(entry);
	if (known === undefined) {
		known = explain(entry, entry.verdict!, { classify, zero });
		explained.set(entry, known);
	}
	return known;
}

function headline({ verdict }: SipEntry | MsrpEntry, { row }: Subject): TextLine {
	const { headline: name } = verdict!;
	const line: Span[] = [span(` ${classLabel(name)} `, classTone(name), "bar"), span(` ${classWords(name)}`, "strong")];
	if (row.divergence !== undefined) line.push(span(`  ${severityMark(row.divergence)} ${row.codes}`, row.divergence));
	return { line };
}

function unjudged({ row, entry, chain }: Subject, { width }: TextOptions): TextLine[] {
	const what = row.kind === "response" ? "a response: clients show no message for it" : "no message that clients show";
	const lines: TextLine[] = [
		...wrapLine([span(row.text, "strong")], width).map((line) => ({ line })),
		{ line: [] },
		{ line: [span(`This is ${what}.`)] },
	];
	const { answers, repeats, session } = entry.links;
	if (answers !== undefined) lines.push({ line: [span(`It answers #${answers}.`)] });
	if (repeats !== undefined) lines.push({ line: [span(`It repeats #${repeats}.`)] });
	if (session !== undefined) lines.push({ line: [span(`It belongs to session ${session}.`)] });
	if (chain !== undefined)
		lines.push(
			...wrapLine([span(`It is about #${chain.entry}: `), span(escapeTerminal(chain.title), "text")], width, 2).map((line) => ({ line })),
		);
	return lines;
}

function blockLines(block: Block, { width }: TextOptions): TextLine[] {
	if (block.kind === "octets") {
		const spans = [
			span("      "),
			span(escapeTerminal(block.before)),
			span(escapeTerminal(block.marked), "strong", "evidence"),
			span(escapeTerminal(block.after)),
		];
		return wrapLine(spans, width, 8).map((line) => ({ line }));
	}
	const severity = block.kind === "sentence" ? block.severity : undefined;
	const head = block.kind === "point" ? "    - " : severity === undefined ? "  " : `  ${severityMark(severity)} `;
	const tone: Tone = severity ?? (block.kind === "point" ? "dim" : "text");
	return wrapLine([span(head, tone), ...block.parts.map((part) => partSpan(part, tone))], width, head.length).map((line) => ({ line }));
}

function partSpan(part: Part, tone: Tone): Span {
	return typeof part === "string" ? span(part, tone) : span(escapeTerminal(part.wire), tone === "text" || tone === "dim" ? "strong" : tone);
}

/** The lines of the CPIM content that something rests on. */
function octetLines(entry: SipEntry | MsrpEntry, { width }: TextOptions): TextLine[] {
	const marks = stretches(entry);
	const { cpimBytes } = entry;
	if (marks.length === 0 || cpimBytes === undefined) return [];
	const lines: TextLine[] = [{ line: [] }, { line: [span("The octets it rests on", "title")] }];
	const starts = lineStarts(cpimBytes, 0, cpimBytes.length, LONGEST);
	for (let at = 0; at < starts.length - 1 && lines.length < LINES; at++) {
		const from = starts[at]!;
		const to = starts[at + 1]!;
		if (!marks.some((mark) => mark.start < to && mark.end > from)) continue;
		let end = to;
		while (end > from && (cpimBytes[end - 1] === 10 || cpimBytes[end - 1] === 13)) end--;
		const spans = [span(`${String(from).padStart(6)}  `, "dim"), ...octetSpans(cpimBytes, from, end, marks, "text")];
		for (const line of wrapLine(spans, width, 8)) lines.push({ line });
	}
	return lines;
}
