import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/core/model/entry.js";
import { ids, msrpOk, msrpSdp, report, request, response, Scene, send } from "./scene.js";

const A = "192.0.2.1:5060";
const B = "192.0.2.2:5060";
const PATH_A = "msrp://192.0.2.1:2855/aaa1;tcp";
const PATH_B = "msrp://192.0.2.2:2856/bbb1;tcp";
/** Alice connects to Bob. */
const ALICE = "192.0.2.1:40000";
const BOB = "192.0.2.2:2856";

interface CallOptions {
	a?: Parameters<typeof msrpSdp>[1];
	b?: Parameters<typeof msrpSdp>[1];
	pathA?: string;
	pathB?: string;
	callId?: string;
	tag?: string;
}

function call(options: CallOptions = {}, s = new Scene()): Scene {
	const { callId = "call-1", tag = "a" } = options;
	const parts = { callId, fromTag: tag, branch: callId };
	s.sip(
		A,
		B,
		request("INVITE", "sip:bob@example.com", {
			...parts,
			contact: "<sip:alice@192.0.2.1>",
			sdp: msrpSdp(options.pathA ?? PATH_A, options.a),
		}),
	);
	s.sip(
		B,
		A,
		response(200, "INVITE", { ...parts, toTag: "b", contact: "<sip:bob@192.0.2.2>", sdp: msrpSdp(options.pathB ?? PATH_B, options.b) }),
	);
	s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { ...parts, branch: `${callId}k`, toTag: "b" }));
	return s;
}

function bye(s: Scene): Entry {
	const entry = s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "bye", toTag: "b", cseq: "2 BYE" }));
	s.sip(B, A, response(200, "BYE", { branch: "bye", toTag: "b", cseq: "2 BYE" }));
	return entry;
}

function texts(entry: Entry): string[] {
	return entry.problems.map(({ id, detail }) => `${id}: ${detail}`);
}

