import { once } from "node:events";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import {
	AlgNameError,
	BreakpointError,
	type ControlledProxy,
	type ControlledProxyOptions,
	compileFilter,
	createClient,
	createFocus,
	type Entry,
	FilterError,
	type HeldMessage,
	HopError,
	ListenError,
	type LiveProxy,
	RuleDeskError,
	startProxy,
	WaitError,
} from "../../src/index.js";
import { client, peer, until } from "../proxy/peers.js";
import { ack, fromRoom, INVITE, OK, ROOM } from "../relay/conversation.js";
import { live } from "./rig.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);

describe("entries", () => {
	it("are kept, found by filter, waited for, and marked", async () => {
		const { proxy, client } = await live();
		const wait = proxy.waitFor('sip.Method == "INVITE" && leg == "server"');
		client.write(INVITE);
		const entry = await wait;
		expect(entry.number).toBe(2);
		expect((await proxy.waitFor('sip.Method == "INVITE"')).number).toBe(1);
		expect(proxy.entries().map(({ flow }) => flow.leg)).toEqual(["client", "server"]);
		expect(proxy.mark(2, "this")).toBe(true);
		expect(proxy.entries(compileFilter('mark == "this"'))).toEqual([entry]);
		client.write(ack(ROOM));
		expect((await proxy.waitFor("sip", { after: entry.number })).number).toBe(3);
	});

	it("that do not come are told of with what came instead", async () => {
		const { proxy, client } = await live();
		await expect(proxy.waitFor("msrp", { timeout: 20 })).rejects.toThrow(
			new WaitError("nothing matched msrp within 20 ms; nothing came at all"),
		);
		client.write(INVITE);
		await proxy.waitFor('leg == "server"');
		await expect(proxy.waitFor("msrp", { timeout: 20 })).rejects.toThrow(
			/^nothing matched msrp within 20 ms; the last that came:\n {2}#1 client INVITE .*\n {2}#2 server INVITE [^\n]*$/,
		);
		await expect(proxy.waitFor("sip ==")).rejects.toThrow(FilterError);
		const stopping = new AbortController();
		const wait = proxy.waitFor("msrp", { signal: stopping.signal });
		stopping.abort(new Error("enough"));
		await expect(wait).rejects.toThrow("enough");
	});

	it("that match only because of a mark are found then", async () => {
		const { proxy, client } = await live();
		client.write(INVITE);
		await proxy.waitFor("sip");
		const wait = proxy.waitFor('mark == "found"');
		proxy.mark(1, "found");
		expect((await wait).number).toBe(1);
	});
});

describe("breakpoints with code", () => {
	it("edit what passes, at their leisure, in order", async () => {
		const { proxy, client, received } = await live();
		const seen: [string, number][] = [];
		const point = proxy.breakpoint('msrp.method == "SEND"', async ({ octets, dir }) => {
			await new Promise((resolve) => setTimeout(resolve, 5));
			seen.push([octets.toString().slice(5, 10), dir]);
			return { text: "good morning" };
		});
		client.write(chat("abcd1") + chat("abcd2"));
		await until(() => received.server.includes("abcd2$"));
		expect(received.server).toBe(chat("abcd1", "good morning") + chat("abcd2", "good morning"));
		expect(seen).toEqual([
			["abcd1", 0],
			["abcd2", 0],
		]);
		expect(point.hits).toBe(2);
		point.remove();
		client.write(chat("abcd3"));
		await until(() => received.server.endsWith(chat("abcd3")));
		expect(proxy.breakpoints.breakpoints).toEqual([]);
	});

	it("drop, and let go on by saying nothing", async () => {
		const { proxy, client, received } = await live();
		proxy.breakpoint('sip.Method == "INVITE"', () => "drop");
		proxy.breakpoint('sip.Method == "ACK"', () => {});
		client.write(INVITE + ack(ROOM));
		await until(() => received.server.length > 0);
		expect(received.server).toBe(ack(ROOM));
	});

	it("that fail let the message go on, and the error is not lost", async () => {
		const { proxy, client, received } = await live();
		const failed = new Promise<Error>((resolve) => {
			const before = process.listeners("uncaughtException");
			process.removeAllListeners("uncaughtException");
			process.once("uncaughtException", (error) => {
				for (const listener of before) process.on("uncaughtException", listener);
				resolve(error);
			});
		});
		proxy.breakpoint("sip", () => {
			throw new Error("in the handler");
		});
		client.write(INVITE);
		expect((await failed).message).toBe("in the handler");
		await until(() => received.server === INVITE);
	});

	it("hold by hand, and are over with the proxy: what is held goes on", async () => {
		const { proxy, client, received } = await live();
		proxy.breakpoints.add("sip", { timeout: 60 });
		client.write(INVITE + ack(ROOM));
		await until(() => proxy.held.length === 1);
		proxy.resume(proxy.held[0]!.id, { headers: { "Max-Forwards": "1" } });
		await until(() => received.server === INVITE.replace(": 70", ": 1"));
		await until(() => proxy.held.length === 1);
		const closing = proxy.close(5_000);
		await until(() => received.server.endsWith(ack(ROOM)));
		client.end();
		await closing;
	});

	it("time out, which takes no more than its time", async () => {
		const { proxy, client, received } = await live();
		proxy.breakpoints.add("sip", { timeout: 0.05 });
		const began = performance.now();
		client.write(INVITE);
		await until(() => received.server === INVITE);
		expect(performance.now() - began).toBeGreaterThan(45);
		expect((await proxy.waitFor('problem == "breakpoint.timeout"')).protocol).toBe("tcp");
	});

	it("of a connection that is reset are forgotten", async () => {
		const { proxy, client } = await live();
		proxy.breakpoints.add("sip");
		client.write(INVITE);
		await until(() => proxy.held.length === 1);
		client.resetAndDestroy();
		await until(() => proxy.held.length === 0);
		await until(() => proxy.connections === 0);
		expect(proxy.breakpoints.connections).toEqual([]);
	});
});

