import { once } from "node:events";
import JsSIP from "jssip";
import { describe, expect } from "vitest";
import { WebSocket } from "ws";
import { Planner } from "../../src/core/replay/plan.js";
import type { Plan, Step } from "../../src/core/replay/types.js";
import { createFocus, createProxy } from "../../src/index.js";
import { parsePlace } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { faults, plans } from "../replay/sides.js";
import { registrarConfig, relayConfig } from "./kamailio.js";
import { itWith } from "./peers.js";
import { accepting, cleanups, freePort, kamailio } from "./programs.js";
import { sipp } from "./sipp.js";

describe("captures of clients at Kamailio, played to Kamailio", () => {
	for (const [name, domain, transports] of [
		["sipjs-kamailio-ws.pcapng", "lab.example", ["ws"]],
		["sipjs-kamailio-wss-keys.pcapng", "lab.example", ["ws"]],
		["linphone-cpim-imdn.pcap", "lab.example", ["tcp", "udp"]],
		["profuzzbench-sip-1.pcap", "127.0.0.1", ["udp", "tcp"]],
	] as const) {
		for (const transport of transports) {
			itWith("kamailio", `${name} over ${transport}`, async () => {
				const port = await freePort();
				const server = await kamailio(registrarConfig(port, domain), port);
				const { client } = await plans(name);
				const report = await replay(client, { to: parsePlace(`${transport}://127.0.0.1:${port}`), timeout: 5000 });
				expect(faults(report), server.output()).toEqual([]);
			});
		}
	}
});

describe("captures without credentials, played to a Kamailio that asks for them", () => {
	for (const [name, transport] of [
		["sipjs-kamailio-ws.pcapng", "ws"],
		["linphone-cpim-imdn.pcap", "tcp"],
		["linphone-cpim-imdn.pcap", "udp"],
	] as const) {
		itWith(
			"kamailio",
			`${name} over ${transport}: REGISTER, MESSAGE and INVITE of each user with the password, and none without`,
			async () => {
				const port = await freePort();
				const server = await kamailio(registrarConfig(port, "lab.example", "secret"), port);
				const { client } = await plans(name);
				const to = parsePlace(`${transport}://127.0.0.1:${port}`);
				const report = await replay(client, { to, timeout: 5000, password: "secret" });
				expect(faults(report), server.output()).toEqual([]);
				const [{ link }] = client.steps as [Step];
				const first = { ...client, steps: client.steps.filter((step) => step.link === link).slice(0, 2) };
				const statuses = async (password?: string) => {
					const refused = await replay(first, { to, timeout: 500, ...(password === undefined ? {} : { password }) });
					return refused.steps.flatMap(({ differences }) => differences.filter(({ what }) => what === "status").map(({ live }) => live));
				};
				expect(await statuses()).toContain("401 to REGISTER");
				expect(await statuses("wrong")).toContain("401 to REGISTER");
				expect(await statuses("secret")).toEqual([]);
			},
		);
	}
});

describe("captures of MSRP clients at Kamailio's relay, played to one", () => {
	for (const [name, transport] of [
		["kamailio-msrp-relay.pcap", "tcp"],
		["crocodile-msrp-over-ws.pcapng", "ws"],
	] as const) {
		itWith("kamailio", `${name}: AUTH with the password of today, SEND in chunks from one client to the other`, async () => {
			const port = await freePort();
			const server = await kamailio(relayConfig(port, "lab", "secret"), port);
			const { client } = await plans(name);
			const report = await replay(client, { msrpTo: parsePlace(`${transport}://127.0.0.1:${port}`), timeout: 3000, password: "secret" });
			expect(faults(report), server.output()).toEqual([]);
			expect(report.steps.filter(({ step }) => step.summary === "MSRP SEND" && step.action === "receive").length).toBeGreaterThan(5);
		});
	}
});

