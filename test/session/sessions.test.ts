import { describe, expect, test } from "vitest";
import { msrpSdp, request, response, Scene, send } from "./scene.js";

const A = "192.0.2.1:5060";
const B = "192.0.2.2:5060";
const ALICE = "<sip:alice@192.0.2.1>";
const ROOM = "<sip:room-7@192.0.2.2>;isfocus";

/** Alice's call to a conference room. */
function conference(contact = ROOM): Scene {
	const s = new Scene();
	s.sip(A, B, request("INVITE", "sip:room@example.com", { to: "<sip:room@example.com>", contact: ALICE }));
	s.sip(B, A, response(200, "INVITE", { to: "<sip:room@example.com>", toTag: "b", contact }));
	s.sip(A, B, request("ACK", "sip:room-7@192.0.2.2", { to: "<sip:room@example.com>", branch: "2", toTag: "b" }));
	return s;
}

function subscribe(s: Scene, uri: string, from = "<sip:alice@example.com>", event = "conference") {
	return s.sip(
		A,
		B,
		request("SUBSCRIBE", uri, { callId: "sub-1", branch: "s", from, to: `<${uri}>`, contact: ALICE, more: `Event: ${event}` }),
	);
}

describe("conference subscriptions", () => {
	test("join the call of the same user: by the focus' Contact, or by what was dialled", () => {
		expect(subscribe(conference(), "sip:room-7@192.0.2.2").links.session).toBe("c1");
		expect(subscribe(conference(), "sip:room@example.com").links.session).toBe("c1");
		const s = conference();
		subscribe(s, "sip:room@example.com");
		expect(s.tables.session("c1")).toMatchObject({
			kind: "call",
			callIds: ["call-1", "sub-1"],
			focus: [{ uri: "sip:room-7@192.0.2.2", entry: 2 }],
		});
	});

	test("stay by themselves: another user, another room, another package, a call that is over", () => {
		expect(subscribe(conference(), "sip:room@example.com", "<sip:carol@example.com>").links.session).toBe("c2");
		expect(subscribe(conference(), "sip:other@example.com").links.session).toBe("c2");
		expect(subscribe(conference(), "sip:room@example.com", undefined, "presence").links.session).toBe("c2");
		const s = conference();
		s.sip(A, B, request("BYE", "sip:room-7@192.0.2.2", { branch: "3", toTag: "b", cseq: "2 BYE" }));
		expect(subscribe(s, "sip:room@example.com").links.session).toBe("c2");
	});
});

describe("kinds", () => {
	test("by method; the id counts on", () => {
		const s = new Scene();
		for (const method of ["REGISTER", "OPTIONS", "PUBLISH", "MESSAGE", "SUBSCRIBE", "INVITE", "DANCE"]) {
			s.sip(A, B, request(method, "sip:example.com", { callId: method, branch: method, contact: ALICE }));
		}
		expect([...s.tables.sessions()].map(({ id, kind }) => `${id} ${kind}`)).toEqual([
			"c1 registration",
			"c2 options",
			"c3 publication",
			"c4 message",
			"c5 subscription",
			"c6 call",
			"c7 other",
		]);
	});

	test("a registration ends with its final response and goes on with the next request", () => {
		const s = new Scene();
		s.sip(A, B, request("REGISTER", "sip:example.com"));
		expect(s.tables.session("c1")?.ended).toBe(false);
		s.sip(B, A, response(200, "REGISTER", { toTag: "x" }));
		expect(s.tables.session("c1")?.ended).toBe(true);
		s.sip(A, B, request("REGISTER", "sip:example.com", { cseq: "2 REGISTER", branch: "2" }));
		expect(s.tables.session("c1")?.ended).toBe(false);
	});

	test("a message without Call-ID belongs to nothing", () => {
		const s = new Scene();
		const entry = s.sip(A, B, "OPTIONS sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nCSeq: 1 OPTIONS\n");
		expect(entry.links).toEqual({});
		expect([...s.tables.sessions()]).toEqual([]);
	});
});

