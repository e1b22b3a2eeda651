import { describe, expect, it } from "vitest";
import { cpim, type Member, Room, S, sip, uri } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const NS = "NS: imdn <urn:ietf:params:imdn>";
const COMPOSING =
	'<?xml version="1.0" encoding="UTF-8"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
const IMDN =
	'<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><datetime>2026-03-02T15:02:31Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>';
const LONELY = "To-Path: msrp://a.example.com:1/a;tcp\r\nFrom-Path: msrp://b.example.com:1/b;tcp";
/** What every check of CPIM syntax says of a faultless content that a participant wrote. */
const SYNTAX = [
	"C25 pass client: both are there",
	"C26 pass client: none repeats",
	"C27 pass client: well formed",
	"C28 pass client: it is there",
	"C29 pass client: it is there",
	"C31 pass client: well formed",
];
const TO_CLIENT = [
	"C17 unknown client: what the client showed is not on the wire",
	"C18 unknown client: what the client showed is not on the wire",
	"C20 unknown client: the capture ends before the response is due",
];
const FROM_CLIENT = [
	"C04 pass client: From is the sender's identity (from)",
	"C05 pass client: message/cpim",
	"C11 unknown client: no NOTIFY was seen",
	"C20 unknown switch: the capture ends before the response is due",
	"C32 pass client: one To",
	"C42 pass client: as it should be",
];
const ONE_TO_ONE = [
	"C04 n/a client: a 1-1 session",
	"C05 n/a client: a 1-1 session",
	"C12 pass client: text/plain in message/cpim is accepted",
	"C20 unknown client: the capture ends before the response is due",
	"C42 pass client: as it should be",
];

/** Everything that is said after Bob has joined (signalling has its own tests): check, result, who is to blame, why. */
function said(run: (bob: Member) => unknown, between = false): string[] {
	const lines: string[] = [];
	const room = new Room({ told: (check, { result, blame, text }) => lines.push(`${check} ${result} ${blame ?? "-"}: ${text}`) });
	const bob = room.join("bob", between ? { contact: "<sip:alice@192.0.2.77>", dialled: ALICE, server: "Phone/1.0", chatroom: false } : {});
	lines.length = 0;
	run(bob);
	room.over();
	return lines.sort();
}

