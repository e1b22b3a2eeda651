import { once } from "node:events";
import { type ICreateProxyBody, type ICreateToxicBody, type Proxy as ToxicProxy, Toxiproxy } from "toxiproxy-node-client";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/index.js";
import { client, OPTIONS_REQUEST, peer, readAll, until } from "../proxy/peers.js";
import { toxiproxy } from "./rig.js";

/** What the client library wants whole. */
function body(
	type: ICreateToxicBody<unknown>["type"],
	attributes: object,
	more: Partial<ICreateToxicBody<unknown>> = {},
): ICreateToxicBody<unknown> {
	return { name: `${type}-test`, type, stream: "downstream", toxicity: 1, attributes, ...more };
}

const portOf = ({ listen }: ToxicProxy): number => Number(listen.split(":").at(-1));

async function echoProxy(
	more: Partial<ICreateProxyBody> = {},
): Promise<{ toxic: Toxiproxy; made: ToxicProxy; rig: Awaited<ReturnType<typeof toxiproxy>> }> {
	const echo = await peer((socket) => void socket.pipe(socket));
	const rig = await toxiproxy();
	const toxic = new Toxiproxy(rig.api.url);
	const made = await toxic.createProxy({ name: "echo", listen: "127.0.0.1:0", upstream: `127.0.0.1:${echo.port}`, ...more });
	return { toxic, made, rig };
}

