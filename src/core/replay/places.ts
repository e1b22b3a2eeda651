import { locateAddress, locateAddresses, locateUri, locateVias } from "../alg/spots.js";
import { findSdp } from "../protocols/find-sdp.js";
import type { Sdp } from "../protocols/sdp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { Unit } from "./types.js";

export type PlaceKind =
	| "call-id"
	| "tag"
	| "branch"
	| "sent-by"
	| "cseq"
	| "uri"
	| "host"
	| "media-host"
	| "media-port"
	| "other-port"
	| "media-proto"
	| "media-setup"
	| "sdp-origin"
	| "msrp-uri"
	| "transaction"
	| "message-id"
	| "imdn"
	| "imdn-reference"
	| "cpim-uri"
	| "date";

/** A value that belongs to one run of a conversation and not to its meaning: octets [start, end) of the message. */
export interface Place {
	kind: PlaceKind;
	/** where it stands: the same in two messages of the same form */
	name: string;
	start: number;
	end: number;
	text: string;
}

const URI_HEADERS = ["contact", "route", "record-route", "refer-to", "path", "service-route"];

/** All such values of a message, in order of place, never overlapping. */
export function placesOf(unit: Unit): Place[] {
	const text = unit.octets.toString("latin1");
	const found: Place[] = [];
	const add = (kind: PlaceKind, name: string, start: number, end: number): void => {
		if (end > start) found.push({ kind, name, start, end, text: text.slice(start, end) });
	};
	if (unit.protocol === "sip") {
		sipHead(unit.sip, text, add);
		const described = findSdp(unit.sip, unit.octets);
		if (described !== undefined) sdp(described.sdp, described.start, text, add);
		else imdn(text, unit.sip.bodyOffset, unit.octets.length, add);
	} else {
		const { msrp } = unit;
		const line = /^MSRP (\S+)/.exec(text);
		if (line !== null) add("transaction", "start", 5, 5 + line[1]!.length);
		for (const { key, value, valueStart, valueEnd } of msrp.headers) {
			if (key === "message-id") add("message-id", key, valueStart, valueEnd);
			if (key === "to-path" || key === "from-path" || key === "use-path")
				words(value, valueStart, (start, end) => add("msrp-uri", key, start, end));
		}
		const close = text.lastIndexOf(`-------${msrp.transactionId}`);
		if (msrp.bodyOffset >= 0) imdn(text, msrp.bodyOffset, close, add);
		if (close >= 0) add("transaction", "end", close + 7, close + 7 + msrp.transactionId.length);
	}
	return disjoint(found);
}

type Add = (kind: PlaceKind, name: string, start: number, end: number) => void;

function sipHead(sip: SipMessage, text: string, add: Add): void {
	if (sip.kind === "request") {
		const start = sip.requestUriStart;
		add("uri", "request-uri", start, start + sip.requestUri.length);
	}
	for (const row of sip.headers) {
		const { key, valueStart, valueEnd } = row;
		if (key === "call-id") add("call-id", key, valueStart, valueEnd);
		else if (key === "cseq") add("cseq", key, valueStart, valueStart + /^\d*/.exec(row.value)![0].length);
		else if (key === "via") {
			for (const { start, end, sentBy } of locateVias(text, row, 0)) {
				add("sent-by", key, sentBy.start, sentBy.end);
				parameter(text, "branch", start, end, (from, to) => add("branch", key, from, to));
			}
		} else if (key === "from" || key === "to" || key === "p-asserted-identity" || key === "p-preferred-identity") {
			const { uri, params } = locateAddress(text, valueStart, valueEnd);
			if (uri.hostPort !== undefined) add("host", key, uri.hostPort.start, uri.hostPort.end);
			parameter(text, "tag", params.start, params.end, (from, to) => add("tag", key, from, to));
		} else if (key === "subscription-state") {
			// What is left of a subscription when a notification leaves, in seconds (RFC 6665 §4.2.1).
			parameter(text, "expires", valueStart, valueEnd, (from, to) => add("date", key, from, to));
		} else if (URI_HEADERS.includes(key)) {
			for (const { uri, params } of locateAddresses(text, valueStart, valueEnd)) {
				add("uri", key, uri.start, uri.end);
				if (key === "contact") registrarParameters(text, params.start, params.end, add);
			}
		}
	}
}

