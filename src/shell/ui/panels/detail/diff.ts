import { escapeTerminal } from "../../../../core/export/escape.js";
import type { Entry } from "../../../../core/model/entry.js";
import { type Span, span, type Tone, wrapLine } from "../../draw/cells.js";
import { frameOf } from "../../store/row.js";
import { type DiffLine, diffLines } from "./line-diff.js";
import { type Subject, type Tab, type Text, type TextLine, type TextOptions, textOf } from "./types.js";

const MARKS: Readonly<Record<DiffLine["kind"], [string, Tone]>> = {
	same: ["  ", "text"],
	removed: ["- ", "removed"],
	added: ["+ ", "added"],
};
/** Octets that are compared. */
const MOST = 256 << 10;
const LONGEST = 4_000;

/** The message before and after it was rewritten, or how it differs from the same message on the other leg. */
export const diffTab: Tab = {
	title: "diff",
	text({ entry, other }: Subject, options: TextOptions): Text {
		const { rewritten } = entry;
		if (rewritten !== undefined) {
			const names = rewritten.stages.map(
				({ by, edits }) => `${by} (${edits.map(({ part, start }) => part ?? `octet ${start}`).join(", ")})`,
			);
			const head = [span("rewritten by ", "dim"), span(escapeTerminal(names.join("; ")), "edit")];
			const classes = classChange(entry);
			return textOf([...heading(head, options), ...classes, { line: [] }, ...compared(rewritten.before, rewritten.after, options)]);
		}
		const a = other === undefined ? undefined : frameOf(other);
		const b = frameOf(entry);
		if (a === undefined || b === undefined) {
			return textOf(
				heading(
					[span("Nothing changed this message on its way here, and it was not seen elsewhere. Mark another one to compare them.", "dim")],
					options,
				),
			);
		}
		const head = [
			span(`#${other!.number} `, "removed"),
			span("and ", "dim"),
			span(`#${entry.number}`, "added"),
			span(": the same message on two legs", "dim"),
		];
		return textOf([
			...heading(head, options),
			{ line: [] },
			...compared(a.bytes.subarray(a.start, a.end), b.bytes.subarray(b.start, b.end), options),
		]);
	},
};

function classChange({ rewritten, verdict }: Entry): TextLine[] {
	const before = rewritten?.verdict?.headline;
	if (before === undefined || verdict === undefined || before === verdict.headline) return [];
	return [{ line: [span("class: ", "dim"), span(before, "removed"), span(" became ", "dim"), span(verdict.headline, "added")] }];
}

function heading(spans: readonly Span[], { width }: TextOptions): TextLine[] {
	return wrapLine(spans, width, 2).map((line) => ({ line }));
}

/** Two messages line by line; the stretch of a line that differs is marked. */
export function compared(before: Buffer, after: Buffer, { width, wrap }: TextOptions): TextLine[] {
	const lines = diffLines(linesOf(before), linesOf(after));
	if (lines.every(({ kind }) => kind === "same")) return [{ line: [span("no octet differs", "success")] }];
	return lines.flatMap((one) => {
		const [mark, tone] = MARKS[one.kind];
		const text = one.text.length > LONGEST ? `${one.text.slice(0, LONGEST)}…` : one.text;
		const spans = [
			span(mark, tone),
			span(escapeTerminal(text.slice(0, one.from)), tone),
			span(escapeTerminal(text.slice(one.from, one.to)), tone, one.kind === "same" ? undefined : "evidence"),
			span(escapeTerminal(text.slice(one.to)), tone),
		];
		return (wrap ? wrapLine(spans, width, 4) : [spans]).map((line) => ({ line }));
	});
}

function linesOf(octets: Buffer): string[] {
	const lines = octets.subarray(0, MOST).toString("utf8").split("\n");
	const last = lines.pop()!;
	const whole = lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : `${line}␊`));
	return last === "" ? whole : [...whole, last];
}
