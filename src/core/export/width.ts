import stringWidth from "string-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Printable ASCII, and what our own output draws with beside it: characters of one column that join with nothing. */
const SINGLE = /^[ -~\u00b7\u00d7\u2013\u2014\u2026\u2190-\u2193\u2500-\u259f\u25cf]*$/;

/** True when every code unit of the text is one column. */
export function isSingle(text: string): boolean {
	return SINGLE.test(text);
}

/** Columns that an escaped text takes on a terminal. */
export function displayWidth(text: string): number {
	return isSingle(text) ? text.length : stringWidth(text);
}

/**
 * Cuts an escaped text to at most `columns` columns; the last one is then "…".
 * `Infinity` leaves it alone. Never cuts inside a character or an emoji.
 */
export function truncate(text: string, columns: number): string {
	const single = isSingle(text);
	if (text.length <= columns && single) return text;
	if (columns === Number.POSITIVE_INFINITY) return text;
	if (columns < 1) return "";
	if (single) return `${text.slice(0, columns - 1)}…`;
	let width = 0;
	let fits = 0;
	for (const { segment, index } of graphemes.segment(text)) {
		// A hundred combining marks on one letter take one column but no reader wants them.
		const next = segment.length > 32 ? Number.POSITIVE_INFINITY : width + displayWidth(segment);
		if (next > columns) return `${text.slice(0, fits)}…`;
		width = next;
		if (width <= columns - 1) fits = index + segment.length;
	}
	return text;
}

/** Fills with spaces on the right up to `columns`; longer texts stay whole. */
export function padTo(text: string, columns: number): string {
	const missing = columns - displayWidth(text);
	return missing > 0 ? text + " ".repeat(missing) : text;
}

/** Exactly `columns` columns: cut or filled. */
export function cell(text: string, columns: number): string {
	return padTo(truncate(text, columns), columns);
}

/** `text` in the middle of `columns` columns, drawn over `fill`. */
export function centre(text: string, columns: number, fill: string): string {
	const missing = Math.max(0, columns - displayWidth(text));
	const left = missing >> 1;
	return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Breaks an escaped text at spaces so that lines take at most `columns` columns; later lines begin with `indent`. Words stay whole. */
export function wrapWords(text: string, columns = Number.POSITIVE_INFINITY, indent = ""): string {
	if (displayWidth(text) <= columns) return text;
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > columns) {
			lines.push(line);
			line = `${indent}${word}`;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line].join("\n");
}
