import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Planner } from "../../src/core/replay/plan.js";
import type { Plan } from "../../src/core/replay/types.js";
import { type Client, createClient, createFocus } from "../../src/demo/index.js";
import { parsePlace, type Transport } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { ALICE, FACTORY, TestRoom } from "../demo/room.js";
import { faults } from "./sides.js";

const pem = (name: string): string => readFileSync(new URL(`../data/tls/${name}`, import.meta.url), "utf8");
const tls = { key: pem("ec-key.pem"), cert: pem("ec-cert.pem"), ca: pem("ec-cert.pem"), verify: false };
const TRANSPORTS: Transport[] = ["tcp", "udp", "tls", "ws", "wss"];
const webSocket = (transport: Transport): boolean => transport === "ws" || transport === "wss";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
});

/** Where a focus takes SIP and MSRP: MSRP over what SIP goes over, or TCP. */
const places = (transport: Transport, host = "127.0.0.1") => ({
	listen: [`${transport}://${host}:0`],
	msrp: `${transport === "udp" ? "tcp" : transport}://${host}:0`,
	tls,
});

/** How a client of the demo takes part over a transport. */
const clientOptions = (transport: Transport, msrpPort: number) => ({
	tls,
	...(webSocket(transport) ? { msrp: null, msrpVia: `${transport}://127.0.0.1:${msrpPort}` } : { msrp: places(transport).msrp }),
});

/** Alice registers, opens a room, says something and leaves, over a transport. */
async function script(alice: Client): Promise<void> {
	await alice.register();
	const chat = await alice.call(FACTORY);
	await chat.connected();
	await chat.say("Grüße 👋");
	await chat.bye();
}

async function recorded(transport: Transport): Promise<{ client: Plan; server: Plan }> {
	const room = await new TestRoom().start(places(transport));
	await script(await room.client(ALICE, clientOptions(transport, room.focus.msrp.port)));
	await room.close();
	const client = new Planner("client");
	const server = new Planner("server");
	for (const entry of room.entries) {
		client.add(entry);
		server.add(entry);
	}
	return { client: client.finish(), server: server.finish() };
}

describe.each(TRANSPORTS)("a chat of the demo over %s", (transport) => {
	it("the client's side to a live focus, over the same", async () => {
		const { client } = await recorded(transport);
		const focus = await createFocus(places(transport));
		open.push(focus);
		const msrpTo = webSocket(transport) ? { msrpTo: parsePlace(`${transport}://127.0.0.1:${focus.msrp.port}`) } : {};
		const report = await replay(client, {
			to: parsePlace(focus.places[0]!),
			timeout: 5000,
			tls: { verify: false },
			identity: async () => tls,
			...msrpTo,
		});
		expect(faults(report)).toEqual([]);
		expect(report.steps.some(({ step }) => step.summary === "MSRP SEND")).toBe(true);
	});

	it("the focus's side to a live client, over the same", async () => {
		const { server } = await recorded(transport);
		let played: Promise<unknown> | undefined;
		const report = await replay(server, {
			listen: { transport, host: "127.0.0.1", port: 0 },
			timeout: 5000,
			identity: async () => tls,
			onListening: ({ port }) => {
				const options = { user: ALICE, name: "Alice", server: `${transport}://127.0.0.1:${port}`, ...clientOptions(transport, port) };
				played = createClient(options)
					.then((alice) => {
						open.push(alice);
						return script(alice);
					})
					.catch((error: unknown) => error);
			},
		});
		expect(faults(report)).toEqual([]);
		expect(await played).toBeUndefined();
	});
});

describe("a chat of the demo over another transport than it was recorded over", () => {
	const pairs = TRANSPORTS.flatMap((from) => TRANSPORTS.filter((to) => to !== from).map((to) => [from, to] as const));
	it.each(pairs)("recorded over %s, played over %s", async (from, to) => {
		const { client } = await recorded(from);
		const focus = await createFocus(places(to));
		open.push(focus);
		const media = to === "udp" ? "tcp" : to;
		const report = await replay(client, {
			to: parsePlace(focus.places[0]!),
			timeout: 5000,
			tls: { verify: false },
			identity: async () => tls,
			msrpTo: parsePlace(`${media}://127.0.0.1:${focus.msrp.port}`),
			...(webSocket(to) ? {} : { msrpListen: parsePlace(`${media}://127.0.0.1:0`) }),
		});
		expect(faults(report)).toEqual([]);
	});
});
