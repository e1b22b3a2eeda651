import { describe, expect, test } from "vitest";
import { ids, type Parts, request, response, Scene } from "./scene.js";

const A = "192.0.2.1:5060";
const B = "192.0.2.2:5060";
const ALICE = "<sip:alice@192.0.2.1>";
const BOB = "<sip:bob@192.0.2.2>";

function established(more: Parts = {}): Scene {
	const s = new Scene();
	s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
	s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: BOB, ...more }));
	const route = more.more === undefined ? {} : { more: `Max-Forwards: 70\nRoute: <sip:192.0.2.2;lr>` };
	s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "2", toTag: "b", ...route }));
	return s;
}

/** A request from Bob inside the dialog. */
function fromBob(method: string, uri: string, cseq: number, parts: Parts = {}): string {
	return request(method, uri, {
		from: "<sip:bob@example.com>",
		to: "<sip:alice@example.com>",
		fromTag: "b",
		toTag: "a",
		via: `SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKb${cseq}`,
		cseq: `${cseq} ${method}`,
		...parts,
	});
}

describe("dialogs", () => {
	test("INVITE to BYE is one dialog in both directions", () => {
		const s = established();
		const bye = s.sip(B, A, fromBob("BYE", "sip:alice@192.0.2.1", 1));
		const ok = s.sip(
			A,
			B,
			response(200, "BYE", {
				from: "<sip:bob@example.com>",
				to: ALICE,
				fromTag: "b",
				toTag: "a",
				via: "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKb1",
			}),
		);
		expect(bye.links).toEqual({ session: "c1", dialog: "d1" });
		expect(ok.links).toEqual({ session: "c1", dialog: "d1", answers: 4 });
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")).toMatchObject({
			kind: "call",
			participants: ["sip:alice@example.com", "sip:bob@example.com"],
			callIds: ["call-1"],
			dialogs: [{ id: "d1", callId: "call-1", method: "INVITE", tags: ["a", "b"], state: "terminated" }],
			ended: true,
			fromStart: true,
			counts: { sip: 5, msrp: 0 },
			worst: undefined,
		});
	});

	test("a forked INVITE makes one dialog per To tag, each with its own CSeq space and ACK", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		const one = s.sip(B, A, response(180, "INVITE", { toTag: "b1", contact: "<sip:bob@192.0.2.11>" }));
		const two = s.sip(B, A, response(180, "INVITE", { toTag: "b2", contact: "<sip:bob@192.0.2.12>" }));
		const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b2", contact: "<sip:bob@192.0.2.12>" }));
		const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.12", { branch: "2", toTag: "b2" }));
		const bye = s.sip(A, B, request("BYE", "sip:bob@192.0.2.12", { branch: "3", toTag: "b2", cseq: "2 BYE" }));
		expect([one, two, ok, ack, bye].map((entry) => entry.links.dialog)).toEqual(["d1", "d2", "d2", "d2", "d2"]);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")?.dialogs.map(({ id, state }) => `${id} ${state}`)).toEqual(["d1 early", "d2 terminated"]);
	});

	test("a call that needs credentials stays one attempt and one dialog", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		s.sip(B, A, response(407, "INVITE", { toTag: "p" }));
		const ack = s.sip(A, B, request("ACK", "sip:bob@example.com", { toTag: "p" }));
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { branch: "2", cseq: "2 INVITE", contact: ALICE }));
		const ok = s.sip(B, A, response(200, "INVITE", { branch: "2", cseq: "2 INVITE", toTag: "b", contact: BOB }));
		expect([ack.links.dialog, ok.links.dialog]).toEqual(["d1", "d1"]);
		expect(s.tables.session("c1")?.dialogs).toEqual([
			{ id: "d1", callId: "call-1", method: "INVITE", tags: ["a", "b"], state: "confirmed" },
		]);
		expect(s.ids()).toEqual([]);
	});

	test("NOTIFY before the 2xx of SUBSCRIBE makes the dialog; terminated ends it", () => {
		const s = new Scene();
		s.sip(A, B, request("SUBSCRIBE", "sip:bob@example.com", { contact: ALICE, more: "Event: presence" }));
		const notify = s.sip(
			B,
			A,
			fromBob("NOTIFY", "sip:alice@192.0.2.1", 1, { contact: BOB, more: "Event: presence\nSubscription-State: active" }),
		);
		const ok = s.sip(B, A, response(200, "SUBSCRIBE", { toTag: "b", contact: BOB }));
		const last = s.sip(
			B,
			A,
			fromBob("NOTIFY", "sip:alice@192.0.2.1", 2, { contact: BOB, more: "Event: presence\nSubscription-State: terminated;reason=timeout" }),
		);
		expect([notify, ok, last].map((entry) => entry.links.dialog)).toEqual(["d1", "d1", "d1"]);
		expect(s.tables.session("c1")).toMatchObject({ kind: "subscription", ended: true });
		expect(s.ids()).toEqual([]);
	});
});

test("a BYE with a To tag from a response that the capture lacks belongs to the attempt", () => {
	const s = new Scene();
	s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
	const bye = s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "2", toTag: "b", cseq: "2 BYE" }));
	expect(bye.links).toEqual({ session: "c1", dialog: "d1" });
	expect(s.ids()).toEqual([]);
});