function sdp({ lines }: Sdp, start: number, text: string, add: Add): void {
	for (const line of lines) {
		const { type, value } = line;
		const from = start + line.valueStart;
		if (type === "o" || type === "c") {
			const parts = [...value.matchAll(/\S+/g)];
			if (type === "o" && parts.length === 6) add("sdp-origin", "o", from + parts[1]!.index, from + parts[2]!.index + parts[2]![0].length);
			// "IP4 192.0.2.1": the kind of address goes with it.
			const [kind, host] = parts.slice(type === "o" ? 4 : 1);
			if (kind !== undefined && host !== undefined) add("media-host", type, from + kind.index, from + host.index + host[0].length);
		} else if (type === "m") {
			const port = /^(\S+)\s+(\d+)/.exec(value);
			if (port !== null && port[2] !== "0")
				add(port[1] === "message" ? "media-port" : "other-port", "m", from + port[0].length - port[2]!.length, from + port[0].length);
			const proto = /^message\s+\d+\s+(\S+)/.exec(value);
			if (proto !== null) add("media-proto", "m", from + proto[0].length - proto[1]!.length, from + proto[0].length);
		} else if (type === "a" && value.startsWith("setup:")) {
			add("media-setup", "setup", from + 6, start + line.valueEnd);
		} else if (type === "a" && value.startsWith("path:")) {
			words(text.slice(from + 5, start + line.valueEnd), from + 5, (a, b) => add("msrp-uri", "path", a, b));
		}
	}
}

/** Addresses and DateTime of CPIM (RFC 3862 §3), its Message-IDs (RFC 5438 §6) and what notifications say about them. All are ASCII. */
function imdn(text: string, start: number, end: number, add: Add): void {
	const body = text.slice(start, end);
	for (const match of body.matchAll(/^(?:From|To|cc):[^<\r\n]*<([^>\r\n]+)>/gim)) {
		const at = start + match.index + match[0].length - 1 - match[1]!.length;
		add("cpim-uri", "cpim", at, at + match[1]!.length);
	}
	for (const match of body.matchAll(/(?:^DateTime:[ \t]*|<(?:[\w-]+:)?datetime>\s*)(\d[\d:.TZtz+-]+)/gim)) {
		const at = start + match.index + match[0].length - match[1]!.length;
		add("date", "date", at, at + match[1]!.length);
	}
	for (const match of body.matchAll(/^(?:[A-Za-z][\w-]*\.)?Message-ID:[ \t]*([!-~]+)/gim)) {
		const at = start + match.index + match[0].length - match[1]!.length;
		add("imdn", "imdn", at, at + match[1]!.length);
	}
	for (const match of body.matchAll(/<(?:[\w-]+:)?message-id>\s*([!-;=-~]+)/g)) {
		const at = start + match.index + match[0].length - match[1]!.length;
		add("imdn-reference", "imdn-reference", at, at + match[1]!.length);
	}
}

function words(value: string, base: number, each: (start: number, end: number) => void): void {
	for (const match of value.matchAll(/\S+/g)) each(base + match.index, base + match.index + match[0].length);
}

/** What registrars say of a binding: where it came from, and its temporary name (RFC 5627 §5.3). */
function registrarParameters(text: string, start: number, end: number, add: Add): void {
	for (const match of text.slice(start, end).matchAll(/;\s*(received|temp-gruu)\s*=\s*"([^"]*)"/gi)) {
		const to = start + match.index + match[0].length - 1;
		add("uri", match[1]!.toLowerCase(), to - match[2]!.length, to);
	}
}

function parameter(text: string, name: string, start: number, end: number, each: (from: number, to: number) => void): void {
	const match = new RegExp(`;\\s*${name}\\s*=\\s*([^;,\\s>]+)`, "i").exec(text.slice(start, end));
	if (match !== null) each(start + match.index + match[0].length - match[1]!.length, start + match.index + match[0].length);
}

function disjoint(places: Place[]): Place[] {
	places.sort((one, other) => one.start - other.start || one.end - other.end);
	let end = 0;
	return places.filter((place) => {
		if (place.start < end) return false;
		end = place.end;
		return true;
	});
}

/** Where host and port of a SIP URI stand in its text; undefined when it has none. */
export function hostPortOf(uri: string): { start: number; end: number } | undefined {
	return locateUri(uri, 0, uri.length).hostPort;
}
