import type { LadderData, RowData } from "../core/report/data.js";
import { shape } from "./dom.js";
import type { Item } from "./items.js";

/** Columns left of the lanes; where there is little room the time is left out. */
const WIDE = { number: 44, time: 104, class: 112, code: 162, gutter: 212 };
const NARROW = { number: 40, time: undefined, class: 46, code: 90, gutter: 128 };
const LANE = { least: 104, most: 168 };
const SUMMARY = 440;
const MARKS = { error: "✗", warn: "!", note: "·" } as const;
const WORDS = { error: "error", warn: "warning", note: "note" } as const;

/** Text in the ladder. Only the space behind it keeps it apart from the next one where an item is read out. */
function words(attributes: Readonly<Record<string, string | number>>, text: string): SVGTextElement {
	return shape("text", attributes, `${text} `);
}

/** How wide the ladder is: what can be seen at once, and all of it, in pixels. */
export interface Extent {
	view: number;
	whole: number;
}

function columns(view: number): typeof WIDE | typeof NARROW {
	return view < 520 ? NARROW : WIDE;
}

/** Pixels of one lane: as many as fit into view, within reason. */
function laneWidth(lanes: number, view: number): number {
	return Math.min(LANE.most, Math.max(LANE.least, Math.floor((view - columns(view).gutter - 8) / Math.max(1, lanes))));
}

function laneX(lane: number, width: number, view: number): number {
	return columns(view).gutter + width / 2 + lane * width;
}

/** The extent of a ladder of which so many pixels can be seen. */
export function extentOf({ sessions }: LadderData, view: number): Extent {
	const widest = sessions.reduce((most, { endpoints }) => Math.max(most, endpoints.length * laneWidth(endpoints.length, view)), 0);
	return { view, whole: Math.max(view, columns(view).gutter + widest + SUMMARY) };
}

/** One item at its place, without what depends on the choice. */
export function drawItem(data: LadderData, item: Item, extent: Extent, y: number): SVGGElement {
	return item.row === undefined ? drawBand(data, item, extent, y) : drawRow(data, item, item.row, extent, y);
}

function drawBand(data: LadderData, { session, open, matches }: Item, { view, whole }: Extent, y: number): SVGGElement {
	const { id, title, endpoints } = data.sessions[session]!;
	const name = `${open ? "▾" : "▸"} ${id === "" ? title : `${id} · ${title}`} · ${matches} ${matches === 1 ? "message" : "messages"}`;
	const group = shape("g", { class: "band", transform: `translate(0 ${y})` });
	group.append(shape("rect", { class: "back", x: 1, y: 0, width: whole - 2, height: 44 }), words({ x: 10, y: 17 }, name));
	const lane = laneWidth(endpoints.length, view);
	for (const [at, endpoint] of endpoints.entries())
		group.append(words({ class: "end", x: laneX(at, lane, view), y: 36, "text-anchor": "middle" }, shortEnd(endpoint, lane)));
	return group;
}

/** As much of an address as a lane has room for: beginning and end. */
function shortEnd(endpoint: string, lane: number): string {
	const room = Math.floor(lane / 6.4);
	return endpoint.length <= room ? endpoint : `${endpoint.slice(0, (room >> 1) - 1)}…${endpoint.slice(-(room >> 1))}`;
}

function drawRow(data: LadderData, item: Item, row: RowData, { view, whole }: Extent, y: number): SVGGElement {
	const lanes = data.sessions[item.session]!.endpoints.length;
	const width = laneWidth(lanes, view);
	const at = columns(view);
	const group = shape("g", { class: `row${row.d === undefined ? "" : " diverges"}`, transform: `translate(0 ${y})` });
	group.append(shape("rect", { class: "back", x: 1, y: 0.5, width: whole - 2, height: 25 }));
	for (let lane = 0; lane < lanes; lane++) {
		const x = laneX(lane, width, view);
		group.append(shape("line", { class: "life", x1: x, x2: x, y1: 0, y2: 26 }));
	}
	group.append(words({ class: "num", x: at.number, y: 17, "text-anchor": "end" }, `#${row.n}`));
	if (at.time !== undefined) group.append(words({ class: "time", x: at.time, y: 17, "text-anchor": "end" }, row.t.toFixed(4)));
	const tone = row.k === undefined ? "plain" : `tone-${row.k}`;
	if (row.c !== undefined) group.append(words({ class: `class ${tone}`, x: at.class, y: 17 }, row.c));
	if (row.d !== undefined && row.g !== undefined)
		group.append(
			words({ class: `code ${row.g}`, x: at.code, y: 17 }, `${MARKS[row.g]}${row.d.slice(0, 2).join(" ")}${row.d.length > 2 ? "…" : ""}`),
		);
	else if (row.fg !== undefined) group.append(words({ class: `code ${row.fg}`, x: at.code, y: 17 }, MARKS[row.fg]));
	group.append(drawArrow(item, row, tone, width, view));
	group.append(words({ class: "sum", x: at.gutter + lanes * width + 6, y: 17 }, row.x.length > 160 ? `${row.x.slice(0, 159)}…` : row.x));
	return group;
}

function drawArrow(item: Item, row: RowData, tone: string, width: number, view: number): SVGGElement {
	const more = item.folded === 0 ? "" : item.open ? ` ▾${item.folded + 1}` : ` ▸×${item.folded + 1}`;
	const label = `${item.inner ? "· " : ""}${row.e === undefined ? "" : "✎ "}${row.l}${more}`;
	const group = shape("g", { class: tone });
	const [from, to] = [laneX(row.a, width, view), laneX(row.b, width, view)];
	const side = to >= from ? 1 : -1;
	const line = `arrow${row.r === undefined ? "" : " reply"}`;
	if (row.a === row.b)
		group.append(shape("path", { class: line, d: `M${from} 8h26v10h-20` }), shape("path", { class: "head", d: `M${from + 1} 18l7-4v8z` }));
	else {
		group.append(
			shape("line", { class: line, x1: from, x2: to - side * 7, y1: 18, y2: 18 }),
			shape("path", { class: "head", d: `M${to} 18l${-side * 8}-4v8z` }),
		);
	}
	const middle = row.a === row.b ? from + 54 : (from + to) / 2;
	group.append(words({ class: "tag", x: middle, y: 13 }, label.length > 26 ? `${label.slice(0, 25)}…` : label));
	return group;
}

/** What a screen reader says: what can be seen of it, then what only its place and colour tell. */
export function itemLabel(data: LadderData, { session, row }: Item, drawn: SVGGElement): string {
	const seen = [...drawn.querySelectorAll("text")]
		.map(({ textContent }) => textContent)
		.join("")
		.trimEnd();
	if (row === undefined) return seen;
	const { endpoints } = data.sessions[session]!;
	const diverges = row.d === undefined ? "" : `, clients differ: ${row.d.join(" ")}`;
	const finding = row.f === undefined || row.fg === undefined ? "" : `, ${WORDS[row.fg]} ${row.f}`;
	return `${seen}, from ${endpoints[row.a]} to ${endpoints[row.b]}${diverges}${finding}${row.e === undefined ? "" : ", rewritten"}`;
}