describe("rules", () => {
	it("are added in YAML or as objects, say what they did, and are removed", async () => {
		const { proxy, client, received } = await live();
		const dropped = proxy.addRule({ name: "no calls", match: 'sip.Method == "INVITE"', actions: ["drop"] });
		const yaml = proxy.addRule('match: sip.Method == "ACK"\nactions: [{set-header: {name: Subject, value: "${sip.Method}"}}]');
		client.write(INVITE + ack(ROOM));
		await until(() => received.server.includes("Subject: ACK\r\n"));
		expect(received.server).not.toContain("INVITE sip:");
		expect(dropped.report()).toMatchObject([{ name: "no calls", hits: 1 }]);
		expect(yaml.names).toEqual(["added 1"]);
		dropped.remove();
		yaml.remove();
		const { length } = received.server;
		client.write(INVITE);
		await until(() => received.server.slice(length) === INVITE);
		expect(() => proxy.addRule("actions: [dropp]")).toThrow(RuleDeskError);
	});
});

describe("injection", () => {
	it("reaches both sides of an open connection", async () => {
		const { proxy, client, received } = await live();
		client.write(INVITE);
		await proxy.waitFor('leg == "server"');
		const { id } = proxy.breakpoints.connections[0]!;
		proxy.inject(id, "client", OK);
		proxy.inject(id, "server", Buffer.from(ack(ROOM)));
		await until(() => received.client === OK && received.server === INVITE + ack(ROOM));
		const injected = await proxy.waitFor('sip.Method == "ACK"');
		expect(injected.rewritten!.stages[0]!.by).toBe("injection");
		expect(() => proxy.inject(99, "client", OK)).toThrow(BreakpointError);
	});
});

describe("ALG profiles", () => {
	it("are switched while a connection is open, and what they do is counted from then on", async () => {
		const { proxy, client, received } = await live();
		client.write(INVITE);
		await until(() => received.server === INVITE);
		expect(proxy.setAlg(["nated-contact"])).toBe(1);
		client.write(INVITE.replace("CSeq: 1", "CSeq: 2"));
		await until(() => received.server.length >= INVITE.length * 2);
		expect(received.server.slice(INVITE.length)).toContain("oldmediaip:192.0.2.1");
		await proxy.waitFor('leg == "server"', { after: 3 });
		expect([...proxy.alg.rewritten]).toEqual([["nated-contact", 1]]);
		expect(() => proxy.setAlg(["nonsense"])).toThrow(AlgNameError);
		expect(proxy.alg.profiles).toEqual(["nated-contact"]);
		const length = received.server.length;
		proxy.setAlg([]);
		client.write(INVITE.replace("CSeq: 1", "CSeq: 3"));
		await until(() => received.server.length >= length + INVITE.length);
		expect(received.server.slice(length)).toBe(INVITE.replace("CSeq: 1", "CSeq: 3"));
		expect([...proxy.alg.rewritten]).toEqual([]);
	});
});

