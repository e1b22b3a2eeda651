import { displayWidth, truncate } from "../../../core/export/width.js";
import { drawable, segments } from "./graphemes.js";

/** What a piece of text is. A theme says how that looks; what it means is never told by the colour alone. */
export type Tone =
	| "text"
	| "dim"
	| "strong"
	| "title"
	| "key"
	| "border"
	| "request"
	| "success"
	| "failure"
	| "session"
	| "protocol"
	| "error"
	| "warn"
	| "note"
	| "chat"
	| "system"
	| "group"
	| "private"
	| "quiet"
	| "odd"
	| "edit"
	| "added"
	| "removed"
	| "tab"
	| "tabChosen";

/** What a piece of text stands on. */
export type Ground = "plain" | "selected" | "marked" | "bar" | "popup" | "popupSelected" | "evidence" | "match" | "cursor";

/** Text is safe for terminals: whoever makes a span of text from the wire uses `wire`. */
export interface Span {
	readonly text: string;
	readonly tone: Tone;
	readonly ground?: Ground;
}

export type Line = readonly Span[];

export function span(text: string, tone: Tone = "text", ground?: Ground): Span {
	return ground === undefined ? { text, tone } : { text, tone, ground };
}

export function lineWidth(line: Line): number {
	let width = 0;
	for (const { text } of line) width += displayWidth(drawable(text));
	return width;
}

export function plainText(line: Line): string {
	return line.map(({ text }) => text).join("");
}

/** Exactly `width` columns: cut with "…", or filled. Every span gets `ground` unless it has its own. */
export function fitLine(line: Line, width: number, ground: Ground = "plain"): Line {
	const out: Span[] = [];
	let left = width;
	const filled = line.filter(({ text }) => text !== "");
	for (const [at, one] of filled.entries()) {
		const text = drawable(one.text);
		const columns = displayWidth(text);
		const cut = columns > left || (columns === left && at < filled.length - 1);
		const shown = cut ? truncate(`${text} `, left) : text;
		if (shown !== "") out.push({ text: shown, tone: one.tone, ground: one.ground ?? ground });
		left -= displayWidth(shown);
		if (cut) break;
	}
	if (left > 0) out.push({ text: " ".repeat(left), tone: "text", ground });
	return out;
}

/** The columns from `from` on, for what is scrolled sideways. */
export function skipColumns(line: Line, from: number): Line {
	if (from <= 0) return line;
	const out: Span[] = [];
	let skip = from;
	for (const one of line) {
		if (skip <= 0) {
			out.push(one);
			continue;
		}
		let kept = "";
		for (const piece of segments(one.text)) {
			if (skip > 0) skip -= displayWidth(piece);
			else kept += piece;
		}
		if (kept !== "") out.push({ ...one, text: kept });
	}
	return out;
}

/** Breaks at spaces, and inside words that are longer than a line; later lines begin with `indent` spaces. */
export function wrapLine(line: Line, width: number, indent = 0): Line[] {
	const most = Math.max(4, width);
	const pad = Math.min(indent, most - 4);
	const lines: Span[][] = [[]];
	let used = 0;
	const put = (text: string, from: Span): void => {
		const line = lines.at(-1)!;
		const last = line.at(-1);
		if (last !== undefined && last.tone === from.tone && last.ground === from.ground)
			line[line.length - 1] = { ...last, text: last.text + text };
		else line.push({ ...from, text });
		used += displayWidth(text);
	};
	const next = (): void => {
		lines.push(pad > 0 ? [span(" ".repeat(pad))] : []);
		used = pad;
	};
	for (const one of line) {
		const text = drawable(one.text);
		for (const word of text.split(/(?<= )(?! )/)) {
			const columns = displayWidth(word.trimEnd());
			if (used + columns > most && used > pad) next();
			if (columns <= most - used) put(used + displayWidth(word) > most ? word.trimEnd() : word, one);
			else
				for (const piece of segments(word)) {
					if (used + displayWidth(piece) > most) next();
					put(piece, one);
				}
		}
	}
	return lines;
}
