import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import { answerChallenge, parseChallenge } from "../../src/core/replay/digest.js";
import { type Entry, HopError } from "../../src/index.js";
import { parseHop } from "../../src/shell/proxy/hop.js";
import { client, deadPort, peer, proxyFor, until } from "../proxy/peers.js";
import { descriptionOf, MsrpEnd, readSip, sdpOf, sipOf } from "./endpoint.js";

interface Heard {
	kind: string;
	id: string;
	status: number;
	toPath: string[];
	fromPath: string[];
	usePath: string | undefined;
	challenge: string | undefined;
	body: string;
}

/** A client that knows AUTH and can be reached over the connection alone that it opens to its relay. */
class AuthClient {
	readonly heard: Heard[] = [];
	usePath = "";
	#count = 0;

	private constructor(
		readonly uri: string,
		readonly socket: Socket,
	) {
		const decoder = new MsrpStreamDecoder({
			frame: (frame) => {
				const start = frame.start + frame.bodyOffset;
				this.heard.push({
					kind: frame.kind,
					id: frame.transactionId,
					status: frame.status,
					toPath: [...frame.toPath],
					fromPath: [...frame.fromPath],
					usePath: frame.get("use-path"),
					challenge: frame.get("www-authenticate"),
					body: frame.bytes.toString("latin1", start, start + frame.bodyKept),
				});
				if (frame.kind === "request" && frame.method === "SEND") this.#answer(frame.transactionId, frame.fromPath[0]!);
			},
			skipped: () => {},
			problem: () => {},
		});
		socket.on("data", (chunk) => decoder.feed(chunk, 0, chunk.length));
	}

	static async open(name: string, port: number): Promise<AuthClient> {
		const socket = connect({ host: "127.0.0.1", port });
		socket.on("error", () => {});
		onTestFinished(() => void socket.destroy());
		await once(socket, "connect");
		return new AuthClient(`msrp://${name}.invalid:2855/${name};tcp`, socket);
	}

	/** Sends a request and waits for its answer. */
	async ask(method: string, path: string, more = "", body?: string): Promise<Heard> {
		const id = `${this.uri.slice(7, 10)}${++this.#count}test`;
		const rest =
			body === undefined ? "" : `Message-ID: m${id}\r\nByte-Range: 1-*/${body.length}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n`;
		this.socket.write(`MSRP ${id} ${method}\r\nTo-Path: ${path}\r\nFrom-Path: ${this.uri}\r\n${more}${rest}-------${id}$\r\n`);
		let answer: Heard | undefined;
		await until(() => {
			answer = this.heard.find((one) => one.kind === "response" && one.id === id);
			return answer !== undefined;
		});
		return answer!;
	}

	async authorise(relay: string, more = ""): Promise<Heard> {
		const answer = await this.ask("AUTH", relay, more);
		this.usePath = answer.usePath ?? "";
		return answer;
	}

	get bodies(): string[] {
		return this.heard.filter(({ kind }) => kind === "request").map(({ body }) => body);
	}

	#answer(id: string, to: string): void {
		this.socket.write(`MSRP ${id} 200 OK\r\nTo-Path: ${to}\r\nFrom-Path: ${this.uri}\r\n-------${id}$\r\n`);
	}
}

const clean = (entries: readonly Entry[]) =>
	entries.flatMap(({ problems }) => problems).filter(({ id }) => /^(relay|anchor|proxy)\./.test(id));

