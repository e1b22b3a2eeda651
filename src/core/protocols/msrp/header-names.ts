import { COLON, SP } from "./octets.js";

/** Headers that the decoder knows, as their documents spell them (RFC 4975 §9, RFC 4976, RFC 7701, RFC 2045, RFC 2183). */
export const HEADER_NAMES = [
	"To-Path",
	"From-Path",
	"Message-ID",
	"Byte-Range",
	"Content-Type",
	"Success-Report",
	"Failure-Report",
	"Status",
	"Use-Path",
	"Expires",
	"Min-Expires",
	"Max-Expires",
	"WWW-Authenticate",
	"Authorization",
	"Authentication-Info",
	"Use-Nickname",
	"Content-Disposition",
	"Content-ID",
	"Content-Description",
	"Content-Transfer-Encoding",
] as const;

export const TO_PATH = 0;
export const FROM_PATH = 1;
export const MESSAGE_ID = 2;
export const BYTE_RANGE = 3;
export const CONTENT_TYPE = 4;
export const SUCCESS_REPORT = 5;
export const FAILURE_REPORT = 6;
export const STATUS = 7;
const WWW_AUTHENTICATE = 12;
export const CONTENT_TRANSFER_ENCODING = 19;

/** lower-case name to id */
export const HEADER_IDS: ReadonlyMap<string, number> = new Map(HEADER_NAMES.map((name, id) => [name.toLowerCase(), id]));
/** Headers that may stand more than once: one challenge per algorithm. */
export const REPEATABLE = 1 << WWW_AUTHENTICATE;

/** ids by first character, most frequent first */
const BY_INITIAL: readonly (readonly number[])[] = (() => {
	const table: number[][] = Array.from({ length: 128 }, () => []);
	HEADER_NAMES.forEach((name, id) => {
		table[name.charCodeAt(0)]!.push(id);
	});
	return table;
})();
const NONE: readonly number[] = [];

/** Id of the header whose exact "Name: " stands at text[at], or -1: the path that nearly every line takes. */
export function exactHeader(text: string, at: number): number {
	const ids = BY_INITIAL[text.charCodeAt(at)] ?? NONE;
	for (let i = 0; i < ids.length; i++) {
		const id = ids[i]!;
		const name = HEADER_NAMES[id]!;
		// The colon's place rules nearly all others out before the text is compared.
		const colon = at + name.length;
		if (text.charCodeAt(colon) === COLON && text.charCodeAt(colon + 1) === SP && text.startsWith(name, at)) return id;
	}
	return -1;
}
