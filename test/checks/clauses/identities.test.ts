import { describe, expect, it } from "vitest";
import { cpim, F, G, type JoinOptions, Room, S, S0, uri, X } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");

/** Counts of one check after `run` on Bob's session. */
function results(
	check: string,
	run: (bob: ReturnType<Room["join"]>, room: Room) => void,
	join: JoinOptions = {},
	options = {},
): Record<string, number> {
	const room = new Room(options);
	run(room.join("bob", join), room);
	return room.over().counts(check);
}

describe("C01: From of the focus has isfocus", () => {
	it("violation: the room without it", () => {
		expect(results("C01", (bob) => bob.receive(cpim(S0, S)), { contact: `<${S0}>;isfocus` })).toEqual({ violation: 1 });
	});
	it("pass: with it", () => {
		expect(results("C01", (bob) => bob.receive(cpim(S, S)))).toEqual({ pass: 1 });
	});
	it("n/a: a participant's message, another profile, rules before the change", () => {
		expect(results("C01", (bob) => bob.receive(cpim(ALICE, S)))).toEqual({ "n/a": 1 });
		expect(results("C01", (bob) => bob.receive(cpim(S0, S)), { server: "Room/1.0" })).toEqual({ "n/a": 1 });
		expect(results("C01", (bob) => bob.receive(cpim(S0, S)), {}, { rules: "legacy" })).toEqual({ "n/a": 1 });
	});
	it("not judged: what a client sends", () => {
		expect(results("C01", (bob) => bob.say(cpim(S0, S)).say(cpim(BOB, S)).say(cpim(S, S)))).toEqual({});
	});
	it("unknown: isfocus denied, or the room is known only from the inviting side's word", () => {
		expect(results("C01", (bob) => bob.receive(cpim(`${S0};isfocus=false`, S)))).toEqual({ unknown: 1 });
		expect(results("C01", (bob) => bob.receive(cpim(S0, S)), {}, { given: { roster: [S0] } })).toEqual({ unknown: 1 });
	});
});

describe("C02: isfocus in the URI of the focus' Contact", () => {
	const nothing = (): void => {};
	it("violation: not on the server's leg", () => {
		expect(results("C02", nothing, { contact: `<${S0}>;isfocus`, clientContact: `<${X}>;isfocus` })).toEqual({ violation: 1 });
	});
	it("pass: there, whatever the client's leg shows", () => {
		expect(results("C02", nothing)).toEqual({ pass: 1 });
		expect(results("C02", nothing, { clientContact: `<${X}>;isfocus` })).toEqual({ pass: 1 });
	});
	it("unknown: missing where only one leg was seen", () => {
		expect(results("C02", nothing, { contact: `<${S0}>;isfocus` })).toEqual({ unknown: 1 });
	});
	it("n/a: another profile; nothing at all in a 1-1 session", () => {
		expect(results("C02", nothing, { server: "Room/1.0" })).toEqual({ "n/a": 1 });
		expect(Room.oneToOne().room.over().counts("C02")).toEqual({});
	});
});

describe("C03: isfocus inside the brackets", () => {
	it("violation: after the bracket, before it", () => {
		const after = `From: <${S0}>;isfocus\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`;
		const before = `From:;isfocus <${S0}>\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`;
		expect(results("C03", (bob) => bob.receive(after).receive(before))).toEqual({ violation: 2 });
	});
	it("pass: F1, F6, F7", () => {
		for (const from of [S, `${S0};IsFocus`, `${S0};%69sfocus`])
			expect(results("C03", (bob) => bob.receive(cpim(from, BOB)))).toEqual({ pass: 1 });
	});
	it("n/a: decoys F9 and F10, and nothing of the kind", () => {
		const decoys = ["sip:room;isfocus@im.example.com", `${S0}?isfocus=1`, "sip:isfocus@im.example.com", `${S0};isfocused`];
		for (const from of decoys) expect(results("C03", (bob) => bob.receive(cpim(from, BOB)))).toEqual({});
	});
});

