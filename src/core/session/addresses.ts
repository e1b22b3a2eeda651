import { canonicalHost, hostKind } from "../protocols/uri/index.js";

/** A host or numeric address for comparison: equal texts are equal hosts, with or without brackets or a last dot. */
export function normalHost(host: string): string {
	const text = canonicalHost(host);
	return text.endsWith(".") ? text.slice(0, -1) : text;
}

/**
 * From where an address literal can be reached: "name" is no literal at all; "private" is everything that
 * does not work from anywhere (RFC 1918, RFC 4193, RFC 6598, loopback, link-local, unspecified).
 */
export function addressScope(host: string): "name" | "private" | "public" {
	const kind = hostKind(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);
	return kind === "name" || kind === "public" ? kind : "private";
}
