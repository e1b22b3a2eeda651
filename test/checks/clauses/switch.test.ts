import { describe, expect, it } from "vitest";
import { cpim, type JoinOptions, Room, S, S0, uri, X } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const CAROL = uri("carol");

function joined(check: string, join: JoinOptions = {}): Record<string, number> {
	const room = new Room();
	room.join("bob", join);
	return room.over().counts(check);
}

/** Bob, Carol and Alice, each on a session of their own. */
function three(): { room: Room; bob: ReturnType<Room["join"]>; carol: ReturnType<Room["join"]>; alice: ReturnType<Room["join"]> } {
	const room = new Room();
	return { room, bob: room.join("bob"), carol: room.join("carol"), alice: room.join("alice") };
}

describe("C17 and C18: what a client shows", () => {
	it("stays unknown, and is no case in a 1-1 session", () => {
		const { room, bob } = three();
		bob.receive(cpim(ALICE, S));
		room.over();
		for (const check of ["C17", "C18"]) expect(room.counts(check)).toEqual({ unknown: 1 });
		const call = Room.oneToOne();
		call.bob.receive(cpim(ALICE, BOB));
		expect(call.room.over().counts("C17")).toEqual({});
	});
});

describe("C32 and C33: several To", () => {
	const said = (check: string, to: string | string[], join: JoinOptions = {}) => {
		const room = new Room();
		room.join("bob", join).say(cpim(BOB, to));
		return room.over().counts(check);
	};
	it("C32: violation with two, pass with one, n/a without a=chatroom", () => {
		expect(said("C32", [ALICE, CAROL])).toEqual({ violation: 1, unknown: 1 });
		expect(said("C32", ALICE)).toEqual({ pass: 1 });
		expect(said("C32", [ALICE, CAROL], { chatroom: false })).toEqual({ "n/a": 1 });
	});
	it("C33: violation for room and user, pass for users, no case with one", () => {
		expect(said("C33", [S, CAROL])).toEqual({ violation: 1 });
		expect(said("C33", [ALICE, CAROL])).toEqual({ pass: 1 });
		expect(said("C33", S)).toEqual({});
	});
});

describe("C34: unchanged octets", () => {
	it("violation: a display name was added; by the switch", () => {
		const { room, bob, carol } = three();
		bob.say(cpim(BOB, S));
		carol.receive(cpim(BOB, S).replace("To: <", "To: Room <"));
		room.over();
		expect(room.counts("C34")).toEqual({ violation: 1 });
		expect(room.first("C34", "violation")).toMatchObject({ blame: "switch", session: "c2", entries: [8, 7] });
	});
	it("violation: by imdn.Message-ID, when To has changed too; on another hop by the ALG", () => {
		const { room, bob, carol } = three();
		const rows = ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: abc1", "DateTime: 2026-03-02T15:02:31Z"];
		bob.say(cpim(BOB, S, { rows }));
		carol.receive(cpim(BOB, S0, { rows }));
		expect(room.over().counts("C34")).toEqual({ violation: 1 });

		const hops = new Room();
		const member = hops.join("bob");
		const before = cpim(BOB, S, { rows: [...rows, "imdn.Disposition-Notification: display"] });
		const after = cpim(BOB, S, { rows: [...rows, "X-mn.Disposition-Notification: display"] });
		const frame = (body: string, tid: string) =>
			`MSRP ${tid} SEND\r\nTo-Path: ${member.focusPath}\r\nFrom-Path: ${member.path}\r\nMessage-ID: m1\r\nByte-Range: 1-${body.length}/${body.length}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------${tid}$\r\n`;
		member.raw(frame(before, "hop1abc"), false);
		hops.flow("203.0.113.9:50000", "198.51.100.20:2855").send("a", frame(after, "hop2abc"));
		hops.over();
		expect(hops.first("C34", "violation")?.blame).toBe("ALG");
	});
	it("pass: every octet the same; no case without the other side", () => {
		const { room, bob, carol } = three();
		bob.say(cpim(BOB, S));
		carol.receive(cpim(BOB, S));
		expect(room.over().counts("C34")).toEqual({ pass: 1 });
		const alone = three();
		alone.carol.receive(cpim(BOB, S));
		expect(alone.room.over().counts("C34")).toEqual({});
	});
});

describe("C35: no copy back", () => {
	it("violation; pass when copies went to others only; unknown when none was seen", () => {
		const back = three();
		back.bob.say(cpim(BOB, S)).receive(cpim(BOB, S));
		expect(back.room.over().counts("C35")).toEqual({ violation: 1 });
		const good = three();
		good.bob.say(cpim(BOB, S));
		good.carol.receive(cpim(BOB, S));
		expect(good.room.over().counts("C35")).toEqual({ pass: 1 });
		const unseen = three();
		unseen.bob.say(cpim(BOB, S));
		expect(unseen.room.over().counts("C35")).toEqual({ unknown: 1 });
	});
	it("unknown: an own copy that may come from another device; no case: private", () => {
		const device = three();
		device.bob.receive(cpim(BOB, S));
		expect(device.room.over().counts("C35")).toEqual({ unknown: 1 });
		const quiet = three();
		quiet.bob.say(cpim(BOB, ALICE));
		expect(quiet.room.over().counts("C35")).toEqual({});
	});
});

