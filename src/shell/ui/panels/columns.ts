import { escapeTerminal } from "../../../core/export/escape.js";
import { severityMark } from "../../../core/export/severity.js";
import { formatTime, type TimeFormat, timeWidth } from "../../../core/export/time-format.js";
import { filterField, filterFieldNames } from "../../../core/fields/filter/table.js";
import type { FilterValue } from "../../../core/fields/filter/types.js";
import { FIELD_GROUPS, fieldValue } from "../../../core/fields/index.js";
import type { Entry } from "../../../core/model/entry.js";
import { type Span, span, type Tone } from "../draw/cells.js";
import type { State } from "../state/state.js";
import type { World } from "../state/world.js";
import type { Row } from "../store/row.js";
import { classOf } from "../store/row.js";
import { divergenceMark } from "./marks.js";

/** Columns of the message list that are no fields. */
export const COLUMN_WORDS: Readonly<Record<string, string>> = {
	number: "number of the entry",
	time: "time, as :time says",
	session: "session",
	protocol: "SIP, MSRP, TLS …",
	class: "class of the message, and where clients part ways",
	from: "address that sent it",
	to: "address that it went to",
	short: "method or status",
	summary: "what it says",
	finding: "worst finding",
	edited: "who changed it on its way",
};

export interface Column {
	readonly name: string;
	readonly title: string;
	/** columns; 0: what is left */
	readonly width: number;
	readonly right?: boolean;
	readonly spans: (row: Row, previous: Row | undefined) => Span[];
}

const PROTOCOLS: Readonly<Record<Row["protocol"], string>> = {
	sip: "SIP",
	msrp: "MSRP",
	tls: "TLS",
	websocket: "WS",
	tcp: "TCP",
	unparsed: "?",
	keepalive: "·",
};

/** the summary should have this much, else other columns go */
const SUMMARY_LEAST = 30;
const FIELD = 24;
/** the first that go where there is little room */
const DISPENSABLE: readonly (readonly string[])[] = [["from", "to"], ["finding"], ["session"], ["number"]];

let names: Set<string> | undefined;

/** All names that a column can have. */
export function fieldNames(): ReadonlySet<string> {
	names ??= new Set([...Object.keys(COLUMN_WORDS), ...jsonNames(), ...filterFieldNames()]);
	return names;
}

/** The columns that fit a width, with their widths. */
export function columnsFor(state: State, world: World, width: number): Column[] {
	let all = state.columns.map((name) => column(name, state, world, width));
	const flexible = all.some((one) => one.width === 0);
	const total = (): number => all.reduce((sum, one) => sum + (one.width === 0 ? SUMMARY_LEAST : one.width) + 1, -1);
	for (const some of DISPENSABLE) {
		if (total() <= width) break;
		if (all.length > some.length) all = all.filter(({ name }) => !some.includes(name));
	}
	const left = width - all.reduce((sum, one) => sum + one.width + 1, -1);
	const share = all.filter((one) => one.width === 0).length;
	if (!flexible) return all;
	return all.map((one) => (one.width === 0 ? { ...one, width: Math.max(8, Math.floor(left / Math.max(1, share))) } : one));
}

