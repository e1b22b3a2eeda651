import { severityMark } from "../../../core/export/severity.js";
import { centre, displayWidth, truncate } from "../../../core/export/width.js";
import { fitLine, type Ground, type Span, span, type Tone } from "../draw/cells.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import type { Arrow, Ladder } from "../store/ladder.js";
import type { Row } from "../store/row.js";
import { classSpans, shortSpan, timeColumn, timeSpan } from "./columns.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";
import { emptyWords } from "./messages.js";

const LANE_MOST = 30;
const LANE_LEAST = 16;
/** the text right of the lanes is shown where it has this much */
const TEXT_LEAST = 24;

interface Lanes {
	/** columns of one lane */
	readonly width: number;
	/** first one that is shown, and how many */
	readonly from: number;
	readonly count: number;
	/** columns of the text right of them */
	readonly text: number;
}

/** The ladder of one session: SIP, MSRP and IMDN in one picture. */
export function ladderPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (screen.panel !== "ladder") return [];
	const ladder = world.ladder(state, screen.session);
	const list = world.list(state, screen);
	if (ladder === undefined || list === undefined)
		return filled([drawn([span("  this session is no longer kept", "dim")], width)], width, height);
	const gutter = gutterWidth(state, world);
	const rows = Math.min(windowHeight(state, screen), height - 2);
	const cursor = cursorPosition(state, screen, list, world);
	const top = windowTop(state, screen, list, world);
	const lanes = lanesFor(ladder, screen.lane, width - gutter - 1, ladder.arrows[cursor], world);
	const lines = [title(ladder, width, world), heading(ladder, lanes, gutter, width)];
	let previous: Row | undefined = rowOf(ladder.arrows[top - 1], world);
	for (let at = 0; at < rows && top + at < list.length; at++) {
		const arrow = ladder.arrows[top + at]!;
		const row = rowOf(arrow, world);
		if (row === undefined) continue;
		const marked = state.marks.has(row.number) || state.marks.has(arrow.number);
		const ground: Ground = top + at === cursor ? "selected" : marked ? "marked" : "plain";
		const bar = thumb(at, top, list.length, rows, ground);
		const left = gutterSpans(row, arrow, previous, marked, state, world);
		const spans = [...fitLine(left, gutter).map(({ text, tone }) => ({ text, tone })), ...arrowSpans(row, arrow, ladder, lanes)];
		lines.push({ line: [...fitLine(spans, width - bar.length, ground), ...bar], key: arrow.number });
		previous = row;
	}
	if (list.length === 0) lines.push(drawn([], width), drawn([span(`  ${emptyWords(state, world)}`, "dim")], width));
	return filled(lines, width, height);
}

function rowOf(arrow: Arrow | undefined, world: World): Row | undefined {
	return arrow === undefined ? undefined : (world.store.row(arrow.last) ?? world.store.row(arrow.number));
}

function title({ session, arrows }: Ladder, width: number, world: World): Drawn {
	const names = [...session.names].join(", ");
	const gone = session.from > 0 ? `, ${session.from} older ones gone` : "";
	const entries = session.numbers.length - session.from;
	const counts = `${entries} entries${arrows.length === entries ? "" : ` in ${arrows.length} lines`}${gone}`;
	const matching = world.matching.filter === undefined ? "" : ", filtered";
	return drawn(
		[
			span(` ${session.id === "" ? "without session" : session.id} `, "session"),
			span(`${session.kind}  `, "strong"),
			span(names),
			span(`  ${counts}${matching}`, "dim"),
		],
		width,
	);
}

/** "●  123  0.123456 PRIV! " */
function gutterWidth(state: State, world: World): number {
	return 1 + numberWidth(world) + 1 + timeColumn(state.time) + 1 + 7;
}

function numberWidth(world: World): number {
	return Math.max(3, String(world.store.at(world.store.length - 1)?.number ?? 0).length);
}

function gutterSpans(row: Row, arrow: Arrow, previous: Row | undefined, marked: boolean, state: State, world: World): Span[] {
	const time = timeSpan(row, previous, state, world);
	return [
		span(marked ? "●" : " ", "edit"),
		span(`${String(arrow.number).padStart(numberWidth(world))} `, "dim"),
		span(`${truncate(time.text, timeColumn(state.time)).padStart(timeColumn(state.time))} `, "dim"),
		...classSpans(row, false),
	];
}

