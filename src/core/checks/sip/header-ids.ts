import { sameName } from "../../protocols/sip/names.js";

/** Small numbers for the headers that are checked, so that a set of them is one integer. */
export const VIA = 0;
export const FROM = 1;
export const TO = 2;
export const CALL_ID = 3;
export const CSEQ = 4;
export const MAX_FORWARDS = 5;
export const CONTACT = 6;
export const CONTENT_LENGTH = 7;
export const CONTENT_TYPE = 8;
export const EXPIRES = 9;
export const DATE = 10;
export const WARNING = 11;
export const RETRY_AFTER = 12;
export const ROUTE = 13;
export const RECORD_ROUTE = 14;
export const REFER_TO = 15;
export const IDENTITY = 16;
/** lists of tokens */
export const TOKENS = 17;
export const CREDENTIALS = 18;
/** single-valued headers whose values are not looked at, from here on one number each */
const FIRST_SINGLE = 19;
export const UNKNOWN = -1;

const SINGLE_ONLY = [
	"event",
	"subscription-state",
	"replaces",
	"session-expires",
	"min-expires",
	"subject",
	"user-agent",
	"server",
	"mime-version",
	"rseq",
	"rack",
	"timestamp",
] as const;

/** The headers that may stand in one row only (RFC 3261 §7.3.1 and the RFCs that define them), as bits. */
export const SINGLE_VALUED =
	[FROM, TO, CALL_ID, CSEQ, MAX_FORWARDS, CONTENT_LENGTH, CONTENT_TYPE, EXPIRES, DATE, RETRY_AFTER, REFER_TO].reduce(
		(bits, id) => bits | (1 << id),
		0,
	) | SINGLE_ONLY.reduce((bits, _, index) => bits | (1 << (FIRST_SINGLE + index)), 0);

const NAMES: readonly (readonly [name: string, id: number, compact?: string])[] = [
	["via", VIA, "v"],
	["from", FROM, "f"],
	["to", TO, "t"],
	["call-id", CALL_ID, "i"],
	["cseq", CSEQ],
	["max-forwards", MAX_FORWARDS],
	["contact", CONTACT, "m"],
	["content-length", CONTENT_LENGTH, "l"],
	["content-type", CONTENT_TYPE, "c"],
	["expires", EXPIRES],
	["date", DATE],
	["warning", WARNING],
	["retry-after", RETRY_AFTER],
	["route", ROUTE],
	["record-route", RECORD_ROUTE],
	["refer-to", REFER_TO, "r"],
	["p-asserted-identity", IDENTITY],
	["p-preferred-identity", IDENTITY],
	["allow", TOKENS],
	["supported", TOKENS, "k"],
	["require", TOKENS],
	["proxy-require", TOKENS],
	["unsupported", TOKENS],
	["allow-events", TOKENS, "u"],
	["accept", TOKENS],
	["accept-encoding", TOKENS],
	["accept-language", TOKENS],
	["content-encoding", TOKENS, "e"],
	["authorization", CREDENTIALS],
	["proxy-authorization", CREDENTIALS],
	["www-authenticate", CREDENTIALS],
	["proxy-authenticate", CREDENTIALS],
	...SINGLE_ONLY.map((name, index) => [name, FIRST_SINGLE + index] as const),
];

const SINGLE_COMPACT: Readonly<Record<string, string>> = { o: "event", s: "subject", x: "session-expires" };

interface Candidate {
	name: string;
	id: number;
}

/** By length and first letter: seldom more than one candidate. */
const TABLE: (Candidate[] | undefined)[] = [];
const LETTERS = new Int8Array(32).fill(UNKNOWN);
for (const [name, id, compact] of NAMES) {
	const slot = name.length * 32 + (name.charCodeAt(0) & 31);
	const bucket = TABLE[slot];
	if (bucket === undefined) TABLE[slot] = [{ name, id }];
	else bucket.push({ name, id });
	if (compact !== undefined) LETTERS[compact.charCodeAt(0) & 31] = id;
}
for (const [letter, name] of Object.entries(SINGLE_COMPACT)) {
	LETTERS[letter.charCodeAt(0) & 31] = FIRST_SINGLE + SINGLE_ONLY.indexOf(name as (typeof SINGLE_ONLY)[number]);
}

/** Which header text[start, nameEnd) names, in any case and also in its compact form; UNKNOWN when none that is checked. */
export function headerId(text: string, start: number, nameEnd: number): number {
	const length = nameEnd - start;
	const first = text.charCodeAt(start);
	if (first < 65 || first > 122) return UNKNOWN;
	if (length === 1) return LETTERS[first & 31]!;
	const bucket = TABLE[length * 32 + (first & 31)];
	if (bucket === undefined) return UNKNOWN;
	for (const candidate of bucket) if (sameName(text, start, candidate.name)) return candidate.id;
	return UNKNOWN;
}
