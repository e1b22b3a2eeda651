import type { ByteRange } from "./types.js";

/** A position in a message, counted from 1. Exact at any size: bigint beyond 2^53. */
export type Position = number | bigint;

const STAR = 42;
const HYPHEN = 45;
const SLASH = 47;
/** So many digits are always below 2^53. */
const SAFE_DIGITS = 15;

/** RFC 4975 §9 Byte-Range: 1*DIGIT "-" (1*DIGIT / "*") "/" (1*DIGIT / "*"); null when the value does not parse. */
export function parseByteRange(value: string): ByteRange | null {
	const hyphen = digitsEnd(value, 0);
	if (hyphen === 0 || value.charCodeAt(hyphen) !== HYPHEN) return null;
	const slash = digitsOrStarEnd(value, hyphen + 1);
	if (slash === hyphen + 1 || value.charCodeAt(slash) !== SLASH) return null;
	const end = digitsOrStarEnd(value, slash + 1);
	if (end === slash + 1 || end !== value.length) return null;
	return { start: position(value, 0, hyphen)!, end: position(value, hyphen + 1, slash), total: position(value, slash + 1, end) };
}

function digitsEnd(text: string, from: number): number {
	let i = from;
	for (; i < text.length; i++) {
		const c = text.charCodeAt(i);
		if (c < 48 || c > 57) break;
	}
	return i;
}

function digitsOrStarEnd(text: string, from: number): number {
	return text.charCodeAt(from) === STAR ? from + 1 : digitsEnd(text, from);
}

function position(text: string, from: number, to: number): Position | undefined {
	if (text.charCodeAt(from) === STAR) return undefined;
	if (to - from > SAFE_DIGITS) return narrow(BigInt(text.slice(from, to)));
	let value = 0;
	for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48;
	return value;
}

function narrow(value: bigint): Position {
	return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

/** a + n without loss. */
export function plus(a: Position, n: Position): Position {
	if (typeof a === "number" && typeof n === "number") {
		const sum = a + n;
		if (Number.isSafeInteger(sum)) return sum;
	}
	return narrow(BigInt(a) + BigInt(n));
}

export function samePosition(a: Position, b: Position): boolean {
	// biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of one value are the same position
	return a == b;
}

export type RangeFault = "msrp.byte-range-zero-start" | "msrp.byte-range-inverted" | "msrp.byte-range-exceeds-total";

/** What makes a range that parses impossible (RFC 4975 §7.1.1); null when it is possible. The empty range n-(n-1) is legal. */
export function rangeFault(range: ByteRange): RangeFault | null {
	const { start, end, total } = range;
	if (start < 1) return "msrp.byte-range-zero-start";
	const before = plus(start, -1);
	if (end !== undefined && end < before) return "msrp.byte-range-inverted";
	if (total !== undefined && ((end !== undefined && end > total) || before > total)) return "msrp.byte-range-exceeds-total";
	return null;
}