function column(name: string, state: State, world: World, width: number): Column {
	const wide = width >= 120;
	switch (name) {
		case "number":
			return {
				name,
				title: "#",
				width: Math.max(4, String(world.store.at(world.store.length - 1)?.number ?? 0).length),
				right: true,
				spans: (row) => [span(String(row.number), "dim")],
			};
		case "time":
			return {
				name,
				title: "time",
				width: timeColumn(state.time),
				right: true,
				spans: (row, previous) => [timeSpan(row, previous, state, world)],
			};
		case "session":
			return { name, title: "sess", width: 5, spans: ({ session }) => [span(session === "" ? "-" : session, "session")] };
		case "protocol":
			return { name, title: "prot", width: 4, spans: ({ protocol }) => [span(PROTOCOLS[protocol], "protocol")] };
		case "class":
			return { name, title: "class", width: wide ? 12 : 7, spans: (row) => classSpans(row, wide) };
		case "from":
		case "to":
			return { name, title: name, width: 21, spans: (row) => [span(name === "from" ? row.from : row.to)] };
		case "short":
			return { name, title: "what", width: 14, spans: (row) => [shortSpan(row)] };
		case "summary":
			return { name, title: "summary", width: 0, spans: summarySpans };
		case "finding":
			return { name, title: "finding", width: wide ? 26 : 1, spans: (row) => findingSpans(row, wide) };
		case "edited":
			return { name, title: "edited", width: 8, spans: ({ edited }) => [span(edited, "edit")] };
		default:
			return {
				name,
				title: name,
				width: FIELD,
				spans: ({ entry }) => [span(entry === undefined ? "(gone)" : fieldText(entry, name, world.store.zero))],
			};
	}
}

export function timeColumn(format: TimeFormat): number {
	return format === "relative" || format === "delta" ? 10 : timeWidth(format);
}

export function timeSpan(row: Row, previous: Row | undefined, state: State, world: World): Span {
	return span(formatTime(state.time, row, world.store.zero ?? row, previous ?? row), "dim");
}

/** "SYS !DO1": the class is a word, its colour says it once more. */
export function classSpans(row: Row, codes: boolean): Span[] {
	const found = classOf(row);
	if (found === undefined) return [];
	const tail = row.divergence === undefined ? [] : [span(codes ? ` ${divergenceMark(row)}` : severityMark(row.divergence), row.divergence)];
	return [span(found.label, found.tone), ...tail];
}

export function shortSpan(row: Row): Span {
	const tone: Tone = row.kind === "request" ? "request" : row.kind === "event" ? "dim" : row.failed ? "failure" : "success";
	return span(row.short, tone);
}

function summarySpans(row: Row): Span[] {
	const space = row.text.indexOf(" ");
	const word = space < 0 ? row.text : row.text.slice(0, space);
	const tone = shortSpan(row).tone;
	const edited = row.edited === "" ? [] : [span("≠ ", "edit")];
	return [...edited, span(word, tone), span(space < 0 ? "" : row.text.slice(space), row.kind === "event" ? "dim" : "text")];
}

export function findingSpans({ problem }: Row, wide: boolean): Span[] {
	if (problem === undefined) return [];
	return [span(`${severityMark(problem.severity)}${wide ? ` ${problem.id}` : ""}`, problem.severity)];
}

/** Octets of a field that are shown. */
const FIELD_OCTETS = 64;
const FIELD_TEXT = 400;

function jsonNames(): string[] {
	return FIELD_GROUPS.flatMap(({ fields }) => fields.map(({ name }) => name));
}

/** What `--json` has under that name; where it has none, what filters compare. */
function fieldText(entry: Entry, name: string, zero: FilterZero): string {
	const value = fieldValue(entry, name) ?? filterValue(entry, name, zero);
	if (value === undefined) return "";
	const many: readonly unknown[] = Array.isArray(value) ? value : [value];
	const text = many.map(valueText).join(", ");
	return escapeTerminal(text.length > FIELD_TEXT ? text.slice(0, FIELD_TEXT) : text);
}

type FilterZero = { readonly sec: number; readonly nsec: number } | undefined;

function filterValue(entry: Entry, name: string, zero: FilterZero): FilterValue | readonly FilterValue[] | undefined {
	const field = filterField(name);
	if (field === undefined || field.on?.includes(entry.protocol) === false) return undefined;
	const value = field.get(entry, { zero });
	// Times are nanoseconds for comparisons, and seconds for people.
	return typeof value === "bigint" ? `${value / 1_000_000_000n}.${String(value % 1_000_000_000n).padStart(9, "0")}` : value;
}

function valueText(value: unknown): string {
	if (Buffer.isBuffer(value)) return value.toString("utf8", 0, FIELD_OCTETS);
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}
