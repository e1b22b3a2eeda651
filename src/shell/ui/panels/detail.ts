import { fitLine, type Line, type Span, skipColumns, span } from "../draw/cells.js";
import { DETAIL_TABS, type State } from "../state/state.js";
import { tabOf } from "../state/subject.js";
import type { World } from "../state/world.js";
import type { Row } from "../store/row.js";
import { classSpans, timeSpan } from "./columns.js";
import { TABS } from "./detail/index.js";
import { type Drawn, drawn, filled, thumb, type Zone } from "./drawn.js";

/** The details of one message: what it is, the tabs, and the text of the tab. Also drawn beside lists, then without a cursor. */
export function detailPanel(state: State, number: number, world: World, width: number, height: number, aside = false): Drawn[] {
	const row = world.store.row(number);
	if (row === undefined) return filled([drawn([span(`  #${number} is no longer kept`, "dim")], width)], width, height);
	const tab = tabOf(state, row);
	const lines: Drawn[] = aside ? [] : [heading(state, row, world, width)];
	lines.push(tabs(state, row, width));
	if (row.entry === undefined) {
		lines.push(
			drawn([], width),
			drawn([span("  the octets of this message made place for newer ones", "warn")], width),
			...wrapped(row, width),
		);
		return filled(lines, width, height);
	}
	const text = world.detailText(state, number, width - 1);
	const rows = Math.max(1, height - lines.length);
	const top = Math.max(0, Math.min(state.detail.scroll, text.length - rows));
	const cursor = tab === "decoded" && !aside ? Math.min(state.detail.line, text.length - 1) : -1;
	for (let at = 0; at < rows && top + at < text.length; at++) {
		const { line } = text.at(top + at);
		const moved = state.wrap ? line : skipColumns(line, state.detail.left);
		const ground = top + at === cursor ? "selected" : "plain";
		const bar = thumb(at, top, text.length, rows, ground);
		const found = state.search === "" || aside ? moved : highlighted(moved, state.search);
		const fitted = fitLine(found, width - bar.length, ground);
		lines.push(aside ? { line: [...fitted, ...bar] } : { line: [...fitted, ...bar], key: top + at });
	}
	return filled(lines, width, height);
}

function heading(state: State, row: Row, world: World, width: number): Drawn {
	const { number, session, from, to, text } = row;
	const mark = state.marks.has(number) ? "● " : "  ";
	return drawn(
		[
			span(mark, "edit"),
			span(`#${number} `, "strong"),
			timeSpan(row, undefined, state, world),
			span(` ${session === "" ? "-" : session} `, "session"),
			...classSpans(row, true),
			span(` ${from} → ${to}  `, "dim"),
			span(text),
		],
		width,
	);
}

function tabs(state: State, row: Row, width: number): Drawn {
	const chosen = tabOf(state, row);
	const spans: Span[] = [span(" ")];
	const zones: Zone[] = [];
	let at = 1;
	for (const [index, name] of DETAIL_TABS.entries()) {
		const { title } = TABS[name];
		const text = name === chosen ? `[${title}]` : ` ${title} `;
		spans.push(span(`${index + 1}`, "key"), span(text, name === chosen ? "tabChosen" : "tab"), span(" "));
		zones.push({ from: at, to: at + 1 + text.length, action: "tab", argument: name });
		at += text.length + 2;
	}
	return { ...drawn(spans, width), zones };
}

function wrapped(row: Row, width: number): Drawn[] {
	return [drawn([], width), drawn([span(`  ${row.text}`)], width)];
}

/** Where the text that is searched for stands; letter case does not matter. */
export function highlighted(line: Line, search: string): Line {
	const wanted = search.toLowerCase();
	return line.flatMap((one) => {
		const lower = one.text.toLowerCase();
		if (lower.length !== one.text.length || !lower.includes(wanted)) return [one];
		const out: Span[] = [];
		let at = 0;
		for (let hit = lower.indexOf(wanted); hit >= 0; hit = lower.indexOf(wanted, hit + wanted.length)) {
			out.push({ ...one, text: one.text.slice(at, hit) }, { ...one, text: one.text.slice(hit, hit + wanted.length), ground: "match" });
			at = hit + wanted.length;
		}
		return [...out, { ...one, text: one.text.slice(at) }];
	});
}