describe("a client that can be reached over its AUTH connection alone", () => {
	it("has its call led over the relay, both ways, and its SDP left as it is", async () => {
		const callee = await MsrpEnd.passive("callee");
		const calleePort = Number(/:(\d+)\//.exec(callee.uri)![1]);
		let offer: ReturnType<typeof descriptionOf> | undefined;
		let answer: ReturnType<typeof descriptionOf> | undefined;
		const server = await peer((socket) =>
			readSip(socket, (sip) => {
				if (sip.method !== "INVITE") return;
				offer = descriptionOf(sip);
				socket.write(sipOf("SIP/2.0 200 OK", "INVITE", 1, sdpOf(callee.uri, "passive", false)));
			}),
		);
		const hops = [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`, "tcp://127.0.0.1:0=>relay://127.0.0.1:0"];
		const proxy = await proxyFor({ hops, anchor: "relay" });
		const entries: Entry[] = [];
		proxy.on("entry", (entry) => void entries.push(entry));
		const relayPort = proxy.hops[1]!.port;
		const alice = await AuthClient.open("alice", relayPort);
		expect((await alice.authorise(`msrp://127.0.0.1:${relayPort};tcp`)).status).toBe(200);
		expect(alice.usePath).toMatch(new RegExp(`^msrp://127\\.0\\.0\\.1:${relayPort}/[0-9a-f]{24};tcp$`));
		const signalling = await client(proxy.hops[0]!.port);
		readSip(signalling, (sip) => {
			if (sip.kind === "response") answer = descriptionOf(sip);
		});
		const own = sdpOf(`${alice.usePath} ${alice.uri}`, "actpass", false);
		signalling.write(sipOf("INVITE sip:b@example.com SIP/2.0", "INVITE", 1, own));
		await until(() => answer !== undefined);
		expect(offer!.path).toEqual([alice.usePath, alice.uri]);
		expect(answer!.path).toEqual([callee.uri]);
		expect(answer!.port).toBe(calleePort);

		const sent = await alice.ask("SEND", `${alice.usePath} ${callee.uri}`, "", "hello");
		expect([sent.status, sent.fromPath]).toEqual([200, [alice.usePath]]);
		await until(() => callee.received.length === 1);
		expect(callee.received[0]).toEqual({ body: "hello", toPath: [callee.uri], fromPath: [alice.usePath, alice.uri] });
		callee.send(offer!.path, "x".repeat(50_000));
		await until(() => alice.bodies.join("").length === 50_000);
		expect(callee.answers.map(({ status }) => status)).toEqual([200]);
		const hopsSeen = new Set(entries.filter((entry) => entry.protocol === "msrp").map(({ flow }) => flow.hop));
		expect(hopsSeen).toEqual(new Set([`tcp://127.0.0.1:0`, `relay to 127.0.0.1:${calleePort}`]));
		expect(clean(entries)).toEqual([]);
	});

	it("is let in with its password alone; what connects to its URI reaches it, until it goes", async () => {
		const proxy = await proxyFor({ hops: ["tcp://127.0.0.1:0=>relay://127.0.0.1:0,user=alice,password=secret"] });
		const { port } = proxy.hops[0]!;
		const relay = `msrp://127.0.0.1:${port};tcp`;
		const alice = await AuthClient.open("alice", port);
		const refused = await alice.authorise(relay);
		expect([refused.status, refused.usePath]).toEqual([401, undefined]);
		const answering = { user: "alice", password: "secret", method: "AUTH", uri: relay, body: Buffer.alloc(0), cnonce: "c", count: 1 };
		const authorization = answerChallenge(parseChallenge(refused.challenge!)!, answering);
		expect((await alice.authorise(relay, `Authorization: ${authorization}\r\n`)).status).toBe(200);
		const bob = await AuthClient.open("bob", port);
		const path = `${alice.usePath} ${alice.uri}`;
		expect((await bob.ask("SEND", path, "", "hi")).status).toBe(200);
		await until(() => alice.bodies.length === 1);
		alice.socket.destroy();
		await until(() => proxy.connections === 1);
		expect((await bob.ask("SEND", path, "", "hi")).status).toBe(481);
	});

	it("is led to another relay where that is the target, which answers AUTH itself", async () => {
		const upstream = await proxyFor({ hops: ["tcp://127.0.0.1:0=>relay://127.0.0.1:0"] });
		const upstreamPort = upstream.hops[0]!.port;
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${upstreamPort}`], anchor: "relay" });
		const alice = await AuthClient.open("alice", proxy.hops[0]!.port);
		expect((await alice.authorise(`msrp://127.0.0.1:${upstreamPort};tcp`)).status).toBe(200);
		expect(alice.usePath).toContain(`//127.0.0.1:${upstreamPort}/`);
		const bob = await MsrpEnd.passive("bob");
		expect((await alice.ask("SEND", `${alice.usePath} ${bob.uri}`, "", "hello")).status).toBe(200);
		await until(() => bob.received.length === 1);
		bob.send([alice.usePath, alice.uri], "good day");
		await until(() => alice.bodies.length === 1);
		expect(alice.bodies).toEqual(["good day"]);
	});

	it("reaches through a relay of others, each hop shifting To-Path, and is answered the same way back (RFC 4976 §5)", async () => {
		const near = await proxyFor({ hops: ["tcp://127.0.0.1:0=>relay://127.0.0.1:0"] });
		const far = await proxyFor({ hops: ["tcp://127.0.0.1:0=>relay://127.0.0.1:0"] });
		const [nearPort, farPort] = [near, far].map((proxy) => proxy.hops[0]!.port) as [number, number];
		const alice = await AuthClient.open("alice", nearPort);
		const bob = await AuthClient.open("bob", farPort);
		expect((await alice.authorise(`msrp://127.0.0.1:${nearPort};tcp`)).status).toBe(200);
		expect((await bob.authorise(`msrp://127.0.0.1:${farPort};tcp`)).status).toBe(200);
		const sent = await alice.ask("SEND", `${alice.usePath} ${bob.usePath} ${bob.uri}`, "", "over two relays");
		expect([sent.status, sent.toPath, sent.fromPath]).toEqual([200, [alice.uri], [alice.usePath]]);
		await until(() => bob.bodies.length === 1);
		const arrived = bob.heard.find(({ kind }) => kind === "request")!;
		expect([arrived.toPath, arrived.fromPath, arrived.body]).toEqual([
			[bob.uri],
			[bob.usePath, alice.usePath, alice.uri],
			"over two relays",
		]);
		const back = await bob.ask("SEND", arrived.fromPath.join(" "), "", "and back");
		expect(back.status).toBe(200);
		await until(() => alice.bodies.length === 1);
		const came = alice.heard.find(({ kind }) => kind === "request")!;
		expect([came.toPath, came.fromPath, came.body]).toEqual([[alice.uri], [alice.usePath, bob.usePath, bob.uri], "and back"]);
	});

	it("hears of an end that cannot be reached, and an entry says why", async () => {
		const gone = await deadPort();
		const proxy = await proxyFor({ hops: ["tcp://127.0.0.1:0=>relay://127.0.0.1:0"] });
		const entries: string[] = [];
		proxy.on("entry", (entry) => void entries.push(...entry.problems.map(({ id }) => id)));
		const { port } = proxy.hops[0]!;
		const alice = await AuthClient.open("alice", port);
		await alice.authorise(`msrp://127.0.0.1:${port};tcp`);
		expect((await alice.ask("SEND", `${alice.usePath} msrp://127.0.0.1:${gone}/gone;tcp`, "", "hello")).status).toBe(200);
		await until(() => alice.heard.some(({ kind }) => kind === "request"));
		expect(alice.heard.at(-1)).toMatchObject({ toPath: [alice.uri], fromPath: [alice.usePath] });
		// The answer may be back before the entry is shown.
		await until(() => entries.includes("proxy.connect-failed"));
	});
});

describe("a relay as target", () => {
	it("has clients over WebSocket too, one MSRP message a WebSocket message (RFC 7977)", async () => {
		const proxy = await proxyFor({ hops: ["ws://127.0.0.1:0=>relay://127.0.0.1:2855"] });
		const socket = new WebSocket(`ws://127.0.0.1:${proxy.hops[0]!.port}/`, "msrp");
		onTestFinished(() => socket.terminate());
		await once(socket, "open");
		socket.send("MSRP auth1 AUTH\r\nTo-Path: msrp://127.0.0.1:2855;tcp\r\nFrom-Path: msrp://a.invalid:2855/a;ws\r\n-------auth1$\r\n");
		const [octets] = (await once(socket, "message")) as [Buffer];
		expect(String(octets)).toMatch(
			/^MSRP auth1 200 OK\r\n[\s\S]*Use-Path: msrp:\/\/127\.0\.0\.1:2855\/[0-9a-f]{24};tcp\r\n[\s\S]*-------auth1\$\r\n$/,
		);
	});

	it.each([
		["udp://127.0.0.1:0=>relay://127.0.0.1:2855", "a relay is for TCP; a hop from udp needs another target"],
		["tcp://127.0.0.1:0=>relay://127.0.0.1:2855,user=a", "user and password belong together"],
		["tcp://127.0.0.1:0=>tcp://127.0.0.1:2855,user=a,password=b", "user and password are asked for by a relay: relay://HOST:PORT"],
	])("%s is refused", (text, why) => {
		expect(() => parseHop(text)).toThrow(new HopError(why));
	});
});
