import { hepPrefix } from "../protocols/hep/decode.js";
import { looksLikeHttpUpgrade } from "../protocols/http-upgrade/index.js";
import { findMsrpStart, looksLikeMsrp } from "../protocols/msrp/index.js";
import { findSipStart, looksLikeSip } from "../protocols/sip/index.js";
import { looksLikeTls } from "../protocols/tls/index.js";

export type Spoken = "sip" | "msrp" | "http" | "tls" | "hep";

/**
 * What the octets at the start of a stream are. "maybe": more octets are needed; undefined: none of ours.
 * `tls` false leaves TLS out (inside TLS there is none).
 */
export function detect(buf: Buffer, start: number, end: number, tls: boolean): Spoken | "maybe" | undefined {
	let from = start;
	// CRLF keep-alives (RFC 5626 §3.5.1) and stray empty lines stand before a first message without saying whose it is.
	while (from < end && (buf[from] === 0x0d || buf[from] === 0x0a)) from++;
	if (from === end) return "maybe";
	let maybe = false;
	if (tls) {
		const answer = looksLikeTls(buf, from, end);
		if (answer === "yes") return "tls";
		maybe ||= answer === "maybe";
	}
	const msrp = looksLikeMsrp(buf, from, end);
	if (msrp === "yes") return "msrp";
	const sip = looksLikeSip(buf, from, end);
	if (sip === "yes") return "sip";
	const http = looksLikeHttpUpgrade(buf, from, end);
	if (http === "yes") return "http";
	const hep = hepPrefix(buf, from, end);
	if (hep === "yes") return "hep";
	return maybe || hep === "maybe" || msrp === "maybe" || sip === "maybe" || http === "maybe" ? "maybe" : undefined;
}

/** The first message start of ours anywhere in the octets, for streams whose beginning was not seen; undefined: none. */
export function search(buf: Buffer, start: number, end: number): Spoken | undefined {
	const msrp = findMsrpStart(buf, start, end);
	const sip = findSipStart(buf, start, end);
	if (msrp < 0) return sip < 0 ? undefined : "sip";
	return sip < 0 || msrp < sip ? "msrp" : "sip";
}