describe("sip.dialog-unknown", () => {
	test("To tag that no response gave", () => {
		const s = established();
		const bye = s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "3", toTag: "zzz", cseq: "2 BYE" }));
		expect(bye.problems.map(({ id, detail }) => `${id}: ${detail}`)).toEqual(["sip.dialog-unknown: To tag zzz, From tag a"]);
	});

	test("a capture that begins inside the dialog knows nothing of its tags", () => {
		const s = new Scene();
		const reinvite = s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { toTag: "b", cseq: "5 INVITE", contact: ALICE }));
		const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b", cseq: "5 INVITE", contact: BOB }));
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b", cseq: "5 ACK", branch: "2" }));
		const bye = s.sip(B, A, fromBob("BYE", "sip:alice@192.0.2.1", 9));
		expect([reinvite, ok, bye].map((entry) => entry.links.dialog)).toEqual(["d1", "d1", "d1"]);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")).toMatchObject({ fromStart: false, ended: true });
	});
});

describe("sip.cseq-not-increasing", () => {
	test("lower than before in the same direction", () => {
		const s = established();
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "5 INFO" }));
		const low = s.sip(A, B, request("INFO", "sip:bob@192.0.2.2", { branch: "4", toTag: "b", cseq: "4 INFO" }));
		expect(low.problems.map(({ id, detail }) => `${id}: ${detail}`)).toEqual(["sip.cseq-not-increasing: 4 after 5"]);
	});

	test("each direction counts for itself, gaps are legal, the next hop may lag behind", () => {
		const s = established();
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "50 INFO" }));
		s.sip(B, A, fromBob("INFO", "sip:alice@192.0.2.1", 3));
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.2", { branch: "4", toTag: "b", cseq: "51 INFO" }));
		const via = "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKp\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK3";
		s.sip(
			"192.0.2.2:5060",
			"192.0.2.3:5060",
			request("INFO", "sip:bob@192.0.2.2", { via, toTag: "b", cseq: "50 INFO", more: "Max-Forwards: 69" }),
		);
		expect(s.ids()).toEqual([]);
	});
});

describe("sip.in-dialog-uri-not-contact", () => {
	test("Request-URI is not the Contact of the peer", () => {
		const s = established();
		const bye = s.sip(A, B, request("BYE", "sip:bob@example.com", { branch: "3", toTag: "b", cseq: "2 BYE" }));
		expect(bye.problems).toEqual([
			{
				id: "sip.in-dialog-uri-not-contact",
				offset: 4,
				length: 19,
				detail: "sip:bob@example.com, Contact is sip:bob@192.0.2.2",
			},
		]);
	});

	test("after a re-INVITE the new Contact counts; the old one only while the change is under way", () => {
		const s = established();
		s.sip(
			A,
			B,
			request("INVITE", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 INVITE", contact: "<sip:alice@192.0.2.1:5090>" }),
		);
		s.sip(B, A, response(200, "INVITE", { branch: "3", toTag: "b", cseq: "2 INVITE", contact: BOB }));
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "4", toTag: "b", cseq: "2 ACK" }));
		s.sip(B, A, fromBob("INFO", "sip:alice@192.0.2.1", 1));
		s.sip(B, A, fromBob("INFO", "sip:alice@192.0.2.1:5090", 2));
		expect(s.ids()).toEqual([]);
		s.wait(40);
		const late = s.sip(B, A, fromBob("INFO", "sip:alice@192.0.2.1", 3));
		expect(ids(late)).toEqual(["sip.in-dialog-uri-not-contact"]);
	});

	test("UPDATE refreshes the target too", () => {
		const s = established();
		s.sip(B, A, fromBob("UPDATE", "sip:alice@192.0.2.1", 1, { contact: "<sip:bob@192.0.2.77>" }));
		s.wait(40);
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.77", { branch: "5", toTag: "b", cseq: "2 INFO" }));
		expect(s.ids()).toEqual(["late 4 sip.timeout"]);
	});

	test("silent: parameters, default port, GRUU, strict routing", () => {
		const s = established({ contact: "<sip:bob@192.0.2.2;transport=udp>" });
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.2:5060;x=y", { branch: "3", toTag: "b", cseq: "2 INFO" }));
		const strict = "Max-Forwards: 70\nRoute: <sip:bob@192.0.2.2>";
		s.sip(A, B, request("INFO", "sip:proxy.example.com", { branch: "4", toTag: "b", cseq: "3 INFO", more: strict }));
		const gruu = new Scene();
		gruu.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		gruu.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@example.com;gr=urn:uuid:1>" }));
		gruu.sip(A, B, request("ACK", "sip:bob@192.0.2.2:6000", { branch: "2", toTag: "b" }));
		expect(s.ids()).toEqual([]);
		expect(gruu.ids()).toEqual([]);
	});
});

