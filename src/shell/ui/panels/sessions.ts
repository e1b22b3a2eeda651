import { severityMark } from "../../../core/export/severity.js";
import { formatDifference } from "../../../core/export/time-format.js";
import { displayWidth } from "../../../core/export/width.js";
import { fitLine, type Span, span } from "../draw/cells.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { namesOf, type Session, worstOf } from "../store/sessions.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

interface SessionColumn {
	readonly title: string;
	readonly width: number;
	readonly right?: boolean;
	readonly spans: (session: Session) => Span[];
}

/** The list of sessions: who, what kind, how many messages, the worst finding, where clients part ways. */
export function sessionsPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const list = world.list(state, screen)!;
	if (list.length === 0) return filled(empty(state, world, width), width, height);
	const columns = columnsFor(state, world, width);
	const cursor = cursorPosition(state, screen, list, world);
	const top = windowTop(state, screen, list, world);
	const lines = [drawn(headings(columns), width, "plain")];
	const rows = windowHeight(state, screen);
	for (let row = 0; row < rows && top + row < list.length; row++) {
		const id = String(list.keyAt(top + row));
		const session = world.store.sessions.get(id);
		if (session === undefined) continue;
		const ground = top + row === cursor ? "selected" : "plain";
		const bar = thumb(row, top, list.length, rows, ground);
		const cells = columns.flatMap((column, at) => [...(at === 0 ? [] : [span(" ")]), ...cellOf(column, session)]);
		lines.push({ line: [...fitLine(cells, width - bar.length, ground), ...bar], key: id });
	}
	return filled(lines, width, height);
}

function cellOf({ width, right, spans }: SessionColumn, session: Session): Span[] {
	const made = spans(session);
	if (right !== true) return [...fitLine(made, width)].map(({ text, tone }) => ({ text, tone }));
	const used = made.reduce((sum, { text }) => sum + displayWidth(text), 0);
	return [span(" ".repeat(Math.max(0, width - used))), ...made];
}

function headings(columns: readonly SessionColumn[]): Span[] {
	return columns.flatMap(({ title, width, right }, at) => {
		const text = right ? title.padStart(width) : title.padEnd(width);
		return [span(`${at === 0 ? "" : " "}${text.slice(0, width)}`, "dim")];
	});
}

function columnsFor(state: State, world: World, width: number): SessionColumn[] {
	const wide = width >= 110;
	const widest = width >= 140;
	const zero = world.store.zero ?? { sec: 0, nsec: 0 };
	const filtered = state.filter !== "";
	const columns: SessionColumn[] = [
		{ title: "sess", width: 5, spans: ({ id }) => [span(id === "" ? "none" : id, "session")] },
		{ title: "begins", width: 10, right: true, spans: ({ began }) => [span(formatDifference(began, zero).slice(0, -3), "dim")] },
		{ title: "kind", width: 12, spans: ({ kind }) => [span(kind, kind === "group chat" ? "strong" : "text")] },
		{ title: "participants", width: 0, spans: (session) => [span(namesOf(session))] },
	];
	if (wide) {
		columns.push(
			{ title: "SIP", width: 6, right: true, spans: ({ sip }) => [span(String(sip), "dim")] },
			{ title: "MSRP", width: 6, right: true, spans: ({ msrp }) => [span(String(msrp), "dim")] },
		);
	}
	columns.push({ title: "msgs", width: 6, right: true, spans: ({ messages }) => [span(messages === 0 ? "-" : String(messages))] });
	if (filtered)
		columns.push({ title: "match", width: 6, right: true, spans: ({ id }) => [span(String(world.matching.counts.get(id) ?? 0), "note")] });
	columns.push(
		{ title: "clients differ", width: widest ? 20 : 14, spans: differ },
		{ title: "worst finding", width: widest ? 28 : 14, spans: (session) => [span(worstOf(session), session.worst?.severity ?? "text")] },
	);
	const used = columns.reduce((sum, column) => sum + column.width + 1, -1);
	return columns.map((column) => (column.width === 0 ? { ...column, width: Math.max(8, width - used - 1) } : column));
}

/** "✗ 3 DO1 DA1"; the change on the way beside it. */
function differ(session: Session): Span[] {
	const spans: Span[] = [];
	if (session.divergence !== undefined) {
		const count = session.divergent > 0 ? ` ${session.divergent}` : "";
		spans.push(span(`${severityMark(session.divergence)}${count} ${[...session.codes].sort().join(" ")}`, session.divergence));
	}
	if (session.edited > 0) spans.push(span(`${spans.length > 0 ? " " : ""}≠${session.edited}`, "edit"));
	return spans;
}

function empty(state: State, world: World, width: number): Drawn[] {
	const { store, source } = world;
	const words =
		store.length > 0
			? state.filter === ""
				? "no session"
				: world.matching.left > 0
					? "looking for messages that match the filter …"
					: "no session has a message that matches the filter"
			: source.phase === "live"
				? `waiting for traffic: ${source.title}`
				: source.phase.startsWith("reading")
					? "reading …"
					: "no SIP or MSRP message so far";
	return [drawn([], width), drawn([span(`  ${words}`, "dim")], width)];
}
