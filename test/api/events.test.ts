import { describe, expect, it } from "vitest";
import { until } from "../proxy/peers.js";
import { ack, fromRoom, INVITE, ROOM } from "../relay/conversation.js";
import { apiRig, Stream } from "./rig.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);

describe("the stream of events", () => {
	it("has entries as they come, what happens to them, and held messages", async () => {
		const { stream, call, client, proxy } = await apiRig();
		const events = await stream("/events");
		expect(events.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
		client.write(INVITE);
		await events.have(2);
		proxy.mark(2, "odd");
		await events.have(3);
		await call("POST", "/breakpoints", { filter: "sip" });
		client.write(ack(ROOM));
		await events.have(6);
		await call("POST", "/held/1/drop");
		await events.have(8);
		expect(events.events.map(({ id, event, data }) => [id, event, data.entry ?? data.id])).toEqual([
			["1", "entry", 1],
			["2", "entry", 2],
			[undefined, "marks", 2],
			[undefined, "breakpoints", undefined],
			["3", "entry", 3],
			[undefined, "held", 3],
			[undefined, "dropped", 3],
			["4", "entry", 4],
		]);
		expect(events.events[2]!.data).toEqual({ entry: 2, mark: ["odd"] });
		expect(events.events[5]!.data).toMatchObject({ id: 1, breakpoint: 1, to: "server" });
	});

	it("goes on behind the last id, or an entry, and has only what matches", async () => {
		const { stream, client, proxy } = await apiRig();
		for (let n = 1; n <= 4; n++) {
			client.write(chat(`abcd${n}`));
			await proxy.waitFor(`entry == ${n * 2}`);
		}
		const ids = async (path: string, count: number, headers = {}) => {
			const events = await stream(path, headers);
			return (await events.have(count)).map(({ id }) => id);
		};
		expect(await ids("/events?after=5", 3)).toEqual(["6", "7", "8"]);
		expect(await ids("/events?after=1", 2, { "last-event-id": "6" })).toEqual(["7", "8"]);
		expect(await ids(`/events?after=0&filter=${encodeURIComponent('leg == "server"')}`, 4)).toEqual(["2", "4", "6", "8"]);
		const late = await stream("/events");
		client.write(chat("abcd5"));
		expect((await late.have(2)).map(({ id }) => id)).toEqual(["9", "10"]);
		const marks = await stream("/events?kinds=marks&after=0");
		proxy.mark(1, "x");
		expect((await marks.have(1)).map(({ event }) => event)).toEqual(["marks"]);
	});

	it("tells of entries that are kept no more", async () => {
		const { stream, client, proxy } = await apiRig({ store: { entries: 3 } });
		for (let n = 1; n <= 5; n++) client.write(chat(`abcd${n}`));
		await until(() => proxy.store.last === 10);
		const events = await (await stream("/events?after=2")).have(4);
		expect(events.map(({ event, data }) => [event, data.entry ?? data.missed])).toEqual([
			["gap", 5],
			["entry", 8],
			["entry", 9],
			["entry", 10],
		]);
		expect(events[0]!.data).toEqual({ after: 2, before: 8, missed: 5 });
	});

	it("holds nothing for a reader that does not read, and forwarding goes on; he is told of the gap", async () => {
		const { stream, client, proxy, received } = await apiRig({ store: { entries: 50 } });
		const slow = await stream("/events?after=0&verbosity=2");
		slow.response.pause();
		const body = "x".repeat(100_000);
		const before = process.memoryUsage().rss;
		let sent = 0;
		for (let n = 0; n < 1_000; n++) {
			const message = chat(`c${n}abcd`, body);
			sent += message.length;
			if (!client.write(message)) await new Promise<void>((resolve) => client.once("drain", () => resolve()));
		}
		await until(() => received.server.length === sent, 60_000);
		expect(proxy.store.last).toBe(2_000);
		expect(process.memoryUsage().rss - before).toBeLessThan(600 << 20);
		slow.response.resume();
		await until(() => slow.events.at(-1)?.id === "2000", 20_000);
		const told = slow.events.filter(({ event }) => event === "entry").length;
		const missed = slow.events.filter(({ event }) => event === "gap").reduce((sum, { data }) => sum + data.missed, 0);
		expect(told + missed).toBe(2_000);
		expect(missed).toBeGreaterThan(1_000);
	});

	it("of a thousand readers that vanish leaves nothing behind, and one more is refused", async () => {
		const { api, client, proxy, get, received } = await apiRig();
		const gauge = async () => Number(/^mitmsrp_api_streams (\d+)$/m.exec((await get("/metrics")).text)![1]);
		for (let round = 0; round < 2; round++) {
			const streams = await Promise.all(Array.from({ length: 1_000 }, () => Stream.open(api, "/events?after=0")));
			expect(await gauge()).toBe(1_000);
			expect((await get("/events")).json).toMatchObject({ status: 503, title: "Too many streams" });
			client.write(INVITE);
			for (const one of streams) one.response.socket.resetAndDestroy();
			await until(() => proxy.store.last >= (round + 1) * 2);
			for (let n = 0; (await gauge()) > 0 && n < 1_000; n++);
			expect(await gauge()).toBe(0);
		}
		expect(received.server).toBe(INVITE + INVITE);
		expect((await get("/status")).status).toBe(200);
	});

	it("refuses kinds that there are not", async () => {
		const { get } = await apiRig();
		expect((await get("/events?kinds=entry,birthday")).json.detail).toBe(
			'kinds: no kind "birthday"; there are entry, late, marks, held, breakpoints, rules',
		);
	});
});
