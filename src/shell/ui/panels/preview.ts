import { type Span, span, wrapLine } from "../draw/cells.js";
import type { Row } from "../store/row.js";
import { type Drawn, drawn, filled, rule } from "./drawn.js";
import { divergenceMark } from "./marks.js";

/** A few lines about the message with the cursor, where there is no room for its details beside the list. */
export function preview(row: Row | undefined, width: number, height: number): Drawn[] {
	if (height <= 0) return [];
	if (row === undefined) return filled([rule([], width)], width, height);
	const title = [span(`#${row.number}`, "strong"), span(`  ${row.from} → ${row.to}`, "dim")];
	const verdict = row.entry?.verdict;
	const spans: Span[] = [span(row.text)];
	const second: Span[] = [];
	if (verdict !== undefined && verdict.hint !== "") second.push(span(`${verdict.hint}  `, "dim"));
	if (row.divergence !== undefined) second.push(span(`${divergenceMark(row)}  `, row.divergence));
	if (row.problem !== undefined) second.push(span(row.problem.id, row.problem.severity));
	const lines = [...wrapLine(spans, width - 2, 2).slice(0, second.length > 0 ? height - 2 : height - 1), second];
	return filled([rule(title, width), ...lines.map((line) => drawn([span(" "), ...line], width))], width, height);
}
