/** Whether octets at the start of a stream fit a protocol; "maybe": too few to tell. */
export type Guess = "yes" | "no" | "maybe";

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
const HEARTBEAT = 24;
/** 2^14 octets and what compression and encryption may add (RFC 5246 §6.2.3) */
const LONGEST_RECORD = (1 << 14) + 2048;

/** Whether buf[at, at + 5) can be the header of a record: known type, version 3.0 to 3.4, a length that type can have. */
export function plausibleRecord(buf: Buffer, at: number): boolean {
	const type = buf[at] as number;
	if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT || buf[at + 1] !== 3 || (buf[at + 2] as number) > 4) return false;
	const length = ((buf[at + 3] as number) << 8) | (buf[at + 4] as number);
	return length > 0 && length <= LONGEST_RECORD;
}

/**
 * TLS, from its first record or mid-stream: a record header, which is a type below any text character,
 * a version with two legal octets and a bounded length.
 */
export function looksLikeTls(buf: Buffer, start: number, end: number): Guess {
	const length = end - start;
	if (length === 0) return "maybe";
	const type = buf[start] as number;
	if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) return "no";
	if (length > 1 && buf[start + 1] !== 3) return "no";
	if (length > 2 && (buf[start + 2] as number) > 4) return "no";
	if (length < 5) return "maybe";
	if (!plausibleRecord(buf, start)) return "no";
	if (type === CHANGE_CIPHER_SPEC) return buf[start + 3] === 0 && buf[start + 4] === 1 ? "yes" : "no";
	return "yes";
}