describe("C36: private messages go to their recipients", () => {
	const delivered = (to: "alice" | "carol") => {
		const all = three();
		all.bob.say(cpim(BOB, CAROL));
		all[to].receive(cpim(BOB, CAROL));
		return all.room.over().counts("C36");
	};
	it("violation: somebody else; pass: the recipient", () => {
		expect(delivered("alice")).toEqual({ violation: 1 });
		expect(delivered("carol")).toEqual({ pass: 1 });
	});
	it("info: the sender's other session; no case: to all", () => {
		const room = new Room();
		const first = room.join("bob");
		const second = room.join("bob");
		first.say(cpim(BOB, CAROL));
		second.receive(cpim(BOB, CAROL));
		expect(room.over().counts("C36")).toEqual({ info: 1 });
		const all = three();
		all.bob.say(cpim(BOB, S));
		all.carol.receive(cpim(BOB, S));
		expect(all.room.over().counts("C36")).toEqual({});
	});
});

describe("C37: accept-types", () => {
	it("pass: both; violation: more than CPIM by the server, none of it by the client", () => {
		expect(joined("C37")).toEqual({ pass: 2 });
		expect(joined("C37", { accept: { server: "message/cpim text/plain" } })).toEqual({ pass: 1, violation: 1 });
		expect(joined("C37", { accept: { client: "text/plain" } })).toEqual({ pass: 1, violation: 1 });
	});
	it("info: more than CPIM by a server that does not say a=chatroom", () => {
		expect(joined("C37", { accept: { server: "message/cpim text/plain" }, chatroom: false })).toEqual({ pass: 1, info: 1 });
	});
	it("pass: the client takes more; no case: 1-1", () => {
		expect(joined("C37", { accept: { client: "message/cpim text/plain" } })).toEqual({ pass: 2 });
		expect(joined("C37", { accept: { client: "*" } })).toEqual({ pass: 2 });
		expect(Room.oneToOne().room.over().counts("C37")).toEqual({});
	});
	it("the same description on both legs counts once", () => {
		expect(joined("C37", { clientContact: `<${X}>;isfocus` })).toEqual({ pass: 2 });
	});
});

describe("C38 and C39: header parameters of Contact", () => {
	it("C38: violation on the server's leg, pass, unknown on one leg", () => {
		expect(joined("C38", { contact: `<${S}>`, clientContact: `<${X}>` })).toEqual({ violation: 1 });
		expect(joined("C38", { contact: `<${S}>;isfocus`, clientContact: `<${X}>` })).toEqual({ pass: 1 });
		expect(joined("C38")).toEqual({ pass: 1 });
		expect(joined("C38", { contact: `<${S}>` })).toEqual({ unknown: 1 });
		expect(Room.oneToOne().room.over().counts("C38")).toEqual({});
	});
	it("C39: info when they are gone, pass when not (the INVITE passes too), no case on one leg", () => {
		expect(joined("C39", { contact: `<${S}>;isfocus;+g.oma.sip-im`, clientContact: `<${X}>` })).toEqual({ info: 1, pass: 1 });
		expect(joined("C39", { clientContact: `<${X}>;isfocus` })).toEqual({ pass: 2 });
		expect(joined("C39")).toEqual({});
	});
});

describe("C40: conference-info", () => {
	const notified = (users: { entity: string; more?: string }[]) => {
		const room = new Room();
		room.join("bob").notify(users);
		return room.over().counts("C40");
	};
	it("violation: twice the same, hidden under a real host, two of them one's own", () => {
		expect(notified([{ entity: ALICE }, { entity: ALICE }])).toEqual({ violation: 1 });
		expect(notified([{ entity: "sip:anonymous1@example.com" }])).toEqual({ violation: 1 });
		expect(
			notified([
				{ entity: ALICE, more: ' yourown="true"' },
				{ entity: BOB, more: ' yourown="true"' },
			]),
		).toEqual({ violation: 1 });
		expect(notified([{ entity: "" }])).toEqual({ violation: 1 });
	});
	it("pass; nothing without a NOTIFY", () => {
		expect(notified([{ entity: ALICE, more: ' yourown="true"' }, { entity: "sip:anonymous1@anonymous.invalid" }])).toEqual({ pass: 1 });
		expect(joined("C40")).toEqual({});
	});
});

describe("C45: release tokens", () => {
	it("info: malformed; pass: well formed; nothing without one", () => {
		expect(joined("C45", { server: "IM-serv/2.0" })).toEqual({ info: 1 });
		expect(joined("C45", { server: "IM-serv/OMA2.0 Focus/1" })).toEqual({ pass: 1 });
		expect(joined("C45", { server: "Room/1.0" })).toEqual({});
	});
});
