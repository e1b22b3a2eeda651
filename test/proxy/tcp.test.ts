import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/core/model/entry.js";
import { RelayHub } from "../../src/core/relay/hub.js";
import type { Relay, RelaySink } from "../../src/core/relay/types.js";
import { client, deadPort, OPTIONS_REQUEST, peer, proxyFor, readAll, until } from "./peers.js";

describe.each([{ pooledReads: true }, { pooledReads: false }])("TCP, pooled reads $pooledReads", ({ pooledReads }) => {
	test("octets, both directions, and one entry a leg for each message", async () => {
		const entries: { leg: string | undefined; hop: string | undefined; protocol: string; to: number }[] = [];
		const echo = await peer((socket) => void socket.pipe(socket));
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port}`], pooledReads });
		const { port } = proxy.hops[0]!;
		proxy.on("entry", (entry: Entry) =>
			entries.push({ leg: entry.flow.leg, hop: entry.flow.hop, protocol: entry.protocol, to: entry.to.port }),
		);
		const socket = await client(port);
		socket.end(OPTIONS_REQUEST);
		expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
		await until(() => proxy.connections === 0);
		expect(entries.filter(({ to }) => to === port || to === echo.port)).toEqual([
			{ leg: "client", hop: "tcp://127.0.0.1:0", protocol: "sip", to: port },
			{ leg: "server", hop: "tcp://127.0.0.1:0", protocol: "sip", to: echo.port },
		]);
		expect(entries).toHaveLength(4);
	});

	test("half-close: the server answers after the client has ended", async () => {
		const server = await peer((socket) => {
			const chunks: Buffer[] = [];
			socket.on("data", (chunk) => chunks.push(chunk));
			socket.on("end", () => socket.end(Buffer.concat([Buffer.from("got "), ...chunks])));
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`], pooledReads });
		const socket = await client(proxy.hops[0]!.port);
		socket.end("all");
		expect((await readAll(socket)).toString()).toBe("got all");
	});

	test("half-close the other way: the client goes on after the server has ended", async () => {
		let received: Promise<Buffer> | undefined;
		const server = await peer((socket) => {
			received = readAll(socket);
			socket.end("bye");
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`], pooledReads });
		const socket = await client(proxy.hops[0]!.port);
		expect((await readAll(socket)).toString()).toBe("bye");
		socket.end("still here");
		expect((await received!).toString()).toBe("still here");
	});

	test("a reset by the server is a reset for the client, and the other way round", async () => {
		const accepted: Socket[] = [];
		const server = await peer((socket) => void accepted.push(socket));
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`], pooledReads });
		const first = await client(proxy.hops[0]!.port);
		await until(() => accepted.length === 1);
		const failed = once(first, "error");
		accepted[0]!.resetAndDestroy();
		first.resume();
		expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });

		const second = await client(proxy.hops[0]!.port);
		await until(() => accepted.length === 2);
		const seen = once(accepted[1]!, "error");
		accepted[1]!.resume();
		second.resetAndDestroy();
		expect((await seen)[0]).toMatchObject({ code: "ECONNRESET" });
		await until(() => proxy.connections === 0);
	});

	test("a reader that stands still stops the writer; nothing is lost when it goes on", async () => {
		const total = 64 << 20;
		const accepted: Socket[] = [];
		const server = await peer((socket) => {
			socket.pause();
			accepted.push(socket);
		});
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`], pooledReads });
		const socket = await client(proxy.hops[0]!.port);
		const block = Buffer.alloc(64 << 10, "x");
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
		await until(() => accepted.length === 1);
		pump();
		// It stands still when nothing has moved for many turns of the loop.
		let last = -1;
		let same = 0;
		await until(() => {
			same = written === last ? same + 1 : 0;
			last = written;
			return same > 100;
		});
		expect(written).toBeLessThan(24 << 20);
		let received = 0;
		accepted[0]!.on("data", (chunk) => {
			received += chunk.length;
		});
		accepted[0]!.resume();
		await once(accepted[0]!, "end");
		expect(received).toBe(total);
	});
});

test("a target that refuses: the client is reset, and an entry says why", async () => {
	const port = await deadPort();
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${port}`] });
	const entry = once(proxy, "entry") as Promise<[Entry]>;
	const socket = await client(proxy.hops[0]!.port);
	const failed = once(socket, "error");
	socket.resume();
	expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
	const [told] = await entry;
	expect(told).toMatchObject({ protocol: "tcp", flow: { leg: "client" } });
	expect("text" in told && told.text).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port} cannot be reached: ECONNREFUSED`));
	expect(told.problems.map(({ id }) => id)).toEqual(["proxy.connect-failed"]);
});

describe("a relay that fails", () => {
	/** Forwards through the given relay; gives what came back for "one" and "two", and the texts of what was reported. */
	async function through(
		change: (relay: Relay, sink: RelaySink) => Partial<Relay>,
	): Promise<{ socket: Socket; texts: string[]; calls: () => number }> {
		const echo = await peer((socket) => void socket.pipe(socket));
		const hub = new RelayHub();
		let calls = 0;
		const proxy = await proxyFor({
			hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port}`],
			relay: (opening, sink) => {
				const relay = hub.connect(opening, sink);
				const changed = change(relay, sink);
				const counted = Object.fromEntries(
					Object.entries(changed).map(([name, act]) => [
						name,
						typeof act !== "function"
							? act
							: (...given: never[]) => {
									calls++;
									return (act as (...given: never[]) => unknown)(...given);
								},
					]),
				);
				return new Proxy(relay, { get: (target, name) => (name in counted ? counted[name as string] : bound(target, name)) });
			},
		});
		const texts: string[] = [];
		proxy.on("entry", (entry) => {
			if (entry.problems.some(({ id }) => id === "proxy.decoder-fault")) texts.push("text" in entry ? entry.text : "");
		});
		return { socket: await client(proxy.hops[0]!.port), texts, calls: () => calls };
	}

	const fault = (): never => {
		throw new Error("out of order");
	};

	test("beside the octets: they pass unseen from there on", async () => {
		const { socket, texts, calls } = await through(() => ({ passed: fault }));
		socket.write("one");
		expect(String((await once(socket, "data"))[0])).toBe("one");
		socket.end("two");
		expect((await readAll(socket)).toString()).toBe("two");
		expect(calls()).toBe(1);
		expect(texts).toEqual(["decoder failed (out of order): its octets pass unseen"]);
	});

	test("before the octets: nothing may follow what is lost, so the connection is reset", async () => {
		const { socket, texts } = await through(() => ({ active: () => true, feed: fault }));
		const failed = once(socket, "error");
		socket.resume();
		socket.write("one");
		expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
		expect(texts).toEqual(["decoder failed (out of order): octets were held, so the connection was reset"]);
	});

	test("when it is made: the connection is opaque from the start", async () => {
		const { socket, texts } = await through(fault);
		socket.end("two");
		expect((await readAll(socket)).toString()).toBe("two");
		expect(texts).toEqual(["decoder failed (out of order): its octets pass unseen"]);
	});
});

