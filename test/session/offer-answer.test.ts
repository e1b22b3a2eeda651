import { describe, expect, test } from "vitest";
import type { SipEntry } from "../../src/core/model/entry.js";
import { ids, msrpSdp, request, response, Scene } from "./scene.js";

const A = "192.0.2.1:5060";
const B = "192.0.2.2:5060";
const contact = "<sip:alice@192.0.2.1>";
const bob = "<sip:bob@192.0.2.2>";
const PATH_A = "msrp://192.0.2.1:2855/aaa1;tcp";
const PATH_B = "msrp://192.0.2.2:2855/bbb1;tcp";
const AUDIO = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n";

function texts(entry: SipEntry): string[] {
	return entry.problems.map(({ id, detail }) => `${id}: ${detail}`);
}

/** INVITE, 200, ACK. */
function call(offer: string | undefined, answer: string | undefined, ackSdp?: string) {
	const s = new Scene();
	const invite = s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact, ...sdp(offer) }));
	const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: bob, ...sdp(answer) }));
	const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "2", toTag: "b", ...sdp(ackSdp) }));
	return { s, invite, ok, ack };
}

function sdp(text: string | undefined): { sdp?: string } {
	return text === undefined ? {} : { sdp: text };
}

function reinvite(s: Scene, cseq: number, offer: string): SipEntry {
	return s.sip(
		A,
		B,
		request("INVITE", "sip:bob@192.0.2.2", { branch: `r${cseq}`, toTag: "b", cseq: `${cseq} INVITE`, contact, sdp: offer }),
	);
}

