import { latin1 } from "../bytes/latin1.js";

/**
 * A CPIM head that is beyond doubt: From, To, perhaps DateTime and Subject, in their one spelling with one SP, printable
 * ASCII without escapes, bracketed URIs, no namespace, the separator, one Content-Type, text inside.
 * What matches has no finding and asks for no receipt; everything else is decoded at once.
 */
const PLAIN =
	/^From: (?:[A-Za-z0-9 ]* |"[A-Za-z0-9 .,]*" ?)?<(?:sips?|tel):([!-;=?-[\]-~]+)>\r\nTo: (?:[A-Za-z0-9 ]* |"[A-Za-z0-9 .,]*" ?)?<(?:sips?|tel):([!-;=?-[\]-~]+)>\r\n(?:DateTime: [0-9T:.Z+-]+\r\n)?(?:Subject: [!-[\]-~][ -[\]-~]*\r\n)?\r\nContent-[Tt]ype: (text\/[a-z0-9.+-]+)(?:; ?charset="?(?:utf-8|UTF-8|us-ascii)"?)?\r\n\r\n/;

/** Private addresses inside may be a leak; that depends on where the peer is, so the full checks decide. */
const NUMERIC_HOST = /@(?:\d|\[)|^(?:\d|\[)/;

/** Longer heads are rare enough to be decoded. */
const WINDOW = 640;

/** The media type inside when the message/cpim octets buf[start, end) are plain; undefined: decode to know. */
export function quickCpim(buf: Buffer, start: number, end: number): string | undefined {
	const match = PLAIN.exec(latin1(buf, start, Math.min(end, start + WINDOW)));
	return match === null || NUMERIC_HOST.test(match[1]!) || NUMERIC_HOST.test(match[2]!) ? undefined : match[3];
}
