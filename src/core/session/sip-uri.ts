import type { Uri } from "../protocols/uri/types.js";
import { normalHost } from "./addresses.js";

/** Value of a URI parameter in lower case, "" when it has none; undefined when it is absent. `name` in lower case. */
export function uriParam(uri: Uri, name: string): string | undefined {
	const found = uri.params.find((param) => param.name.toLowerCase() === name);
	return found === undefined ? undefined : (found.value ?? "").toLowerCase();
}

/** Percent escapes of characters that need none (RFC 3261 §19.1.4: equal to the characters). */
export function unescapeText(text: string): string {
	return text.includes("%") ? text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;
}

function defaultPort(uri: Uri): number {
	return uri.scheme === "sips" || uriParam(uri, "transport") === "tls" ? 5061 : 5060;
}

/**
 * Do two URIs lead to the same place? RFC 3261 §19.1.4 with two differences, because this decides about
 * findings and not about routing: a written default port equals none, and a parameter that only one of them has
 * (also transport) is not looked at.
 */
export function sameTarget(a: Uri, b: Uri): boolean {
	if (a.text === b.text) return true;
	if (a.scheme !== b.scheme) return false;
	if (a.scheme !== "sip" && a.scheme !== "sips") return a.text.toLowerCase() === b.text.toLowerCase();
	if (unescapeText(a.user ?? "") !== unescapeText(b.user ?? "")) return false;
	if (normalHost(a.host) !== normalHost(b.host)) return false;
	if ((a.port ?? defaultPort(a)) !== (b.port ?? defaultPort(b)) && (a.port ?? defaultPort(b)) !== (b.port ?? defaultPort(a))) return false;
	const transportA = uriParam(a, "transport");
	const transportB = uriParam(b, "transport");
	return transportA === undefined || transportB === undefined || transportA === transportB;
}

/** Names a person or a conference whatever parameters, port or sip/sips scheme a URI is written with. */
export function identityKey(uri: Uri): string {
	if (uri.scheme === "tel") return `tel:${(uri.user ?? "").replace(/[-.()]/g, "")}`;
	return `${unescapeText(uri.user ?? "")}@${normalHost(uri.host)}`;
}
