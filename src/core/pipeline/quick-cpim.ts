import { latin1 } from "../bytes/latin1.js";
import type { PlainHead } from "../model/entry.js";
import { hostKind } from "../protocols/uri/index.js";

/**
 * A CPIM head that is beyond doubt: From, To, perhaps DateTime and Subject, in their one spelling with one SP, printable
 * ASCII without escapes, bracketed URIs, no namespace, the separator, one Content-Type, text or isComposing inside.
 * What matches has no finding and asks for no receipt; everything else is decoded at once.
 */
const PLAIN =
	/^From: ((?:[A-Za-z0-9][A-Za-z0-9 ]* |"[A-Za-z0-9 .,]*" ?)?<(?:sips?|tel):([!-;=?-[\]-~]+)>)\r\nTo: ((?:[A-Za-z0-9][A-Za-z0-9 ]* |"[A-Za-z0-9 .,]*" ?)?<(?:sips?|tel):([!-;=?-[\]-~]+)>)\r\n(?:DateTime: ([0-9T:.Z+-]+)\r\n)?(?:Subject: [!-[\]-~][ -[\]-~]*\r\n)?\r\nContent-[Tt]ype: (text\/[a-z0-9.+-]+|application\/im-iscomposing\+xml)(?:; ?charset="?(?:utf-8|UTF-8|us-ascii)"?)?\r\n\r\n/;

/** An isComposing document (RFC 3994 §6) that any XML parser takes: known elements with plain text, one namespace. */
const COMPOSING =
	/^(?:<\?xml version=["']1\.0["'] encoding=["'](?:UTF|utf)-8["'] ?\?>\s*)?<isComposing xmlns=["']urn:ietf:params:xml:ns:im-iscomposing["']>\s*<state>(?:active|idle)<\/state>\s*(?:<lastactive>[0-9TZ:.+-]+<\/lastactive>\s*)?(?:<contenttype>[a-z0-9/.+-]+<\/contenttype>\s*)?(?:<refresh>[0-9]{1,9}<\/refresh>\s*)?<\/isComposing>\s*$/;

/** Private addresses inside may be a leak; that depends on where the peer is. */
const NUMERIC_HOST = /@(?:\d|\[)|^(?:\d|\[)/;

/** Longer heads are rare enough to be decoded. */
const WINDOW = 640;

/**
 * The head of the message/cpim octets buf[start, end) when they are plain; undefined: decode to know.
 *
 * @param peerAddress numeric address of the other end of the flow
 */
export function quickCpim(buf: Buffer, start: number, end: number, peerAddress: string): PlainHead | undefined {
	const head = latin1(buf, start, Math.min(end, start + WINDOW));
	const match = PLAIN.exec(head);
	if (match === null) return undefined;
	const type = match[6]!;
	if (type.charCodeAt(0) === LETTER_A && (end - start > WINDOW || !COMPOSING.test(head.slice(match[0].length)))) return undefined;
	const numeric = NUMERIC_HOST.test(match[2]!) || NUMERIC_HOST.test(match[4]!);
	if (numeric && hostKind(peerAddress) === "public") return undefined;
	return { type, from: match[1]!, to: match[3]!, dateTime: match[5], end: end - start };
}

const LETTER_A = 0x61;
