import type { ByteRange } from "./types.js";

/** A position in a message, counted from 1. Exact at any size: bigint beyond 2^53. */
export type Position = number | bigint;

const RANGE = /^([0-9]+)-([0-9]+|\*)\/([0-9]+|\*)$/;

/** RFC 4975 §9 Byte-Range; null when the value does not parse. */
export function parseByteRange(value: string): ByteRange | null {
	const m = RANGE.exec(value);
	if (m === null) return null;
	return { start: position(m[1]!), end: m[2] === "*" ? undefined : position(m[2]!), total: m[3] === "*" ? undefined : position(m[3]!) };
}

function position(digits: string): Position {
	return digits.length < 16 ? Number(digits) : narrow(BigInt(digits));
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