describe("MSRP and its call", () => {
	test("a good call: every frame belongs to the session of its SIP", () => {
		const s = call();
		const first = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "hello" }));
		const ok = s.msrp(BOB, ALICE, msrpOk("t001", PATH_A, PATH_B));
		const back = s.msrp(BOB, ALICE, send("t002", PATH_A, PATH_B, { id: "hi11", body: "hi there" }));
		s.msrp(ALICE, BOB, msrpOk("t002", PATH_B, PATH_A));
		const yes = "Success-Report: yes";
		const chunk = s.msrp(ALICE, BOB, send("t003", PATH_B, PATH_A, { id: "long", body: "abc", range: "1-3/6", flag: "+", more: yes }));
		const rest = s.msrp(ALICE, BOB, send("t004", PATH_B, PATH_A, { id: "long", body: "def", range: "4-6/6", more: yes }));
		s.msrp(BOB, ALICE, msrpOk("t003", PATH_A, PATH_B));
		const last = s.msrp(BOB, ALICE, msrpOk("t004", PATH_A, PATH_B));
		const rep = s.msrp(BOB, ALICE, report("t005", PATH_A, PATH_B, "long", "1-6/6"));
		expect(first.links).toEqual({ session: "c1", chat: "m1" });
		expect(back.links).toEqual({ session: "c1", chat: "m2" });
		expect(chunk.links).toEqual({ session: "c1", chat: "m3" });
		expect(rest.links).toEqual({ session: "c1", chat: "m3" });
		expect(rep.links).toEqual({ session: "c1", chat: "m3", answers: 9 });
		expect(ok.links).toEqual({ session: "c1", chat: "m1", answers: 4 });
		expect(last.links).toEqual({ session: "c1", chat: "m3", answers: 9 });
		s.wait(60);
		bye(s);
		s.close(ALICE, BOB);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")).toMatchObject({
			kind: "call",
			counts: { sip: 5, msrp: 9 },
			msrpFlows: [2],
			ended: true,
			media: [{ dialog: "d1", index: 0, paths: [PATH_A, PATH_B], active: 0, flow: 2, live: false }],
		});
	});

	test("the answerer connects: a=setup:active in the answer", () => {
		const s = call({ a: { more: "a=setup:actpass" }, b: { more: "a=setup:active" } });
		const first = s.msrp("192.0.2.2:50000", "192.0.2.1:2855", send("t001", PATH_A, PATH_B));
		s.msrp("192.0.2.1:2855", "192.0.2.2:50000", msrpOk("t001", PATH_B, PATH_A));
		expect(first.links.session).toBe("c1");
		s.wait(60);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")?.media[0]).toMatchObject({ active: 1, flow: 2 });
	});

	test("CEMA: both have the attribute, so c= and m= are connected to", () => {
		const cema = "a=setup:actpass\na=msrp-cema";
		const b = { address: "203.0.113.9", port: 30002, more: "a=setup:passive\na=msrp-cema" };
		const s = call({ a: { more: cema }, b });
		s.msrp(ALICE, "203.0.113.9:30002", send("t001", PATH_B, PATH_A));
		s.msrp("203.0.113.9:30002", ALICE, msrpOk("t001", PATH_A, PATH_B));
		s.wait(60);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")?.msrpFlows).toEqual([2]);
	});

	test("MSRP without SIP has a session of its own, one for both directions", () => {
		const s = new Scene();
		const first = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { body: "x" }));
		const back = s.msrp(BOB, ALICE, send("t002", PATH_A, PATH_B, { body: "y" }));
		const other = s.msrp(ALICE, BOB, send("t003", "msrp://192.0.2.2:2856/zzz;tcp", PATH_A, { body: "x" }));
		expect([first, back, other].map(({ links }) => links.session)).toEqual(["c1", "c1", "c2"]);
		// One Message-ID in two directions is two messages.
		expect([first.links.chat, back.links.chat]).toEqual(["m1", "m2"]);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")).toMatchObject({ kind: "msrp", participants: [PATH_A, PATH_B], fromStart: true, ended: false });
		s.close(ALICE, BOB);
		expect(s.tables.session("c1")?.ended).toBe(true);
	});

	test("the legs of a relay are one session and one message", () => {
		const s = new Scene();
		const relay = "msrps://relay.example.com:2855/r1;tcp";
		const near = s.msrp("192.0.2.1:40000", "192.0.2.9:2855", send("t001", `${relay} ${PATH_B}`, PATH_A, { body: "x" }));
		const far = s.msrp("192.0.2.9:41000", "192.0.2.2:2856", send("t002", PATH_B, `${relay} ${PATH_A}`, { body: "x" }));
		expect(near.links).toMatchObject({ session: "c1", chat: "m1" });
		expect(far.links).toMatchObject({ session: "c1", chat: "m1" });
		expect(s.tables.session("c1")?.msrpFlows).toEqual([1, 2]);
	});

	test("a URI in another spelling is the same URI", () => {
		const s = call();
		const entry = s.msrp(ALICE, BOB, send("t001", "MSRP://alice@192.0.2.2:2856/%62bb1;TCP;x=y", PATH_A));
		expect(entry.links.session).toBe("c1");
		expect(ids(entry)).toEqual([]);
	});
});

