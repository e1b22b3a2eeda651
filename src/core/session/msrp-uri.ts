import { normalHost } from "./addresses.js";
import { owned } from "./text.js";

/** An MSRP or MSRPS URI, ready for comparison (RFC 4975 §6.1). */
export interface MsrpUri {
	/** equal keys are equal URIs: scheme, host, port, session-id, transport; userinfo and other parameters do not count */
	key: string;
	secure: boolean;
	/** normal form, no brackets */
	host: string;
	/** undefined when none is written, which equals no written port */
	port: number | undefined;
	/** undefined when absent, which equals no present one */
	sessionId: string | undefined;
	/** lower case; "" when absent */
	transport: string;
}

const FORM = /^(msrps?):\/\/(?:[^@/;]*@)?(\[[^\]]*\]|[^:/;]*)(?::(\d{1,5}))?(?:\/([^;]*))?(?:;([^;]*))?/i;

/** Unreserved characters may be written as escapes (RFC 3986 §6.2.2.2); others stay escaped, in upper case. */
function unescapeUnreserved(text: string): string {
	if (!text.includes("%")) return text;
	return text.replace(/%([0-9a-fA-F]{2})/g, (escape, hex: string) => {
		const char = String.fromCharCode(Number.parseInt(hex, 16));
		return /[A-Za-z0-9\-._~]/.test(char) ? char : escape.toUpperCase();
	});
}

/** undefined when the text is no MSRP URI. */
export function parseMsrpUri(text: string): MsrpUri | undefined {
	const match = FORM.exec(text);
	if (match === null) return undefined;
	const secure = match[1]!.length === 5;
	const host = owned(normalHost(unescapeUnreserved(match[2]!)));
	const port = match[3] === undefined ? undefined : Number(match[3]);
	const sessionId = match[4] === undefined ? undefined : owned(unescapeUnreserved(match[4]));
	const transport = (match[5] ?? "").toLowerCase();
	const key = `${secure ? "s" : ""}//${host}:${port ?? ""}${sessionId === undefined ? "" : `/${sessionId}`};${transport}`;
	return { key, secure, host, port, sessionId, transport };
}
