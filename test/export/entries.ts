import type { Entry, EntryLinks, EventEntry, MsrpEntry, Payload, SipEntry } from "../../src/core/model/entry.js";
import type { Direction, Flow } from "../../src/core/model/flow.js";
import type { Problem } from "../../src/core/model/problem.js";
import { parseCpim } from "../../src/core/protocols/cpim/index.js";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/decoder.js";
import type { MsrpFrame, MsrpMessage } from "../../src/core/protocols/msrp/types.js";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { decodeSipDatagram } from "../../src/core/protocols/sip/datagram.js";

/** Builders of entries from wire text, through the real codecs. Lines are joined with CRLF. */

export const ALICE = { address: "192.0.2.1", port: 5060 };
export const ROOM = { address: "192.0.2.9", port: 5060 };

export interface Place {
	number?: number;
	/** seconds after 1700000000 */
	at?: number;
	nsec?: number;
	dir?: Direction;
	links?: EntryLinks;
	problems?: Problem[];
	flow?: Partial<Flow>;
	over?: Entry["over"];
	payload?: Payload;
	message?: MsrpMessage;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function base(place: Place, length: number) {
	const flow: Flow = {
		id: 1,
		transport: "tcp",
		a: ALICE,
		b: ROOM,
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: { sec: 1700000000, nsec: 0, packet: 1 },
		...place.flow,
	};
	const dir = place.dir ?? 0;
	const moment = { sec: 1700000000 + (place.at ?? 0), nsec: place.nsec ?? 0, packet: (place.number ?? 1) * 10 };
	return {
		number: place.number ?? 1,
		at: moment,
		began: { ...moment },
		flow,
		dir,
		from: dir === 0 ? flow.a : flow.b,
		to: dir === 0 ? flow.b : flow.a,
		over: place.over ?? flow.transport,
		offset: 0,
		length,
		problems: place.problems ?? [],
		links: place.links ?? {},
	};
}

export function wire(lines: readonly string[]): Buffer {
	return Buffer.from(lines.join("\r\n"), "utf8");
}

export function sipEntry(head: readonly string[], body: readonly string[] | string = "", place: Place = {}): SipEntry {
	const text = typeof body === "string" ? body : `${body.join("\r\n")}\r\n`;
	const octets = Buffer.from(`${head.join("\r\n")}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`, "utf8");
	const sip = decodeSipDatagram(octets, 0, octets.length, "tcp");
	if (!sip) throw new Error("the text is no SIP");
	const entry: Mutable<SipEntry> = { ...base(place, octets.length), protocol: "sip", sip };
	const from = sip.start + sip.bodyOffset;
	const type = sip.get("content-type");
	if (type === "application/sdp") entry.sdp = parseSdp(sip.bytes, from, from + sip.bodyKept);
	if (type === "message/cpim") withCpim(entry, sip.bytes, from, from + sip.bodyKept);
	if (place.payload) entry.payload = place.payload;
	return entry;
}

function withCpim(entry: Mutable<SipEntry> | Mutable<MsrpEntry>, buf: Buffer, start: number, end: number): void {
	const cpim = parseCpim(buf, start, end, true);
	entry.cpim = cpim;
	if (cpim.contentType === "text/plain") {
		entry.payload = { kind: "text", text: buf.toString("utf8", start + cpim.contentStart, start + cpim.contentEnd) };
	}
}

export function msrpFrame(octets: Buffer): MsrpFrame {
	const frames: MsrpFrame[] = [];
	const decoder = new MsrpStreamDecoder({ frame: (frame) => frames.push(frame.retain()), skipped: () => {}, problem: () => {} });
	decoder.feed(octets, 0, octets.length);
	decoder.end();
	if (!frames[0]) throw new Error("the text is no MSRP");
	return frames[0];
}

export function msrpEntry(lines: readonly string[], place: Place = {}): MsrpEntry {
	const octets = wire([...lines, ""]);
	const msrp = msrpFrame(octets);
	const entry: Mutable<MsrpEntry> = { ...base(place, octets.length), protocol: "msrp", msrp };
	if (place.message) entry.message = place.message;
	if (msrp.contentType === "message/cpim") {
		const from = msrp.start + msrp.bodyOffset;
		withCpim(entry, msrp.bytes, from, from + msrp.bodyKept);
	}
	if (place.payload) entry.payload = place.payload;
	return entry;
}

export function eventEntry(protocol: EventEntry["protocol"], text: string, place: Place = {}): EventEntry {
	return { ...base(place, 0), protocol, text };
}

export const INVITE_HEAD = [
	"INVITE sip:room@example.com SIP/2.0",
	"Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK776",
	"Max-Forwards: 70",
	'From: "Alice \\"A\\"" <sip:alice@example.com>;tag=88',
	"To: <sip:room@example.com>",
	"Call-ID: 7c1",
	"CSeq: 1 INVITE",
	"Contact: <sip:alice@192.0.2.1;transport=tcp>",
	"X-Room: blue",
	"Content-Type: application/sdp",
];
export const MSRP_SDP = [
	"v=0",
	"o=alice 1 1 IN IP4 192.0.2.1",
	"s=chat",
	"c=IN IP4 192.0.2.1",
	"t=0 0",
	"m=message 2855 TCP/MSRP *",
	"a=accept-types:message/cpim text/plain",
	"a=path:msrp://192.0.2.1:2855/s1;tcp",
	"a=setup:active",
];
export const OK_HEAD = [
	"SIP/2.0 200 OK",
	"Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK776",
	"From: <sip:alice@example.com>;tag=88",
	"To: <sip:room@example.com>;tag=99",
	"Call-ID: 7c1",
	"CSeq: 1 INVITE",
	"Contact: <sip:room@192.0.2.9>;isfocus",
];
export const PATHS = ["To-Path: msrp://192.0.2.9:2855/r1;tcp", "From-Path: msrp://192.0.2.1:2855/s1;tcp"];
export const CPIM = [
	"From: Alice <sip:alice@example.com>",
	"To: <sip:room@example.com>",
	"DateTime: 2023-11-14T22:13:20Z",
	"NS: imdn <urn:ietf:params:imdn>",
	"imdn.Message-ID: Xy7",
	"imdn.Disposition-Notification: positive-delivery, display",
	"",
	"Content-Type: text/plain",
	"",
	"Hello, room!",
];

export function invite(place: Place = {}): SipEntry {
	return sipEntry(INVITE_HEAD, MSRP_SDP, place);
}

export function ok(place: Place = {}): SipEntry {
	return sipEntry(OK_HEAD, "", { dir: 1, ...place });
}

export function cpimSend(place: Place = {}): MsrpEntry {
	const length = wire(CPIM).length;
	return msrpEntry(
		[
			"MSRP d93k SEND",
			...PATHS,
			"Message-ID: m-0001",
			`Byte-Range: 1-${length}/${length}`,
			"Content-Type: message/cpim",
			"",
			...CPIM,
			"-------d93k$",
		],
		place,
	);
}

export function msrpOk(place: Place = {}): MsrpEntry {
	return msrpEntry(
		["MSRP d93k 200 OK", "To-Path: msrp://192.0.2.1:2855/s1;tcp", "From-Path: msrp://192.0.2.9:2855/r1;tcp", "-------d93k$"],
		{ dir: 1, ...place },
	);
}
