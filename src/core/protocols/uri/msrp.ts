import { canonicalHost } from "./ip.js";
import { addFault, parseParams } from "./params.js";
import { splitHostPort } from "./parse.js";
import type { UriParam } from "./types.js";

/** An MSRP URI (RFC 4975 §6, §9), split but not unescaped. */
export interface MsrpUri {
	text: string;
	/** "msrp" or "msrps" when it is one, lower case */
	scheme: string;
	userinfo: string | undefined;
	/** without the brackets of IPv6 */
	host: string;
	port: number | undefined;
	/** undefined when there is no "/"; may hold further "/" */
	sessionId: string | undefined;
	/** first parameter, e.g. "tcp", as written; undefined when there is none */
	transport: string | undefined;
	/** parameters after the transport */
	params: UriParam[];
	/** "bad-scheme", "empty-host", "bad-host", "bad-port", "ipv6-unbracketed", "ipv6-unterminated", "bad-session-id", "no-transport", ... */
	faults: string[];
}

/** Splits an MSRP URI (RFC 4975 §9). Never throws: what is wrong is in `faults`. */
export function parseMsrpUri(text: string): MsrpUri {
	const faults: string[] = [];
	const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text);
	const kind = scheme === null ? "" : scheme[1]!.toLowerCase();
	if (kind !== "msrp" && kind !== "msrps") faults.push("bad-scheme");
	const start = scheme === null ? 0 : scheme[0].length;
	const semicolon = text.indexOf(";", start);
	const bodyEnd = semicolon < 0 ? text.length : semicolon;
	const slash = text.indexOf("/", start);
	const authorityEnd = slash < 0 || slash > bodyEnd ? bodyEnd : slash;
	const at = authorityEnd > start ? text.lastIndexOf("@", authorityEnd - 1) : -1;
	const hostStart = at >= start ? at + 1 : start;
	const { host, port, faults: hostFaults } = splitHostPort(text, hostStart, authorityEnd);
	for (const fault of hostFaults) addFault(faults, fault);
	let sessionId: string | undefined;
	if (authorityEnd < bodyEnd) {
		sessionId = text.slice(authorityEnd + 1, bodyEnd);
		if (!/^[A-Za-z0-9\-._~+=/%]+$/.test(sessionId)) addFault(faults, "bad-session-id");
	}
	const params = semicolon < 0 ? [] : parseParams(text, semicolon, text.length, faults, false);
	const first = params[0];
	const transport = first !== undefined && first.value === undefined ? first.name : undefined;
	if (transport === undefined) addFault(faults, "no-transport");
	return {
		text,
		scheme: kind,
		userinfo: at >= start ? text.slice(start, at) : undefined,
		host,
		port,
		sessionId,
		transport,
		params: transport === undefined ? params : params.slice(1),
		faults,
	};
}

export interface MsrpUriComparison {
	equal: boolean;
	/** first part that differs: "scheme", "host", "port", "session-id", "transport" */
	failed?: string;
}

/** RFC 4975 §6.1: userinfo and parameters other than the transport are ignored, an explicit port never equals none. */
export function compareMsrpUri(a: MsrpUri | string, b: MsrpUri | string): MsrpUriComparison {
	const left = typeof a === "string" ? parseMsrpUri(a) : a;
	const right = typeof b === "string" ? parseMsrpUri(b) : b;
	if (left.scheme !== right.scheme) return { equal: false, failed: "scheme" };
	if (hostOf(left) !== hostOf(right)) return { equal: false, failed: "host" };
	if (left.port !== right.port) return { equal: false, failed: "port" };
	if (sessionOf(left) !== sessionOf(right)) return { equal: false, failed: "session-id" };
	if (left.transport?.toLowerCase() !== right.transport?.toLowerCase()) return { equal: false, failed: "transport" };
	return { equal: true };
}

/** Both have the same session-id although the URIs differ: a box that compares the session-id alone takes them as one. */
export function sessionIdOnlyMatch(a: MsrpUri | string, b: MsrpUri | string): boolean {
	const left = typeof a === "string" ? parseMsrpUri(a) : a;
	const right = typeof b === "string" ? parseMsrpUri(b) : b;
	const session = sessionOf(left);
	return session !== undefined && session === sessionOf(right) && !compareMsrpUri(left, right).equal;
}

function hostOf(uri: MsrpUri): string {
	return canonicalHost(decodeUnreserved(uri.host));
}

function sessionOf(uri: MsrpUri): string | undefined {
	return uri.sessionId === undefined ? undefined : decodeUnreserved(uri.sessionId);
}

/** Escapes of unreserved characters equal the characters (RFC 3986 §6.2.2.2); the others keep one spelling. */
function decodeUnreserved(text: string): string {
	if (!text.includes("%")) return text;
	return text.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
		const char = String.fromCharCode(Number.parseInt(hex, 16));
		return /[A-Za-z0-9\-._~]/.test(char) ? char : escaped.toUpperCase();
	});
}