function lanesFor(ladder: Ladder, wanted: number, width: number, chosen: Arrow | undefined, world: World): Lanes {
	const all = Math.max(2, ladder.lanes.length);
	const fitting = Math.max(2, Math.min(all, Math.floor(width / LANE_LEAST)));
	const most = fitting === all ? Math.floor((width - TEXT_LEAST) / all) : 0;
	const lane = most >= LANE_LEAST ? Math.min(LANE_MOST, most) : Math.max(8, Math.min(LANE_MOST, Math.floor(width / fitting)));
	const text = width - lane * fitting;
	let from = Math.min(wanted, all - fitting);
	const row = rowOf(chosen, world);
	if (row !== undefined && fitting < all && wanted === 0) {
		// The arrow with the cursor is to be seen.
		const ends = [ladder.lanes.indexOf(row.from), ladder.lanes.indexOf(row.to)].filter((at) => at >= 0);
		from = Math.max(0, Math.min(Math.min(...ends), all - fitting));
	}
	return { width: lane, from, count: fitting, text: text >= TEXT_LEAST ? text : 0 };
}

function heading(ladder: Ladder, { width, from, count }: Lanes, gutter: number, total: number): Drawn {
	const shown = ladder.lanes.slice(from, from + count);
	const names = shown.map((name) => centre(shortened(name, width - 2), width, " ")).join("");
	const before = from > 0 ? "‹" : " ";
	const after = from + count < ladder.lanes.length ? "›" : "";
	return drawn([span(`${" ".repeat(gutter - 1)}${before}`, "note"), span(names, "strong"), span(after, "note")], total);
}

/** The port tells ends of one machine apart, so it stays. */
function shortened(name: string, most: number): string {
	if (displayWidth(name) <= most) return name;
	const colon = name.lastIndexOf(":");
	const port = name.slice(colon);
	return most - port.length < 3 ? truncate(name, most) : `${name.slice(0, most - port.length - 1)}…${port}`;
}

function arrowSpans(row: Row, arrow: Arrow, ladder: Ladder, { width, from, count, text }: Lanes): Span[] {
	const a = ladder.lanes.indexOf(row.from) - from;
	const b = ladder.lanes.indexOf(row.to) - from;
	const label = arrowLabel(row, arrow);
	const left = Math.min(a, b);
	const right = Math.max(a, b);
	const middle = (lane: number): number => lane * width + (width >> 1);
	const out: Span[] = [];
	let at = 0;
	const upTo = (column: number, tone: Tone = "border"): void => {
		if (column <= at) return;
		let piece = "";
		for (; at < column; at++) piece += (at - (width >> 1)) % width === 0 && at < count * width ? "│" : " ";
		out.push(span(piece, tone));
	};
	if (left < 0 || right >= count || left === right) {
		// One end is out of sight, or is the same as the other.
		const where = Math.max(0, Math.min(left < 0 ? right : left, count - 1));
		upTo(middle(Math.max(0, where)));
		const sign = left === right ? "↺ " : (a < b ? right >= count : left >= 0) ? "╌▶ " : "◀╌ ";
		const room = Math.max(4, count * width - at - 1);
		for (const one of fitted([span(sign, "dim"), ...label], room)) out.push(one);
		at += fitted([span(sign, "dim"), ...label], room).reduce((sum, one) => sum + displayWidth(one.text), 0);
	} else {
		upTo(middle(left));
		out.push(span(a < b ? "├" : "│", "border"));
		const room = middle(right) - middle(left) - 1;
		const name = fitted(label, room - 4);
		const used = name.reduce((sum, one) => sum + displayWidth(one.text), 0);
		const dashes = room - used - 2 - 1;
		const before = Math.max(0, dashes >> 1);
		const after = Math.max(0, dashes - before);
		const line = row.kind === "response" ? "╌" : "─";
		if (a < b) out.push(span(`${line.repeat(before)} `, "dim"), ...name, span(` ${line.repeat(after)}▶`, "dim"));
		else out.push(span(`◀${line.repeat(before)} `, "dim"), ...name, span(` ${line.repeat(after)}`, "dim"));
		at = middle(right);
		out.push(span(a < b ? "│" : "┤", "border"));
		at++;
	}
	upTo(count * width);
	if (text > 0) out.push(span(" "), span(row.text, "dim"));
	return out;
}

function fitted(spans: readonly Span[], room: number): Span[] {
	let used = 0;
	const out: Span[] = [];
	for (const one of spans) {
		if (used >= room) break;
		const text = truncate(one.text, room - used);
		used += displayWidth(text);
		out.push({ ...one, text });
	}
	return out;
}

/** "SEND ×3 ≠ ✗" */
function arrowLabel(row: Row, { count, problem, edited }: Arrow): Span[] {
	const spans = [shortSpan(row)];
	if (count > 1) spans.push(span(` ×${count}`, "strong"));
	if (edited !== "") spans.push(span(` ≠${edited}`, "edit"));
	if (problem !== undefined) spans.push(span(` ${severityMark(problem.severity)}`, problem.severity));
	return spans;
}