describe("who connects where", () => {
	test("msrp.wrong-side-connected", () => {
		const s = call();
		const first = s.msrp("192.0.2.2:50000", "192.0.2.1:2855", send("t001", PATH_A, PATH_B));
		expect(texts(first)).toEqual(["msrp.wrong-side-connected: 192.0.2.2 connected, SDP makes it the passive side"]);
		const again = s.msrp("192.0.2.2:50000", "192.0.2.1:2855", send("t002", PATH_A, PATH_B));
		expect(ids(again)).toEqual([]);
	});

	test("nothing is said of the roles when the SYN was not seen", () => {
		const s = call();
		const first = s.msrp("192.0.2.2:50000", "192.0.2.1:2855", send("t001", PATH_A, PATH_B), { openerKnown: false });
		expect(first.links.session).toBe("c1");
		expect(ids(first)).toEqual([]);
	});

	test("session.connection-to-unexpected-address", () => {
		const s = call();
		const first = s.msrp(ALICE, "203.0.113.9:30002", send("t001", PATH_B, PATH_A));
		expect(texts(first)).toEqual(["session.connection-to-unexpected-address: 203.0.113.9 port 30002, SDP says 192.0.2.2 port 2856"]);
	});

	test("msrp.session-id-only-match: host and port of To-Path were changed", () => {
		const s = call();
		const first = s.msrp(ALICE, BOB, send("t001", "msrp://203.0.113.9:30002/bbb1;tcp", PATH_A));
		expect(first.links.session).toBe("c1");
		expect(texts(first)).toEqual([`msrp.session-id-only-match: To-Path msrp://203.0.113.9:30002/bbb1;tcp, SDP has ${PATH_B}`]);
		const from = first.msrp.row("to-path")!;
		expect(first.problems[0]).toMatchObject({ offset: from.valueStart, length: from.valueEnd - from.valueStart });
	});

	test("both URIs changed: the session-id alone ties", () => {
		const s = call();
		const first = s.msrp(
			"203.0.113.9:1",
			"203.0.113.10:2",
			send("t001", "msrp://203.0.113.10:2/bbb1;tcp", "msrp://203.0.113.9:1/other;tcp"),
		);
		expect(first.links.session).toBe("c1");
		expect(ids(first)).toEqual(["msrp.session-id-only-match", "session.connection-to-unexpected-address"]);
	});

	test("msrp.session-uri-mismatch", () => {
		const s = call();
		const first = s.msrp(ALICE, BOB, send("t001", "msrp://192.0.2.2:2856/other;tcp", PATH_A));
		expect(texts(first)).toEqual([`msrp.session-uri-mismatch: To-Path msrp://192.0.2.2:2856/other;tcp, SDP has ${PATH_B}`]);
	});

	test("a listener that serves many sessions: a stranger there is a session of its own", () => {
		const s = call();
		const stranger = s.msrp("198.51.100.7:40000", BOB, send("t001", "msrp://192.0.2.2:2856/other;tcp", "msrp://198.51.100.7:2855/z;tcp"));
		expect(stranger.links.session).toBe("c2");
		expect(ids(stranger)).toEqual([]);
	});

	test("msrp.no-initial-send: the first request comes late", () => {
		const s = call();
		const late = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A), { began: s.now - 11.5 });
		expect(texts(late)).toEqual(["msrp.no-initial-send: first request 11.5 s after the connection was opened"]);
		const good = call().msrp(ALICE, BOB, send("t001", PATH_B, PATH_A), { began: 1000 });
		expect(ids(good)).toEqual([]);
	});

	test("msrp.no-initial-send: the connection ends without a request", () => {
		const s = call();
		s.connect(ALICE, BOB);
		s.wait(12);
		s.close(ALICE, BOB);
		expect(s.findings()).toEqual(["late 2 msrp.no-initial-send: connection of 192.0.2.1 was silent for 12.0 s"]);
		const short = call();
		short.connect(ALICE, BOB);
		short.wait(5);
		short.close(ALICE, BOB);
		const tls = call();
		tls.connect(ALICE, BOB);
		tls.event(ALICE, BOB, "tls");
		tls.wait(12);
		tls.close(ALICE, BOB);
		expect([short.ids(), tls.ids()]).toEqual([[], []]);
	});

	test("session.no-media-connection", () => {
		const s = call();
		s.wait(29);
		expect(s.findings()).toEqual([]);
		s.wait(2);
		expect(s.findings()).toEqual(["late 2 session.no-media-connection: m-line 1, none for 30 s"]);
		expect(s.tables.session("c1")?.worst).toBe("error");
	});

	test("no connection is needed: BYE before that, port 0, a connection that cannot be read", () => {
		const short = call();
		short.wait(10);
		bye(short);
		short.wait(60);
		const refused = call({ b: { port: 0 } });
		refused.wait(60);
		const tls = call();
		tls.connect(ALICE, BOB);
		tls.wait(60);
		expect([short.ids(), refused.ids(), tls.ids()]).toEqual([[], [], []]);
	});

	test("a re-INVITE with port 0 ends the media", () => {
		const s = call();
		s.sip(
			A,
			B,
			request("INVITE", "sip:bob@192.0.2.2", {
				branch: "2",
				toTag: "b",
				cseq: "2 INVITE",
				contact: "<sip:alice@192.0.2.1>",
				sdp: msrpSdp(PATH_A, { version: 2, port: 0 }),
			}),
		);
		s.sip(
			B,
			A,
			response(200, "INVITE", {
				branch: "2",
				toTag: "b",
				cseq: "2 INVITE",
				contact: "<sip:bob@192.0.2.2>",
				sdp: msrpSdp(PATH_B, { version: 2, port: 0 }),
			}),
		);
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 ACK" }));
		expect(s.tables.session("c1")?.media[0]?.live).toBe(false);
		expect(s.tables.expectsMsrp("192.0.2.2", 2856)).toBe(false);
		s.wait(60);
		expect(s.ids()).toEqual([]);
	});

	test("expectsMsrp tells of listeners that SDP announced", () => {
		const s = call();
		expect(s.tables.expectsMsrp("192.0.2.2", 2856)).toBe(true);
		expect(s.tables.expectsMsrp("192.0.2.1", 2855)).toBe(true);
		expect(s.tables.expectsMsrp("192.0.2.2", 2855)).toBe(false);
		bye(s);
		expect(s.tables.expectsMsrp("192.0.2.2", 2856)).toBe(false);
	});
});

