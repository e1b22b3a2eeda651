import { isToken } from "../uri/chars.js";
import type { SipMessage } from "./types.js";

export interface CSeq {
	/** decimal digits without leading zeros: exact at any size */
	digits: string;
	/** the same as a number; inexact above 2^53 */
	number: number;
	method: string;
}

/** CSeq value (RFC 3261 §20.16); undefined when it is not a number and a method. */
export function parseCSeq(value: string): CSeq | undefined {
	const match = /^(\d+)\s+(\S+)$/.exec(value);
	if (match === null || !isToken(match[2]!)) return undefined;
	const digits = match[1]!.replace(/^0+(?=\d)/, "");
	return { digits, number: Number(digits), method: match[2]! };
}

export function cseq(message: SipMessage): CSeq | undefined {
	const value = message.get("cseq");
	return value === undefined ? undefined : parseCSeq(value);
}
