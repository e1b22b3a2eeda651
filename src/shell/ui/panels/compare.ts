import { fitLine, skipColumns, span } from "../draw/cells.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { frameOf, type Row } from "../store/row.js";
import { classSpans, timeSpan } from "./columns.js";
import { compared } from "./detail/diff.js";
import type { TextLine } from "./detail/types.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

const HEADING = 2;

/** Two messages line by line. */
export function comparePanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (screen.panel !== "compare") return [];
	const before = world.store.row(screen.before);
	const after = world.store.row(screen.after);
	const text = compareText(state, screen, world, width - 1);
	if (before === undefined || after === undefined || text === undefined) {
		return filled([drawn([span("  the octets of one of them are not kept any more", "warn")], width)], width, height);
	}
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

/** The lines of both; undefined where the octets of one of them are not kept any more. */
export function compareText(state: State, screen: Screen & { panel: "compare" }, world: World, width: number): TextLine[] | undefined {
	const [a, b] = [screen.before, screen.after].map((number) => {
		const entry = world.store.row(number)?.entry;
		const frame = entry === undefined ? undefined : frameOf(entry);
		return frame?.bytes.subarray(frame.start, frame.end);
	});
	return a === undefined || b === undefined ? undefined : compared(a, b, { width, wrap: state.wrap, shut: state.shut });
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
