/** Octets and small tables that the MSRP scanners share. */
export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const HASH = 35;
export const DOLLAR = 36;
export const PLUS = 43;
export const HYPHEN = 45;
export const COLON = 58;

export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;
/** ". - + % =" of RFC 4975 §9 ident-char */
export const IDENT_MARK = 8;
/** RFC 4975 §9 token */
export const TOKEN = 16;

/** Bit set of classes for every octet value. */
export const CLASS: Uint8Array = classTable();

function classTable(): Uint8Array {
	const table = new Uint8Array(256);
	for (let c = 0; c < 256; c++) {
		if (c >= 48 && c <= 57) table[c]! |= DIGIT | TOKEN;
		if (c >= 65 && c <= 90) table[c]! |= UPPER | TOKEN;
		if (c >= 97 && c <= 122) table[c]! |= LOWER | TOKEN;
	}
	for (const mark of ".-+%=") table[mark.charCodeAt(0)]! |= IDENT_MARK;
	for (const mark of "!#$%&'*+-.^_`{|}~") table[mark.charCodeAt(0)]! |= TOKEN;
	return table;
}

export function isFlag(octet: number): boolean {
	return octet === DOLLAR || octet === PLUS || octet === HASH;
}

const NEAR = 64;

/** Index of the first LF in buf[from, end), or -1. Lines are short, so a loop comes before the call into native code. */
export function findLf(buf: Buffer, from: number, end: number): number {
	const near = Math.min(end, from + NEAR);
	for (let i = from; i < near; i++) if (buf[i] === LF) return i;
	if (near === end) return -1;
	// A view, because Buffer.indexOf knows no end and would search the memory behind the octets that were lent.
	const found = buf.subarray(near, end).indexOf(LF);
	return found < 0 ? -1 : near + found;
}

/** A copy that does not keep alive the longer string it may have been cut from (engines share memory of substrings). */
export function ownText(text: string): string {
	return text.length < 13 ? text : ` ${text}`.slice(1);
}

/** Octets buf[from, to) as a text of one character each. */
export function latin1(buf: Buffer, from: number, to: number): string {
	// Node documents only toString("latin1"), which looks its encoding up each time; this method is what it calls.
	return (buf as unknown as { latin1Slice(from: number, to: number): string }).latin1Slice(from, to);
}
