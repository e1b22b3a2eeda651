import { parseVia, type Via } from "../protocols/sip/index.js";
import type { SipHeader } from "../protocols/sip/types.js";
import { parseNameAddr, parseUri, splitSpans } from "../protocols/uri/index.js";
import type { NameAddr, Uri } from "../protocols/uri/types.js";

/** A place in the message: octets from its start. */
export interface Spot {
	start: number;
	end: number;
}

/** Where the parts of a SIP URI stand. */
export interface UriSpot extends Spot {
	uri: Uri;
	/** userinfo without "@" */
	user: Spot | undefined;
	/** undefined for URIs without a host (tel) */
	hostPort: Spot | undefined;
	/** end of the URI parameters, before "?" */
	paramsEnd: number;
}

/** One address of a header: name-addr or addr-spec with its parameters. */
export interface AddressSpot extends Spot {
	address: NameAddr;
	uri: UriSpot;
	/** the header parameters from the first ";" on; empty when there are none */
	params: Spot;
}

export interface ViaSpot extends Spot {
	via: Via;
	sentBy: Spot;
	/** the row that the value stands in */
	row: SipHeader;
}

/** Finds the parts of the URI text[start, end). */
export function locateUri(text: string, start: number, end: number): UriSpot {
	const raw = text.slice(start, end);
	const uri = parseUri(raw);
	const spot: UriSpot = { start, end, uri, user: undefined, hostPort: undefined, paramsEnd: end };
	if (uri.scheme !== "sip" && uri.scheme !== "sips") return spot;
	const colon = raw.indexOf(":");
	const at = raw.lastIndexOf("@");
	const host = at > colon ? at + 1 : colon + 1;
	if (at > colon) spot.user = { start: start + colon + 1, end: start + at };
	let tail = host;
	while (tail < raw.length && raw[tail] !== ";" && raw[tail] !== "?") tail++;
	spot.hostPort = { start: start + host, end: start + tail };
	const question = raw.indexOf("?", tail);
	spot.paramsEnd = question < 0 ? end : start + question;
	return spot;
}

/** The addresses in text[start, end), the value of a header that holds a list (RFC 3261 §7.3.1); "*" is left out. */
export function locateAddresses(text: string, start: number, end: number): AddressSpot[] {
	const found: AddressSpot[] = [];
	for (const part of splitSpans(text, start, end)) {
		if (part.end === part.start || text.slice(part.start, part.end) === "*") continue;
		found.push(locateAddress(text, part.start, part.end));
	}
	return found;
}

/** The one address in text[start, end). */
export function locateAddress(text: string, start: number, end: number): AddressSpot {
	const address = parseNameAddr(text.slice(start, end));
	const uriEnd = start + address.uriSpan.end;
	let params = uriEnd;
	if (address.bracketed) {
		const close = text.indexOf(">", uriEnd);
		params = close < 0 || close >= end ? end : close + 1;
	}
	return { start, end, address, uri: locateUri(text, start + address.uriSpan.start, uriEnd), params: { start: params, end } };
}

/** The values of one Via row. */
export function locateVias(text: string, row: SipHeader, base: number): ViaSpot[] {
	const found: ViaSpot[] = [];
	for (const { start, end } of splitSpans(text, base + row.valueStart, base + row.valueEnd)) {
		if (end === start) continue;
		const via = parseVia(text.slice(start, end));
		found.push({ start, end, via, row, sentBy: { start: start + via.sentBy.start, end: start + via.sentBy.end } });
	}
	return found;
}
