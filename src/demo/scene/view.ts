import { escapeTerminal } from "../../core/export/escape.js";
import type { Palette } from "../../core/export/palette.js";
import { displayWidth, padTo, truncate } from "../../core/export/width.js";
import type { ScreenLine } from "../client/chat.js";
import type { Row } from "./rows.js";
import type { SceneResult } from "./scene.js";
import { USERS, type UserName } from "./script.js";

const NAMES: Readonly<Record<UserName, string>> = { alice: "Alice", bob: "Bob", carol: "Carol" };
const WHO = 19;
const CLASS = 12;
const NUMBER = 3;

/** "── title ─────" over the whole width. */
export function heading(title: string, width: number, palette: Palette): string {
	const text = `── ${title} `;
	return palette.bold(text + "─".repeat(Math.max(2, width - displayWidth(text))));
}

/** The conversation, numbered; ends with a line feed. */
export function conversation(rows: readonly Row[], width: number, palette: Palette): string {
	let out = `${palette.dim(`${"#".padStart(NUMBER)}  ${"from → to".padEnd(WHO)}  ${"class".padEnd(CLASS)}  message`)}\n`;
	const room = Math.max(20, width - NUMBER - WHO - CLASS - 6);
	for (const [index, row] of rows.entries()) {
		const { label, codes, severity, tone, refused } = row;
		const mark = tone === undefined ? label : palette.classes[tone](label);
		const tail = codes === "" ? "" : ` ${severity === undefined ? codes : palette.severity[severity](codes)}`;
		const taken = label.length + (codes === "" ? 0 : codes.length + 1);
		const fill = " ".repeat(Math.max(0, CLASS - taken));
		const no = refused === undefined ? "" : ` → ${refused}`;
		const text = truncate(row.text, room - no.length);
		const signalling = label === "" ? palette.dim(text) : text;
		out += `${palette.dim(String(index + 1).padStart(NUMBER))}  ${padTo(parties(row), WHO)}  ${mark}${tail}${fill}  ${signalling}${no === "" ? "" : palette.failure(no)}\n`;
	}
	return out;
}

function parties({ sender, readers }: Row): string {
	if (sender !== undefined) return `${NAMES[sender]} → room`;
	return `room → ${readers.length === USERS.length ? "everybody" : readers.map((user) => NAMES[user]).join(", ")}`;
}

/** What the users of the two kinds of client saw where they saw different things; one sentence when they saw the same. */
export function screens(result: SceneResult, width: number, palette: Palette): string {
	const rows: [string, string, string, string][] = [];
	for (const user of USERS) {
		for (const line of result.chats[user].screen) {
			if (line.kind === "text" && line.identities !== line.isfocus)
				rows.push([NAMES[user], excerptOf(line), shown(line.identities, line.from), shown(line.isfocus, line.from)]);
		}
	}
	for (const { user, text, status } of result.refused)
		rows.push([NAMES[user], truncate(escapeTerminal(text), 30), `not sent: ${status}`, `not sent: ${status}`]);
	if (rows.length === 0) return "On all three screens both kinds of client show every message alike.\n";
	const head: [string, string, string, string] = ["at", "message", "comparing identities", "looking for isfocus"];
	const columns = [0, 1, 2, 3].map((column) => Math.max(...[head, ...rows].map((row) => displayWidth(row[column]!))));
	columns[1] = Math.min(columns[1]!, Math.max(12, width - columns[0]! - columns[2]! - columns[3]! - 8));
	const line = (row: readonly string[]): string =>
		`  ${row
			.map((text, column) => padTo(truncate(text, columns[column]!), columns[column]!))
			.join("  ")
			.trimEnd()}`;
	let out = `${palette.dim(line(head))}\n`;
	for (const row of rows) out += `${line(row)}\n`;
	return out;
}

function excerptOf({ text }: ScreenLine): string {
	return truncate(escapeTerminal(text), 30);
}

function shown(kind: ScreenLine["identities"], from: string | undefined): string {
	const who = escapeTerminal(/^[a-z]+:([^@;?]*)/i.exec(from ?? "")?.[1] ?? "?");
	switch (kind) {
		case "system":
			return "notice";
		case "private-system":
			return "notice to you";
		case "group":
			return `${who} to all`;
		case "private":
			return `private from ${who}`;
		default:
			return kind;
	}
}