describe("C04: From of a client", () => {
	it("violation: isfocus, or the room itself", () => {
		expect(results("C04", (bob) => bob.say(cpim(`${BOB};isfocus`, S)))).toEqual({ violation: 1 });
		expect(results("C04", (bob) => bob.say(cpim(S0, S)))).toEqual({ violation: 1 });
	});
	it("pass: the user; with isfocus too, where only the rules from before the change count", () => {
		expect(results("C04", (bob) => bob.say(cpim(BOB, S)))).toEqual({ pass: 1 });
		expect(results("C04", (bob) => bob.say(cpim(`${BOB};isfocus`, S)), {}, { rules: "legacy" })).toEqual({ pass: 1 });
	});
	it("unknown: another address; n/a in a 1-1 session; not judged on the way to the client", () => {
		expect(results("C04", (bob) => bob.say(cpim("tel:+12025550123", S)))).toEqual({ unknown: 1 });
		const { room, bob } = Room.oneToOne();
		bob.receive(cpim(ALICE, BOB));
		expect(room.over().counts("C04")).toEqual({ "n/a": 1 });
		expect(results("C04", (bob) => bob.receive(cpim(ALICE, S)))).toEqual({});
	});
});

describe("C05: wrapped in CPIM", () => {
	it("violation: by the client, by the switch", () => {
		const room = new Room();
		room.join("bob").say("hello", { type: "text/plain" }).receive("hello", { type: "application/im-iscomposing+xml" });
		room.over();
		expect(room.counts("C05")).toEqual({ violation: 2 });
		expect(room.table.total.get("C05")!.findings.map(({ blame }) => blame)).toEqual(["client", "switch"]);
	});
	it("pass: wrapped; n/a: 1-1; unknown: no signalling", () => {
		expect(results("C05", (bob) => bob.say(cpim(BOB, S)))).toEqual({ pass: 1 });
		const { room, bob } = Room.oneToOne();
		bob.receive("hello", { type: "text/plain" });
		expect(room.over().counts("C05")).toEqual({ "n/a": 1 });
		const lonely = new Room();
		const path = "To-Path: msrp://a.example.com:1/a;tcp\r\nFrom-Path: msrp://b.example.com:1/b;tcp\r\n";
		lonely
			.flow("192.0.2.9:7000", "192.0.2.8:7000")
			.send("a", `MSRP abcd1 SEND\r\n${path}Message-ID: q\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------abcd1$\r\n`);
		expect(lonely.over().counts("C05")).toEqual({ unknown: 1 });
	});
});

describe("C06: refusals", () => {
	const unwrapped = (status: number) => results("C06", (bob) => bob.say("hello", { type: "text/plain" }).answer(status));
	it("violation: accepted, or delivered", () => {
		expect(unwrapped(200)).toEqual({ violation: 1 });
		expect(results("C06", (bob) => bob.receive(cpim(`${uri("mallory")};isfocus`, S)))).toEqual({ violation: 1 });
	});
	it("pass: 415; info: another refusal; unknown: no answer, or none asked for", () => {
		expect(unwrapped(415)).toEqual({ pass: 1 });
		expect(unwrapped(403)).toEqual({ info: 1 });
		expect(results("C06", (bob) => bob.say("hello", { type: "text/plain" }))).toEqual({ unknown: 1 });
		expect(results("C06", (bob) => bob.say("x", { type: "text/plain", headers: ["Failure-Report: no"] }))).toEqual({ unknown: 1 });
	});
	const listed = (status: number) => results("C06", (bob) => bob.say(cpim(ALICE, S)).answer(status));
	const stranger = (status: number) => results("C06", (bob) => bob.say(cpim("tel:+12025550123", S)).answer(status));
	it("From of another participant: pass when refused, unknown when let through, since it may be the sender's too", () => {
		expect(listed(403)).toEqual({ pass: 1 });
		expect(listed(200)).toEqual({ unknown: 1 });
		expect(listed(500)).toEqual({ unknown: 1 });
		expect(results("C06", (bob) => bob.say(cpim(ALICE, S)))).toEqual({ unknown: 1 });
		expect(results("C06", (bob) => bob.say(cpim(ALICE, S), { headers: ["Failure-Report: no"] }))).toEqual({ unknown: 1 });
	});
	it("From of nobody known: pass when refused, else no row: most senders have more addresses than one", () => {
		expect(stranger(403)).toEqual({ pass: 1 });
		expect(stranger(200)).toEqual({});
		expect(results("C06", (bob) => bob.say(cpim("tel:+12025550123", S)))).toEqual({});
		expect(results("C06", (bob) => bob.say(cpim("tel:+12025550123", S), { headers: ["Failure-Report: no"] }))).toEqual({});
		expect(results("C06", (bob) => bob.say(cpim("sip:anonymous-7@anonymous.invalid", S)).answer(403))).toEqual({});
	});
	it("nothing to refuse", () => {
		expect(results("C06", (bob) => bob.say(cpim(BOB, S)).answer(200).receive(cpim(S, S)))).toEqual({});
	});
});