function bound(target: Relay, name: string | symbol): unknown {
	const value = (target as unknown as Record<string | symbol, unknown>)[name];
	return typeof value === "function" ? value.bind(target) : value;
}

test("close waits for open connections, then resets those that stay", async () => {
	const server = await peer(() => {});
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`] });
	const { port } = proxy.hops[0]!;
	const socket = await client(port);
	await until(() => proxy.connections === 1);
	const failed = once(socket, "error");
	socket.resume();
	expect(await proxy.close(20)).toEqual({ connections: 1, cut: 1, entries: 0 });
	expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
	await expect(client(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a port that is taken: ready rejects with what to do", async () => {
	const server = await peer(() => {});
	const hop = `tcp://127.0.0.1:${server.port}=>tcp://127.0.0.1:1`;
	await expect(proxyFor({ hops: [hop] })).rejects.toThrow(`cannot listen at 127.0.0.1:${server.port}: the port is taken`);
});

test("a decoder that fails on one leg: said in an entry, the octets pass", async () => {
	const echo = await peer((socket) => void socket.pipe(socket));
	const proxy = await proxyFor({
		hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port}`],
		tap: (open) => (flow) => {
			const sink = open(flow);
			if (flow.leg === "server") {
				sink.data = () => {
					throw new Error("out of order");
				};
			}
			return sink;
		},
	});
	const entries: string[] = [];
	proxy.on("entry", (entry) => entries.push(`${entry.flow.leg} ${entry.protocol} ${entry.problems.map(({ id }) => id)}`));
	const socket = await client(proxy.hops[0]!.port);
	socket.end(OPTIONS_REQUEST);
	expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
	await until(() => proxy.connections === 0);
	expect(entries.map((entry) => entry.split(" ").slice(0, 2).join(" "))).toEqual(["client sip", "server tcp", "client sip"]);
	expect(entries[1]).toBe("server tcp proxy.decoder-fault");
});

test("decoding one leg alone", async () => {
	const echo = await peer((socket) => void socket.pipe(socket));
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port}`], decode: "once" });
	const legs: (string | undefined)[] = [];
	proxy.on("entry", (entry) => legs.push(entry.flow.leg));
	const socket = await client(proxy.hops[0]!.port);
	socket.end(OPTIONS_REQUEST);
	expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
	expect(legs).toEqual(["client", "client"]);
});

test("reload: a hop that stays goes on at its port, one that is gone is closed, all or nothing", async () => {
	const one = await peer((socket) => socket.end("one"));
	const two = await peer((socket) => socket.end("two"));
	const [first, second] = [await deadPort(), await deadPort()];
	const hop = (port: number, target: number): string => `tcp://127.0.0.1:${port}=>tcp://127.0.0.1:${target}`;
	const proxy = await proxyFor({ hops: [hop(first, one.port), hop(second, one.port)] });
	await expect(proxy.reload([hop(first, two.port), hop(two.port, one.port)])).rejects.toThrow("the port is taken");
	expect((await readAll(await client(first))).toString()).toBe("one");
	await proxy.reload([hop(first, two.port)]);
	expect((await readAll(await client(first))).toString()).toBe("two");
	await expect(client(second)).rejects.toMatchObject({ code: "ECONNREFUSED" });
	expect(proxy.hops.map(({ port }) => port)).toEqual([first]);
});
