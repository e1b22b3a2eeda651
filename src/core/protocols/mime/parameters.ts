/** A value with parameters: Content-Type, Content-Disposition (RFC 2045 §5.1, RFC 2183 §2). */
export interface ParameterizedValue {
	/** the part before the first ";", lower case, without white space at its edges; "" when there is none */
	value: string;
	/** lower-case names in order of appearance; of a name that repeats the first value counts */
	params: Map<string, string>;
	/** offset in the text where something did not parse and was skipped; -1 when all parsed */
	faultAt: number;
}

/** A Content-Type value. */
export interface MediaType {
	/** type/subtype in lower case; "" when there is none */
	type: string;
	/** lower-case names */
	params: Map<string, string>;
}

const MAX_PARAMS = 64;
const HEX_ESCAPE = /%([0-9A-Fa-f]{2})/g;

/**
 * Splits `type/subtype; name=value; name="quoted"` and the like. Quoted-pairs are resolved, white space around
 * ";" and "=" is accepted, and RFC 2231 names (`name*`, `name*0`, `name*0*`) are put together. Never throws.
 */
export function parseParameterized(text: string): ParameterizedValue {
	const semicolon = text.indexOf(";");
	const params = new Map<string, string>();
	if (semicolon < 0) return { value: text.trim().toLowerCase(), params, faultAt: -1 };
	const value = text.slice(0, semicolon).trim().toLowerCase();
	let faultAt = -1;
	let extended = false;
	let pos = semicolon;
	const length = text.length;
	while (pos < length) {
		pos = skipSpace(text, pos + 1);
		if (pos >= length) break;
		const nameStart = pos;
		while (pos < length && text.charCodeAt(pos) !== 0x3d && text.charCodeAt(pos) !== 0x3b) pos++;
		const name = text.slice(nameStart, pos).trimEnd().toLowerCase();
		if (text.charCodeAt(pos) !== 0x3d || name === "") {
			if (name !== "" && !params.has(name)) params.set(name, "");
			if (faultAt < 0) faultAt = nameStart;
			pos = nextSemicolon(text, pos);
			continue;
		}
		pos = skipSpace(text, pos + 1);
		let parameter: string;
		if (text.charCodeAt(pos) === 0x22) {
			const close = closingQuote(text, pos);
			if (close < 0 && faultAt < 0) faultAt = pos;
			parameter = unquote(text, pos + 1, close < 0 ? length : close);
			const afterQuote = close < 0 ? length : skipSpace(text, close + 1);
			pos = nextSemicolon(text, afterQuote);
			if (pos !== afterQuote && faultAt < 0) faultAt = afterQuote;
		} else {
			const valueStart = pos;
			pos = nextSemicolon(text, pos);
			parameter = text.slice(valueStart, pos).trimEnd();
		}
		if (params.size >= MAX_PARAMS) break;
		if (name.includes("*")) extended = true;
		if (!params.has(name)) params.set(name, parameter);
	}
	return { value, params: extended ? joinExtended(params) : params, faultAt };
}

/** Splits a Content-Type value (RFC 2045 §5.1). Never throws. */
export function parseMediaType(text: string): MediaType {
	const { value, params } = parseParameterized(text);
	return { type: value, params };
}

/** Resolves RFC 2231 §3 continuations and §4 charset information. Only UTF-8, ISO-8859-1 and US-ASCII are decoded. */
function joinExtended(params: Map<string, string>): Map<string, string> {
	const joined = new Map<string, string>();
	const pieces = new Map<string, { text: string; encoded: boolean }[]>();
	for (const [name, value] of params) {
		const star = name.indexOf("*");
		if (star < 0) {
			if (!joined.has(name)) joined.set(name, value);
			continue;
		}
		const encoded = name.endsWith("*");
		const digits = name.slice(star + 1, encoded ? -1 : undefined);
		const index = digits === "" ? 0 : /^\d{1,2}\*?$/.test(digits) ? Number.parseInt(digits, 10) : -1;
		if (index < 0 || index >= MAX_PARAMS) continue;
		const base = name.slice(0, star);
		const list = pieces.get(base) ?? [];
		list[index] = { text: value, encoded };
		pieces.set(base, list);
	}
	for (const [base, list] of pieces) joined.set(base, decodeExtended(list));
	return joined;
}

function decodeExtended(list: readonly ({ text: string; encoded: boolean } | undefined)[]): string {
	let charset = "utf-8";
	let octets = "";
	for (let index = 0; index < list.length; index++) {
		const piece = list[index];
		if (piece === undefined) break;
		let text = piece.text;
		if (piece.encoded) {
			const second = text.indexOf("'", text.indexOf("'") + 1);
			if (index === 0 && second >= 0) {
				charset = text.slice(0, text.indexOf("'")).toLowerCase();
				text = text.slice(second + 1);
			}
			octets += text.replace(HEX_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
		} else {
			octets += Buffer.from(text, "utf8").toString("latin1");
		}
	}
	return charset === "iso-8859-1" ? octets : Buffer.from(octets, "latin1").toString("utf8");
}

function skipSpace(text: string, pos: number): number {
	while (pos < text.length) {
		const code = text.charCodeAt(pos);
		if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0x0a) break;
		pos++;
	}
	return pos;
}

function nextSemicolon(text: string, pos: number): number {
	const found = text.indexOf(";", pos);
	return found < 0 ? text.length : found;
}

/** Offset of the quote that closes the one at `open`, or -1. */
function closingQuote(text: string, open: number): number {
	for (let pos = open + 1; pos < text.length; pos++) {
		const code = text.charCodeAt(pos);
		if (code === 0x5c) pos++;
		else if (code === 0x22) return pos;
	}
	return -1;
}

function unquote(text: string, start: number, end: number): string {
	const inner = text.slice(start, end);
	return inner.includes("\\") ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}
