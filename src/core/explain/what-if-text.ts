import type { Shown } from "../alg/what-if.js";
import type { ClientModel } from "../classify/types.js";
import { count } from "../export/content-summary.js";
import { escapeTerminal } from "../export/escape.js";
import { jsonString } from "../export/json-string.js";
import type { Palette } from "../export/palette.js";
import { displayWidth, padTo, truncate } from "../export/width.js";
import type { ChangeRow, EditRow, RewriteRow, WhatIfReport } from "./what-if-report.js";

/** Always shown, then those that differ. */
const FIRST: readonly ClientModel[] = ["legacy", "isfocus", "reference"];
const REST: readonly ClientModel[] = ["literal", "dialog", "phone"];

/** Cuts a line to the width, then colours it. */
type Line = (text: string, paint?: (text: string) => string) => string;

/** The question: profiles as they were asked for, and who stands behind the box. */
export interface WhatIfQuestion {
	names: readonly string[];
	inside: "room" | "client";
	/** "203.0.113.9:5071" */
	shows: string;
}

/** The answer: what is rewritten, which messages are shown differently, and the summary. Ends with a line feed. */
export function whatIfText(question: WhatIfQuestion, report: WhatIfReport, palette: Palette, width: number): string {
	const { names, inside, shows } = question;
	const line: Line = (text, paint) => `${paint === undefined ? truncate(text, width) : paint(truncate(text, width))}\n`;
	let out = line(`what if ${names.join(", then ")} stood in the path, the ${inside} behind it, showing ${shows}?`, palette.bold);
	out += `\n${count(report.rewritten, "SIP message")} rewritten\n`;
	for (const row of report.rewrites) out += rewriteText(row, line);
	if (report.rewritten > report.rewrites.length) out += `  … ${report.rewritten - report.rewrites.length} more\n`;
	out += `\n${report.changed} of ${count(report.judged, "judged message")} shown differently\n`;
	for (const row of report.changes) out += changeText(row, palette, line);
	if (report.changed > report.changes.length) out += `  … ${report.changed - report.changes.length} more\n`;
	out += "\n";
	for (const sentence of report.sentences()) out += `${sentence}\n`;
	const codes = report.codes().map(({ code, before, after }) => `${code} ${before} → ${after}`);
	if (codes.length > 0) out += `divergences: ${codes.join(", ")}\n`;
	return out;
}

function rewriteText(row: RewriteRow, line: Line): string {
	let out = line(
		`  #${row.entry}  ${row.session}  ${escapeTerminal(row.what)}${row.dropped === undefined ? "" : `: dropped, ${row.dropped}`}`,
	);
	const width = Math.max(0, ...row.edits.map(({ part }) => part.length));
	for (const { part, before, after, profile, why } of row.edits) {
		out += line(`      ${padTo(part, width)}  ${quoted(before)} → ${quoted(after)}  (${profile}: ${why})`);
	}
	return out;
}

/** Nothing has no text: the word says so. */
function quoted(text: string): string {
	return text === "" ? "(nothing)" : escapeTerminal(text.trimEnd());
}

function changeText(row: ChangeRow, palette: Palette, line: Line): string {
	const { before, after } = row;
	const table: [string, string, string][] = [["", "before", "after"]];
	for (const model of FIRST) table.push([model, before.models[model] ?? "-", after.models[model] ?? "-"]);
	for (const model of REST)
		if (before.models[model] !== after.models[model]) table.push([model, before.models[model] ?? "-", after.models[model] ?? "-"]);
	for (const model of FIRST) {
		const [was, is] = [before.threads[model], after.threads[model]];
		if (was !== is) table.push([`${model} files`, escapeTerminal(was ?? "-"), escapeTerminal(is ?? "-")]);
	}
	table.push(["truth", before.truth ?? "not known", after.truth ?? "not known"]);
	table.push(["divergences", codes(before), codes(after)]);
	let out = line(`  #${row.entry}  ${row.session}  ${escapeTerminal(row.from)} → ${escapeTerminal(row.to)}`);
	// At least as wide as usual, so that most messages are aligned with each other.
	const widest = (column: 0 | 1, least: number) => Math.max(least, ...table.map((cells) => displayWidth(cells[column]!) + 1));
	const [first, second] = [widest(0, 12), widest(1, 16)];
	for (const [index, [name, was, is]] of table.entries()) {
		const text = `      ${padTo(name, first)}${padTo(was, second)}${is}`;
		out += line(text, index === 0 ? palette.dim : was === is ? undefined : palette.bold);
	}
	return out;
}

function codes(shown: Shown): string {
	return shown.codes.length === 0 ? "none" : shown.codes.join(" ");
}

/** The same as lines of JSON: one object a rewritten message, one a message that is shown differently, and the summary. */
export function whatIfJson(question: WhatIfQuestion, report: WhatIfReport): string {
	const object = (members: Record<string, unknown>): string => `${encode(members)}\n`;
	let out = "";
	for (const { edits, ...row } of report.rewrites)
		out += object({ "what-if": "rewrite", ...row, edits: edits.map((edit: EditRow) => ({ ...edit })) });
	for (const row of report.changes) out += object({ "what-if": "message", ...row });
	const { rewritten, dropped, judged, changed } = report;
	return (
		out +
		object({
			"what-if": "summary",
			...question,
			rewritten,
			dropped,
			judged,
			changed,
			divergences: report.codes(),
			sentences: report.sentences(),
		})
	);
}

/** JSON whose strings are safe to look at on a terminal. */
function encode(value: unknown): string {
	if (typeof value === "string") return jsonString(value);
	if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	return `{${members.map(([key, member]) => `${jsonString(key)}:${encode(member)}`).join(",")}}`;
}
