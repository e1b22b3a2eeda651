import type { Problem } from "../../model/problem.js";
import type { SdpMedia, SdpMsrp } from "../../protocols/sdp/index.js";
import { canonicalHost, hostKind, type MsrpUri, parseMsrpUri } from "../../protocols/uri/index.js";

/** Findings about a=path of one MSRP media description that is not rejected. */
export function checkPath(media: SdpMedia, msrp: SdpMsrp, problems: Problem[]): void {
	const attribute = media.attributes.find(({ name }) => name === "path");
	if (attribute === undefined || msrp.path.length === 0) {
		const line = attribute?.line ?? media.line;
		problems.push({ id: "sdp.msrp-no-path", offset: line.start, length: line.end - line.start });
		return;
	}
	const offset = attribute.line.valueStart;
	const length = attribute.line.valueEnd - offset;
	const uris = msrp.path.map(parseMsrpUri).filter(({ scheme }) => scheme === "msrp" || scheme === "msrps");
	for (const uri of uris) {
		if (uri.port === undefined && !uri.faults.includes("bad-port"))
			problems.push({ id: "sdp.path-no-port", offset, length, detail: uri.text });
	}
	const wanted = media.proto.toUpperCase() === "TCP/TLS/MSRP" ? "msrps" : "msrp";
	// With relays in the path, m= speaks of one of the hops only: one URI that fits is enough.
	if (uris.length > 0 && uris.every(({ scheme }) => scheme !== wanted)) {
		problems.push({ id: "sdp.path-scheme-proto-mismatch", offset, length, detail: `${uris[0]!.scheme} with ${media.proto}` });
	}
	const mismatch = connectionMismatch(media, uris);
	if (mismatch !== undefined) problems.push({ id: "sdp.path-connection-mismatch", offset, length, detail: mismatch });
}

/**
 * RFC 6714 §4.4: address and port of c= and m= equal those of at least one URI. In words what they are when none can match;
 * undefined when one matches, or may match because a host name would have to be resolved, or when nothing is to be compared
 * (port 9 of the active side, RFC 6135 §4.2.2, and URIs without port, which are found wrong already).
 */
function connectionMismatch(media: SdpMedia, uris: readonly MsrpUri[]): string | undefined {
	const connection = media.connection;
	if (connection === undefined || connection.address === "" || media.port < 0 || uris.length === 0) return undefined;
	if (media.port === 9 && media.msrp?.setup === "active") return undefined;
	const address = connection.address.split("/")[0]!;
	const known = hostKind(address) !== "name";
	for (const { host, port } of uris) {
		if (port === undefined) return undefined;
		if (port !== media.port) continue;
		if (!known || hostKind(host) === "name" || canonicalHost(address) === canonicalHost(host)) return undefined;
	}
	return `c= and m= say ${address}:${media.port}`;
}