describe("the focus's side of a capture, played to JsSIP over WebSocket", () => {
	itWith("node", "which registers, as another one did at the focus itself", async () => {
		Object.assign(globalThis, { WebSocket });
		const focus = await createFocus({ listen: ["ws://127.0.0.1:0"] });
		cleanups.push(() => focus.close());
		const live = createProxy({ hops: [`ws://127.0.0.1:0=>${focus.places[0]}`] });
		cleanups.push(() => live.close(0));
		const planner = new Planner("server");
		live.on("entry", (entry) => {
			if (entry.flow.leg === "server") planner.add(entry);
		});
		await live.ready;
		const first = agent(live.hops[0]!.port);
		await first.registered;
		first.agent.stop();
		await once(first.agent, "disconnected");
		let second: ReturnType<typeof agent> | undefined;
		const report = await replay(planner.finish(), {
			listen: parsePlace("ws://127.0.0.1:0"),
			timeout: 5000,
			onListening: ({ port }) => {
				second = agent(port);
				void second.registered.then(() => second!.agent.stop());
			},
		});
		expect(faults(report)).toEqual([]);
		expect(report.steps.map(({ step }) => step.summary)).toEqual(["REGISTER", "200 to REGISTER", "REGISTER", "200 to REGISTER"]);
		await second!.registered;
	});
});

function agent(port: number) {
	const one = new JsSIP.UA({
		sockets: [new JsSIP.WebSocketInterface(`ws://127.0.0.1:${port}`)],
		uri: "sip:alice@example.com",
		contact_uri: "sip:alice@alice.invalid;transport=ws",
		instance_id: "00000000-0000-4000-8000-000000000001",
		register: true,
	});
	const registered = new Promise<void>((done, fail) => {
		one.on("registered", () => done());
		one.on("registrationFailed", ({ cause }) => fail(new Error(cause)));
	});
	cleanups.push(() => one.stop());
	one.start();
	return { agent: one, registered };
}

/** A port at which nobody is heard of over UDP: this program listens a moment after it was started. */
async function listeningSipp(transport: "tcp" | "udp", start: (port: number) => ReturnType<typeof sipp>) {
	const port = await freePort(transport);
	const server = start(port);
	if (transport === "tcp") await accepting(port);
	return { server, place: parsePlace(`${transport}://127.0.0.1:${port}`) };
}

describe("a capture of SIPp, played to SIPp", () => {
	itWith("sipp", "25 calls that offer MSRP, each with a MESSAGE, as client", async () => {
		const { client } = await plans("sipp-tcp-msrp-sdp.pcap");
		const { server, place } = await listeningSipp("tcp", (port) => sipp("chat-server", "tcp", port, ["-m", "25"]));
		const report = await replay(client, { to: place, timeout: 5000 });
		expect(faults(report)).toEqual([]);
		expect((await server.ended).code).toBe(0);
	});

	for (const transport of ["tcp", "udp"] as const) {
		itWith("sipp", `calls recorded between two SIPp, then played as either of them to the other, over ${transport}`, async () => {
			const recorded = await recordedCalls(transport);
			const first = await listeningSipp(transport, (port) => sipp("uas", transport, port, []));
			const asClient = await replay(recorded.client, { to: first.place, timeout: 8000 });
			expect(faults(asClient)).toEqual([]);
			let caller: ReturnType<typeof sipp> | undefined;
			const asServer = await replay(recorded.server, {
				listen: parsePlace(`${transport}://127.0.0.1:0`),
				timeout: 8000,
				onListening: async ({ port }) => {
					caller = sipp("uac", transport, await freePort(transport), [`127.0.0.1:${port}`, "-m", "3", "-l", "1"]);
				},
			});
			expect(faults(asServer)).toEqual([]);
			expect((await caller!.ended).code).toBe(0);
		});
	}
});

/** Three calls of SIPp's own scenarios, one after the other, taken down by a proxy between them. */
async function recordedCalls(transport: "tcp" | "udp"): Promise<{ client: Plan; server: Plan }> {
	const { place } = await listeningSipp(transport, (port) => sipp("uas", transport, port, []));
	const live = createProxy({ hops: [`${transport}://127.0.0.1:0=>${transport}://127.0.0.1:${place.port}`] });
	cleanups.push(() => live.close(0));
	const client = new Planner("client");
	const server = new Planner("server");
	live.on("entry", (entry) => {
		if (entry.flow.leg !== "server") return;
		client.add(entry);
		server.add(entry);
	});
	await live.ready;
	const caller = sipp("uac", transport, await freePort(transport), [`127.0.0.1:${live.hops[0]!.port}`, "-m", "3", "-l", "1"]);
	expect((await caller.ended).code).toBe(0);
	return { client: client.finish(), server: server.finish() };
}