describe("content against SDP", () => {
	const cpim = (type: string, body = "hello") =>
		`From: <sip:alice@example.com>\nTo: <sip:bob@example.com>\n\nContent-Type: ${type}\n\n${body}`;

	test("sdp.content-type-not-accepted", () => {
		const s = call({ b: { types: "message/cpim text/* image/png", more: "a=accept-wrapped-types:text/html" } });
		let tid = 100;
		const types = (type: string, body = "x") => texts(s.msrp(ALICE, BOB, send(`t${tid++}`, PATH_B, PATH_A, { id: `m${tid}`, type, body })));
		expect(types("application/x-game")).toEqual(["sdp.content-type-not-accepted: application/x-game is not in accept-types"]);
		expect(types("Text/Plain;charset=utf-8")).toEqual([]);
		expect(types("image/png")).toEqual([]);
		expect(types("text/html")).toEqual([]);
		expect(types("message/cpim", cpim("text/plain"))).toEqual([]);
		expect(types("message/cpim", cpim("image/gif"))).toEqual([
			"sdp.content-type-not-accepted: wrapped image/gif is not in accept-types or accept-wrapped-types",
		]);
		const wild = call();
		expect(ids(wild.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { type: "application/x-game", body: "x" })))).toEqual([]);
	});

	test("said once per message, not per chunk", () => {
		const s = call({ b: { types: "text/plain" } });
		const one = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { type: "image/gif", body: "abc", range: "1-3/6", flag: "+" }));
		const two = s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { type: "image/gif", body: "def", range: "4-6/6" }));
		expect([ids(one), ids(two)]).toEqual([["sdp.content-type-not-accepted"], []]);
	});

	test("sdp.max-size-exceeded", () => {
		const s = call({ b: { more: "a=max-size:5" } });
		const long = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "abcdef" }));
		const fits = s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { id: "m2xx", body: "abcde" }));
		const other = s.msrp(BOB, ALICE, send("t003", PATH_A, PATH_B, { id: "m3xx", body: "abcdef" }));
		expect(texts(long)).toEqual(["sdp.max-size-exceeded: 6 octets, max-size 5"]);
		expect([ids(fits), ids(other)]).toEqual([[], []]);
	});

	test("sdp.direction-violation", () => {
		const s = call({ a: { more: "a=sendonly" }, b: { more: "a=recvonly" } });
		const good = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "x" }));
		const bad = s.msrp(BOB, ALICE, send("t002", PATH_A, PATH_B, { id: "m2xx", body: "x" }));
		const bodiless = s.msrp(BOB, ALICE, send("t003", PATH_A, PATH_B, { id: "m3xx" }));
		const imdn = cpim("message/imdn+xml", "<imdn><message-id>zz</message-id></imdn>");
		const notification = s.msrp(BOB, ALICE, send("t004", PATH_A, PATH_B, { id: "m4xx", type: "message/cpim", body: imdn }));
		expect(texts(bad)).toEqual(["sdp.direction-violation: sender is recvonly, receiver sendonly"]);
		expect([good, bodiless].map(ids)).toEqual([[], []]);
		expect(ids(notification)).not.toContain("sdp.direction-violation");
	});

	test("a message just after the re-INVITE that stops it is still in time", () => {
		const s = call();
		const hold = (cseq: number, more: string) => {
			const parts = { branch: `r${cseq}`, toTag: "b", cseq: `${cseq} INVITE` };
			s.sip(
				A,
				B,
				request("INVITE", "sip:bob@192.0.2.2", {
					...parts,
					contact: "<sip:alice@192.0.2.1>",
					sdp: msrpSdp(PATH_A, { version: cseq, more }),
				}),
			);
			s.sip(B, A, response(200, "INVITE", { ...parts, contact: "<sip:bob@192.0.2.2>", sdp: msrpSdp(PATH_B, { version: cseq, more }) }));
			s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: `k${cseq}`, toTag: "b", cseq: `${cseq} ACK` }));
		};
		hold(2, "a=inactive");
		const soon = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "x" }));
		s.wait(6);
		const late = s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { id: "m2xx", body: "x" }));
		expect([ids(soon), ids(late)]).toEqual([[], ["sdp.direction-violation"]]);
	});

	test("sdp.file-selector-mismatch: size, then hash", () => {
		const hash = (text: string) =>
			createHash("sha1")
				.update(text)
				.digest("hex")
				.toUpperCase()
				.replace(/..(?=.)/g, "$&:");
		const transfer = (selector: string, body: string) => {
			const s = call({ a: { more: `a=sendonly\na=file-selector:${selector}` }, b: { more: "a=recvonly" } });
			return texts(s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { body, type: "image/png" })));
		};
		expect(transfer("size:4", "abcd")).toEqual([]);
		expect(transfer("size:9", "abcd")).toEqual(["sdp.file-selector-mismatch: 4 octets, file-selector says 9"]);
		expect(transfer(`size:4 hash:sha-1:${hash("abcd")}`, "abcd")).toEqual([]);
		const plain = createHash("sha1").update("abcd").digest("hex");
		expect(transfer(`size:4 hash:sha-1:${hash("abce")}`, "abcd")).toEqual([
			`sdp.file-selector-mismatch: SHA-1 ${plain}, file-selector says ${hash("abce")}`,
		]);
		expect(transfer("size:9\na=file-range:1-4", "abcd")).toEqual([]);
	});
});

