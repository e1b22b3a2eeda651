import { createHash } from "node:crypto";
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { ACTIONS, RuleStage } from "../../../src/core/rules/index.js";
import { client, peer, proxyFor, until as untilWithin } from "../../proxy/peers.js";
import { type Outcome, ruleSet, runRules, type Step } from "../run.js";
import { ruleFor, STANDARDS, type Standard, USES } from "./standard.js";

/** What an end of a connection got. */
class End {
	text = "";
	over: "fin" | "rst" | undefined;
	readonly socket: Socket;

	constructor(socket: Socket) {
		this.socket = socket;
		socket.on("data", (chunk) => {
			this.text += chunk.toString("latin1");
		});
		socket.on("end", () => {
			this.over ??= "fin";
		});
		socket.on("error", () => {
			this.over = "rst";
		});
		socket.on("close", () => {
			this.over ??= "rst";
		});
	}
}

/** Resets throw away what is under way: of these it is only told that they came. */
const ABRUPT: ReadonlySet<string> = new Set(["reset", "reset_peer", "down"]);
/** Ends both directions some time after it began: what comes back until then is there or not. */
const IN_TIME: ReadonlySet<string> = new Set(["timeout"]);
const NAMES = ACTIONS.map(({ name }) => name);
const ON_WEBSOCKET = NAMES.filter((name) => name.startsWith("ws-"));
const ON_TCP = NAMES.filter((name) => !name.startsWith("ws-"));

const until = (condition: () => boolean): Promise<void> => untilWithin(condition, 30_000);

