import { fitLine, skipColumns, span } from "../draw/cells.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { frameOf, type Row } from "../store/row.js";
import { classSpans, timeSpan } from "./columns.js";
import { compared } from "./detail/diff.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

const HEADING = 2;

/** Two messages line by line. */
export function comparePanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (screen.panel !== "compare") return [];
	const before = world.store.row(screen.before);
	const after = world.store.row(screen.after);
	const a = before?.entry === undefined ? undefined : frameOf(before.entry);
	const b = after?.entry === undefined ? undefined : frameOf(after.entry);
	if (before === undefined || after === undefined || a === undefined || b === undefined) {
		return filled([drawn([span("  the octets of one of them are not kept any more", "warn")], width)], width, height);
	}
	const options = { width: width - 1, wrap: state.wrap, shut: state.shut };
	const text = compared(a.bytes.subarray(a.start, a.end), b.bytes.subarray(b.start, b.end), options);
	const rows = Math.max(1, height - HEADING);
	const top = Math.max(0, Math.min(screen.scroll, text.length - rows));
	const lines = [heading("- ", before, state, world, width), heading("+ ", after, state, world, width)];
	for (let at = 0; at < rows && top + at < text.length; at++) {
		const bar = thumb(at, top, text.length, rows);
		const { line } = text[top + at]!;
		lines.push({ line: [...fitLine(state.wrap ? line : skipColumns(line, state.detail.left), width - bar.length), ...bar] });
	}
	return filled(lines, width, height);
}

function heading(mark: string, row: Row, state: State, world: World, width: number): Drawn {
	const tone = mark === "- " ? "removed" : "added";
	const spans = [
		span(`${mark}#${row.number} `, tone),
		timeSpan(row, undefined, state, world),
		span(` ${row.session} `, "session"),
		...classSpans(row, true),
	];
	return drawn([...spans, span(` ${row.from} → ${row.to}  `, "dim"), span(row.text)], width);
}