describe("C07: to all", () => {
	it("pass: the session of an ad-hoc group, the group that was dialled", () => {
		expect(results("C07", (bob) => bob.say(cpim(BOB, S)))).toEqual({ pass: 1 });
		expect(results("C07", (bob) => bob.say(cpim(BOB, G)), { dialled: G })).toEqual({ pass: 1 });
	});
	it("info: the session of a group that was dialled; unknown: nobody known", () => {
		expect(results("C07", (bob) => bob.say(cpim(BOB, S)), { dialled: G })).toEqual({ info: 1 });
		expect(results("C07", (bob) => bob.say(cpim(BOB, F)))).toEqual({ unknown: 1 });
	});
	it("n/a: profile rcs; private messages are no case", () => {
		expect(results("C07", (bob) => bob.say(cpim(BOB, "sip:anonymous@anonymous.invalid")), { server: "CPM-serv/OMA2.2" })).toEqual({
			"n/a": 1,
		});
		expect(results("C07", (bob) => bob.say(cpim(BOB, ALICE)))).toEqual({});
	});
});

describe("C08: not the factory, not an ALG's address", () => {
	it("violation: the factory by the client, the rewritten Contact by the ALG", () => {
		expect(results("C08", (bob) => bob.say(cpim(BOB, F)))).toEqual({ violation: 1 });
		const room = new Room();
		room.join("bob", { clientContact: `<${X}>;isfocus` }).say(cpim(BOB, X));
		room.over();
		expect(room.first("C08", "violation")).toMatchObject({ blame: "ALG", excerpt: `To: <${X}>` });
		// The SEND, and the 200 OK on both legs: the Contacts that differ.
		expect(room.first("C08", "violation")!.entries).toEqual([5, 4, 3]);
	});
	it("pass: the room, a participant; unknown: nobody known", () => {
		expect(results("C08", (bob) => bob.say(cpim(BOB, S)).say(cpim(BOB, ALICE)))).toEqual({ pass: 2 });
		expect(results("C08", (bob) => bob.receive(cpim(ALICE, X)))).toEqual({ unknown: 1 });
	});
});

describe("C09 and C10: private messages", () => {
	it("C09 violation: no IM-serv token", () => {
		expect(results("C09", (bob) => bob.say(cpim(BOB, ALICE)), { server: "Room/1.0", chatroom: false })).toEqual({ violation: 1 });
	});
	it("C09 pass, n/a", () => {
		expect(results("C09", (bob) => bob.say(cpim(BOB, ALICE)))).toEqual({ pass: 1 });
		expect(results("C09", (bob) => bob.say(cpim(BOB, ALICE)), { server: "Room/1.0" })).toEqual({ "n/a": 1 });
		expect(results("C09", (bob) => bob.say(cpim(BOB, S)).receive(cpim(ALICE, BOB)))).toEqual({});
	});
	it("C10 violation: the factory among the recipients", () => {
		expect(results("C10", (bob) => bob.say(cpim(BOB, [ALICE, F])))).toEqual({ violation: 1 });
	});
	it("C10 pass, unknown", () => {
		expect(results("C10", (bob) => bob.say(cpim(BOB, ALICE)).receive(cpim(ALICE, BOB)))).toEqual({ pass: 2 });
		expect(results("C10", (bob) => bob.say(cpim(BOB, uri("dave"))))).toEqual({ unknown: 1 });
		expect(results("C10", (bob) => bob.say(cpim(BOB, uri("dave"))), {}, { given: { roster: [] } })).toEqual({ unknown: 1 });
	});
});

