import type { Problem } from "../../model/problem.js";
import type { SdpMedia, SdpMsrp } from "../../protocols/sdp/index.js";
import { addressKey } from "./address.js";

/** What the checks need of an MSRP URI (RFC 4975 §6). */
export interface PathUri {
	/** lower case */
	scheme: string;
	/** as written, brackets of IPv6 removed */
	host: string;
	port: number | undefined;
}

/** Splits an MSRP URI of a=path; undefined when it is none. */
export function parsePathUri(text: string): PathUri | undefined {
	const match = /^(msrps?):\/\/(?:[^/;@]*@)?(\[[0-9A-Fa-f:.%]*\]|[^/;:@[\]]*)(?::(\d{1,5}))?(?=[/;]|$)/i.exec(text);
	if (match === null) return undefined;
	const host = match[2]!;
	return {
		scheme: match[1]!.toLowerCase(),
		host: host.startsWith("[") ? host.slice(1, -1) : host,
		port: match[3] === undefined ? undefined : Number(match[3]),
	};
}

/** Findings about a=path of one MSRP media description that is not rejected. */
export function checkPath(media: SdpMedia, msrp: SdpMsrp, role: "offer" | "answer" | undefined, problems: Problem[]): void {
	const attribute = media.attributes.find(({ name }) => name === "path");
	if (attribute === undefined || msrp.path.length === 0) {
		const line = attribute?.line ?? media.line;
		problems.push({ id: "sdp.msrp-no-path", offset: line.start, length: line.end - line.start });
		return;
	}
	const offset = attribute.line.valueStart;
	const length = attribute.line.valueEnd - offset;
	const uris = msrp.path.map(parsePathUri);
	for (const [index, uri] of uris.entries()) {
		if (uri !== undefined && uri.port === undefined) problems.push({ id: "sdp.path-no-port", offset, length, detail: msrp.path[index]! });
	}
	const wanted = media.proto.toUpperCase() === "TCP/TLS/MSRP" ? "msrps" : "msrp";
	const known = uris.filter((uri) => uri !== undefined);
	// With relays in the path, m= speaks of one of the hops only: one URI that fits is enough.
	if (known.length > 0 && known.every(({ scheme }) => scheme !== wanted)) {
		problems.push({ id: "sdp.path-scheme-proto-mismatch", offset, length, detail: `${known[0]!.scheme} with ${media.proto}` });
	}
	const mismatch = connectionMismatch(media, known);
	if (mismatch === undefined) return;
	problems.push({ id: "sdp.path-connection-mismatch", offset, length, detail: mismatch });
	if (role === "offer" && !msrp.cema) problems.push({ id: "sdp.cema-mismatch-no-attr", offset, length, detail: mismatch });
}

/**
 * RFC 6714 §4.4: address and port of c= and m= equal those of at least one URI. In words what they are when none can match;
 * undefined when one matches, or may match because a host name would have to be resolved, or when nothing is to be compared
 * (port 9 of the active side, RFC 6135 §4.2.2, and URIs without port, which are found wrong already).
 */
function connectionMismatch(media: SdpMedia, uris: readonly PathUri[]): string | undefined {
	const connection = media.connection;
	if (connection === undefined || connection.address === "" || uris.length === 0) return undefined;
	if (media.port === 9 && media.msrp?.setup === "active") return undefined;
	const address = connection.address.split("/")[0]!;
	const key = addressKey(address);
	for (const { host, port } of uris) {
		if (port === undefined) return undefined;
		if (port !== media.port) continue;
		const hostKey = addressKey(host);
		if (key === undefined || hostKey === undefined || key === hostKey) return undefined;
	}
	return `c= and m= say ${address}:${media.port}`;
}
