/**
 * Everything that came over the wire passes through here before it reaches a terminal or a page: control octets could move
 * the cursor or set the title, bidirectional controls and invisible characters could make text look like another text.
 */

const EMOJI_JOINER = String.raw`(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d\p{Extended_Pictographic})`;
const EMOJI_STYLE = String.raw`(?!(?<=\p{Emoji})[\ufe0e\ufe0f])`;
/** controls, formats (bidi, zero width, tags), lone surrogates, line and paragraph separators, everything that is drawn as nothing */
const INVISIBLE = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;

const PLAIN = /^[ -~]*$/;
const UNSAFE = new RegExp(EMOJI_JOINER + EMOJI_STYLE + INVISIBLE, "gu");
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${EMOJI_JOINER}${EMOJI_STYLE}${INVISIBLE}`, "gu");

/** True when the text is printable ASCII only, so that no escape applies and one code unit is one column. */
export function isPlain(text: string): boolean {
	return PLAIN.test(text);
}

/**
 * Makes wire text safe for one line of a terminal: `\n`, `\x1b`, `\x85`, `\u202e`, `\u{e0041}`. Emoji sequences stay whole.
 * Backslashes are left alone, so the result is for reading, not for parsing back (`--json` is).
 */
export function escapeTerminal(text: string): string {
	return PLAIN.test(text) ? text : text.replace(UNSAFE, visible);
}

/** The same, but line feeds stay: for blocks of text that the caller splits and indents. CR before LF is dropped. */
export function escapeTerminalLines(text: string): string {
	return PLAIN.test(text) ? text : text.replaceAll("\r\n", "\n").replace(UNSAFE_IN_LINES, visible);
}

function visible(character: string): string {
	const code = character.codePointAt(0)!;
	if (code === 10) return "\\n";
	if (code === 13) return "\\r";
	if (code === 9) return "\\t";
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
	if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
	return `\\u{${code.toString(16)}}`;
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" };

/** Makes wire text safe as HTML text and as a quoted attribute value; invisible characters become visible as in a terminal. */
export function escapeHtml(text: string): string {
	return escapeTerminalLines(text).replace(/[&<>"'`]/g, (character) => HTML[character]!);
}