describe("C11: the entity with yourown", () => {
	const users = [{ entity: ALICE }, { entity: uri("robert"), more: ' yourown="true"' }];
	it("violation: another From", () => {
		const room = new Room();
		room.join("bob").notify(users).say(cpim(BOB, S));
		room.over();
		expect(room.counts("C11")).toEqual({ violation: 1 });
		expect(room.first("C11", "violation")!.entries).toEqual([4, 3]);
	});
	it("pass: that one, or the listed own entity when none is marked", () => {
		expect(results("C11", (bob) => bob.notify(users).say(cpim(uri("robert"), S)))).toEqual({ pass: 1 });
		expect(results("C11", (bob) => bob.notify([{ entity: BOB }]).say(cpim(BOB, S)))).toEqual({ pass: 1 });
	});
	it("unknown: no NOTIFY, or not listed", () => {
		const said = (run: (bob: ReturnType<Room["join"]>) => void) => {
			const room = new Room();
			run(room.join("bob"));
			room.over();
			expect(room.counts("C11")).toEqual({ unknown: 1 });
			return room.first("C11", "unknown")!.text;
		};
		expect(said((bob) => bob.say(cpim(BOB, S)))).toBe("no NOTIFY was seen");
		expect(said((bob) => bob.notify([{ entity: ALICE }]).say(cpim(BOB, S)))).toBe("the NOTIFY marks no entity with yourown");
	});
});

describe("C43: anonymous participants", () => {
	const hidden = "sip:anonymous-7@anonymous.invalid";
	it("violation: From names who joined anonymously", () => {
		const join = { from: "<sip:anonymous@anonymous.invalid>", more: [`P-Asserted-Identity: <${BOB}>`] };
		expect(results("C43", (bob) => bob.say(cpim(BOB, S)), join)).toEqual({ violation: 1 });
		const own = [{ entity: hidden, more: ' yourown="1"' }];
		expect(results("C43", (bob) => bob.notify(own).say(cpim(BOB, S)))).toEqual({ violation: 1 });
		// The room calls the user so; any name beside it tells more.
		expect(results("C43", (bob) => bob.notify(own).say(cpim(uri("dave"), S)))).toEqual({ violation: 1 });
	});
	it("pass: the roster's anonymous URI; unknown: not in the roster; not judged: who has a name", () => {
		expect(results("C43", (bob) => bob.notify([{ entity: hidden }]).receive(cpim(hidden, S)))).toEqual({ pass: 1 });
		expect(results("C43", (bob) => bob.receive(cpim(hidden, S)))).toEqual({ unknown: 1 });
		expect(results("C43", (bob) => bob.say(cpim(BOB, S)).receive(cpim(ALICE, S)))).toEqual({});
	});
	it("unknown: joined anonymously, From is somebody of whom nothing is known", () => {
		expect(results("C43", (bob) => bob.say(cpim(uri("dave"), S)), { from: "<sip:anonymous@anonymous.invalid>" })).toEqual({ unknown: 1 });
	});
});

describe("C44: private messages to nobody", () => {
	const lost = { clientContact: `<${X}>;isfocus` };
	it("violation: accepted, though nobody on the server's side has the address", () => {
		expect(results("C44", (bob) => bob.say(cpim(BOB, X)).answer(200), lost)).toEqual({ violation: 1 });
	});
	it("pass: 404, 428; info: another refusal", () => {
		expect(results("C44", (bob) => bob.say(cpim(BOB, X)).answer(404, "Not Found"), lost)).toEqual({ pass: 1 });
		expect(results("C44", (bob) => bob.say(cpim(BOB, uri("dave"))).answer(428, "No support"))).toEqual({ pass: 1 });
		expect(results("C44", (bob) => bob.say(cpim(BOB, uri("dave"))).answer(403, "No"))).toEqual({ info: 1 });
	});
	it("n/a: in the roster; unknown: accepted for somebody whom only the roster does not know, or not answered", () => {
		expect(results("C44", (bob) => bob.say(cpim(BOB, ALICE)).answer(200))).toEqual({ "n/a": 1 });
		expect(results("C44", (bob) => bob.say(cpim(BOB, uri("dave"))).answer(200))).toEqual({ unknown: 1 });
		expect(results("C44", (bob) => bob.say(cpim(BOB, uri("dave"))))).toEqual({ unknown: 1 });
		expect(results("C44", (bob) => bob.say(cpim(BOB, uri("dave")), { headers: ["Failure-Report: partial"] }))).toEqual({ unknown: 1 });
	});
});
