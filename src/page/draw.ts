import type { LadderData, RowData } from "../core/report/data.js";
import { shape } from "./dom.js";
import type { Item } from "./items.js";

const GUTTER = 212;
const LANE = { least: 104, most: 168 };
const SUMMARY = 440;
const MARKS = { error: "✗", warn: "!", note: "·" } as const;
const WORDS = { error: "error", warn: "warning", note: "note" } as const;

/** How wide the ladder is: what can be seen at once, and all of it, in pixels. */
export interface Extent {
	view: number;
	whole: number;
}

/** Pixels of one lane: as many as fit into view, within reason. */
function laneWidth(lanes: number, view: number): number {
	return Math.min(LANE.most, Math.max(LANE.least, Math.floor((view - GUTTER - 8) / Math.max(1, lanes))));
}

function laneX(lane: number, width: number): number {
	return GUTTER + width / 2 + lane * width;
}

/** The extent of a ladder of which so many pixels can be seen. */
export function extentOf({ sessions }: LadderData, view: number): Extent {
	const widest = sessions.reduce((most, { endpoints }) => Math.max(most, endpoints.length * laneWidth(endpoints.length, view)), 0);
	return { view, whole: Math.max(view, GUTTER + widest + SUMMARY) };
}

/** One item at its place, without what depends on the choice. */
export function drawItem(data: LadderData, item: Item, extent: Extent, y: number): SVGGElement {
	return item.row === undefined ? drawBand(data, item, extent, y) : drawRow(data, item, item.row, extent, y);
}

function drawBand(data: LadderData, { session, open, matches }: Item, { view, whole }: Extent, y: number): SVGGElement {
	const { id, title, endpoints } = data.sessions[session]!;
	const name = `${open ? "▾" : "▸"} ${id === "" ? title : `${id} · ${title}`} · ${matches} ${matches === 1 ? "message" : "messages"}`;
	const group = shape("g", { class: "band", transform: `translate(0 ${y})` });
	group.append(shape("rect", { class: "back", x: 1, y: 0, width: whole - 2, height: 44 }), shape("text", { x: 10, y: 17 }, name));
	const lane = laneWidth(endpoints.length, view);
	for (const [at, endpoint] of endpoints.entries())
		group.append(shape("text", { class: "end", x: laneX(at, lane), y: 36, "text-anchor": "middle" }, shortEnd(endpoint, lane)));
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
	const group = shape("g", { class: `row${row.d === undefined ? "" : " diverges"}`, transform: `translate(0 ${y})` });
	group.append(shape("rect", { class: "back", x: 1, y: 0.5, width: whole - 2, height: 25 }));
	for (let lane = 0; lane < lanes; lane++) {
		const x = laneX(lane, width);
		group.append(shape("line", { class: "life", x1: x, x2: x, y1: 0, y2: 26 }));
	}
	group.append(
		shape("text", { class: "num", x: 44, y: 17, "text-anchor": "end" }, `#${row.n}`),
		shape("text", { class: "time", x: 104, y: 17, "text-anchor": "end" }, row.t.toFixed(4)),
	);
	const tone = row.k === undefined ? "plain" : `tone-${row.k}`;
	if (row.c !== undefined) group.append(shape("text", { class: `class ${tone}`, x: 112, y: 17 }, row.c));
	if (row.d !== undefined && row.g !== undefined)
		group.append(
			shape(
				"text",
				{ class: `code ${row.g}`, x: 162, y: 17 },
				`${MARKS[row.g]}${row.d.slice(0, 2).join(" ")}${row.d.length > 2 ? "…" : ""}`,
			),
		);
	else if (row.fg !== undefined) group.append(shape("text", { class: `code ${row.fg}`, x: 162, y: 17 }, MARKS[row.fg]));
	group.append(drawArrow(item, row, tone, width));
	group.append(
		shape("text", { class: "sum", x: GUTTER + lanes * width + 6, y: 17 }, row.x.length > 160 ? `${row.x.slice(0, 159)}…` : row.x),
	);
	return group;
}

function drawArrow(item: Item, row: RowData, tone: string, width: number): SVGGElement {
	const more = item.folded === 0 ? "" : item.open ? ` ▾${item.folded + 1}` : ` ▸×${item.folded + 1}`;
	const label = `${item.inner ? "· " : ""}${row.e === undefined ? "" : "✎ "}${row.l}${more}`;
	const group = shape("g", { class: tone });
	const [from, to] = [laneX(row.a, width), laneX(row.b, width)];
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
	group.append(shape("text", { class: "tag", x: middle, y: 13 }, label.length > 26 ? `${label.slice(0, 25)}…` : label));
	return group;
}

/** What a screen reader says. */
export function itemLabel(data: LadderData, { session, row, folded, matches }: Item): string {
	const { id, title, endpoints } = data.sessions[session]!;
	if (row === undefined) return `session ${id === "" ? "none" : id}, ${title}, ${matches} messages`;
	const diverges = row.d === undefined ? "" : `, clients differ: ${row.d.join(" ")}`;
	const finding = row.f === undefined || row.fg === undefined ? "" : `, ${WORDS[row.fg]} ${row.f}`;
	const chunks = folded === 0 ? "" : `, ${folded + 1} of them folded`;
	const changed = row.e === undefined ? "" : ", rewritten";
	const kind = row.c === undefined ? "" : `, class ${row.c}`;
	return `number ${row.n}, ${row.x}, from ${endpoints[row.a]} to ${endpoints[row.b]}${kind}${diverges}${finding}${changed}${chunks}`;
}
