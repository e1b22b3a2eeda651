import { isSingle } from "../../../core/export/width.js";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A grapheme of many code points takes one place but nobody can read it, and some terminals take minutes to draw it. */
const MOST_UNITS = 16;
const DOUBTFUL = /[\u200d\ufe0e\ufe0f\u20e3]|[\u{1f1e6}-\u{1f1ff}]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007f}]/u;
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}/u;

export function segments(text: string): string[] {
	return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * The text with stand-ins for graphemes that terminals draw at different widths: an emoji joined of several becomes its first one and
 * "+", a flag the letters of its country, a keycap its sign in brackets. The octets are in the raw and hex views.
 */
export function drawable(text: string): string {
	if (isSingle(text) || (!DOUBTFUL.test(text) && text.length < MOST_UNITS)) return text;
	let out = "";
	for (const segment of segments(text)) out += standIn(segment);
	return out;
}

function standIn(grapheme: string): string {
	if (grapheme.length > MOST_UNITS && !DOUBTFUL.test(grapheme)) return `${String.fromCodePoint(grapheme.codePointAt(0)!)}+`;
	if (!DOUBTFUL.test(grapheme)) return grapheme;
	if (FLAG.test(grapheme)) return [...grapheme].slice(0, 2).map(letter).join("");
	const first = String.fromCodePoint(grapheme.codePointAt(0)!);
	if (grapheme.includes("\u20e3")) return `[${first}]`;
	const more = grapheme.slice(first.length).replace(/[\ufe0e\ufe0f]/g, "") !== "";
	return more ? `${first}+` : first;
}

function letter(indicator: string): string {
	return String.fromCharCode(indicator.codePointAt(0)! - 0x1f1e6 + 0x41);
}
