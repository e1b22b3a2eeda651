import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpim } from "../../src/demo/wire/cpim.js";
import { ALICE, BOB, CAROL, FACTORY, TestRoom } from "./room.js";

let room: TestRoom;
beforeEach(async () => {
	room = new TestRoom();
});
afterEach(() => room.close());

describe("SIP of the focus says no", () => {
	it.each([
		["INVITE", "sip:nobody@example.com", [], 404],
		["MESSAGE", "sip:nobody@example.com", [], 404],
		["INVITE", FACTORY, [], 488],
		["SUBSCRIBE", "sip:nowhere@im.example.com", [["Event", "conference"]], 404],
		["SUBSCRIBE", "sip:nowhere@im.example.com", [["Event", "presence"]], 489],
		["BYE", FACTORY, [["To", `<${FACTORY}>;tag=gone`]], 481],
		["BYE", FACTORY, [], 481],
		["PUBLISH", FACTORY, [], 405],
		["OPTIONS", FACTORY, [["Require", "100rel"]], 420],
		["OPTIONS", "http://example.com", [], 416],
		["REGISTER", "sip:example.com", [["Contact", "<sip:alice@127.0.0.1>;expires=5"]], 423],
		["REGISTER", "sip:example.com", [["Contact", "*"]], 400],
	] as const)("%s %s %j: %i", async (method, target, headers, status) => {
		await room.start();
		const alice = await room.client(ALICE);
		expect((await alice.request(method, target, headers)).status).toBe(status);
	});

	it("answers OPTIONS with what it can do", async () => {
		await room.start();
		const alice = await room.client(ALICE);
		const { response, status } = await alice.request("OPTIONS", FACTORY);
		expect([status, response?.get("allow-events"), response?.all("allow")]).toEqual([
			200,
			"conference",
			["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE"],
		]);
	});

	it("a subscription of one who is not in the room", async () => {
		await room.start();
		const alice = await room.client(ALICE);
		const bob = await room.client(BOB);
		const a = await alice.call(FACTORY, [CAROL]);
		const { status } = await bob.request("SUBSCRIBE", a.learned.contacts[0]!, [["Event", "conference"]]);
		expect(status).toBe(403);
	});

	it("a user without or with the wrong password, and lets in who has the right one", async () => {
		await room.start({ digest: { realm: "example.com", users: { alice: "wonder", bob: "builder" } } });
		const nobody = await room.client(ALICE);
		const wrong = await room.client(ALICE, { password: "land" });
		const right = await room.client(ALICE, { password: "wonder" });
		const other = await room.client(ALICE, { password: "builder", user: ALICE });
		expect(await nobody.register()).toBe(401);
		expect(await wrong.register()).toBe(401);
		expect(await other.register()).toBe(401);
		expect(await right.register()).toBe(200);
		expect((await right.call(FACTORY, [BOB])).ended).toBe(false);
		await expect(right.call(BOB)).rejects.toMatchObject({ status: 480 });
	});

	it("a callee that refuses, does not answer in time to a CANCEL, or is gone", async () => {
		await room.start();
		const alice = await room.client(ALICE);
		const busy = await room.client(BOB, { answer: () => 486 });
		const slow = await room.client(CAROL, { answer: () => new Promise<number>(() => {}) });
		await busy.register();
		await slow.register();
		await expect(alice.call(BOB)).rejects.toMatchObject({ status: 486 });
		const given = new AbortController();
		const calling = alice.call(CAROL, [], given.signal);
		given.abort();
		await expect(calling).rejects.toMatchObject({ status: 487 });
		await slow.unregister();
		await expect(alice.call(CAROL)).rejects.toMatchObject({ status: 404 });
	});
});