describe("offer and answer", () => {
	test("a good round, a good late offer and a good UPDATE say nothing", () => {
		const offer = msrpSdp(PATH_A, { more: "a=setup:actpass" });
		const answer = msrpSdp(PATH_B, { more: "a=setup:active" });
		const { s } = call(offer, answer);
		reinvite(s, 2, offer);
		s.sip(B, A, response(200, "INVITE", { branch: "r2", cseq: "2 INVITE", toTag: "b", contact: bob, sdp: answer }));
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "k2", toTag: "b", cseq: "2 ACK" }));
		s.sip(
			A,
			B,
			request("UPDATE", "sip:bob@192.0.2.2", {
				branch: "u",
				toTag: "b",
				cseq: "3 UPDATE",
				contact,
				sdp: msrpSdp(PATH_A, { version: 2, more: "a=setup:active" }),
			}),
		);
		s.sip(
			B,
			A,
			response(200, "UPDATE", {
				branch: "u",
				cseq: "3 UPDATE",
				toTag: "b",
				contact: bob,
				sdp: msrpSdp(PATH_B, { version: 2, more: "a=setup:passive" }),
			}),
		);
		expect(s.ids()).toEqual([]);
		expect(call(undefined, offer, answer).s.ids()).toEqual([]);
	});

	test("an answer in 183 and the same one in 200 is one answer", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact, sdp: msrpSdp(PATH_A, { more: "a=setup:active" }) }));
		const answer = msrpSdp(PATH_B, { more: "a=setup:active" });
		const early = s.sip(B, A, response(183, "INVITE", { toTag: "b", contact: bob, sdp: answer }));
		const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: bob, sdp: answer }));
		expect(ids(early)).toEqual(["sdp.setup-role-conflict"]);
		expect(ids(ok)).toEqual([]);
		expect(s.tables.session("c1")?.media).toHaveLength(1);
	});

	test("PRACK: the answer to an offer in a reliable 183, or an offer of its own", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact }));
		s.sip(B, A, response(183, "INVITE", { toTag: "b", contact: bob, more: "Require: 100rel\nRSeq: 1", sdp: msrpSdp(PATH_B) }));
		const prack = s.sip(
			A,
			B,
			request("PRACK", "sip:bob@192.0.2.2", { branch: "p", toTag: "b", cseq: "2 PRACK", sdp: `${msrpSdp(PATH_A)}m=audio 0 RTP/AVP 0\n` }),
		);
		s.sip(B, A, response(200, "PRACK", { branch: "p", cseq: "2 PRACK", toTag: "b" }));
		const offer = s.sip(
			A,
			B,
			request("PRACK", "sip:bob@192.0.2.2", { branch: "q", toTag: "b", cseq: "3 PRACK", sdp: msrpSdp(PATH_A, { version: 2 }) }),
		);
		const answer = s.sip(B, A, response(200, "PRACK", { branch: "q", cseq: "3 PRACK", toTag: "b", sdp: msrpSdp(PATH_B) }));
		expect([prack, offer, answer].map(ids)).toEqual([["sdp.answer-media-count"], [], []]);
	});

	test("sdp.answer-media-count and sdp.answer-media-type", () => {
		expect(texts(call(AUDIO, `${AUDIO}m=video 4002 RTP/AVP 96\n`).ok)).toEqual(["sdp.answer-media-count: offer 1, answer 2"]);
		expect(texts(call(AUDIO, msrpSdp(PATH_B)).ok)).toEqual(["sdp.answer-media-type: offer audio RTP/AVP, answer message TCP/MSRP"]);
		expect(ids(call(AUDIO, AUDIO.replace("m=audio 4000", "m=audio 0")).ok)).toEqual([]);
	});

	test("sdp.answer-without-offer", () => {
		expect(texts(call(AUDIO, AUDIO, AUDIO).ack)).toEqual(["sdp.answer-without-offer: ACK after an INVITE that carried the offer"]);
		const { s } = call(AUDIO, AUDIO);
		s.sip(A, B, request("UPDATE", "sip:bob@192.0.2.2", { branch: "u", toTag: "b", cseq: "2 UPDATE", contact }));
		const ok = s.sip(B, A, response(200, "UPDATE", { branch: "u", cseq: "2 UPDATE", toTag: "b", contact: bob, sdp: AUDIO }));
		expect(texts(ok)).toEqual(["sdp.answer-without-offer: UPDATE carried no offer"]);
		expect(ids(call(undefined, AUDIO, AUDIO).ack)).toEqual([]);
	});

	test("an SDP in a refusal or in the 200 of OPTIONS is no answer", () => {
		const s = new Scene();
		s.sip(A, B, request("OPTIONS", "sip:bob@example.com"));
		s.sip(B, A, response(200, "OPTIONS", { toTag: "b", sdp: AUDIO }));
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { branch: "2", callId: "call-2", contact, sdp: AUDIO }));
		s.sip(B, A, response(488, "INVITE", { branch: "2", callId: "call-2", toTag: "b", sdp: `${AUDIO}m=video 0 RTP/AVP 96\n` }));
		expect(s.ids()).toEqual([]);
	});

	test("sdp.version-not-incremented", () => {
		const { s } = call(msrpSdp(PATH_A), msrpSdp(PATH_B));
		const held = reinvite(s, 2, msrpSdp(PATH_A, { more: "a=sendonly" }));
		const good = reinvite(s, 3, msrpSdp(PATH_A, { version: 2, more: "a=inactive" }));
		const same = reinvite(s, 4, msrpSdp(PATH_A, { version: 2, more: "a=inactive" }));
		expect(texts(held)).toEqual(["sdp.version-not-incremented: version 1 as in entry 1"]);
		expect(held.problems[0]).toMatchObject({ offset: held.sip.bodyOffset + 5, length: 34 });
		expect([good, same].map(ids)).toEqual([[], []]);
	});

	test("a changed offer after 401 is a new one, not a changed session", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact, sdp: msrpSdp(PATH_A) }));
		s.sip(B, A, response(401, "INVITE", { toTag: "x" }));
		s.sip(
			A,
			B,
			request("INVITE", "sip:bob@example.com", { branch: "2", cseq: "2 INVITE", contact, sdp: msrpSdp(PATH_A, { more: "a=sendonly" }) }),
		);
		expect(s.ids()).toEqual([]);
	});
});

