import type { SipEntry } from "../model/entry.js";
import type { Sdp, SdpMedia, SetupRole } from "../protocols/sdp/types.js";
import { addressScope, normalHost } from "./addresses.js";
import type { Place } from "./findings.js";
import { type MsrpKey, msrpKey } from "./msrp-uri.js";
import { ContentHash, owned, word } from "./text.js";

/** What is kept of one session description. */
export interface SdpFacts {
	/** number of the entry that brought it */
	entry: number;
	/** user, sess-id and address of the o-line: tells whose description it is; "" when there is no o-line */
	origin: string;
	version: string;
	/** of all lines but o= */
	content: number;
	/** octets of the body that carried it */
	octets: number;
	media: MediaFacts[];
}

export interface MediaFacts {
	media: string;
	proto: string;
	port: number;
	direction: SdpMedia["direction"];
	msrp: MsrpFacts | undefined;
}

export interface MsrpFacts {
	/** as written */
	path: string[];
	/** parsed; URIs that do not parse are left out */
	uris: MsrpKey[];
	/** c= address in normal form; undefined when there is none */
	address: string | undefined;
	port: number;
	setup: SetupRole | undefined;
	cema: boolean;
	acceptTypes: string[] | undefined;
	acceptWrappedTypes: string[] | undefined;
	maxSize: number | undefined;
	file: { size: number | undefined; hash: string | undefined; part: boolean } | undefined;
}

export function sdpFacts(entry: SipEntry, sdp: Sdp): SdpFacts {
	const hash = new ContentHash();
	for (const line of sdp.lines) {
		if (line.type === "o") continue;
		hash.add(line.type);
		hash.add(line.value);
	}
	const o = sdp.origin;
	return {
		entry: entry.number,
		origin: o === undefined ? "" : owned(`${o.user} ${o.sessionId} ${o.address}`),
		version: o === undefined ? "" : owned(o.version),
		content: hash.value(),
		octets: entry.sip.bodyLength,
		media: sdp.media.map(mediaFacts),
	};
}

function mediaFacts(media: SdpMedia): MediaFacts {
	return {
		media: word(media.media.toLowerCase()),
		proto: word(media.proto.toUpperCase()),
		port: media.port,
		direction: media.direction,
		msrp: media.msrp === undefined ? undefined : msrpFacts(media, media.msrp),
	};
}

function msrpFacts(media: SdpMedia, msrp: NonNullable<SdpMedia["msrp"]>): MsrpFacts {
	const path = msrp.path.slice(0, 16).map(owned);
	const selector = msrp.fileSelector;
	return {
		path,
		uris: path.map(msrpKey).filter((uri) => uri !== undefined),
		address: media.connection === undefined ? undefined : owned(normalHost(media.connection.address)),
		port: media.port,
		setup: msrp.setup,
		cema: msrp.cema,
		acceptTypes: msrp.acceptTypes?.slice(0, 64).map((type) => word(type.toLowerCase())),
		acceptWrappedTypes: msrp.acceptWrappedTypes?.slice(0, 64).map((type) => word(type.toLowerCase())),
		maxSize: msrp.maxSize,
		file:
			selector === undefined
				? undefined
				: {
						size: selector.size,
						hash: selector.hash === undefined ? undefined : owned(selector.hash),
						part: msrp.fileRange !== undefined && (msrp.fileRange.start !== 1 || msrp.fileRange.end !== undefined),
					},
	};
}

/** The endpoint's own URI: the rightmost of its path (RFC 4975 §8.2). */
export function ownUri(facts: MsrpFacts): MsrpKey | undefined {
	return facts.uris.at(-1);
}

/**
 * Do c= and m= name a URI of a=path (RFC 6714 §4.3)? "unknown" where a name would have to be resolved,
 * or where they need not: rejected media, and port 9 of an active side (RFC 6135 §4.2).
 */
export function pathAgreement(facts: MsrpFacts): "match" | "mismatch" | "unknown" {
	if (facts.port <= 0 || facts.address === undefined || facts.uris.length === 0) return "unknown";
	if (facts.port === 9 && facts.setup === "active") return "unknown";
	let open = false;
	for (const uri of facts.uris) {
		if (uri.port !== facts.port) continue;
		if (uri.host === facts.address) return "match";
		if (addressScope(uri.host) === "name" || addressScope(facts.address) === "name") open = true;
	}
	return open ? "unknown" : "mismatch";
}

/** Where an SDP line stands in the frame; undefined when SDP is only a part of the body. */
export function sdpPlace(entry: SipEntry, line: { start: number; end: number } | undefined): Place | undefined {
	if (line === undefined || !/^application\/sdp\s*(;|$)/i.test(entry.sip.get("content-type") ?? "")) return undefined;
	return { start: entry.sip.bodyOffset + line.start, end: entry.sip.bodyOffset + line.end };
}

/** The m-line of a media description, in the frame. */
export function mediaPlace(entry: SipEntry, index: number): Place | undefined {
	return sdpPlace(entry, entry.sdp?.media[index]?.line);
}

/** An attribute of a media description, else its m-line, in the frame. */
export function attributePlace(entry: SipEntry, index: number, name: string): Place | undefined {
	const media = entry.sdp?.media[index];
	return sdpPlace(entry, media?.attributes.find((attribute) => attribute.name === name)?.line ?? media?.line);
}