describe("the MSRP switch says no", () => {
	const body = (from: string, to: string[]) =>
		cpim({ from, to, dateTime: "2026-01-02T03:04:05Z", contentType: "text/plain", content: Buffer.from("x") });

	it("as RFC 7701 §6 has it", async () => {
		await room.start();
		const { a, b } = await room.three();
		const S = a.learned.contacts[0]!;
		const status = async (raw: Buffer) => (await a.tell([], "", { raw, successReport: false })).status;
		expect((await a.say("no CPIM", { bare: true })).status).toBe(415);
		expect(await status(body(BOB, [S]))).toBe(403);
		expect(await status(body(`${ALICE};isfocus`, [S]))).toBe(403);
		expect(await status(body(S, [S]))).toBe(403);
		expect(await status(body(ALICE, ["sip:mallory@example.com"]))).toBe(404);
		expect(await status(body(ALICE, [FACTORY]))).toBe(404);
		expect(await status(body(ALICE, ["sip:b2b-91c0@203.0.113.9:5071"]))).toBe(404);
		expect(await status(body(ALICE, [BOB, CAROL]))).toBe(403);
		expect(await status(body(ALICE, [S, BOB]))).toBe(403);
		expect(await status(Buffer.from("To: <sip:bob@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nx"))).toBe(400);
		expect(await status(Buffer.from("no end"))).toBe(400);
		expect(await a.nickname("Bob")).toBe(425);
		expect(b.screen.every(({ identities }) => identities === "system")).toBe(true);
	});

	it("a private message to one who cannot take any", async () => {
		await room.start();
		const { a } = await room.three({ chatroom: ["nickname"] });
		expect((await a.tell([BOB], "psst")).status).toBe(428);
	});

	it("a session that it does not know, and a second connection for one that it does", async () => {
		await room.start();
		const { a } = await room.three();
		const { createConnection } = await import("node:net");
		const ask = (to: string): Promise<string> =>
			new Promise((resolve) => {
				const socket = createConnection(room.focus.msrp.port, "127.0.0.1", () =>
					socket.write(
						`MSRP abcd1234 SEND\r\nTo-Path: ${to}\r\nFrom-Path: msrp://127.0.0.1:9/x;tcp\r\nMessage-ID: 12345\r\n-------abcd1234$\r\n`,
					),
				);
				socket.on("data", (octets) => {
					socket.destroy();
					resolve(octets.toString().split("\r\n")[0]!);
				});
			});
		expect(await ask(a.session.remotePath.replace(/\/[a-z0-9]+;/, "/nobody;"))).toBe("MSRP abcd1234 481 No Such Session");
		expect(await ask(a.session.remotePath)).toBe("MSRP abcd1234 506 Wrong Connection");
	});
});

describe("a client or the focus that goes wrong", () => {
	it("a crash of a client is a leaving", async () => {
		await room.start();
		const { a, bob } = await room.three();
		bob.abort();
		await a.seen("Bob left");
		expect([...room.focus.rooms][0]?.participants.length).toBe(2);
	});

	it("each misbehaviour is there when it is asked for", async () => {
		await room.start({
			behaviour: { contactIsfocus: false, yourOwn: false, spoofable: true, unwrapped: true, echo: true, reports: false, unknownTo: "all" },
		});
		const { a, b } = await room.three();
		expect(await b.subscribe()).toBe(200);
		await b.until("the roster", () => (b.roster.size === 3 ? true : undefined));
		expect([...b.roster.values()].some(({ yourOwn }) => yourOwn)).toBe(false);
		expect((await a.say("not me", { from: BOB })).status).toBe(200);
		expect((await a.say("plain", { bare: true })).status).toBe(200);
		expect(await b.seen("plain")).toMatchObject({ identities: "unwrapped" });
		expect(await a.seen("not me")).toMatchObject({ from: BOB });
		expect((await a.tell(["sip:nobody@example.com"], "to nobody")).report).toBeUndefined();
		await b.seen("to nobody");
	});

	it("no NOTIFY, no system messages, changed CPIM", async () => {
		await room.start({
			behaviour: {
				notify: false,
				systemMessages: false,
				rewriteCpim: (octets) => Buffer.from(octets.toString("latin1").replace(/^imdn\.Disposition-Notification: .*\r\n/m, ""), "latin1"),
			},
		});
		const alice = await room.client(ALICE);
		const bob = await room.client(BOB);
		await bob.register();
		const a = await alice.call(FACTORY, [BOB]);
		const b = await bob.called();
		await b.connected();
		expect(await b.subscribe()).toBe(200);
		const receipt = await a.say("hello");
		await b.seen("hello");
		expect([b.notifications, b.screen.length, receipt.delivered]).toEqual([0, 1, []]);
	});
});
