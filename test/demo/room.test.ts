import { afterEach, describe, expect, it } from "vitest";
import type { MsrpEntry } from "../../src/core/model/entry.js";
import { ALICE, BOB, CAROL, FACTORY, TestRoom } from "./room.js";

let room: TestRoom;
afterEach(() => room.close());

describe("a conversation in an ad-hoc room over TCP", () => {
	it("reaches everybody, is reported and notified on, and has nothing wrong on the wire", async () => {
		room = await new TestRoom().start();
		const { a, b, c } = await room.three();
		for (const chat of [a, b, c]) expect(await chat.subscribe()).toBe(200);
		for (const chat of [a, b, c]) await chat.until("the roster", () => (chat.roster.size === 3 ? true : undefined));
		expect(b.own).toBe(BOB);
		const receipt = await a.say("Hello, all");
		await a.until("all receipts", () => (receipt.displayed.length === 2 ? true : undefined));
		expect(receipt).toMatchObject({ status: 200, report: 200 });
		expect(receipt.delivered.sort()).toEqual([BOB, CAROL]);
		await b.composing();
		const secret = await b.tell([ALICE], "psst");
		expect(secret.status).toBe(200);
		await a.seen("psst");
		expect(await c.nickname("Zorro")).toBe(200);
		await a.seen("Carol is now Zorro");
		await c.say("long ".repeat(1500), { chunk: 2048 });
		await a.seen("long ".repeat(1500));
		await c.bye();
		await a.seen("Zorro left");
		await a.until("the roster without Carol", () => (a.roster.has(CAROL) ? undefined : true));
		expect(c.screen.map(({ text }) => text)).not.toContain("psst");
		expect(a.screen.filter(({ kind }) => kind === "text").map(({ text, identities }) => [text.slice(0, 20), identities])).toEqual([
			["Alice joined", "system"],
			["Bob joined", "system"],
			["Carol joined", "system"],
			["psst", "private"],
			["Carol is now Zorro", "system"],
			["long long long long ", "group"],
			["Zorro left", "system"],
		]);
		expect(a.screen.filter(({ kind }) => kind === "composing").map(({ text }) => text)).toEqual(["active"]);
		await room.close();
		expect(room.findings).toEqual([]);
	});

	it("shows each client what the pipeline says that both kinds of client show", async () => {
		for (const isfocus of [true, false]) {
			room = await new TestRoom().start({ behaviour: { isfocus, chatroom: false } });
			const { a, b, c } = await room.three();
			await a.say("to all");
			await b.tell([ALICE, CAROL], "to two");
			await c.tell([BOB], "to one");
			await a.composing();
			for (const [chat, text] of [
				[b, "to one"],
				[a, "to two"],
				[c, "to two"],
				[b, "to all"],
			] as const)
				await chat.seen(text);
			await room.close();
			expect(compareScreens(room, [a, b, c])).toBeGreaterThan(15);
			expect(b.screen.find(({ text }) => text === "Bob joined")).toMatchObject({
				identities: "system",
				isfocus: isfocus ? "system" : "private",
			});
		}
	});

	it("is learned from a re-INVITE too", async () => {
		room = await new TestRoom().start();
		const { a, b } = await room.three();
		expect(await a.reinvite()).toBe(200);
		await a.say("after");
		await b.seen("after");
		await room.close();
		expect(room.findings).toEqual([]);
	});
});

/** Every line of every screen against the verdict on the frame that brought it; gives the number of lines. */
function compareScreens(of: TestRoom, chats: readonly { screen: readonly import("../../src/demo/index.js").ScreenLine[] }[]): number {
	let compared = 0;
	for (const { screen } of chats) {
		for (const line of screen) {
			const found = of.entries.filter(
				(entry): entry is MsrpEntry => entry.protocol === "msrp" && entry.msrp.method === "SEND" && entry.msrp.messageId === line.messageId,
			);
			const view = (model: string) => found.at(-1)?.verdict?.models.find((one) => one.model === model)?.headline;
			expect({ text: line.text, identities: view("legacy"), isfocus: view("isfocus") }).toEqual({
				text: line.text,
				identities: line.identities,
				isfocus: line.isfocus,
			});
			compared++;
		}
	}
	return compared;
}

describe("other rooms", () => {
	it("a pre-defined group is joined by its own URI and speaks with it", async () => {
		const group = "sip:kitesurf@im.example.com";
		room = await new TestRoom().start({ groups: [{ uri: group, members: [ALICE, BOB] }] });
		const alice = await room.client(ALICE);
		const bob = await room.client(BOB);
		const carol = await room.client(CAROL);
		const a = await alice.call(group);
		const b = await bob.call(group);
		await a.seen("Bob joined");
		await a.say("wind's up");
		const line = await b.seen("wind's up");
		expect(line).toMatchObject({ to: [group], identities: "group", isfocus: "private" });
		expect(a.screen.at(0)).toMatchObject({ from: `${group};isfocus`, identities: "system", isfocus: "system" });
		await expect(carol.call(group)).rejects.toMatchObject({ status: 403 });
		await room.close();
		expect(compareScreens(room, [a, b])).toBeGreaterThan(3);
		expect(room.findings).toEqual([]);
	});

	it("two registered users talk without a room, MSRP directly between them", async () => {
		room = await new TestRoom().start();
		const alice = await room.client(ALICE);
		const bob = await room.client(BOB);
		await alice.register();
		await bob.register();
		const a = await alice.call(BOB);
		const b = await bob.called();
		await b.connected();
		const receipt = await a.say("just us");
		expect(await b.seen("just us")).toMatchObject({ identities: "one-to-one", isfocus: "one-to-one" });
		await a.until("receipts", () => receipt.displayed[0]);
		expect(await alice.message(BOB, "page")).toBe(200);
		expect(bob.messages).toEqual([{ from: ALICE, text: "page" }]);
		expect(await b.reinvite()).toBe(200);
		await b.bye();
		await a.until("the end", () => (a.ended ? true : undefined));
		await room.close();
		expect(room.findings).toEqual([]);
	});

	it.each(["whole", "chunks"] as const)("a message of many chunks is sent on %s", async (forward) => {
		room = await new TestRoom().start({ behaviour: { forward } });
		const { a, b, c } = await room.three();
		const text = "0123456789".repeat(1000);
		const receipt = await a.say(text, { chunk: 100 });
		await b.seen(text);
		await c.seen(text);
		await a.until("receipts", () => (receipt.displayed.length === 2 ? true : undefined));
		expect(receipt).toMatchObject({ status: 200, report: 200 });
		const line = await b.seen(text);
		const copies = room.entries.filter(
			(entry) => entry.protocol === "msrp" && entry.msrp.messageId === line.messageId && entry.msrp.method === "SEND",
		);
		// The addresses end in the third chunk: the first three of 103 go on as one.
		expect(copies.length).toBe(forward === "whole" ? 6 : 101);
		await room.close();
		expect(room.findings).toEqual([]);
	});

	it("the passive side is connected to", async () => {
		room = await new TestRoom().start();
		const alice = await room.client(ALICE);
		const bob = await room.client(BOB, { setup: "passive" });
		await bob.register();
		const a = await alice.call(FACTORY, [BOB]);
		const b = await bob.called();
		await b.connected();
		await a.seen("Bob joined");
		await b.say("called back");
		await a.seen("called back");
		await room.close();
		expect(room.findings).toEqual([]);
	});
});
