import { type AddressSpot, locateAddresses, locateUri, locateVias } from "../alg/spots.js";
import type { Carrier, Endpoint } from "../model/flow.js";
import { findSdp } from "../protocols/find-sdp.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { type Edit, withBodyLengths } from "./splice.js";
import type { Unit } from "./types.js";
import { readUnit } from "./unit.js";

type Live = Exclude<Carrier, "exported">;

/** The connection that a message goes out on, and what it says of MSRP there. */
export interface Way {
	over: Live;
	own: Endpoint;
	peer: Endpoint;
	/** what carried the message in the capture */
	recorded: Carrier;
	/** a=fingerprint of our MSRP; undefined: as recorded */
	fingerprint?: string | undefined;
	/** a=setup that our description must have (RFC 4145 §4.1); undefined: as recorded */
	setup?: "active" | "passive" | undefined;
}

/**
 * A SIP message of ours as it can go out on a connection: the transport in Via (RFC 3261 §18.1.1, RFC 7118 §5.1) and in URIs of ours,
 * `received` and `rport` in answers (RFC 3261 §18.2.1, RFC 3581 §4), who opens MSRP connections and with which certificate. Anything else comes back as it is.
 */
export function carried(octets: Buffer, way: Way): Buffer {
	const unit = readUnit("sip", octets);
	if (unit?.protocol !== "sip") return octets;
	const text = octets.toString("latin1");
	const edits = [...viaEdits(unit.sip, text, way), ...uriEdits(unit.sip, text, way), ...sdpEdits(unit, text, way)];
	return edits.length === 0 ? octets : withBodyLengths(unit, edits);
}

function viaEdits(sip: SipMessage, text: string, { over, peer }: Way): Edit[] {
	const row = sip.headers.find(({ key }) => key === "via");
	const [top] = row === undefined ? [] : locateVias(text, row, 0);
	if (top === undefined) return [];
	if (sip.kind === "request") {
		const token = over.toUpperCase();
		const at = text.slice(top.start, top.sentBy.start).lastIndexOf(top.via.transport);
		if (at < 0 || top.via.transport === "" || top.via.transport.toUpperCase() === token) return [];
		return [{ start: top.start + at, end: top.start + at + top.via.transport.length, text: token }];
	}
	const { rport, received, host } = top.via;
	const edits: Edit[] = [];
	if (rport === null) {
		const asked = /;\s*rport\s*(?:=\s*)?(?=;|$)/i.exec(text.slice(top.start, top.end));
		if (asked !== null) {
			const start = top.start + asked.index;
			edits.push({ start, end: start + asked[0].length, text: `;rport=${peer.port}` });
		}
	}
	if (received === undefined && (rport === null || host !== peer.address)) {
		const end = top.start + text.slice(top.start, top.end).trimEnd().length;
		edits.push({ start: end, end, text: `;received=${peer.address}` });
	}
	return edits;
}

/** Our Contact, and where a request outside dialogs goes, speak of the transport that is used now. */
function uriEdits(sip: SipMessage, text: string, way: Way): Edit[] {
	const edits: Edit[] = [];
	if (way.over === way.recorded || way.recorded === "exported") return edits;
	const rows = (key: string): AddressSpot[] =>
		sip.headers.filter((row) => row.key === key).flatMap((row) => locateAddresses(text, row.valueStart, row.valueEnd));
	if (sip.kind === "request" || sip.status < 300) {
		for (const { uri, address } of rows("contact")) edits.push(...ownUri(text, uri.start, uri.end, way, address.bracketed));
	}
	if (sip.kind === "request" && !/;\s*tag\s*=/i.test(sip.get("to") ?? "")) {
		edits.push(...theirUri(text, sip.requestUriStart, sip.requestUriStart + sip.requestUri.length, way));
		for (const { uri } of rows("route")) edits.push(...theirUri(text, uri.start, uri.end, way));
	}
	return edits;
}

/** What `transport=` says for a carrier: that of UDP goes without saying, WSS has no value of its own (RFC 7118 §5.2.1). */
function parameterOf(over: Live): string {
	return over === "udp" ? "" : `;transport=${over === "wss" ? "ws" : over}`;
}

const TRANSPORT = /;\s*transport\s*=\s*([\w.-]+)/i;

function ownUri(text: string, start: number, end: number, { over, own }: Way, bracketed: boolean): Edit[] {
	const spot = locateUri(text, start, end);
	if (spot.hostPort === undefined) return [];
	const edits: Edit[] = [];
	const webSocket = over === "ws" || over === "wss";
	const host = text.slice(spot.hostPort.start, spot.hostPort.end);
	// A name that no resolver knows stands for a WebSocket client (RFC 7118 §5): everybody else is reached at an address.
	if (!webSocket && /\.invalid(?::\d+)?$/i.test(host)) {
		const address = own.address.includes(":") ? `[${own.address}]` : own.address;
		edits.push({ ...spot.hostPort, text: `${address}:${own.port}` });
	}
	const parameter = TRANSPORT.exec(text.slice(spot.hostPort.end, spot.paramsEnd));
	if (parameter !== null) {
		const at = spot.hostPort.end + parameter.index;
		edits.push({ start: at, end: at + parameter[0].length, text: parameterOf(over) });
	} else if (over !== "udp" && bracketed) edits.push({ start: spot.hostPort.end, end: spot.hostPort.end, text: parameterOf(over) });
	if (over !== "tls" && over !== "wss" && spot.uri.scheme === "sips") edits.push({ start, end: start + 5, text: "sip:" });
	return edits;
}

function theirUri(text: string, start: number, end: number, { over, recorded }: Way): Edit[] {
	const parameter = TRANSPORT.exec(text.slice(start, end));
	const said = recorded === "wss" ? "ws" : recorded;
	if (parameter === null || parameter[1]!.toLowerCase() !== said) return [];
	return [{ start: start + parameter.index, end: start + parameter.index + parameter[0].length, text: parameterOf(over) }];
}

function sdpEdits(unit: Unit & { protocol: "sip" }, text: string, { fingerprint, setup }: Way): Edit[] {
	const { sip } = unit;
	const found = findSdp(sip, unit.octets);
	if (found === undefined) return [];
	const edits: Edit[] = [];
	const base = found.start;
	let message = false;
	for (const { type, value, valueStart, valueEnd } of found.sdp.lines) {
		const start = base + valueStart;
		const end = base + valueEnd;
		if (type === "m") {
			message = /^message\s/i.test(value);
		} else if (type === "a" && message) edits.push(...attribute(text, start, end, fingerprint, setup));
	}
	return edits.filter(({ start, end, text: now }) => text.slice(start, end) !== now);
}

function attribute(text: string, start: number, end: number, fingerprint: Way["fingerprint"], setup: Way["setup"]): Edit[] {
	const value = text.slice(start, end);
	const said = /^setup:\s*(\S+)/.exec(value);
	if (said !== null && setup !== undefined)
		return [{ start: start + said[0].length - said[1]!.length, end: start + said[0].length, text: setup }];
	if (fingerprint !== undefined && value.startsWith("fingerprint:")) return [{ start: start + 12, end, text: fingerprint }];
	return [];
}