describe("toxiproxy-node-client", () => {
	test("makes a proxy, which is a hop: its messages are decoded", async () => {
		const { made, toxic, rig } = await echoProxy();
		const entries: string[] = [];
		rig.proxy.on("entry", (entry: Entry) => entries.push(`${entry.flow.hop} ${entry.flow.leg} ${entry.protocol}`));
		expect(made).toMatchObject({ name: "echo", enabled: true });
		expect(made.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
		const socket = await client(portOf(made));
		socket.end(OPTIONS_REQUEST);
		expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
		await until(() => rig.proxy.connections === 0);
		expect(entries).toEqual(["echo client sip", "echo server sip", "echo server sip", "echo client sip"]);
		expect((await toxic.get("echo")).toJson()).toEqual(made.toJson());
		expect(Object.keys(await toxic.getAll())).toEqual(["echo"]);
	});

	test("says which version it is, and populates", async () => {
		const { toxic, rig } = await echoProxy();
		expect(JSON.parse(await toxic.getVersion())).toEqual({ version: "2.12.0" });
		const proxies = await toxic.populate([
			{ name: "a", listen: "127.0.0.1:0", upstream: "127.0.0.1:9" },
			{ name: "b", listen: "127.0.0.1:0", upstream: "127.0.0.1:9", enabled: false },
		]);
		expect(Object.values(proxies).map(({ name, enabled, upstream }) => [name, enabled, upstream])).toEqual([
			["a", true, "127.0.0.1:9"],
			["b", false, "127.0.0.1:9"],
		]);
		expect(Object.keys(await toxic.getAll()).sort()).toEqual(["a", "b", "echo"]);
		expect(rig.proxy.hops.map(({ name }) => name).sort()).toEqual(["a", "echo"]);
	});

	test("disables a proxy (down), which breaks off its connections, enables it again at its port, and removes it", async () => {
		const { made, rig } = await echoProxy();
		const port = portOf(made);
		const socket = await client(port);
		const broken = once(socket, "error");
		socket.resume();
		const disabled = await made.update({ enabled: false, listen: made.listen, upstream: made.upstream });
		expect(disabled).toMatchObject({ enabled: false, listen: made.listen });
		expect((await broken)[0]).toMatchObject({ code: "ECONNRESET" });
		await expect(client(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
		expect(await made.update({ enabled: true, listen: made.listen, upstream: made.upstream })).toMatchObject({
			enabled: true,
			listen: made.listen,
		});
		expect((await client(port)).remotePort).toBe(port);
		await made.remove();
		await expect(client(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
		expect(rig.proxy.hops).toEqual([]);
	});

	test("another upstream is another server, with the toxics that were there", async () => {
		const other = await peer((socket) => void socket.end("other"));
		const { made, toxic } = await echoProxy();
		await made.addToxic(body("slow_close", { delay: 60 }));
		await made.update({ enabled: true, listen: made.listen, upstream: `127.0.0.1:${other.port}` });
		const from = performance.now();
		expect((await readAll(await client(portOf(made)))).toString()).toBe("other");
		expect(performance.now() - from).toBeGreaterThanOrEqual(59);
		expect(await (await toxic.get("echo")).getToxic("slow_close-test")).toMatchObject({ type: "slow_close", attributes: { delay: 60 } });
	});

	test("adds, gets, updates and removes a toxic; its effect follows at once", async () => {
		const { made } = await echoProxy();
		const socket = await client(portOf(made));
		const oneTrip = async (): Promise<number> => {
			const from = performance.now();
			const answer = once(socket, "data");
			socket.write("x");
			await answer;
			return performance.now() - from;
		};
		// A busy machine makes some of them slow.
		const roundTrip = async (): Promise<number> => Math.min(await oneTrip(), await oneTrip(), await oneTrip());
		const toxic = await made.addToxic(body("latency", { latency: 200, jitter: 0 }, { name: "late" }));
		expect(toxic.toJson()).toEqual({
			name: "late",
			type: "latency",
			stream: "downstream",
			toxicity: 1,
			attributes: { latency: 200, jitter: 0 },
		});
		expect(await roundTrip()).toBeGreaterThanOrEqual(199);
		const changed = await toxic.update({ ...toxic.toJson(), attributes: { latency: 80, jitter: 0 } });
		expect(changed.attributes).toEqual({ latency: 80, jitter: 0 });
		expect((await made.getToxic("late")).toJson()).toEqual(changed.toJson());
		const less = await roundTrip();
		expect(less).toBeGreaterThanOrEqual(79);
		expect(less).toBeLessThan(190);
		await toxic.remove();
		expect(await roundTrip()).toBeLessThan(79);
		await expect(made.getToxic("late")).rejects.toThrow("status code 404");
	});

	test("every type of toxic that it knows is taken", async () => {
		const { made } = await echoProxy();
		const all: [Parameters<typeof body>[0], object][] = [
			["latency", { latency: 1, jitter: 0 }],
			["down", {}],
			["bandwidth", { rate: 100 }],
			["slow_close", { delay: 1 }],
			["timeout", { timeout: 1 }],
			["slicer", { average_size: 10, size_variation: 2, delay: 1 }],
			["limit_data", { bytes: 10 }],
			["reset_peer", { timeout: 1 }],
		];
		for (const [type, attributes] of all) {
			const put = await made.addToxic(body(type, attributes));
			expect([put.type, put.attributes]).toEqual([type, attributes]);
		}
	});

	test("toxic down: who connects is reset", async () => {
		const { made } = await echoProxy();
		await made.addToxic(body("down", {}));
		const socket = await client(portOf(made));
		const failed = once(socket, "error");
		socket.resume();
		expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
	});

	test("toxicity spares connections", async () => {
		const { made } = await echoProxy();
		await made.addToxic(body("limit_data", { bytes: 0 }, { toxicity: 0.5, stream: "upstream" }));
		let through = 0;
		for (let n = 0; n < 40; n++) {
			const socket = await client(portOf(made));
			socket.end("x");
			through += (await readAll(socket)).length;
		}
		expect(through).toBeGreaterThan(8);
		expect(through).toBeLessThan(32);
	});

	test("reset enables all proxies and removes all toxics", async () => {
		const { made, toxic, rig } = await echoProxy();
		await made.addToxic(body("timeout", { timeout: 0 }));
		await made.update({ enabled: false, listen: made.listen, upstream: made.upstream });
		await toxic.reset();
		expect((await toxic.get("echo")).enabled).toBe(true);
		expect(rig.proxy.hopState(rig.proxy.hops[0]!.id)!.toxics.toxics).toEqual([]);
		const socket = await client(portOf(made));
		socket.end("through");
		expect((await readAll(socket)).toString()).toBe("through");
	});

	test("errors have the status that its users look at", async () => {
		const { made, toxic } = await echoProxy();
		await expect(toxic.get("nobody")).rejects.toThrow("status code 404");
		await expect(toxic.createProxy({ name: "echo", listen: "127.0.0.1:0", upstream: "127.0.0.1:9" })).rejects.toThrow("status code 409");
		await made.addToxic(body("latency", { latency: 1, jitter: 0 }));
		await expect(made.addToxic(body("latency", { latency: 1, jitter: 0 }))).rejects.toThrow("status code 409");
		await expect(made.addToxic(body("lateness" as "latency", {}))).rejects.toThrow("status code 400");
		await expect(toxic.createProxy({ name: "taken", listen: made.listen, upstream: "127.0.0.1:9" })).rejects.toThrow("status code 500");
	});
});
