import { CLAUSE_CHECKS } from "../../../../core/checks/clauses/index.js";
import { escapeTerminal } from "../../../../core/export/escape.js";
import { severityMark } from "../../../../core/export/severity.js";
import { DIAGNOSTICS } from "../../../../core/model/diagnostics/index.js";
import type { Problem } from "../../../../core/model/problem.js";
import { type Span, span, type Tone, wrapLine } from "../../draw/cells.js";
import type { ClauseFinding } from "../../store/clauses.js";
import { type Subject, type Tab, type Text, type TextLine, type TextOptions, textOf } from "./types.js";

const TONES: Readonly<Record<ClauseFinding["result"], Tone>> = {
	pass: "success",
	violation: "error",
	info: "note",
	unknown: "dim",
	"n/a": "dim",
};
const ORDER: readonly ClauseFinding["result"][] = ["violation", "info", "unknown", "pass"];

/** What is wrong with the message, and what the clauses of the specifications say about it. */
export const checksTab: Tab = {
	title: "checks",
	text({ entry, late, clauses }: Subject, options: TextOptions): Text {
		const problems = [...entry.problems, ...late];
		const lines: TextLine[] = [
			{ line: [span("Findings", "title"), span(problems.length === 0 ? "  none" : `  ${problems.length}`, "dim")] },
		];
		for (const problem of problems) lines.push(...problemLines(problem, late.includes(problem), options));
		const counts = ORDER.map((result) => [result, clauses.filter((one) => one.result === result).length] as const);
		const summary = counts.flatMap(([result, count]) => (count === 0 ? [] : [`${count} ${result}`])).join(", ");
		lines.push(
			{ line: [] },
			{ line: [span("Clauses", "title"), span(`  ${summary === "" ? "none applies to this message" : summary}`, "dim")] },
		);
		for (const result of ORDER) {
			for (const one of clauses) if (one.result === result) lines.push(...clauseLines(one, options));
		}
		return textOf(lines);
	},
};

function problemLines(problem: Problem, late: boolean, { width }: TextOptions): TextLine[] {
	const { severity, clause, summary } = DIAGNOSTICS[problem.id];
	const spans: Span[] = [
		span(`  ${severityMark(severity)} ${problem.id}`, severity),
		span(
			`  ${severity}${clause === "" ? "" : `, ${clause}`}${problem.offset > 0 ? `, at octet ${problem.offset}` : ""}${late ? ", found later" : ""}`,
			"dim",
		),
	];
	const detail = problem.detail === undefined ? "" : ` (${escapeTerminal(problem.detail.slice(0, 1000))})`;
	return [spans, ...wrapLine([span(`      ${summary}`), span(detail, "strong")], width, 6)]
		.flatMap((line, at) => (at === 0 ? wrapLine(line, width, 6) : [line]))
		.map((line) => ({ line }));
}

function clauseLines({ check, result, text, excerpt }: ClauseFinding, { width }: TextOptions): TextLine[] {
	const info = CLAUSE_CHECKS.find(({ id }) => id === check);
	const head: Span[] = [
		span(`  ${result.padEnd(9)} `, TONES[result]),
		span(`${check} `, "strong"),
		span(info === undefined ? "" : `${info.title}  `),
		span(info === undefined ? "" : `${info.level}, ${info.clause}`, "dim"),
	];
	const lines = wrapLine(head, width, 12);
	if (text !== "") lines.push(...wrapLine([span("            "), span(escapeTerminal(text.slice(0, 1000)))], width, 12));
	if (excerpt !== "")
		lines.push(...wrapLine([span("            "), span(escapeTerminal(excerpt.slice(0, 1000)), "strong", "evidence")], width, 12));
	return lines.map((line) => ({ line }));
}