describe("limits", () => {
	test("beyond the limit the oldest session is forgotten", () => {
		const s = new Scene({ sessions: 3 });
		for (let i = 1; i <= 5; i++) s.sip(A, B, request("OPTIONS", "sip:example.com", { callId: `x${i}`, branch: `${i}` }));
		expect([...s.tables.sessions()].map(({ id }) => id)).toEqual(["c3", "c4", "c5"]);
		expect(s.tables.session("c1")).toBeUndefined();
		const again = s.sip(A, B, request("OPTIONS", "sip:example.com", { callId: "x1", branch: "6", cseq: "2 OPTIONS" }));
		expect(again.links.session).toBe("c6");
	});

	test("beyond the limit the oldest transaction is forgotten", () => {
		const s = new Scene({ openTransactions: 2 });
		for (let i = 1; i <= 3; i++) s.sip(A, B, request("OPTIONS", "sip:example.com", { callId: `x${i}`, branch: `${i}` }));
		const first = s.sip(B, A, response(200, "OPTIONS", { callId: "x1", branch: "1", toTag: "z" }));
		const last = s.sip(B, A, response(200, "OPTIONS", { callId: "x3", branch: "3", toTag: "z" }));
		expect([first.links.answers, last.links.answers]).toEqual([undefined, 3]);
	});

	test("one call with ever new tags, one connection with ever new sessions stay bounded", () => {
		const s = new Scene({ sessions: 10, openTransactions: 50 });
		s.sip(A, B, request("INVITE", "sip:bob@example.com", { contact: ALICE }));
		for (let i = 0; i < 300; i++) s.sip(B, A, response(180, "INVITE", { toTag: `t${i}`, contact: "<sip:bob@192.0.2.2>" }));
		expect(s.tables.session("c1")?.dialogs.length).toBe(64);
		for (let i = 0; i < 300; i++) {
			s.msrp(
				"192.0.2.1:40000",
				"192.0.2.2:2855",
				send("t001", `msrp://192.0.2.2:2855/s${i};tcp`, "msrp://192.0.2.1:2855/a;tcp", { body: "x" }),
			);
		}
		expect([...s.tables.sessions()].length).toBe(10);
	});
});

test("the tables are total: nothing throws on messages cut and mangled", () => {
	let seed = 7;
	const random = (n: number) => {
		seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
		return seed % n;
	};
	const sdp = msrpSdp("msrp://192.0.2.1:2855/aaa1;tcp", { more: "a=setup:active\na=msrp-cema" });
	const texts = [
		request("INVITE", "sip:bob@example.com", { contact: ROOM, sdp }),
		response(200, "INVITE", { toTag: "b", contact: ROOM, sdp, more: "Record-Route: <sip:p;lr>" }),
		request("BYE", "sip:bob@192.0.2.2", { toTag: "b", branch: "9", cseq: "2 BYE" }),
		request("NOTIFY", "sip:bob@192.0.2.2", { toTag: "b", branch: "8", cseq: "3 NOTIFY", more: "Event: conference" }),
	];
	const s = new Scene();
	let fed = 0;
	for (let i = 0; i < 4000; i++) {
		let text = texts[random(texts.length)]!;
		for (let edits = random(4); edits > 0; edits--) {
			const at = 20 + random(text.length - 20);
			text = text.slice(0, at) + ["", ";", "<", '"', ",", ":", "\u0000", "%zz", "@"][random(9)]! + text.slice(at + random(5));
		}
		try {
			s.sip(random(2) === 0 ? A : B, random(2) === 0 ? B : "192.0.2.3:5060", text);
			fed++;
		} catch (error) {
			if (!(error as Error).message.startsWith("no SIP message")) throw error;
		}
		if (random(50) === 0) s.wait(random(60));
	}
	s.late.push(...s.tables.finish());
	expect(fed).toBeGreaterThan(3000);
	for (const { id } of s.tables.sessions()) expect(s.tables.session(id)?.id).toBe(id);
});
