import type { Endpoint } from "../../model/flow.js";
import { parseSdp } from "../../protocols/sdp/index.js";
import { address, contacts, contentType, decodeSipDatagram } from "../../protocols/sip/index.js";
import type { SipMessage } from "../../protocols/sip/types.js";
import { parseUri } from "../../protocols/uri/index.js";
import type { NameAddr, Uri } from "../../protocols/uri/types.js";

/** What boxes are known to touch of a message of an IM session, in the order in which it is shown. */
export const PARTS = [
	"Request-URI",
	"From host",
	"To host",
	"Call-ID",
	"Contact host:port",
	"Contact user",
	"Contact URI parameters",
	"Contact header parameters",
	"SDP o=",
	"SDP c=",
	"m=message port",
	"a=path",
] as const;

export type Part = (typeof PARTS)[number];

/** What became of a part: kept, mapped to the box's own address, replaced by the packet's source, dropped, new. */
export type Mark = "K" | "M" | "S" | "D" | "N";

/** The parts that a message has, each as it is written. */
export type Parts = ReadonlyMap<Part, string>;

/** Parts of one SIP message; none when the octets are no SIP. */
export function partsOf(octets: Buffer): Parts {
	const parts = new Map<Part, string>();
	const put = (part: Part, value: string | undefined): void => {
		if (value !== undefined) parts.set(part, value);
	};
	const sip = decodeSipDatagram(octets, 0, octets.length, "udp");
	if (sip === undefined) return parts;
	// What an initial request calls is no box's to map: only in a dialog does it name a Contact.
	const inDialog = /;\s*tag=/i.test(sip.get("to") ?? "");
	if (sip.kind === "request" && inDialog) put("Request-URI", hostPort(parseUri(sip.requestUri)));
	put("From host", address(sip, "from")?.uri.host);
	put("To host", address(sip, "to")?.uri.host);
	put("Call-ID", sip.get("call-id"));
	const contact = contacts(sip)[0];
	if (contact !== undefined) contactParts(contact, put);
	if (contentType(sip)?.token === "application/sdp") sdpParts(sip, put);
	return parts;
}

function contactParts({ uri, params }: NameAddr, put: (part: Part, value: string | undefined) => void): void {
	put("Contact host:port", hostPort(uri));
	put("Contact user", uri.user ?? "");
	put("Contact URI parameters", uri.params.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join(";"));
	put("Contact header parameters", params.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join(";"));
}

function sdpParts(sip: SipMessage, put: (part: Part, value: string | undefined) => void): void {
	const start = sip.start + sip.bodyOffset;
	const sdp = parseSdp(sip.bytes, start, start + sip.bodyLength);
	const media = sdp.media.find(({ msrp }) => msrp !== undefined);
	put("SDP o=", sdp.origin?.address);
	put("SDP c=", (media?.connection ?? sdp.connection)?.address);
	if (media === undefined) return;
	put("m=message port", String(media.port));
	if (media.msrp !== undefined && media.msrp.path.length > 0) put("a=path", media.msrp.path.join(" "));
}

function hostPort({ scheme, host, port }: Uri): string {
	return port === undefined ? (host === "" ? scheme : host) : `${host}:${port}`;
}

/**
 * What became of a part between two messages; undefined where neither has it.
 *
 * @param source where the packet came from before the box
 * @param own addresses of the box, on either side
 */
export function markOf(
	part: Part,
	before: string | undefined,
	after: string | undefined,
	source: Endpoint,
	own: readonly Endpoint[],
): Mark | undefined {
	if (before === undefined && after === undefined) return undefined;
	if (before === after) return "K";
	if (after === undefined) return "D";
	if (part.endsWith("parameters")) return lost(before, after) && !lost(after, before ?? "") ? "D" : "N";
	if (after === "") return "D";
	if (names(after, source)) return "S";
	return own.some((end) => names(after, end)) ? "M" : "N";
}

/** Some parameter is not there any more. */
function lost(before: string | undefined, after: string): boolean {
	const kept = new Set(after.toLowerCase().split(";"));
	return (before ?? "")
		.toLowerCase()
		.split(";")
		.some((param) => param !== "" && !kept.has(param));
}

function names(value: string, end: Endpoint): boolean {
	return (
		value === end.address ||
		value.startsWith(`${end.address}:`) ||
		value.startsWith(`[${end.address}]`) ||
		value.includes(`//${end.address}:`)
	);
}
