import { describe, expect, it } from "vitest";
import { PROFILES } from "../../src/index.js";
import { peer, until } from "../proxy/peers.js";
import { ack, fromRoom, INVITE, OK, ROOM } from "../relay/conversation.js";
import { apiRig } from "./rig.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);
const at = (value: object[]) => value.map((one) => (one as { entry: number }).entry);

describe("entries over the API", () => {
	it("come in pages both ways, by filter, with octets where asked for", async () => {
		const { get, client, proxy } = await apiRig();
		for (let n = 1; n <= 6; n++) {
			client.write(chat(`abcd${n}`));
			await proxy.waitFor(`entry == ${n * 2}`);
		}
		const latest = (await get("/entries?limit=5")).json;
		expect([at(latest.entries), latest.next, latest.first, latest.last, latest.evicted]).toEqual([[8, 9, 10, 11, 12], 8, 1, 12, 0]);
		const older = (await get(`/entries?limit=10&before=${latest.next}`)).json;
		expect([at(older.entries), older.next]).toEqual([[1, 2, 3, 4, 5, 6, 7], undefined]);
		const newer = (await get("/entries?after=2&limit=3")).json;
		expect([at(newer.entries), newer.next]).toEqual([[3, 4, 5], 5]);
		const legs = (await get(`/entries?filter=${encodeURIComponent('leg == "server"')}&limit=2&before=12`)).json;
		expect([at(legs.entries), legs.next]).toEqual([[8, 10], 8]);
		const whole = (await get("/entries/1?verbosity=2")).json;
		expect(Buffer.from(whole.octets, "base64").toString()).toBe(chat("abcd1"));
		expect((await get("/entries/99")).json).toEqual({
			title: "No such entry",
			status: 404,
			detail: "entry 99 is not kept; those from 1 to 12 are",
		});
	});

	it("are cut into pages by their size too, and none is lost", async () => {
		const { get, client, proxy } = await apiRig();
		for (let n = 0; n < 8; n++) client.write(chat(`big${n}x`, "x".repeat(900_000)));
		await proxy.waitFor("entry == 16", { timeout: 20_000 });
		for (const way of ["after", "before"]) {
			const seen: number[] = [];
			let next: number | undefined = way === "after" ? 0 : 17;
			let pages = 0;
			while (next !== undefined) {
				const page: { entries: object[]; next?: number } = (await get(`/entries?verbosity=2&${way}=${next}`)).json;
				seen.push(...at(page.entries));
				({ next } = page);
				pages++;
			}
			expect(pages).toBeGreaterThan(3);
			expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
		}
	});

	it("are marked, and found by that", async () => {
		const { call, get, client, proxy } = await apiRig();
		client.write(INVITE);
		await proxy.waitFor("entry == 2");
		expect((await call("POST", "/entries/2/marks", { mark: "odd" })).json).toEqual(["odd"]);
		expect((await call("POST", "/entries/2/marks", { mark: "even" })).json).toEqual(["odd", "even"]);
		expect((await call("DELETE", "/entries/2/marks?mark=odd")).status).toBe(204);
		expect(at((await get("/entries?filter=mark")).json.entries)).toEqual([2]);
		expect((await get("/entries/2")).json.mark).toEqual(["even"]);
		expect((await call("DELETE", "/entries/2/marks")).status).toBe(204);
		expect((await get("/entries/2")).json.mark).toBeUndefined();
		expect((await call("POST", "/entries/77/marks", { mark: "x" })).status).toBe(404);
		for (let n = 0; n < 32; n++) await call("POST", "/entries/1/marks", { mark: `m${n}` });
		expect((await call("POST", "/entries/1/marks", { mark: "more" })).json.title).toBe("Too many marks");
	});

	it("are waited for", async () => {
		const { get, client, proxy } = await apiRig();
		const wait = get(`/wait?filter=${encodeURIComponent('sip.Method == "INVITE" && leg == "server"')}`);
		client.write(INVITE);
		expect((await wait).json).toMatchObject({ entry: 2, "sip.Method": "INVITE" });
		const vain = await get("/wait?filter=msrp&timeout=0.02");
		expect(vain.status).toBe(404);
		expect(vain.json.title).toBe("Nothing matched in time");
		expect(vain.json.detail).toMatch(/^nothing matched msrp within 20 ms; the last that came:\n {2}#1 client INVITE /);
		expect((await get("/wait?filter=sip&after=2&timeout=0")).status).toBe(404);
		expect((await get("/wait?filter=sip")).json.entry).toBe(1);
		expect((await get("/wait?filter=sip+%3D%3D")).json.title).toBe("Bad filter");
		expect(proxy.entries().length).toBe(2);
	});
});

describe("breakpoints over the API", () => {
	it("are added, changed, listed and removed", async () => {
		const { call, get } = await apiRig();
		const added = await call("POST", "/breakpoints", {
			filter: 'sip.Method == "INVITE"',
			timeout: 20,
			onTimeout: "drop",
			times: 2,
			name: "calls",
		});
		expect([added.status, added.json]).toEqual([
			201,
			{ id: 1, name: "calls", filter: 'sip.Method == "INVITE"', enabled: true, timeout: 20, onTimeout: "drop", left: 2, hits: 0 },
		]);
		expect((await call("PATCH", "/breakpoints/1", { enabled: false, filter: "sip" })).json).toMatchObject({
			enabled: false,
			filter: "sip",
			timeout: 20,
		});
		expect((await get("/breakpoints")).json).toEqual([(await get("/breakpoints/1")).json]);
		expect((await call("DELETE", "/breakpoints/1")).status).toBe(204);
		expect((await get("/breakpoints")).json).toEqual([]);
		for (const [method, body] of [
			["GET", undefined],
			["PATCH", {}],
			["DELETE", undefined],
		] as const) {
			expect((await call(method, "/breakpoints/1", body)).json).toMatchObject({
				status: 404,
				detail: "no breakpoint 1; GET /breakpoints lists them",
			});
		}
		expect((await call("POST", "/breakpoints", { filter: "sip.Methd" })).json).toMatchObject({ status: 400, title: "Bad filter" });
	});

	it("hold messages, which are looked at, tried out and resumed with edits", async () => {
		const { call, get, client, proxy, received } = await apiRig();
		await call("POST", "/breakpoints", { filter: "msrp" });
		client.write(chat("abcd1"));
		await until(() => proxy.held.length === 1);
		const [listed] = (await get("/held")).json;
		expect(listed).toMatchObject({
			id: 1,
			breakpoint: 1,
			connection: 1,
			to: "server",
			protocol: "msrp",
			entry: 1,
			length: chat("abcd1").length,
			changed: false,
		});
		expect(listed.left).toBeGreaterThan(200);
		expect((await get("/held/1")).json).toMatchObject({ message: chat("abcd1"), octets: Buffer.from(chat("abcd1")).toString("base64") });
		expect((await call("POST", "/held/1/preview", { text: "good morning" })).json.message).toBe(chat("abcd1", "good morning"));
		expect(
			(
				await call("POST", "/held/1/resume", {
					text: "good morning",
					headers: { "X-One": "1", "Message-ID": ["m-abcd1"], "X-Two": null },
					copies: 1,
				})
			).status,
		).toBe(204);
		const wanted = chat("abcd1", "good morning").replace("Content-Type: message", "X-One: 1\r\nContent-Type: message");
		await until(() => received.server === wanted + wanted);
		expect((await call("POST", "/held/1/resume")).json).toMatchObject({ status: 404, title: "Not held" });
	});

	it("hold messages, which are replaced, dropped or all resumed", async () => {
		const { call, client, proxy, received } = await apiRig();
		await call("POST", "/breakpoints", { filter: "sip" });
		client.write(INVITE + ack(ROOM) + ack(ROOM));
		await until(() => proxy.held.length === 1);
		const octets = Buffer.from(INVITE.replace("bob", "bib")).toString("base64");
		expect((await call("POST", "/held/1/resume", { octets, message: "x" })).json.detail).toBe("give one of octets and message");
		expect((await call("POST", "/held/1/resume", { cpim: { From: "x" } })).json).toMatchObject({
			status: 409,
			detail: "the message has no message/cpim content",
		});
		await call("POST", "/held/1/resume", { octets });
		await until(() => proxy.held[0]?.id === 2);
		await call("POST", "/held/2/drop", { reason: "enough" });
		await until(() => proxy.held[0]?.id === 3);
		expect((await call("POST", "/held/resume")).status).toBe(204);
		await until(() => received.server.endsWith(ack(ROOM)));
		expect(received.server).toBe(INVITE.replace("bob", "bib") + ack(ROOM));
		expect((await proxy.waitFor('problem == "relay.dropped"')).problems[0]!.detail).toBe("breakpoint 1 (sip): enough");
	});
});

describe("connections, hops and the ALG over the API", () => {
	it("list connections and put messages into them", async () => {
		const { call, get, client, proxy, received } = await apiRig();
		client.write(INVITE);
		await proxy.waitFor("entry == 2");
		const [connection] = (await get("/connections")).json;
		expect(connection).toMatchObject({ id: 1, hop: "room", protocol: "sip", listen: `127.0.0.1:${proxy.hops[0]!.port}`, flows: [1, 2] });
		expect((await call("POST", "/connections/1/inject", { to: "client", message: OK })).status).toBe(204);
		expect((await call("POST", "/connections/1/inject", { to: "server", octets: Buffer.from(ack(ROOM)).toString("base64") })).status).toBe(
			204,
		);
		await until(() => received.client === OK && received.server === INVITE + ack(ROOM));
		expect((await call("POST", "/connections/9/inject", { to: "server", message: "x" })).status).toBe(404);
		expect((await call("POST", "/connections/1/inject", { to: "server" })).json.detail).toBe("give one of octets and message");
		expect((await call("POST", "/connections/1/inject", { to: "me", message: "x" })).json.detail).toBe("to: give server or client");
	});

	it("add and remove hops", async () => {
		const { call, get, proxy } = await apiRig();
		const target = await peer((socket) => void socket.pipe(socket));
		const added = await call("POST", "/hops", { hop: `tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port},name=new` });
		expect([added.status, added.json.name, added.json.id]).toEqual([201, "new", 2]);
		expect((await get("/hops")).json).toEqual(proxy.hops.map((hop) => ({ ...hop })));
		expect((await get("/hops/2")).json).toEqual(added.json);
		expect((await call("DELETE", "/hops/2")).status).toBe(204);
		expect((await call("DELETE", "/hops/2")).json.detail).toBe("no hop 2; GET /hops lists them");
		expect((await call("POST", "/hops", { hop: "nonsense" })).json).toMatchObject({ status: 400, title: "Bad hop" });
		expect((await call("POST", "/hops", { hop: `tcp://127.0.0.1:${target.port}=>tcp://127.0.0.1:1` })).json).toMatchObject({
			status: 409,
			title: "Cannot listen",
		});
	});

	it("add, switch and remove rules", async () => {
		const { call, get, client, received, stream, proxy } = await apiRig({ seed: 7 });
		const events = await stream("/events?kinds=rules");
		expect((await get("/rules")).json).toEqual({ seed: 7, rules: [] });
		const added = await call("POST", "/rules", {
			rule: { name: "a/b c", match: 'sip.Method == "INVITE"', actions: [{ "set-header": { name: "Subject", value: "x" } }] },
		});
		expect([added.status, added.json.length, added.json[0].name]).toEqual([201, 1, "a/b c"]);
		await events.have(1);
		client.write(INVITE);
		await until(() => received.server.includes("\r\nSubject: x\r\n"));
		expect((await get("/rules/a%2Fb%20c")).json).toMatchObject({
			name: "a/b c",
			from: "added",
			enabled: true,
			actions: ["set-header"],
			report: { hits: 1, matches: 1 },
		});
		expect((await get("/metrics")).text).toContain('mitmsrp_rule_hits_total{name="a/b c"} 1\n');
		expect((await call("PATCH", "/rules/a%2Fb%20c", { enabled: false })).json).toMatchObject({ enabled: false, report: { hits: 1 } });
		const bad = await call("POST", "/rules", { yaml: "- {match: sip.Methd, actions: [drop]}" });
		expect([bad.status, bad.json.title]).toEqual([400, "Bad rule"]);
		expect(bad.json.detail).toMatch(/^rule:1:\d+: /);
		expect((await call("POST", "/rules", {})).json.detail).toBe("give one of yaml and rule");
		expect((await call("DELETE", "/rules/a%2Fb%20c")).status).toBe(204);
		expect((await call("DELETE", "/rules/a%2Fb%20c")).json).toMatchObject({ status: 404, title: "No such rule" });
		expect(proxy.rules.list()).toEqual([]);
	});

	it("switch ALG profiles", async () => {
		const { call, get, client, received } = await apiRig();
		expect((await get("/alg")).json).toMatchObject({ profiles: [], connections: 1, rewritten: {}, verdicts: 0, models: {} });
		expect((await call("PUT", "/alg", { profiles: ["nated-contact"] })).json).toMatchObject({
			profiles: ["nated-contact"],
			connections: 1,
		});
		client.write(INVITE);
		await until(() => received.server.includes("oldmediaip"));
		await until(() => received.server.length > INVITE.length);
		expect((await get("/alg")).json.rewritten).toEqual({ "nated-contact": 1 });
		expect((await call("PUT", "/alg", { profiles: ["none"] })).json).toMatchObject({ status: 400, title: "No such ALG profile" });
		expect((await get("/alg/profiles")).json.map(({ name }: { name: string }) => name)).toEqual(PROFILES.map(({ name }) => name));
	});

	it("tell figures, for people and for Prometheus", async () => {
		const { call, get, client, proxy } = await apiRig();
		await call("POST", "/breakpoints", { filter: 'sip.Method == "ACK"', name: 'a"b\\c' });
		client.write(INVITE + ack(ROOM));
		await until(() => proxy.held.length === 1);
		const length = (INVITE + ack(ROOM)).length;
		expect((await get("/status")).json).toEqual({
			opened: 1,
			open: 1,
			octets: [length, 0],
			entries: 3,
			held: 1,
			kept: { first: 1, last: 3, evicted: 0 },
		});
		const metrics = await get("/metrics");
		expect(metrics.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
		const lines = metrics.text.split("\n");
		for (const line of [
			"mitmsrp_connections_open 1",
			`mitmsrp_octets_total{from="client"} ${length}`,
			'mitmsrp_entries_total{protocol="sip",leg="client",kind="INVITE"} 1',
			'mitmsrp_entries_total{protocol="sip",leg="client",kind="ACK"} 1',
			'mitmsrp_breakpoint_hits_total{id="1",name="a\\"b\\\\c"} 1',
			"mitmsrp_held_messages 1",
			"mitmsrp_store_entries 3",
			"# TYPE mitmsrp_entries_total counter",
		]) {
			expect(lines).toContain(line);
		}
		for (const line of lines.filter((one) => one !== "" && !one.startsWith("#")))
			expect(line).toMatch(/^[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? \d+(\.\d+)?(e-?\d+)?$/);
	});
});