describe("session.bye-with-open-messages", () => {
	test("a message without its last chunk, a REPORT that was asked for", () => {
		const s = call();
		s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "abc", range: "1-3/6", flag: "+" }));
		s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { id: "m2xx", body: "abc", more: "Success-Report: yes" }));
		expect(texts(bye(s))).toEqual(["session.bye-with-open-messages: 2 outstanding: m1 (octets), m2 (report)"]);
	});

	test("what was refused is settled", () => {
		const s = call();
		s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "abc", range: "1-3/6", flag: "+" }));
		s.msrp(BOB, ALICE, msrpOk("t001", PATH_A, PATH_B).replace("200 OK", "413 Stop"));
		s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { id: "m2xx", body: "abc", more: "Success-Report: yes" }));
		s.msrp(BOB, ALICE, msrpOk("t002", PATH_A, PATH_B).replace("200 OK", "404 Not Found"));
		expect(ids(bye(s))).toEqual([]);
	});

	test("all is done, or aborted", () => {
		const s = call();
		s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { id: "m1xx", body: "abc", range: "1-3/6", flag: "+" }));
		s.msrp(ALICE, BOB, send("t002", PATH_B, PATH_A, { id: "m1xx", body: "def", range: "4-6/6", flag: "#" }));
		s.msrp(ALICE, BOB, send("t003", PATH_B, PATH_A, { id: "m2xx", body: "abc", more: "Success-Report: yes" }));
		s.msrp(BOB, ALICE, report("t004", PATH_A, PATH_B, "m2xx", "1-3/3"));
		expect(ids(bye(s))).toEqual([]);
	});
});

