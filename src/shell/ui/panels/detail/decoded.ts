import { escapeTerminal, escapeTerminalLines } from "../../../../core/export/escape.js";
import { hostPort } from "../../../../core/fields/addresses.js";
import { filterField } from "../../../../core/fields/filter/table.js";
import { FIELD_GROUPS, type FieldValue } from "../../../../core/fields/index.js";
import { type Span, span, wrapLine } from "../../draw/cells.js";
import { frameOf } from "../../store/row.js";
import { type Subject, type Tab, type Text, type TextLine, type TextOptions, textOf } from "./types.js";

/** Characters of one value, and members of a list, that are shown; the rest is in raw. */
const LONGEST = 2000;
const MEMBERS = 100;

/** The message as a tree: its lines as they stand, then all fields by their names in filters. Enter opens and shuts a group. */
export const decodedTab: Tab = {
	title: "decoded",
	text(subject: Subject, options: TextOptions): Text {
		const lines: TextLine[] = [];
		const group = (name: string, count: string): boolean => {
			const open = !options.shut.has(name);
			lines.push({ line: [span(open ? "▾ " : "▸ ", "key"), span(name, "title"), span(`  ${count}`, "dim")], group: name });
			return open;
		};
		const { entry } = subject;
		const head = [...message(subject)];
		if (
			head.length > 0 &&
			group(
				"Message",
				`${entry.length} octets, ${hostPort(entry.from.address, entry.from.port)} → ${hostPort(entry.to.address, entry.to.port)}`,
			)
		) {
			for (const [name, value] of head) lines.push(...fieldLines(name, value, undefined, options));
		}
		const text = "payload" in entry && entry.payload?.kind === "text" ? entry.payload.text : undefined;
		if (text !== undefined && group("Text", `${text.length} characters`)) lines.push(...textLines(text, options));
		for (const { title, fields, on } of FIELD_GROUPS) {
			if (on?.includes(entry.protocol) === false) continue;
			const known = fields.flatMap((field) => {
				const value = field.get(entry as never) as FieldValue | undefined;
				return value === undefined ? [] : [{ name: field.name, value }];
			});
			if (known.length === 0 || !group(title, `${known.length} fields`)) continue;
			for (const { name, value } of known) {
				for (const one of membersOf(value)) lines.push(...fieldLines(name, one, filterFor(name, one), options));
			}
		}
		return textOf(lines);
	},
};

/** First line and headers, as on the wire. */
function* message({ entry }: Subject): Generator<[string, string]> {
	const frame = frameOf(entry);
	if (frame === undefined || (entry.protocol !== "sip" && entry.protocol !== "msrp")) return;
	yield [
		"",
		entry.protocol === "sip" ? entry.sip.headText.slice(0, Math.max(0, entry.sip.headText.indexOf("\r\n"))) : startLine(entry.msrp),
	];
	for (const { name, value } of frame.headers) yield [name, value];
	if (frame.bodyOffset >= 0 && frame.bodyLength > 0) yield ["body", `${frame.bodyLength} octets at ${frame.bodyOffset}`];
	if (entry.protocol === "msrp") yield ["end-line flag", entry.msrp.flag === "" ? "none seen" : entry.msrp.flag];
}

function startLine(msrp: { transactionId: string; kind: string; method: string; status: number; comment: string }): string {
	return `MSRP ${msrp.transactionId} ${msrp.kind === "request" ? msrp.method : `${msrp.status} ${msrp.comment}`.trimEnd()}`;
}

function membersOf(value: FieldValue): string[] {
	if (Array.isArray(value)) {
		const shown = value.slice(0, MEMBERS).map((one) => plain(one));
		return value.length > MEMBERS ? [...shown, `… ${value.length - MEMBERS} more`] : shown;
	}
	return [plain(value)];
}

function plain(value: unknown): string {
	const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function fieldLines(name: string, value: string, filter: string | undefined, { width, wrap }: TextOptions): TextLine[] {
	const spans: Span[] = [
		span("    "),
		span(name === "" ? "" : `${escapeTerminal(name)}: `, "dim"),
		span(escapeTerminal(value), name === "" ? "request" : "text"),
	];
	const lines = wrap ? wrapLine(spans, width, 6) : [spans];
	return lines.map((line) => (filter === undefined ? { line } : { line, filter }));
}

function textLines(text: string, { width, wrap }: TextOptions): TextLine[] {
	return escapeTerminalLines(text.slice(0, 64 << 10))
		.split("\n")
		.flatMap((row) => {
			const spans = [span("    │ ", "border"), span(row, "strong")];
			return (wrap ? wrapLine(spans, width, 6) : [spans]).map((line) => ({ line }));
		});
}

/** name == "value", where filters know the field. */
function filterFor(name: string, value: string): string | undefined {
	const field = filterField(name);
	if (field === undefined || value.length > 400) return undefined;
	switch (field.type) {
		case "presence":
			return name;
		case "number":
		case "ip":
			return `${name} == ${value}`;
		case "boolean":
			return `${name} == ${value}`;
		case "string":
			return `${name} == "${value.replace(/["\\]/g, "\\$&")}"`;
		default:
			return undefined;
	}
}
