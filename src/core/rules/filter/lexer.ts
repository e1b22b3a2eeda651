import { FilterError } from "./error.js";
import type { SliceRange } from "./syntax.js";

export type Token =
	| { kind: "word"; text: string; at: number; end: number }
	| { kind: "string"; text: string; at: number; end: number }
	| { kind: "short"; text: string; at: number; end: number }
	| { kind: "op"; text: string; at: number; end: number }
	| { kind: "end"; text: ""; at: number; end: number };

/** longest first */
const OPERATORS = [
	"===",
	"!==",
	"==",
	"!=",
	"~=",
	"<=",
	">=",
	"&&",
	"||",
	"^^",
	"..",
	"<",
	">",
	"!",
	"~",
	"(",
	")",
	"{",
	"}",
	"[",
	"]",
	",",
	"&",
	"|",
	"-",
];
/** field names, numbers, addresses, octets in hex: one word until something that cannot belong to any of them */
const WORD = /[A-Za-z0-9_:](?:[A-Za-z0-9_:/@+*-]|\.(?!\.))*/y;
/** a negative number */
const NEGATIVE = /-[0-9](?:[0-9]|\.(?!\.))*/y;
const SHORT = /~([a-z]+)(?![A-Za-z0-9_.])/y;
const SPACE = /[\s]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
	n: "\n",
	r: "\r",
	t: "\t",
	a: "\x07",
	b: "\b",
	f: "\f",
	v: "\v",
	'"': '"',
	"'": "'",
	"\\": "\\",
};

/** Gives tokens as the parser asks for them, because what follows depends on where it stands. */
export class Lexer {
	readonly text: string;
	#at = 0;
	#peeked: Token | undefined;

	constructor(text: string) {
		this.text = text;
	}

	peek(): Token {
		this.#peeked ??= this.#read();
		return this.#peeked;
	}

	next(): Token {
		const token = this.peek();
		this.#peeked = undefined;
		this.#at = token.end;
		return token;
	}

	fail(at: number, length: number, message: string): FilterError {
		return new FilterError(this.text, at, length, message);
	}

	/** The argument of a short form: a quoted text, or everything up to white space or a parenthesis. */
	argument(): { text: string; at: number; end: number } | undefined {
		const from = this.#skip(this.#peeked?.at ?? this.#at);
		const first = this.text[from];
		if (first === '"' || first === "'" || (first === "r" && this.text[from + 1] === '"')) {
			const token = this.#string(from);
			this.#move(token.end);
			return token;
		}
		const word = /[^\s()"'~]+/y;
		word.lastIndex = from;
		const found = word.exec(this.text);
		if (found === null) return undefined;
		this.#move(word.lastIndex);
		return { text: found[0], at: from, end: word.lastIndex };
	}

	/** What stands between "[" (already taken) and "]": `0:4`, `-2:`, `3-5`, `1`, separated by commas. */
	ranges(): SliceRange[] {
		const from = this.#at;
		const close = this.text.indexOf("]", from);
		if (close < 0) throw this.fail(from - 1, 1, "this slice is not closed: ] is missing");
		const ranges: SliceRange[] = [];
		let at = from;
		for (const part of this.text.slice(from, close).split(",")) {
			ranges.push(this.#range(part, at));
			at += part.length + 1;
		}
		this.#move(close + 1);
		return ranges;
	}

	#range(text: string, at: number): SliceRange {
		const found = /^\s*(?:(-?\d{1,9})\s*(?:(:)\s*(-?\d{1,9})?|-\s*(-?\d{1,9}))?|:\s*(\d{1,9}))\s*$/.exec(text);
		if (found === null) throw this.fail(at, text.length, "a slice is written [start:length], [first-last], [index], [:length] or [start:]");
		const [, start, colon, length, last, head] = found;
		if (head !== undefined) return { start: 0, length: Number(head), last: undefined };
		if (last !== undefined) return { start: Number(start), length: undefined, last: Number(last) };
		if (length !== undefined && Number(length) < 0) throw this.fail(at, text.length, "the length of a slice cannot be negative");
		if (colon !== undefined) return { start: Number(start), length: length === undefined ? undefined : Number(length), last: undefined };
		return { start: Number(start), length: 1, last: undefined };
	}

	#read(): Token {
		const at = this.#skip(this.#at);
		const character = this.text[at];
		if (character === undefined) return { kind: "end", text: "", at, end: at };
		if (character === '"' || character === "'") return this.#string(at);
		if (character === "r" && this.text[at + 1] === '"') return this.#string(at);
		for (const [pattern, kind] of [
			[SHORT, "short"],
			[NEGATIVE, "word"],
			[WORD, "word"],
		] as const) {
			pattern.lastIndex = at;
			const found = pattern.exec(this.text);
			if (found !== null) return { kind, text: found[1] ?? found[0], at, end: pattern.lastIndex };
		}
		for (const operator of OPERATORS)
			if (this.text.startsWith(operator, at)) return { kind: "op", text: operator, at, end: at + operator.length };
		throw this.fail(
			at,
			1,
			`${JSON.stringify(String.fromCodePoint(this.text.codePointAt(at)!))} has no meaning here; texts are written in double quotes`,
		);
	}

	/** "…" with escapes, r"…" without, 'x' for one character. */
	#string(at: number): { kind: "string"; text: string; at: number; end: number } {
		const raw = this.text[at] === "r";
		const open = raw ? at + 1 : at;
		const quote = this.text[open]!;
		let text = "";
		let from = open + 1;
		while (from < this.text.length && this.text[from] !== quote) {
			if (this.text[from] !== "\\") text += this.text[from++];
			else if (raw) {
				// A quote after a backslash does not end the text, but both stay in it, as regular expressions want them.
				text += this.text.slice(from, from + 2);
				from += 2;
			} else from = this.#escape(from, (piece) => (text += piece));
		}
		if (from >= this.text.length) throw this.fail(at, this.text.length - at, `this text is not closed: ${quote} is missing`);
		return { kind: "string", text, at, end: from + 1 };
	}

	#escape(at: number, add: (text: string) => void): number {
		const rest = this.text.slice(at + 1, at + 10);
		const numeric = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3}))/.exec(rest);
		if (numeric !== null) {
			const hex = numeric[1] ?? numeric[2] ?? numeric[3];
			const code = hex === undefined ? Number.parseInt(numeric[4]!, 8) : Number.parseInt(hex, 16);
			if (code > 0x10ffff) throw this.fail(at, numeric[0].length + 1, "there is no such character");
			add(String.fromCodePoint(code));
			return at + 1 + numeric[0].length;
		}
		const simple = ESCAPES[rest[0] ?? ""];
		if (simple === undefined)
			throw this.fail(at, 2, `\\${rest[0] ?? ""} is no escape; write \\\\ for a backslash, or r"…" for a text without escapes`);
		add(simple);
		return at + 2;
	}

	#skip(at: number): number {
		SPACE.lastIndex = at;
		SPACE.exec(this.text);
		return SPACE.lastIndex;
	}

	#move(at: number): void {
		this.#peeked = undefined;
		this.#at = at;
	}
}
