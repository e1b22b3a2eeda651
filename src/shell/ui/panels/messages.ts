import { displayWidth } from "../../../core/export/width.js";
import { fitLine, type Span, span } from "../draw/cells.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import type { Row } from "../store/row.js";
import { type Column, columnsFor } from "./columns.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

/** The list of all messages, with the columns that were chosen. */
export function messagesPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const list = world.list(state, screen)!;
	const columns = columnsFor(state, world, width - 3);
	const lines = [drawn([span("  "), ...columns.flatMap(heading)], width)];
	const top = windowTop(state, screen, list, world);
	const cursor = cursorPosition(state, screen, list, world);
	const rows = Math.min(windowHeight(state, screen), height - 1);
	let previous = world.store.row(Number(list.keyAt(top - 1)));
	for (let at = 0; at < rows && top + at < list.length; at++) {
		const row = world.store.row(Number(list.keyAt(top + at)));
		if (row === undefined) continue;
		const marked = state.marks.has(row.number);
		const ground = top + at === cursor ? "selected" : marked ? "marked" : "plain";
		const bar = thumb(at, top, list.length, rows, ground);
		const cells = columns.flatMap((column, index) => [...(index === 0 ? [] : [span(" ")]), ...cellOf(column, row, previous)]);
		lines.push({ line: [...fitLine([span(marked ? "● " : "  ", "edit"), ...cells], width - bar.length, ground), ...bar], key: row.number });
		previous = row;
	}
	if (list.length === 0) lines.push(drawn([], width), drawn([span(`  ${emptyWords(state, world)}`, "dim")], width));
	return filled(lines, width, height);
}

function heading({ title, width, right }: Column, at: number): Span[] {
	const cut = title.length > width ? title.slice(0, width) : title;
	return [span(`${at === 0 ? "" : " "}${right === true ? cut.padStart(width) : cut.padEnd(width)}`, "dim")];
}

function cellOf({ width, right, spans }: Column, row: Row, previous: Row | undefined): Span[] {
	const made = spans(row, previous);
	const used = made.reduce((sum, { text }) => sum + displayWidth(text), 0);
	if (right === true && used <= width) return [span(" ".repeat(width - used)), ...made];
	return fitLine(made, width).map(({ text, tone }) => ({ text, tone }));
}

export function emptyWords(state: State, world: World): string {
	if (state.markedOnly) return "no message is marked";
	if (world.store.length === 0) return world.source.phase === "live" ? "waiting for traffic" : "no message so far";
	return world.matching.left > 0 ? "looking for messages that match the filter …" : "no message matches the filter";
}