describe("IMDN", () => {
	const message = (id: string) =>
		`From: <sip:alice@example.com>\nTo: <sip:bob@example.com>\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: ${id}\nimdn.Disposition-Notification: positive-delivery\n\nContent-Type: text/plain\n\nhello`;
	const notification = (id: string) =>
		`From: <sip:bob@example.com>\nTo: <sip:alice@example.com>\n\nContent-Type: message/imdn+xml\n\n<imdn><message-id>${id}</message-id></imdn>`;
	const imdn = (tid: string, id: string) => send(tid, PATH_A, PATH_B, { id: `n${tid}`, type: "message/cpim", body: notification(id) });

	test("answers the message over MSRP", () => {
		const s = call();
		const sent = s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A, { type: "message/cpim", body: message("Ab1") }));
		const answer = s.msrp(BOB, ALICE, imdn("t002", "Ab1"));
		expect(answer.links.answers).toBe(sent.number);
		expect(s.ids()).toEqual([]);
	});

	test("imdn.unknown-message only where the capture shows the session from its start", () => {
		const s = call();
		s.msrp(ALICE, BOB, send("t001", PATH_B, PATH_A));
		const unknown = s.msrp(BOB, ALICE, imdn("t002", "nope"));
		expect(texts(unknown)).toEqual(["imdn.unknown-message: nope"]);
		const middle = new Scene();
		const later = middle.msrp(BOB, ALICE, imdn("t002", "nope"), { openerKnown: false, midStream: true });
		expect(ids(later)).toEqual([]);
	});

	test("answers a page-mode MESSAGE, and both are one chat", () => {
		const s = new Scene();
		const body = (text: string) => `Content-Type: message/cpim\n\n${text}`;
		const sent = s.sip(A, B, `${request("MESSAGE", "sip:bob@example.com", { callId: "x1" })}\n${body(message("Ab1"))}`);
		s.sip(B, A, response(200, "MESSAGE", { callId: "x1", toTag: "z" }));
		const parts = {
			callId: "x2",
			branch: "2",
			from: "<sip:bob@example.com>",
			to: "<sip:alice@example.com>",
			via: "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK2",
		};
		const answer = s.sip(B, A, `${request("MESSAGE", "sip:alice@example.com", parts)}\n${body(notification("Ab1"))}`);
		expect(answer.links).toEqual({ session: "c1", answers: sent.number });
		expect(s.tables.session("c1")).toMatchObject({ kind: "message", callIds: ["x1", "x2"] });
		expect(s.ids()).toEqual([]);
	});
});