/** The conversation over real sockets, with the rule in the proxy between; both ends as they are when what is expected has come. */
async function live(rule: string, { steps }: Standard, expected: Outcome, inTime: boolean): Promise<[End, End]> {
	let server: End | undefined;
	const { port } = await peer((socket) => {
		server = new End(socket);
	});
	const proxy = await proxyFor({
		hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${port}`],
		stages: [new RuleStage(ruleSet(rule), { seed: 1 })],
		classify: {},
	});
	let came = 0;
	proxy.on("entry", ({ flow, dir }) => {
		if ((flow.leg === "client") === (dir === 0)) came++;
	});
	const ours = new End(await client(proxy.hops[0]!.port));
	let sent = 0;
	for (const step of steps) {
		if (!("octets" in step)) throw new Error("only octets are sent here");
		if (step.dir === 1) await until(() => server !== undefined);
		const from = step.dir === 0 ? ours : server!;
		if (from.over === "rst") break;
		from.socket.write(Buffer.from(step.octets as string, "latin1"));
		sent++;
		await until(() => came >= sent || ours.over !== undefined || server?.over !== undefined);
	}
	const end = (dir: 0 | 1): End | undefined => (dir === 0 ? server : ours);
	for (const dir of [0, 1] as const) {
		const text = dir === 0 ? expected.toServer : expected.toClient;
		if (!abrupt(expected) && !inTime) await until(() => loose(end(dir)?.text ?? "").join("").length >= loose(text).join("").length);
		if (expected.closed[dir]!.length > 0) await until(() => end(dir)?.over !== undefined);
	}
	return [server!, ours];
}

/** Where something has addresses, times or identifiers of the run in it, or goes its own way beside what passes: messages without these, sorted. */
const ITS_OWN: ReadonlySet<string> = new Set(["alg", "inject", "imdn-forge", "imdn-delay", "reply"]);

function loose(text: string): string[] {
	return text
		.replace(/\b(?:127\.0\.0\.1|192\.0\.2\.\d+|198\.51\.100\.\d+)(?::\d+)?/g, "ADDRESS")
		.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
		.replace(/(Content-Length:|Byte-Range:) [\d/-]+/g, "$1 N")
		.replace(/\b(?:branch=z9hG4bK|b2b-)[0-9a-f]{8,}/g, "OWN")
		.split(/(?=^(?:MSRP \S+ |SIP\/2\.0 )|\b(?:MESSAGE|INVITE|BYE|OPTIONS) sip:)/m)
		.sort();
}

const abrupt = ({ closed }: Outcome): boolean => closed.flat().includes("rst");

describe("on real sockets each action does what it does offline", () => {
	it("has a use of every action that there is", () => {
		expect(NAMES.filter((name) => USES[name] === undefined)).toEqual([]);
	});

	for (const name of ON_TCP) {
		const standards = STANDARDS.filter(({ websocket }) => websocket !== true);
		it.each(standards.map((standard) => [standard.name, standard] as const))(`${name} to %s`, async (_, standard) => {
			const rule = ruleFor(name, standard);
			const expected = runRules(rule, standard.steps, { cuts: 0 });
			const [server, ours] = await live(rule, standard, expected, IN_TIME.has(name));
			if (ABRUPT.has(name)) {
				expect([server.over, ours.over]).toContain("rst");
				expect(expected.toServer.startsWith(server.text) || server.text.startsWith(expected.toServer)).toBe(true);
				return;
			}
			if (IN_TIME.has(name)) {
				expect(server.text).toBe(expected.toServer);
				expect(expected.toClient.startsWith(ours.text)).toBe(true);
				expect([server.over, ours.over].filter((over) => over !== undefined)).not.toEqual([]);
				return;
			}
			// Identifiers that are made up are made from the seed and the connection, whose number is the same here.
			const shown = ITS_OWN.has(name) ? loose : (text: string): string => text;
			expect(shown(server.text)).toEqual(shown(expected.toServer));
			expect(shown(ours.text)).toEqual(shown(expected.toClient));
		});
	}
});

/** A socket for datagrams, and what it got. */
async function datagrams(): Promise<{ socket: Datagrams; got: string[] }> {
	const socket = createSocket("udp4");
	onTestFinished(() => void socket.close());
	const got: string[] = [];
	socket.on("message", (octets) => {
		got.push(octets.toString("latin1"));
	});
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	return { socket, got };
}

describe("a SIP message in a datagram becomes what it becomes offline", () => {
	const standard = STANDARDS[0]!;
	const both = standard.steps.filter((step) => "octets" in step && step.dir === 0);
	it.each(ON_TCP)("%s", async (name) => {
		const rule = ruleFor(name, standard);
		const offline = (steps: readonly Step[]): Outcome => runRules(rule, steps, { flow: { transport: "udp" }, messages: true });
		// Behind an end the next datagram begins another association, when that is over.
		const steps = offline(both).closed.flat().length > 0 ? both.slice(0, 1) : both;
		const expected = offline(steps);
		const server = await datagrams();
		const proxy = await proxyFor({
			hops: [`udp://127.0.0.1:0=>udp://127.0.0.1:${server.socket.address().port}`],
			stages: [new RuleStage(ruleSet(rule), { seed: 1 })],
			classify: {},
		});
		const ours = await datagrams();
		let came = 0;
		proxy.on("entry", ({ flow }) => {
			if (flow.leg === "client") came++;
		});
		for (const [index, step] of steps.entries()) {
			ours.socket.send(Buffer.from(String((step as { octets: string }).octets), "latin1"), proxy.hops[0]!.port, "127.0.0.1");
			await until(() => came > index);
		}
		const shown = (text: string): string => loose(text).join("");
		await until(() => shown(server.got.join("")).length >= shown(expected.toServer).length);
		await until(() => shown(ours.got.join("")).length >= shown(expected.toClient).length);
		expect(shown(server.got.join(""))).toBe(shown(expected.toServer));
		expect(shown(ours.got.join(""))).toBe(shown(expected.toClient));
	});
});

interface Frame {
	final: boolean;
	opcode: number;
	masked: boolean;
	length: number;
	payload: Buffer;
}

/** Frames of short messages (RFC 6455 §5.2), and what is left. */
function framesOf(octets: Buffer): Frame[] {
	const frames: Frame[] = [];
	for (let at = 0; octets.length - at >= 2; ) {
		const short = octets[at + 1]! & 0x7f;
		const masked = (octets[at + 1]! & 0x80) !== 0;
		const length = short === 126 ? octets.readUInt16BE(at + 2) : short;
		const start = at + (short === 126 ? 4 : 2) + (masked ? 4 : 0);
		if (start + length > octets.length) break;
		const payload = Buffer.from(octets.subarray(start, start + length));
		if (masked) for (let i = 0; i < length; i++) payload[i]! ^= octets[start - 4 + (i % 4)]!;
		frames.push({ final: (octets[at]! & 0x80) !== 0, opcode: octets[at]! & 15, masked, length, payload });
		at = start + length;
	}
	return frames;
}