describe("all that is said of one faultless message, and nothing else", () => {
	it("to all, on the way to the client", () => {
		expect(said((bob) => bob.receive(cpim(ALICE, S)))).toEqual(
			[
				...SYNTAX,
				...TO_CLIENT,
				"C01 n/a switch: From is no identity of the room",
				"C03 pass client: isfocus is a URI parameter",
				"C05 pass switch: message/cpim",
				"C07 pass client: To is the room",
				"C08 pass client: To is known",
				"C12 pass switch: text/plain in message/cpim is accepted",
				"C32 pass switch: one To",
				"C42 pass switch: as it should be",
			].sort(),
		);
	});

	it("to all, from the client", () => {
		expect(said((bob) => bob.say(cpim(BOB, S)))).toEqual(
			[
				...SYNTAX,
				...FROM_CLIENT,
				"C03 pass client: isfocus is a URI parameter",
				"C07 pass client: To is the room",
				"C08 pass client: To is known",
				"C12 pass client: text/plain in message/cpim is accepted",
				"C13 unknown client: nothing tells whether a Final Delivery Report was wanted",
				"C35 unknown switch: no copy was seen anywhere",
			].sort(),
		);
	});

	it("private, on the way to the client", () => {
		expect(said((bob) => bob.receive(cpim(ALICE, BOB)))).toEqual(
			[
				...SYNTAX,
				...TO_CLIENT,
				"C01 n/a switch: From is no identity of the room",
				"C05 pass switch: message/cpim",
				"C08 pass client: To is known",
				"C10 pass client: To is in the roster",
				"C12 pass switch: text/plain in message/cpim is accepted",
				"C32 pass switch: one To",
				"C42 pass switch: as it should be",
			].sort(),
		);
	});

	it("private, from the client", () => {
		expect(said((bob) => bob.say(cpim(BOB, ALICE)))).toEqual(
			[
				...SYNTAX,
				...FROM_CLIENT,
				"C08 pass client: To is known",
				"C09 pass client: the server showed its token",
				"C10 pass client: To is in the roster",
				"C12 pass client: text/plain in message/cpim is accepted",
				"C13 unknown client: nothing tells whether a Final Delivery Report was wanted",
				"C44 n/a -: To is in the roster",
			].sort(),
		);
	});

	it("isComposing and IMDN of the client: neither a private message that wants a token nor one that wants a report", () => {
		const common = [...SYNTAX, ...FROM_CLIENT, "C08 pass client: To is known", "C10 pass client: To is in the roster"];
		expect(said((bob) => bob.say(cpim(BOB, ALICE, { type: "application/im-iscomposing+xml", text: COMPOSING })))).toEqual(
			[
				...common,
				"C12 pass client: application/im-iscomposing+xml in message/cpim is accepted",
				"C21 pass client: well formed",
				"C44 n/a -: To is in the roster",
			].sort(),
		);
		const rows = [NS, "imdn.Message-ID: n1", "DateTime: 2026-03-02T15:02:31Z"];
		const mime = ["Content-Disposition: notification"];
		expect(said((bob) => bob.say(cpim(BOB, ALICE, { type: "message/imdn+xml", mime, rows, text: IMDN })))).toEqual(
			[
				...common,
				"C12 pass client: message/imdn+xml in message/cpim is accepted",
				"C22 unknown client: the message that it is about was not seen",
				"C23 unknown client: the message that it is about was not seen, so To cannot be checked",
				"C30 pass client: declared",
				"C44 n/a -: To is in the roster",
			].sort(),
		);
	});

	it("a SEND without a body", () => {
		const empty = (bob: Member) =>
			bob.raw(`MSRP kp1a SEND\r\nTo-Path: ${bob.focusPath}\r\nFrom-Path: ${bob.path}\r\nMessage-ID: k1\r\n-------kp1a$\r\n`, false);
		expect(said(empty)).toEqual(["C20 unknown switch: the capture ends before the response is due", "C42 pass client: as it should be"]);
	});

	it("a SIP MESSAGE in the dialog of the conference does not pass its switch", () => {
		const headers = [
			"Via: SIP/2.0/TCP 192.0.2.41:5060;branch=z9hG4bKms",
			"Max-Forwards: 70",
			`From: <${BOB}>;tag=9fx`,
			"To: <sip:conf-factory@im.example.com>;tag=832",
			"Call-ID: c1@ue-bob",
			"CSeq: 2 MESSAGE",
		];
		const message = sip(`MESSAGE ${S} SIP/2.0`, headers, cpim(`${BOB};isfocus`, ALICE), "message/cpim");
		expect(said((bob) => bob.signalling.send("a", message))).toEqual(["C03 pass client: isfocus is a URI parameter", ...SYNTAX]);
	});

	it("between two users, either way", () => {
		expect(said((bob) => bob.receive(cpim(ALICE, BOB)), true)).toEqual([...SYNTAX, ...ONE_TO_ONE].sort());
		expect(said((bob) => bob.say(cpim(BOB, ALICE)), true)).toEqual([...SYNTAX, ...ONE_TO_ONE].sort());
	});

	it("a conference by word of mouth: which way it goes is not known", () => {
		const lines: string[] = [];
		const room = new Room({
			given: { kind: "conference", sessionIdentity: [S], own: [BOB] },
			told: (check, { result, blame, text }) => lines.push(`${check} ${result} ${blame ?? "-"}: ${text}`),
		});
		const body = cpim(ALICE, BOB);
		room
			.flow("192.0.2.9:7000", "192.0.2.8:7000")
			.send(
				"a",
				`MSRP abcd1 SEND\r\n${LONELY}\r\nMessage-ID: q\r\nByte-Range: 1-${body.length}/${body.length}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------abcd1$\r\n`,
			);
		room.over();
		expect(lines.sort()).toEqual(
			[
				...SYNTAX,
				"C01 n/a switch: From is no identity of the room",
				"C05 pass ?: message/cpim",
				"C08 pass client: To is known",
				"C10 pass client: To is in the roster",
				"C12 unknown -: the SDP of the receiver was not seen",
				"C20 unknown ?: the capture ends before the response is due",
				"C32 n/a ?: no a=chatroom was seen",
				"C42 pass ?: as it should be",
			].sort(),
		);
	});
});
