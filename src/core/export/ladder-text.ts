import type { LadderRow, LadderSession } from "./ladder.js";
import type { Palette } from "./palette.js";
import { severityMark } from "./severity.js";
import { formatDifference, formatTime, type TimeFormat, timeWidth } from "./time-format.js";
import { cell, centre, displayWidth, truncate } from "./width.js";

export interface LadderTextOptions {
	/** columns; Infinity: as wide as needed */
	width: number;
	time: TimeFormat;
	palette: Palette;
	/** zero of relative times; undefined: the first row */
	zero: { sec: number; nsec: number } | undefined;
}

const NUMBER = 6;
const LANE_MOST = 24;
const LANE_LEAST = 12;
/** columns that the summaries right of the lanes should have */
const TEXT_LEAST = 24;
const LANES_MOST = 16;

/**
 * Ladder of one session: a lane for each endpoint, an arrow for each row, its summary right of the lanes.
 * Where the lanes do not fit the width, rows are a list with letters for the endpoints.
 */
export function ladderText(session: LadderSession, options: LadderTextOptions): string {
	const { width, palette } = options;
	const { endpoints, rows } = session;
	const gutter = NUMBER + 1 + timeWidth(options.time) + 1;
	const room = width === Number.POSITIVE_INFINITY ? LANE_MOST * endpoints.length : width - gutter - TEXT_LEAST;
	const lane = Math.min(LANE_MOST, Math.floor(room / endpoints.length));
	const lanes = lane >= LANE_LEAST && endpoints.length <= LANES_MOST;
	const named = lanes && endpoints.every((name) => name.length <= lane - 2);
	const titles = named ? endpoints : endpoints.map((_, index) => letter(index));

	const title = session.session === "" ? "without session" : `session ${session.session}`;
	let out = `${palette.bold(title)}${rows.length === 0 ? "" : `, ${formatDifference(rows[rows.length - 1]!.at, rows[0]!.at)} s`}\n`;
	if (!named) for (const [index, name] of endpoints.entries()) out += `  ${titles[index]} = ${name}\n`;
	if (lanes) out += `${(" ".repeat(gutter) + titles.map((name) => centre(name, lane, " ")).join("")).trimEnd()}\n`;
	const index = new Map(endpoints.map((name, at) => [name, at]));
	let previous = options.zero ?? rows[0]?.at;
	for (const row of rows) {
		const time = formatTime(options.time, row.at, options.zero ?? rows[0]!.at, previous ?? row.at).padStart(timeWidth(options.time));
		previous = row.at;
		const from = index.get(row.from)!;
		const to = index.get(row.to)!;
		const drawn = lanes ? arrowLine(row, from, to, endpoints.length, lane) : `${titles[from]} → ${titles[to]}`.padEnd(8);
		out += `${palette.dim(`${`#${row.number}`.padStart(NUMBER)} ${time}`)} ${drawn}`;
		const problem = row.problem ? `${severityMark(row.problem.severity)} ${row.problem.id}` : "";
		const left = gutter + displayWidth(drawn) + 1 + (problem === "" ? 0 : displayWidth(problem) + 2);
		const text = width === Number.POSITIVE_INFINITY ? row.text : truncate(row.text, Math.max(8, width - left));
		out += ` ${text}${row.problem ? `  ${palette.severity[row.problem.severity](problem)}` : ""}\n`;
	}
	return out;
}

function letter(index: number): string {
	return index < 26 ? String.fromCharCode(65 + index) : `${letter(Math.floor(index / 26) - 1)}${letter(index % 26)}`;
}

/** The lanes of one row with its arrow, up to the last lane's line. */
function arrowLine(row: LadderRow, from: number, to: number, count: number, lane: number): string {
	const half = lane >> 1;
	const quiet = (lanes: number): string => `${" ".repeat(half)}│${" ".repeat(lane - half - 1)}`.repeat(lanes);
	const label = row.folded > 1 ? `${row.short} ×${row.folded}` : row.short;
	if (from === to) {
		const inside = cell(` ↺ ${label}`, lane - half - 1);
		return `${quiet(from)}${" ".repeat(half)}│${inside}${quiet(count - from - 1)}`;
	}
	const first = Math.min(from, to);
	const last = Math.max(from, to);
	const inner = (last - first) * lane - 1;
	const line = row.response ? "╌" : "─";
	const text = truncate(label, inner - 5);
	const shaft = centre(` ${text} `, inner - 1, line);
	const arrow = from < to ? `${shaft}>` : `<${shaft}`;
	return `${quiet(first)}${" ".repeat(half)}│${arrow}│${" ".repeat(lane - half - 1)}${quiet(count - last - 1)}`.trimEnd();
}
