import { parseMsrpUri } from "../protocols/uri/index.js";
import { normalHost } from "./addresses.js";
import { owned } from "./text.js";

/** An MSRP or MSRPS URI, ready for comparison (RFC 4975 §6.1). */
export interface MsrpKey {
	/** equal keys are equal URIs: scheme, host, port, session-id, transport; userinfo and other parameters do not count */
	key: string;
	/** normal form, no brackets */
	host: string;
	/** undefined when none is written, which equals no written port */
	port: number | undefined;
	/** undefined when absent, which equals no present one */
	sessionId: string | undefined;
	/** lower case; "" when absent */
	transport: string;
}

/** Unreserved characters may be written as escapes (RFC 3986 §6.2.2.2); others stay escaped, in upper case. */
function unescapeUnreserved(text: string): string {
	if (!text.includes("%")) return text;
	return text.replace(/%([0-9a-fA-F]{2})/g, (escaped, hex: string) => {
		const char = String.fromCharCode(Number.parseInt(hex, 16));
		return /[A-Za-z0-9\-._~]/.test(char) ? char : escaped.toUpperCase();
	});
}

/** undefined when the text is no MSRP URI. */
export function msrpKey(text: string): MsrpKey | undefined {
	const uri = parseMsrpUri(text);
	if (uri.scheme !== "msrp" && uri.scheme !== "msrps") return undefined;
	const host = owned(normalHost(unescapeUnreserved(uri.host)));
	const sessionId = uri.sessionId === undefined ? undefined : owned(unescapeUnreserved(uri.sessionId));
	const transport = owned((uri.transport ?? "").toLowerCase());
	const key = `${uri.scheme}//${host}:${uri.port ?? ""}${sessionId === undefined ? "" : `/${sessionId}`};${transport}`;
	return { key, host, port: uri.port, sessionId, transport };
}
