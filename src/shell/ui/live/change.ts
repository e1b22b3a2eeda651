import type { MessageEdit } from "../../../core/breakpoints/edit.js";
import { BreakpointError, type HeldMessage } from "../../../core/breakpoints/types.js";

const HOW =
	"write text=…, body=…, start=…, header NAME=…, cpim NAME=…; \\r \\n \\t \\xHH and \\\\ stand for themselves, no value takes a header away";

/**
 * A change of a held message as it is typed: "text=hello", "start=MESSAGE sip:bob@example.com SIP/2.0", "header Contact=<sip:x>",
 * "cpim From=<sip:alice@example.com>", "header Subject=" to take it away.
 *
 * @throws BreakpointError that says how changes are written
 */
export function parseChange(text: string): MessageEdit {
	const [, words, value] = /^\s*([^=]*?)\s*=(.*)$/s.exec(text) ?? [];
	if (words === undefined || value === undefined) throw new BreakpointError(HOW);
	const [kind = "", name] = words.split(/\s+/, 2);
	const octets = unescaped(value);
	switch (kind.toLowerCase()) {
		case "text":
			return { text: octets };
		case "body":
			return { body: octets };
		case "start":
			return { startLine: value.trim() };
		case "header":
		case "cpim": {
			if (name === undefined || name === "") throw new BreakpointError(HOW);
			const edit = { [name]: value.trim() === "" ? null : value.trim() };
			return kind.toLowerCase() === "cpim" ? { cpim: edit } : { headers: edit };
		}
		default:
			throw new BreakpointError(HOW);
	}
}

/** What one begins with: the text, where the message has one, else its first line. */
export function proposal({ entry, octets }: HeldMessage): string {
	if ("payload" in entry && entry.payload?.kind === "text") return `text=${escaped(entry.payload.text)}`;
	const end = octets.indexOf("\r\n");
	return `start=${octets.toString("utf8", 0, end < 0 ? Math.min(octets.length, 200) : end)}`;
}

/** Octets of one's own: "3 client MSRP …", "3 server @message.txt". */
export function parseInjection(text: string): { connection: number; dir: 0 | 1; octets: Buffer | undefined; file: string | undefined } {
	const [, connection, to, what] = /^\s*#?(\d+)\s+(client|server)\s+(.+)$/s.exec(text) ?? [];
	if (connection === undefined || to === undefined || what === undefined) {
		throw new BreakpointError("write CONNECTION client|server TEXT, or @FILE in place of the text; \\r\\n stands for a line end");
	}
	const file = what.startsWith("@") ? what.slice(1).trim() : undefined;
	return { connection: Number(connection), dir: to === "server" ? 0 : 1, octets: file === undefined ? unescaped(what) : undefined, file };
}

function escaped(text: string): string {
	return text.replace(/[\\\r\n\t]/g, (one) => ({ "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t" })[one]!);
}

/** Octets of a text in which line ends and octets are written with backslashes. */
export function unescaped(text: string): Buffer {
	const parts: Buffer[] = [];
	let at = 0;
	for (const found of text.matchAll(/\\(?:x([0-9a-fA-F]{2})|([rnt\\]))/g)) {
		parts.push(Buffer.from(text.slice(at, found.index), "utf8"));
		parts.push(
			found[1] === undefined
				? Buffer.from({ r: "\r", n: "\n", t: "\t", "\\": "\\" }[found[2]!]!)
				: Buffer.from([Number.parseInt(found[1], 16)]),
		);
		at = found.index + found[0].length;
	}
	return Buffer.concat([...parts, Buffer.from(text.slice(at), "utf8")]);
}
