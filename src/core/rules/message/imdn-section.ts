import type { ActionContext } from "../actions/types.js";
import type { HeaderSection, Row } from "./headers.js";
import { innerContentOf } from "./parts.js";

const TAG = /<(\/?)(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>/g;
/** more than any notification has */
const MOST = 256;

interface Open {
	name: string;
	start: number;
	/** of the name, prefix and all, in the tag */
	nameStart: number;
	nameEnd: number;
	inside: number;
}

/** Elements of a notification (RFC 5438 §11) by name without prefix; the value of `status` is the name of the element in it. */
export function imdnSection(message: Pick<ActionContext, "octets" | "sip" | "msrp" | "whole">): HeaderSection | undefined {
	const content = innerContentOf(message);
	if (content?.type !== "message/imdn+xml") return undefined;
	const text = message.octets.toString("latin1", content.start, content.end);
	/** where a row has its name: in the opening tag and in the closing one */
	const names = new Map<Row, { start: number; end: number }[]>();
	const rows: Row[] = [];
	const open: Open[] = [];
	let root: { end: number; prefix: string } | undefined;
	for (const match of text.matchAll(TAG)) {
		const [whole, slash, prefix, name = ""] = match;
		const start = content.start + match.index;
		const nameStart = start + 1 + slash!.length;
		const nameEnd = nameStart + name.length + (prefix === undefined ? 0 : prefix.length + 1);
		if (slash === "" && whole.endsWith("/>")) continue;
		if (slash === "") {
			if (open.length + rows.length >= MOST) return undefined;
			open.push({ name, start, nameStart, nameEnd, inside: start + whole.length });
			continue;
		}
		const from = open.findLastIndex((one) => one.name === name);
		if (from < 0) continue;
		const one = open[from]!;
		open.length = from;
		const end = start + whole.length;
		if (name === "imdn") {
			root = { end: start, prefix: prefix === undefined ? "" : `${prefix}:` };
			continue;
		}
		const inside = message.octets.toString("utf8", one.inside, start).trim();
		const value = name === "status" ? (/^<([^\s/>]+)/.exec(inside)?.[1]?.replace(/^.*:/, "") ?? inside) : inside;
		const row = { name, key: name, value, start: one.start, end, valueStart: one.inside, valueEnd: start };
		names.set(row, [
			{ start: one.nameStart, end: one.nameEnd },
			{ start: nameStart, end: nameEnd },
		]);
		rows.push(row);
	}
	if (root === undefined) return undefined;
	rows.sort((a, b) => a.start - b.start);
	const { end, prefix } = root;
	const inner = (name: string, value: string): string =>
		name === "status" && /^[\w.-]+$/.test(value) ? `<${prefix}${value}/>` : escaped(value);
	return {
		scope: "imdn-xml",
		rows,
		eol: "",
		place: () => end,
		spelling: (name) => name,
		before: "",
		write: (name, value) => `<${prefix}${name}>${inner(name, value)}</${prefix}${name}>`,
		valued: (row, value) => inner(row.name, value),
		names: (row) => names.get(row)!,
	};
}

function escaped(text: string): string {
	return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
