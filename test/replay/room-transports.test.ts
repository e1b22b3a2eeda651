import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Report } from "../../src/core/replay/conversation.js";
import { Planner } from "../../src/core/replay/plan.js";
import type { Plan } from "../../src/core/replay/types.js";
import { readUnit } from "../../src/core/replay/unit.js";
import { type Client, createClient, createFocus } from "../../src/demo/index.js";
import { parsePlace, type Transport } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { ALICE, FACTORY, TestRoom } from "../demo/room.js";
import { against, faults } from "./sides.js";

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

/** The focus's side played to a live client, which gets through its script. */
async function serve(server: Plan, transport: Transport): Promise<Report> {
	let played: Promise<unknown> | undefined;
	const report = await replay(server, {
		listen: { transport, host: "127.0.0.1", port: 0 },
		timeout: 5000,
		identity: async () => tls,
		onListening: ({ port }) => {
			const options = {
				user: ALICE,
				name: "Alice",
				server: `${transport}://127.0.0.1:${port}`,
				...clientOptions(transport, port),
			};
			played = createClient(options)
				.then((alice) => {
					open.push(alice);
					return script(alice);
				})
				.catch((error: unknown) => error);
		},
	});
	expect(await played).toBeUndefined();
	return report;
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
		expect(faults(await serve(server, transport))).toEqual([]);
	});
});

describe("who opens the MSRP connection is what the live descriptions say", () => {
	const passive = { replacements: [["a=setup:actpass", "a=setup:passive"]] as const };
	/** What has to differ: the answer to an offer that says something else. */
	const answer = [expect.stringMatching(/^#\d+ 200 to INVITE played body: [^|]*a=setup:passive[^|]*\|[^|]*a=setup:active/)];

	it("a client that says passive waits for the focus to connect", async () => {
		const { client } = await recorded("tcp");
		const focus = await createFocus(places("tcp"));
		open.push(focus);
		expect(faults(await replay(client, { to: parsePlace(focus.places[0]!), timeout: 5000, ...passive }))).toEqual(answer);
	});

	it("the played focus connects to a client that says passive, although it was connected to in the capture", async () => {
		const { client, server } = await recorded("tcp");
		const result = await against(client, server, "tcp", { client: passive });
		expect(faults(result.client)).toEqual(answer);
		expect(faults(result.server)).toEqual([expect.stringMatching(/^#\d+ INVITE played body: /)]);
	});

	it("a client that waits in vain says for whom", async () => {
		const { client, server } = await recorded("tcp");
		const answered = server.steps.findIndex(({ summary }) => summary === "ACK");
		const silent = { ...server, steps: server.steps.slice(0, answered + 1) };
		const { client: report } = await against(client, silent, "tcp", { client: { ...passive, timeout: 300 } });
		expect(report.stopped).toMatch(
			/^#\d+ MSRP SEND cannot be sent: the peer is to open the MSRP connection \(a=setup\), and has not within 0\.3 s$/,
		);
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

it.each(["udp", "wss"] as const)(
	"a hundred chats at once over %s, each of a user of its own",
	async (transport) => {
		const { client } = await recorded(transport);
		const focus = await createFocus(places(transport));
		open.push(focus);
		const media = webSocket(transport) ? { msrpTo: parsePlace(`${transport}://127.0.0.1:${focus.msrp.port}`) } : {};
		const one = (index: number) =>
			replay(client, {
				to: parsePlace(focus.places[0]!),
				timeout: 20_000,
				tls: { verify: false },
				...media,
				replacements: [["alice", `al${String(index).padStart(3, "0")}`]],
			});
		const reports = await Promise.all(Array.from({ length: 100 }, (_, index) => one(index)));
		expect(reports.map(faults).filter((found) => found.length > 0)).toEqual([]);
	},
	60_000,
);

describe("MSRPS with certificates known by fingerprints", () => {
	const other = { key: pem("ec-key.pem"), cert: pem("ec-cert.pem") };
	/** Both sides of a chat over TLS; the focus's side gives a fingerprint in its description. */
	async function sides(fingerprint: string): Promise<{ client: Plan; server: Plan }> {
		const { client, server } = await recorded("tls");
		const answer = server.steps.find(({ summary }) => summary === "200 to INVITE")!;
		const text = answer.unit.octets.toString("latin1");
		const line = `a=fingerprint:${fingerprint}\r\n`;
		const length = /Content-Length: (\d+)/.exec(text)!;
		const octets = Buffer.from(`${text.replace(length[0], `Content-Length: ${Number(length[1]) + line.length}`)}${line}`, "latin1");
		answer.unit = readUnit("sip", octets)!;
		return { client, server };
	}

	it("ours is in our description, and the client takes the certificate by it, without an authority", async () => {
		const { client, server } = await sides("SHA-1 00");
		const result = await against(client, server, "tcp", { client: { identity: async () => other }, server: { identity: async () => tls } });
		expect(faults(result.server)).toEqual([]);
		const [difference] = faults(result.client);
		expect(difference).toContain(`a=fingerprint:SHA-256 ${new X509Certificate(tls.cert).fingerprint256}`);
		expect(result.client.stopped).toBeUndefined();
	});
});
