import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RuleStage } from "../../src/core/rules/index.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import { createProxy, type LiveProxy } from "../../src/shell/proxy/proxy.js";
import { ruleSet } from "../rules/run.js";
import { OPTIONS_REQUEST } from "./peers.js";

/** What one side sends: pieces of random octets and of messages, a pause after some, then its end. */
interface Plan {
	pieces: { octets: Buffer; pause: boolean }[];
	/** ends its direction only when it has heard the other's end */
	waits: boolean;
}

const MSRP = "MSRP abcd1234 SEND\r\nTo-Path: msrp://b.example.com:1/x;tcp\r\nFrom-Path: msrp://a.example.com:2/y;tcp\r\nMessage-ID: 1\r\n";
const UPGRADE =
	"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
const piece = fc.record({
	octets: fc.oneof(
		fc.nat(40_000).map((length) => randomFillSync(Buffer.alloc(length + 1))),
		fc
			.constantFrom(OPTIONS_REQUEST, MSRP, `${MSRP}Content-Type: text/plain\r\n\r\nhi\r\n-------abcd1234$\r\n`, UPGRADE, "\r\n\r\n")
			.map((text) => Buffer.from(text)),
		fc.uint8Array({ minLength: 1, maxLength: 20 }).map((octets) => Buffer.from(octets)),
	),
	pause: fc.boolean(),
});
const plan = fc.record({ pieces: fc.array(piece, { maxLength: 12 }), waits: fc.boolean() });
const plans = fc.tuple(plan, plan).filter(([a, b]) => !(a.waits && b.waits));

/** The target says nothing and ends at once, the client's first octets come with the end of its handshake. */
const ENDED_BEFORE: [Plan, Plan] = [
	{
		pieces: [
			{ octets: Buffer.from("first 7"), pause: true },
			{ octets: Buffer.from(OPTIONS_REQUEST), pause: true },
		],
		waits: false,
	},
	{ pieces: [], waits: false },
];

function sent({ pieces }: Plan): string {
	return digest(pieces.map(({ octets }) => octets));
}

function digest(chunks: readonly Buffer[]): string {
	const hash = createHash("sha256");
	for (const chunk of chunks) hash.update(chunk);
	return hash.digest("hex");
}

/** Sends the plan and reads until the other's end; gives the digest of what was read. */
async function play(socket: Socket, { pieces, waits }: Plan): Promise<string> {
	const chunks: Buffer[] = [];
	socket.on("data", (chunk) => chunks.push(chunk));
	const ended = once(socket, "end");
	for (const { octets, pause } of pieces) {
		if (!socket.write(octets)) await once(socket, "drain");
		if (pause) await new Promise((resolve) => setImmediate(resolve));
	}
	if (waits) await ended;
	socket.end();
	await ended;
	return digest(chunks);
}

/** Rules of every kind that meet none of these messages, so that everything is looked at and nothing is done. */
const NO_MATCH = `
- {name: text, match: 'frame contains "no such text anywhere"', actions: [drop]}
- {name: sip, match: 'sip.Method == "NOTHING" && sip.Contact contains "nobody"', actions: [{corrupt: head}]}
- {name: msrp, match: 'msrp.method == "NOTHING"', actions: [{delay: 10s}]}
- {name: cpim, match: 'cpim.from.uri contains "nobody"', actions: [reset]}
- {name: verdict, match: 'im.class == "system" && msrp.data contains "nothing"', actions: [drop]}
- {name: never, match: sip, probability: 0%, actions: [drop]}
`;
const HOPS = [
	["tcp", 0, false],
	["ws tunnel", 1, false],
	["tls to tls", 2, true],
	["tls to tcp", 3, true],
	["tcp to tls", 4, false],
] as const;

describe.each([
	["with nothing in between", () => [], HOPS],
	// Where something may change messages, WebSocket has two endpoints: what is none of it does not pass.
	["with rules that match nothing", () => [new RuleStage(ruleSet(NO_MATCH), { seed: 1 })], HOPS.filter(([name]) => name !== "ws tunnel")],
] as const)("octets in are octets out, in any chunking, both directions at once, whatever they are, %s", (_, stages, hops) => {
	const open: (() => unknown)[] = [];
	const accepted: ((socket: Socket) => void)[] = [];
	let proxy: LiveProxy;
	let ca: string;

	beforeAll(async () => {
		const folder = await mkdtemp(join(tmpdir(), "mitmsrp-"));
		open.push(() => rm(folder, { recursive: true }));
		const authority = await LocalAuthority.open(folder);
		const leaf = await authority.leaf("localhost");
		ca = leaf.cert.slice(leaf.cert.indexOf("-----BEGIN", 10));
		const serve = (socket: Socket): void => accepted.shift()!(socket);
		const plain = createServer({ allowHalfOpen: true }, serve);
		const secure = createTlsServer({ ...leaf, allowHalfOpen: true } as never, serve);
		for (const server of [plain, secure]) {
			server.listen(0, "127.0.0.1");
			await once(server, "listening");
			open.push(() => server.close());
		}
		const [tcp, tls] = [plain, secure].map((server) => (server.address() as { port: number }).port);
		proxy = createProxy({
			hops: [
				`tcp://127.0.0.1:0=>tcp://127.0.0.1:${tcp}`,
				`ws://127.0.0.1:0=>ws://127.0.0.1:${tcp}`,
				`tls://127.0.0.1:0=>tls://localhost:${tls},ca=${authority.file}`,
				`tls://127.0.0.1:0=>tcp://127.0.0.1:${tcp}`,
				`tcp://127.0.0.1:0=>tls://localhost:${tls},ca=${authority.file}`,
			],
			authorityFolder: folder,
			drain: 0,
			stages: stages(),
			classify: {},
		});
		await proxy.ready;
	});

	afterAll(async () => {
		await proxy.close();
		for (const close of open) await close();
	});

	test.each(hops)("%s", async (_, hop, secure) => {
		await fc.assert(
			fc.asyncProperty(plans, async ([up, down]) => {
				const server = new Promise<string>((resolve, reject) => accepted.push((socket) => play(socket, down).then(resolve, reject)));
				const { port } = proxy.hops[hop]!;
				const raw = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
				const socket = secure ? connectTls({ socket: raw, ca, servername: "localhost" }) : raw;
				await once(socket, secure ? "secureConnect" : "connect");
				const [got, served] = await Promise.all([play(socket, up), server]);
				expect([got, served]).toEqual([sent(down), sent(up)]);
			}),
			{ numRuns: 25, examples: [[ENDED_BEFORE]] },
		);
		expect(accepted).toEqual([]);
	});
});