describe("sip.route-set-mismatch", () => {
	const rr = "Record-Route: <sip:192.0.2.2;lr>";

	test("no Route although a proxy asked to stay", () => {
		const s = established({ more: rr });
		const bye = s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 BYE" }));
		expect(bye.problems.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([
			"sip.route-set-mismatch: no Route, route set sip:192.0.2.2;lr",
		]);
	});

	test("Route in the wrong order", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		s.sip(
			B,
			A,
			response(200, "INVITE", { toTag: "b", contact: BOB, more: "Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>" }),
		);
		const good = "Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>";
		const bad = "Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>";
		const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "2", toTag: "b", more: good }));
		const bye = s.sip(A, B, request("BYE", "sip:bob@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 BYE", more: bad }));
		expect(ids(ack)).toEqual([]);
		expect(ids(bye)).toEqual(["sip.route-set-mismatch"]);
	});

	test("the called side uses it the other way round; behind a proxy only the rest is left", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		s.sip(
			B,
			A,
			response(200, "INVITE", { toTag: "b", contact: BOB, more: "Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>" }),
		);
		s.sip(B, A, fromBob("INFO", "sip:alice@192.0.2.1", 1, { more: "Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>" }));
		const via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7";
		s.sip(A, B, request("INFO", "sip:bob@192.0.2.2", { via, toTag: "b", cseq: "2 INFO", more: "Route: <sip:p2.example.com;lr>" }));
		expect(s.ids()).toEqual([]);
	});
});

describe("sip.isfocus-lost in a later target refresh", () => {
	const focus = "<sip:room@192.0.2.2>;isfocus";
	const reinvite = (contact: string) => fromBob("INVITE", "sip:alice@192.0.2.1", 1, { contact });

	test("gone", () => {
		const s = established({ contact: focus });
		const entry = s.sip(B, A, reinvite("<sip:room@192.0.2.2>"));
		expect(entry.problems.map(({ id, detail }) => `${id}: ${detail}`)).toEqual(["sip.isfocus-lost: Contact of entry 2 has it"]);
		expect(s.tables.session("c1")?.focus).toEqual([{ uri: "sip:room@192.0.2.2", entry: 2, from: "192.0.2.2", to: "192.0.2.1" }]);
	});

	test("still there, or there only from now on, or negated from the start", () => {
		for (const [first, second] of [
			[focus, focus],
			["<sip:room@192.0.2.2>", focus],
			['<sip:room@192.0.2.2>;isfocus="!TRUE"', "<sip:room@192.0.2.2>"],
			["<sip:room@192.0.2.2;isfocus>", "<sip:room@192.0.2.2>"],
		] as const) {
			const s = established({ contact: first });
			s.sip(B, A, reinvite(second));
			expect(s.findings().filter((line) => line.includes("sip.isfocus-lost"))).toEqual([]);
		}
	});
});

test("a call that comes back to the host that it came from has two legs", () => {
	// Alice and Bob are on one host, the B2BUA between them keeps the Call-ID and shows its own Contact.
	const s = new Scene();
	const proxy = "<sip:proxy@192.0.2.2>";
	s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
	const back = { via: "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKp", more: "Max-Forwards: 69" };
	s.sip(B, A, request("INVITE", "sip:bob@192.0.2.1", { ...back, contact: proxy }));
	s.sip(A, B, response(200, "INVITE", { ...back, toTag: "b", contact: "<sip:bob@192.0.2.1>" }));
	s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: proxy }));
	s.sip(A, B, request("ACK", "sip:proxy@192.0.2.2", { branch: "2", toTag: "b" }));
	s.sip(B, A, request("ACK", "sip:bob@192.0.2.1", { via: `${back.via}2`, toTag: "b" }));
	s.wait(60);
	s.sip(A, B, request("BYE", "sip:proxy@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 BYE" }));
	s.sip(B, A, request("BYE", "sip:bob@192.0.2.1", { via: `${back.via}3`, toTag: "b", cseq: "2 BYE" }));
	expect(s.ids()).toEqual(["2 sip.contact-changed-by-hop", "4 sip.contact-changed-by-hop"]);
});

describe("sip.keepalive-unanswered", () => {
	const client = "192.0.2.1:40000";
	const server = "192.0.2.2:5060";

	test("a server that answered before does not answer within 10 s", () => {
		const s = new Scene();
		s.event(client, server, "keepalive", "ping");
		s.event(server, client, "keepalive", "pong");
		s.wait(20);
		s.event(client, server, "keepalive", "ping");
		s.wait(9);
		expect(s.findings()).toEqual([]);
		s.wait(2);
		expect(s.findings()).toEqual(["late 3 sip.keepalive-unanswered: no pong for 10 s"]);
	});

	test("silent: every ping is answered, the server never answers, the connection ends", () => {
		const s = new Scene();
		for (let i = 0; i < 3; i++) {
			s.event(client, server, "keepalive", "ping");
			s.event(server, client, "keepalive", "pong x2");
			s.wait(30);
		}
		s.event(client, server, "keepalive", "ping");
		s.wait(5);
		s.close(client, server);
		s.wait(30);
		for (let i = 0; i < 3; i++) {
			s.event("192.0.2.1:41000", server, "keepalive", "ping");
			s.wait(30);
		}
		expect(s.findings()).toEqual([]);
	});
});
