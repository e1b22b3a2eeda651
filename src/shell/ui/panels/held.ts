import type { Breakpoint, HeldMessage } from "../../../core/breakpoints/types.js";
import { escapeTerminal } from "../../../core/export/escape.js";
import { fitLine, type Span, span } from "../draw/cells.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { classSpans, shortSpan } from "./columns.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

/** Held messages with their age and what becomes of them in the end, and the breakpoints that hold them. */
export function heldPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const { live } = world;
	const list = world.list(state, screen);
	if (live === undefined || list === undefined) return filled(notLive(width), width, height);
	const { held, breakpoints } = live.breakpoints;
	const mend = state.mend ? "lengths follow edits" : "lengths are left as edits leave them";
	const lines = [
		drawn(
			[
				span(` ${held.length} held`, "title"),
				span(`  ${breakpoints.length} breakpoints, ${mend}, ${live.connections} open connections`, "dim"),
			],
			width,
		),
	];
	const rows = Math.min(windowHeight(state, screen), height - 1);
	const top = windowTop(state, screen, list, world);
	const cursor = cursorPosition(state, screen, list, world);
	for (let at = 0; at < rows && top + at < list.length; at++) {
		const key = String(list.keyAt(top + at));
		const ground = top + at === cursor ? "selected" : "plain";
		const message = held.find(({ id }) => key === `held ${id}`);
		const point = breakpoints.find(({ id }) => key === `point ${id}`);
		const spans = message !== undefined ? heldSpans(message, world) : point === undefined ? [] : pointSpans(point);
		const bar = thumb(at, top, list.length, rows, ground);
		lines.push({ line: [...fitLine(spans, width - bar.length, ground), ...bar], key });
	}
	if (list.length === 0) {
		const key = world.keys.keysOf("breakpoint", "held")[0] ?? ":breakpoint";
		lines.push(
			drawn([], width),
			drawn([span("  nothing is held: ", "dim"), span(key, "key"), span(" holds messages that match an expression", "dim")], width),
		);
	}
	return filled(lines, width, height);
}

export function notLive(width: number): Drawn[] {
	return [drawn([], width), drawn([span("  there is no live traffic here: mitmsrp proxy has", "dim")], width)];
}

function heldSpans({ id, entry, dir, connection, breakpoint, since, due, changed }: HeldMessage, world: World): Span[] {
	const age = Math.max(0, seconds(world.now, since));
	const left = Math.max(0, seconds(due, world.now));
	const row = world.store.row(entry.number);
	const fate = breakpoint.onTimeout === "drop" ? "dropped" : "resumed";
	return [
		span(` ${String(id).padStart(4)} `, "strong"),
		span(`${age.toFixed(0).padStart(4)} s `, age > 60 ? "warn" : "text"),
		span(`${fate} in ${left.toFixed(0)} s `.padEnd(18), left < 10 ? "error" : "dim"),
		span(dir === 0 ? "→ server " : "← client ", "note"),
		span(`conn ${connection.id} #${entry.number} `, "dim"),
		...(row === undefined
			? [span(`${entry.protocol} ${entry.length} octets`)]
			: [...classSpans(row, true), span(" "), shortSpan(row), span(` ${row.text}`)]),
		span(changed ? "  ≠ changed before" : "", "edit"),
		span(`  by breakpoint ${breakpoint.id}`, "dim"),
	];
}

function pointSpans({ id, name, filter, enabled, timeout, onTimeout, left, hits }: Breakpoint): Span[] {
	const rest = left === undefined ? "" : `, ${left} more`;
	return [
		span(` ${enabled ? "● on " : "○ off"} `, enabled ? "success" : "dim"),
		span(`breakpoint ${id} `, "strong"),
		span(`${hits} held${rest}; after ${timeout} s ${onTimeout === "drop" ? "dropped" : "resumed"}  `, "dim"),
		span(name === undefined ? "" : `${escapeTerminal(name)}  `),
		span(escapeTerminal(filter.source), "key"),
	];
}

function seconds(later: { sec: number; nsec: number }, earlier: { sec: number; nsec: number }): number {
	return later.sec - earlier.sec + (later.nsec - earlier.nsec) / 1e9;
}