describe("hops", () => {
	it("come and go while others stay", async () => {
		const { proxy, client: first, received } = await live();
		const target = await peer((socket) => void socket.pipe(socket));
		const added = await proxy.addHop(`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port},name=second`);
		expect(proxy.hops).toEqual([expect.objectContaining({ id: 1, name: "room" }), added]);
		expect(added).toMatchObject({ id: 2, name: "second", target: `tcp://127.0.0.1:${target.port}` });
		const second = await client(added.port);
		second.write("x");
		expect(String(await once(second, "data"))).toBe("x");
		expect([await proxy.removeHop(1), await proxy.removeHop(1)]).toEqual([true, false]);
		expect(proxy.hops).toEqual([added]);
		first.write(INVITE);
		await until(() => received.server === INVITE);
		await expect(proxy.addHop(`tcp://127.0.0.1:${added.port}=>tcp://127.0.0.1:1`)).rejects.toThrow(ListenError);
		await expect(proxy.addHop("nonsense")).rejects.toThrow(HopError);
		await proxy.removeHop(2);
		const again = await proxy.addHop(`tcp://127.0.0.1:${added.port}=>tcp://127.0.0.1:${target.port}`);
		await expect(proxy.addHop(`tcp://127.0.0.1:${added.port}=>tcp://127.0.0.1:1`)).rejects.toThrow(
			new HopError(`another hop listens at 127.0.0.1:${added.port} already`),
		);
		expect(again.id).toBe(3);
	});

	it("are counted", async () => {
		const { proxy, client, received } = await live();
		client.write(INVITE);
		await until(() => received.server === INVITE);
		expect(proxy.totals).toEqual({ opened: 1, open: 1, octets: [INVITE.length, 0], entries: 2 });
		client.destroy();
		await until(() => proxy.connections === 0);
		expect(proxy.totals).toMatchObject({ opened: 1, open: 0, octets: [INVITE.length, 0] });
	});
});

describe("the room of the demo behind it", () => {
	/** Alice has Bob invited; each through the proxy. */
	async function room(options: Partial<ControlledProxyOptions> = {}) {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		onTestFinished(() => focus.close());
		const proxy = await startProxy({ hops: [`tcp://127.0.0.1:0=>${focus.places[0]}`], anchor: "path", drain: 200, ...options });
		onTestFinished(async () => void (await proxy.close(0)));
		const user = async (name: string) => {
			const one = await createClient({ user: `sip:${name}@example.com`, name, server: proxy.hops[0]!.listen, msrp: null });
			onTestFinished(() => one.close());
			await one.register();
			return one;
		};
		const [alice, bob] = [await user("alice"), await user("bob")];
		const chat = await alice.call(focus.factory, [bob.user]);
		await bob.called();
		await chat.seen("bob joined", 10_000);
		return { proxy, chat };
	}

	it("sends a system message that is seen as such", async () => {
		const { proxy } = await room();
		const entry = await proxy.waitFor('im.class == "system" && leg == "client"');
		expect(entry.protocol).toBe("msrp");
		expect([...proxy.alg.rewritten.keys()]).toEqual(["anchor"]);
		expect(proxy.alg.verdicts).toBe(0);
	});

	it("sends one that is not any more where a box strips isfocus, and that is counted", async () => {
		const { proxy } = await room({ alg: ["topo-strip"], algOptions: { hides: "servers" } });
		await proxy.waitFor('cpim.from.isfocus && leg == "client"');
		expect(proxy.alg.profiles).toEqual(["topo-strip"]);
		expect(proxy.alg.rewritten.get("topo-strip")).toBeGreaterThan(0);
		expect(proxy.alg.verdicts).toBeGreaterThan(0);
		expect(Math.max(...proxy.alg.models.values())).toBe(proxy.alg.verdicts);
	});
});

describe("types", () => {
	it("are those of the documentation", () => {
		expectTypeOf(startProxy).returns.resolves.toEqualTypeOf<ControlledProxy>();
		expectTypeOf<ControlledProxy>().toExtend<LiveProxy>();
		expectTypeOf<ControlledProxy["waitFor"]>().returns.resolves.toEqualTypeOf<Entry>();
		expectTypeOf<ControlledProxy["held"]>().toEqualTypeOf<readonly HeldMessage[]>();
		expectTypeOf<ControlledProxy["setAlg"]>().parameters.toEqualTypeOf<[readonly string[]]>();
		expectTypeOf<Parameters<ControlledProxy["breakpoint"]>[1]>().parameter(0).toEqualTypeOf<HeldMessage>();
	});
});