describe("setup and CEMA", () => {
	test("sdp.setup-passive-offer", () => {
		const invite = call(msrpSdp(PATH_A, { more: "a=setup:passive" }), msrpSdp(PATH_B, { more: "a=setup:active" })).invite;
		expect(ids(invite)).toEqual(["sdp.setup-passive-offer"]);
		const frame = invite.sip.bytes.toString("latin1", invite.sip.start, invite.sip.end);
		const { offset, length } = invite.problems[0]!;
		expect(frame.slice(offset, offset + length)).toBe("a=setup:passive\r\n");
	});

	test("sdp.setup-role-conflict", () => {
		const roles = (offer: string, answer: string) =>
			ids(call(msrpSdp(PATH_A, { more: `a=setup:${offer}` }), msrpSdp(PATH_B, { more: `a=setup:${answer}` })).ok);
		expect(roles("active", "active")).toEqual(["sdp.setup-role-conflict"]);
		expect(roles("actpass", "actpass")).toEqual(["sdp.setup-role-conflict"]);
		expect(roles("active", "passive")).toEqual([]);
		expect(roles("actpass", "passive")).toEqual([]);
		expect(roles("actpass", "active")).toEqual([]);
	});

	test("sdp.setup-missing", () => {
		expect(texts(call(msrpSdp(PATH_A, { more: "a=setup:active" }), msrpSdp(PATH_B)).ok)).toEqual(["sdp.setup-missing: offer has active"]);
		expect(ids(call(msrpSdp(PATH_A), msrpSdp(PATH_B)).ok)).toEqual([]);
		expect(ids(call(msrpSdp(PATH_A, { more: "a=setup:active" }), msrpSdp(PATH_B, { port: 0 })).ok)).toEqual([]);
	});

	test("sdp.cema-mismatch-no-attr", () => {
		const away = { address: "203.0.113.9", port: 30002 };
		const roles = { more: "a=setup:actpass" };
		const answer = msrpSdp(PATH_B, { more: "a=setup:active" });
		expect(ids(call(msrpSdp(PATH_A, { ...away, ...roles }), answer).invite)).toEqual(["sdp.cema-mismatch-no-attr"]);
		expect(ids(call(msrpSdp(PATH_A, { ...away, more: "a=setup:actpass\na=msrp-cema" }), answer).invite)).toEqual([]);
		expect(ids(call(msrpSdp(PATH_A, roles), answer).invite)).toEqual([]);
		expect(ids(call(msrpSdp(PATH_A, { port: 9, more: "a=setup:active" }), msrpSdp(PATH_B, { more: "a=setup:passive" })).invite)).toEqual(
			[],
		);
		expect(ids(call(msrpSdp("msrp://alice.example.com:2855/aaa1;tcp", { address: "192.0.2.1" }), msrpSdp(PATH_B)).invite)).toEqual([]);
		const cema = msrpSdp(PATH_A, { more: "a=setup:actpass\na=msrp-cema" });
		expect(ids(call(cema, msrpSdp(PATH_B, { ...away, more: "a=setup:active" })).ok)).toEqual(["sdp.cema-mismatch-no-attr"]);
		expect(ids(call(cema, msrpSdp(PATH_B, { ...away, more: "a=setup:passive" })).ok)).toEqual([]);
	});
});

describe("paths", () => {
	test("sdp.path-private-address", () => {
		const s = new Scene();
		const path = "msrp://10.0.0.5:2855/aaa1;tcp";
		const offer = (text: string, to = B) =>
			ids(
				s.sip(
					A,
					to,
					request("INVITE", "sip:bob@example.com", { branch: `${Math.floor(s.now * 100)}`, callId: `call-${s.now}`, contact, sdp: text }),
				),
			);
		expect(offer(msrpSdp(path))).toEqual(["sdp.path-private-address"]);
		expect(offer(msrpSdp(path, { more: "a=setup:active" }))).toEqual([]);
		expect(offer(msrpSdp(path, { port: 0 }))).toEqual([]);
		expect(offer(msrpSdp(path), "10.0.0.9:5060")).toEqual([]);
		expect(offer(msrpSdp("msrp://alice.example.com:2855/aaa1;tcp", { address: "alice.example.com" }))).toEqual([]);
		expect(offer(msrpSdp(`msrp://192.0.2.77:2855/r;tcp ${path}`, { address: "192.0.2.77" }))).toEqual([]);
	});

	test("sdp.path-reused", () => {
		const { s } = call(msrpSdp(PATH_A), msrpSdp(PATH_B));
		const second = (parts: object) =>
			s.sip(
				A,
				B,
				request("INVITE", "sip:carol@example.com", {
					branch: `x${s.entries.length}`,
					callId: `other-${s.entries.length}`,
					fromTag: "c",
					contact,
					...parts,
				}),
			);
		expect(texts(second({ sdp: msrpSdp(PATH_A, { id: "another" }) }))).toEqual([`sdp.path-reused: ${PATH_A} is live in c1`]);
		// The other leg of a box that hands the description on.
		expect(ids(second({ sdp: msrpSdp(PATH_A) }))).toEqual([]);
		expect(ids(second({ sdp: msrpSdp("msrp://192.0.2.1:2855/aaa2;tcp", { id: "another" }) }))).toEqual([]);
		s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "bye", toTag: "b", cseq: "2 BYE" }));
		expect(ids(second({ sdp: msrpSdp(PATH_A, { id: "another" }) }))).toEqual([]);
	});
});
