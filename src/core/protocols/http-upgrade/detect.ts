/** Whether octets at the start of a stream fit; "maybe": too few to tell. */
export type Guess = "yes" | "no" | "maybe";

const GET = "GET ";
const STATUS_101 = "HTTP/1.1 101";
const VERSION = " HTTP/1.1";
/** A request line is looked for no further than this. */
const LONGEST_LINE = 8 << 10;

/** A `GET ... HTTP/1.1` line (RFC 9112 §3) or an `HTTP/1.1 101` status line. Headers are not looked at. */
export function looksLikeHttpUpgrade(buf: Buffer, start: number, end: number): Guess {
	const response = matches(STATUS_101, buf, start, end);
	if (response !== "no") return response;
	const request = matches(GET, buf, start, end);
	if (request !== "yes") return request;
	const limit = Math.min(end, start + LONGEST_LINE);
	let line = start + GET.length;
	while (line < limit && buf[line] !== 0x0a) {
		// No control octet can stand in a request line but the CR before its end.
		if ((buf[line] as number) < 0x20 && buf[line] !== 0x0d) return "no";
		line++;
	}
	if (line === limit) return limit === end ? "maybe" : "no";
	if (buf[line - 1] === 0x0d) line--;
	const version = line - VERSION.length;
	return version > start + GET.length && buf.toString("latin1", version, line) === VERSION ? "yes" : "no";
}

function matches(text: string, buf: Buffer, start: number, end: number): Guess {
	const length = Math.min(text.length, end - start);
	for (let i = 0; i < length; i++) if (buf[start + i] !== text.charCodeAt(i)) return "no";
	return length === text.length ? "yes" : "maybe";
}
