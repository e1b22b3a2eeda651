import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ToxicSettings } from "../../src/core/toxics/types.js";
import { now } from "../../src/shell/net/clock.js";
import { type Hop, parseHop } from "../../src/shell/proxy/hop.js";
import type { LiveProxy } from "../../src/shell/proxy/proxy.js";
import { client, peer, proxyFor, readAll, until } from "../proxy/peers.js";
import { toxic } from "./line.js";

/** A proxy before a server, with these toxics from the server to the client. */
async function toxicProxy(serve: (socket: Socket) => void, ...toxics: ToxicSettings[]): Promise<{ proxy: LiveProxy; port: number }> {
	const server = await peer(serve);
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`] });
	const { id, port } = proxy.hops[0]!;
	for (const one of toxics) proxy.hopState(id)!.toxics.add(one, now());
	return { proxy, port };
}

const down = (type: string, attributes: Record<string, number>): ToxicSettings => toxic(type, attributes, { stream: "downstream" });
const echo = (socket: Socket): void => void socket.pipe(socket);

/** Milliseconds of a round trip. */
async function roundTrip(socket: Socket): Promise<number> {
	const from = performance.now();
	const answer = once(socket, "data");
	socket.write("x");
	await answer;
	return performance.now() - from;
}

/** Of several round trips: a busy machine makes some of them slow. */
async function fastest(socket: Socket): Promise<number> {
	const times: number[] = [];
	for (let n = 0; n < 5; n++) times.push(await roundTrip(socket));
	return Math.min(...times);
}

test("toxics of the configuration are there from the first connection on; a reload changes them, others stay", async () => {
	const server = await peer(echo);
	const hop = (latency: number): Hop => ({
		...parseHop(`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`),
		...(latency === 0 ? {} : { toxics: [toxic("latency", { latency })] }),
	});
	const proxy = await proxyFor({ hops: [hop(150)] });
	const { id, port } = proxy.hops[0]!;
	const { toxics } = proxy.hopState(id)!;
	const socket = await client(port);
	expect(await roundTrip(socket)).toBeGreaterThanOrEqual(149);
	toxics.add(down("latency", { latency: 30 }), now());
	await proxy.reload([hop(60)]);
	expect(toxics.toxics.map(({ name, attributes }) => [name, attributes["latency"]])).toEqual([
		["latency_upstream", 60],
		["latency_downstream", 30],
	]);
	const less = await fastest(socket);
	expect(less).toBeGreaterThanOrEqual(89);
	expect(less).toBeLessThan(149);
	await proxy.reload([hop(0)]);
	expect(toxics.toxics.map(({ name }) => name)).toEqual(["latency_downstream"]);
});

describe("each toxic on real sockets", () => {
	test("latency: an answer takes as long as both directions' toxics say, on a connection that was open before too", async () => {
		const { proxy, port } = await toxicProxy(echo);
		const socket = await client(port);
		expect(await fastest(socket)).toBeLessThan(90);
		const { toxics } = proxy.hopState(proxy.hops[0]!.id)!;
		toxics.add(down("latency", { latency: 100 }), now());
		toxics.add(toxic("latency", { latency: 50 }), now());
		const slow = await fastest(socket);
		expect(slow).toBeGreaterThanOrEqual(149);
		expect(slow).toBeLessThan(350);
		toxics.reset(now());
		expect(await fastest(socket)).toBeLessThan(90);
	});

	test("latency: jitter makes answers later by more and by less", async () => {
		const { port } = await toxicProxy(echo, down("latency", { latency: 30, jitter: 25 }));
		const socket = await client(port);
		const times: number[] = [];
		for (let n = 0; n < 20; n++) times.push(await roundTrip(socket));
		expect(Math.min(...times)).toBeGreaterThanOrEqual(4);
		expect(Math.min(...times)).toBeLessThan(25);
		expect(Math.max(...times)).toBeGreaterThan(35);
	});

	test("bandwidth: 60 kilobytes at 200 KB/s take 300 ms, and its sender is stopped meanwhile", async () => {
		const octets = Buffer.alloc(60_000, "b");
		const { port } = await toxicProxy((socket) => void socket.end(octets), down("bandwidth", { rate: 200 }));
		const from = performance.now();
		const got = await readAll(await client(port));
		const took = performance.now() - from;
		expect(got.equals(octets)).toBe(true);
		expect(took).toBeGreaterThanOrEqual(299);
		expect(took).toBeLessThan(1500);
	});

	test("bandwidth: a sender of much is held back, not buffered here", async () => {
		const { proxy, port } = await toxicProxy((socket) => void socket.write(Buffer.alloc(16 << 20)), down("bandwidth", { rate: 1000 }));
		const socket = await client(port);
		let got = 0;
		socket.on("data", (chunk) => {
			got += chunk.length;
		});
		await until(() => got > 300_000);
		expect(proxy.hopState(proxy.hops[0]!.id)!.octets(1).received).toBeLessThan(4 << 20);
	});

	test("slow_close: the end comes later than the octets", async () => {
		const { port } = await toxicProxy((socket) => void socket.end("bye"), down("slow_close", { delay: 200 }));
		const socket = await client(port);
		const [data] = (await once(socket, "data")) as [Buffer];
		const from = performance.now();
		await once(socket, "end");
		expect(data.toString()).toBe("bye");
		expect(performance.now() - from).toBeGreaterThanOrEqual(150);
	});

	test("timeout: nothing comes, and then the connection is closed at both ends", async () => {
		const ended: boolean[] = [];
		const { proxy, port } = await toxicProxy(
			(socket) => {
				socket.write("never");
				socket.on("end", () => ended.push(socket.end() !== undefined));
				socket.resume();
			},
			down("timeout", { timeout: 150 }),
		);
		const from = performance.now();
		const socket = await client(port);
		expect((await readAll(socket)).toString()).toBe("");
		const took = performance.now() - from;
		expect(took).toBeGreaterThanOrEqual(149);
		expect(took).toBeLessThan(1500);
		socket.end();
		await until(() => ended.length === 1 && proxy.connections === 0);
	});

	test("reset_peer: the client's connection fails with ECONNRESET, after as long as it says", async () => {
		for (const timeout of [0, 120]) {
			const { port } = await toxicProxy(echo, down("reset_peer", { timeout }));
			const socket = await client(port);
			const failed = once(socket, "error");
			const from = performance.now();
			socket.resume();
			socket.write("x");
			expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
			expect(performance.now() - from).toBeGreaterThanOrEqual(timeout - 1);
		}
	});

	test("slicer: octets come in small reads", async () => {
		const octets = Buffer.from(Array.from({ length: 300 }, (_, n) => n & 255));
		const { port } = await toxicProxy(
			(socket) => void socket.end(octets),
			down("slicer", { average_size: 30, size_variation: 10, delay: 40_000 }),
		);
		const socket = await client(port);
		const reads: Buffer[] = [];
		socket.on("data", (chunk) => reads.push(chunk));
		await once(socket, "end");
		expect(Buffer.concat(reads).equals(octets)).toBe(true);
		// Seven pieces and more; a busy machine reads two at once now and then.
		expect(reads.length).toBeGreaterThanOrEqual(5);
		expect(reads[0]!.length).toBeLessThanOrEqual(40);
	});

	test("limit_data: exactly so many octets arrive, then the end", async () => {
		const { proxy, port } = await toxicProxy(
			(socket) => void socket.write(Buffer.alloc(100_000, "l")),
			down("limit_data", { bytes: 12_345 }),
		);
		const socket = await client(port);
		expect(await readAll(socket)).toHaveLength(12_345);
		socket.end();
		expect(proxy.hopState(proxy.hops[0]!.id)!.octets(1).sent).toBe(12_345);
	});
});
