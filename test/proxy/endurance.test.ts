import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { OPTIONS_REQUEST, peer, proxyFor, readAll, until } from "./peers.js";

async function collected(): Promise<number> {
	// Garbage that is only found by a full collection would look like a leak.
	for (let i = 0; i < 3; i++) {
		(globalThis as { gc?: () => void }).gc?.();
		await new Promise((resolve) => setImmediate(resolve));
	}
	return process.memoryUsage().heapUsed;
}

async function exchange(port: number): Promise<void> {
	const socket = connect({ port, host: "127.0.0.1" });
	socket.end(OPTIONS_REQUEST);
	expect((await readAll(socket)).length).toBe(OPTIONS_REQUEST.length);
}

test("10,000 connections opened and closed leave nothing behind", async () => {
	const { setFlagsFromString } = await import("node:v8");
	const { runInNewContext } = await import("node:vm");
	setFlagsFromString("--expose-gc");
	(globalThis as { gc?: () => void }).gc = runInNewContext("gc") as () => void;
	const target = await peer((socket) => void socket.pipe(socket));
	// The session tables remember by design, so they are kept small: what grows then is a leak.
	const limits = { sessions: 50, openTransactions: 50 };
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`], limits });
	let entries = 0;
	proxy.on("entry", () => entries++);
	const { port } = proxy.hops[0]!;
	const run = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i += 20) await Promise.all(Array.from({ length: 20 }, () => exchange(port)));
		await until(() => proxy.connections === 0);
	};
	// What is remembered by design has its full size after these.
	await run(2000);
	const before = await collected();
	await run(8000);
	const grown = (await collected()) - before;
	expect(entries).toBe(40_000);
	expect(target.sockets.size).toBe(0);
	expect(grown).toBeLessThan(4 << 20);
}, 240_000);

describe("peers that misbehave", () => {
	const half = OPTIONS_REQUEST.slice(0, 100);

	test("the target dies in mid-message: what came before arrives, then the reset", async () => {
		const accepted: Socket[] = [];
		const target = await peer((socket) => {
			socket.write(half);
			accepted.push(socket);
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
		const socket = connect(proxy.hops[0]!.port, "127.0.0.1");
		const failed = once(socket, "error");
		expect(String((await once(socket, "data"))[0])).toBe(half);
		accepted[0]!.resetAndDestroy();
		expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
		await until(() => proxy.connections === 0);
	});

	test.each([true, false])("octets and a reset at once are no orderly end; pooled reads %s", async (pooledReads) => {
		const target = await peer((socket) => {
			socket.write(half, () => setImmediate(() => socket.resetAndDestroy()));
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`], pooledReads });
		const findings: string[] = [];
		proxy.on("entry", (entry) => findings.push(...entry.problems.map(({ id }) => id).filter((id) => id.startsWith("tcp."))));
		const socket = connect(proxy.hops[0]!.port, "127.0.0.1");
		socket.on("error", () => {});
		socket.resume();
		await until(() => findings.length > 0);
		expect(findings).toContain("tcp.reset-mid-frame");
		expect(findings).not.toContain("tcp.fin-mid-frame");
		await until(() => proxy.connections === 0);
	});

	test("a client that goes away while its target is being reached leaves nothing behind", async () => {
		// An address of documentation (RFC 5737): nobody answers there.
		const proxy = await proxyFor({ hops: ["tcp://127.0.0.1:0=>tcp://192.0.2.1:9"], connectTimeout: 60_000 });
		const socket = connect(proxy.hops[0]!.port, "127.0.0.1");
		await once(socket, "connect");
		socket.resetAndDestroy();
		expect((await proxy.close(1000)).connections).toBe(0);
	});

	test("a fast writer and a slow reader: memory stays bounded, no octet is lost", async () => {
		const total = 192 << 20;
		const accepted: Socket[] = [];
		const target = await peer((socket) => {
			socket.pause();
			accepted.push(socket);
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
		const socket = connect(proxy.hops[0]!.port, "127.0.0.1");
		socket.on("error", () => {});
		const block = Buffer.alloc(256 << 10, "y");
		let written = 0;
		const pump = (): void => {
			while (written < total) {
				written += block.length;
				if (!socket.write(block)) {
					socket.once("drain", pump);
					return;
				}
			}
			socket.end();
		};
		pump();
		await until(() => accepted.length === 1);
		const reader = accepted[0]!;
		let received = 0;
		let most = 0;
		reader.on("data", (chunk: Buffer) => {
			received += chunk.length;
			// Every few megabytes it stops for a moment, so that everything before it fills up.
			if (received % (8 << 20) < chunk.length) {
				reader.pause();
				setTimeout(() => reader.resume(), 2);
				most = Math.max(most, process.memoryUsage().arrayBuffers);
			}
		});
		const before = process.memoryUsage().arrayBuffers;
		reader.resume();
		await once(reader, "end");
		expect(received).toBe(total);
		expect(most - before).toBeLessThan(64 << 20);
	}, 60_000);
});