/** The frames that a server gets for one message of a client, with the rule in the proxy between. */
async function carried(rule: string, message: string, enough: (frames: Frame[]) => boolean): Promise<Frame[]> {
	let octets = Buffer.alloc(0);
	const server = createHttpServer();
	const sockets = new Set<Socket>();
	server.on("upgrade", (request, socket: Socket, head: Buffer) => {
		sockets.add(socket);
		const accept = createHash("sha1")
			.update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
			.digest("base64");
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: msrp\r\n\r\n`,
		);
		octets = Buffer.concat([octets, head]);
		socket.on("data", (chunk: Buffer) => {
			octets = Buffer.concat([octets, chunk]);
		});
		socket.on("error", () => {});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const { port } = server.address() as { port: number };
	const proxy = await proxyFor({
		hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${port}`],
		stages: [new RuleStage(ruleSet(rule), { seed: 1 })],
		classify: {},
	});
	const socket = connect(proxy.hops[0]!.port, "127.0.0.1");
	onTestFinished(() => void socket.destroy());
	socket.on("error", () => {});
	let upgraded = "";
	socket.on("data", (chunk) => {
		upgraded += chunk.toString("latin1");
	});
	socket.write(
		"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: msrp\r\n\r\n",
	);
	await until(() => upgraded.includes("101 Switching"));
	const body = Buffer.from(message, "latin1");
	const length =
		body.length < 126 ? Buffer.from([0x82, 0x80 | body.length]) : Buffer.from([0x82, 0xfe, body.length >> 8, body.length & 255]);
	// A mask of zeros leaves the octets as they are.
	socket.write(Buffer.concat([length, Buffer.alloc(4), body]));
	await until(() => enough(framesOf(octets)));
	return framesOf(octets);
}

describe("what only WebSocket has", () => {
	const standard = STANDARDS.find(({ websocket }) => websocket)!;
	const [first] = standard.steps;
	const message = String((first as { octets: string }).octets);
	const checks: Record<string, { enough: (frames: Frame[]) => boolean; check: (frames: Frame[]) => void }> = {
		"ws-fragment": {
			enough: (frames) => frames.some(({ final }) => final),
			check: (frames) => {
				expect(frames.map(({ opcode, final }) => [opcode, final])).toEqual([
					[2, false],
					...Array.from({ length: frames.length - 2 }, () => [0, false]),
					[0, true],
				]);
				expect(frames.slice(0, -1).every(({ length }) => length === 100)).toBe(true);
				expect(Buffer.concat(frames.map(({ payload }) => payload)).toString("latin1")).toBe(message);
			},
		},
		"ws-text": {
			enough: (frames) => frames.length > 0,
			check: ([frame]) => expect([frame!.opcode, frame!.payload.toString("latin1")]).toEqual([1, message]),
		},
		"ws-mask-fault": {
			enough: (frames) => frames.length > 0,
			check: ([frame]) => expect([frame!.masked, frame!.payload.toString("latin1")]).toEqual([false, message]),
		},
		"ws-close": {
			enough: (frames) => frames.some(({ opcode }) => opcode === 8),
			check: (frames) => {
				const close = frames.find(({ opcode }) => opcode === 8)!;
				expect([close.payload.readUInt16BE(0), close.payload.toString("utf8", 2)]).toEqual([1012, "restart"]);
			},
		},
	};

	it.each(ON_WEBSOCKET)("%s", async (name) => {
		const { enough, check } = checks[name]!;
		check(await carried(ruleFor(name, standard), message, enough));
	});

	it("rules for MSRP meet it over WebSocket too", async () => {
		const [frame] = await carried(ruleFor("replace-text", standard), message, (frames) => frames.length > 0);
		expect(frame!.payload.toString("latin1")).toContain("hello everybody");
	});
});
