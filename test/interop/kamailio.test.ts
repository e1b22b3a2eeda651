import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect } from "vitest";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import { answerHeader, parseChallenge } from "../../src/demo/sip/digest.js";
import { createClient, createFocus, createProxy, type Entry, type LiveProxy } from "../../src/index.js";
import { relayConfig } from "./kamailio.js";
import { itWith } from "./peers.js";
import { cleanups, freePort, kamailio } from "./programs.js";

type MsrpEntry = Extract<Entry, { protocol: "msrp" }>;

const ROOM = "sip:team@im.example.com";
const PASSWORD = "a word for tests";

/** Kamailio as a SIP proxy towards the focus, over TCP and WebSocket; it stays in the path of the dialogs. */
function proxyConfig(port: number, target: number): string {
	return `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
fork=yes
auto_aliases=no
listen=tcp:127.0.0.1:${port}
tcp_accept_no_cl=yes
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xhttp.so"
loadmodule "nathelper.so"
loadmodule "websocket.so"
request_route {
	force_rport();
	if (has_totag()) {
		loose_route();
		if (is_method("ACK|BYE")) $du = "sip:127.0.0.1:${target};transport=tcp";
		t_relay();
		exit;
	}
	if (is_method("INVITE")) record_route();
	$du = "sip:127.0.0.1:${target};transport=tcp";
	t_relay();
}
event_route[xhttp:request] {
	if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
	xhttp_reply("404", "Not Found", "", "");
}
`;
}

interface Answer {
	status: number;
	get(name: string): string | undefined;
}

/** An MSRP client that knows AUTH and SEND. */
class RelayClient {
	readonly received: Buffer[] = [];
	usePath = "";
	readonly #waiting = new Map<string, (answer: Answer) => void>();
	readonly #socket;
	#count = 0;

	private constructor(
		readonly uri: string,
		port: number,
	) {
		this.#socket = connect(port, "127.0.0.1");
		this.#socket.on("error", () => {});
		cleanups.push(() => this.#socket.destroy());
		const decoder = new MsrpStreamDecoder({
			frame: (frame) => {
				if (frame.kind === "response") {
					const names = ["use-path", "expires", "www-authenticate"].map((name) => [name, frame.get(name)] as const);
					const values = new Map(names);
					this.#waiting.get(frame.transactionId)?.({ status: frame.status, get: (name) => values.get(name) });
					return;
				}
				const start = frame.start + frame.bodyOffset;
				this.received.push(Buffer.from(frame.bytes.subarray(start, start + frame.bodyKept)));
				const to = frame.fromPath[0];
				this.#socket.write(
					`MSRP ${frame.transactionId} 200 OK\r\nTo-Path: ${to}\r\nFrom-Path: ${uri}\r\n-------${frame.transactionId}$\r\n`,
				);
			},
			skipped: () => {},
			problem: () => {},
		});
		this.#socket.on("data", (chunk) => decoder.feed(chunk, 0, chunk.length));
	}

	static async open(uri: string, port: number): Promise<RelayClient> {
		const client = new RelayClient(uri, port);
		await once(client.#socket, "connect");
		return client;
	}

	/** AUTH without and then with credentials (RFC 4976 §5.1). */
	async authorise(relay: string, password = PASSWORD): Promise<Answer> {
		const first = await this.request("AUTH", [relay]);
		expect(first.status).toBe(401);
		const challenge = parseChallenge(first.get("www-authenticate"))!;
		const authorization = answerHeader(challenge, "alice", password, "AUTH", relay, "0a4f113b");
		const second = await this.request("AUTH", [relay], `Authorization: ${authorization}\r\n`);
		this.usePath = second.get("use-path") ?? "";
		return second;
	}

	request(method: string, toPath: readonly string[], more = "", body?: Buffer): Promise<Answer> {
		const id = `${this.uri.slice(-9, -4)}${(++this.#count).toString().padStart(4, "0")}`;
		const head = `MSRP ${id} ${method}\r\nTo-Path: ${toPath.join(" ")}\r\nFrom-Path: ${this.uri}\r\n${more}`;
		const answered = new Promise<Answer>((done) => this.#waiting.set(id, done));
		const rest = body === undefined ? [] : [Buffer.from("Content-Type: application/octet-stream\r\n\r\n"), body, Buffer.from("\r\n")];
		this.#socket.write(Buffer.concat([Buffer.from(head), ...rest, Buffer.from(`-------${id}$\r\n`)]));
		return answered;
	}
}

async function proxy(hop: string, anchor?: "path" | "relay"): Promise<{ live: LiveProxy; port: number; entries: Entry[] }> {
	const live = createProxy({ hops: [hop], classify: {}, ...(anchor === undefined ? {} : { anchor }) });
	const entries: Entry[] = [];
	live.on("entry", (entry) => void entries.push(entry));
	cleanups.push(() => live.close(0));
	await live.ready;
	return { live, port: live.hops[0]!.port, entries };
}

async function until(what: string, done: () => boolean): Promise<void> {
	for (let tries = 0; tries < 200 && !done(); tries++) await new Promise((next) => setTimeout(next, 50));
	if (!done()) throw new Error(`${what}: not within 10 s`);
}

const hash = (octets: readonly Buffer[]): string => octets.reduce((sum, part) => sum.update(part), createHash("sha256")).digest("hex");

describe("Kamailio's MSRP relay behind the proxy", () => {
	itWith("kamailio", "authorises two clients and relays octets between them as they are", async () => {
		const relayPort = await freePort();
		await kamailio(relayConfig(relayPort, "relay", PASSWORD), relayPort);
		const { live, port, entries } = await proxy(`tcp://127.0.0.1:0=>tcp://127.0.0.1:${relayPort}`);
		const relay = `msrp://127.0.0.1:${relayPort};tcp`;
		const alice = await RelayClient.open("msrp://alice.invalid:2855/alice;tcp", port);
		const bob = await RelayClient.open("msrp://bob.invalid:2855/bobby;tcp", port);
		for (const client of [alice, bob]) {
			const answer = await client.authorise(relay);
			expect(answer.status).toBe(200);
			expect(client.usePath).toMatch(new RegExp(`^msrp://127\\.0\\.0\\.1:${relayPort}/[^;]+;tcp$`));
		}
		expect(alice.usePath).not.toBe(bob.usePath);
		const bodies = Array.from({ length: 40 }, (_, n) => randomBytes(1 + n * 37));
		for (const [n, body] of bodies.entries()) {
			const more = `Message-ID: m${n}\r\nByte-Range: 1-${body.length}/${body.length}\r\n`;
			expect((await alice.request("SEND", [bob.usePath, bob.uri], more, body)).status).toBe(200);
		}
		await until("all messages", () => bob.received.length === bodies.length);
		expect(hash(bob.received)).toBe(hash(bodies));
		// Kamailio's msrp_cmap_lookup takes an unknown session for found where its hash falls into the slot of a larger one: one name in
		// some hundred, another one each time.
		const refused: number[] = [];
		for (const nobody of ["nobody", "no-one", "somebody"]) {
			const path = [`msrp://127.0.0.1:${relayPort}/${nobody};tcp`, alice.uri];
			refused.push((await bob.request("SEND", path, `Message-ID: ${nobody}\r\n`)).status);
		}
		expect(refused).toContain(481);
		await live.close();
		const methods = (name: string) =>
			entries.filter((entry): entry is MsrpEntry => entry.protocol === "msrp" && entry.msrp.method === name);
		// Both legs of both connections: what Alice sent, and what Bob got.
		expect(methods("SEND").filter(({ msrp }) => msrp.messageId?.startsWith("m")).length).toBe(4 * bodies.length);
		expect(methods("AUTH").length).toBe(8);
		expect(entries.flatMap(({ problems }) => problems).filter(({ id }) => id.startsWith("proxy."))).toEqual([]);
	});

	itWith("kamailio", "refuses a client with a wrong password, and the entries say so", async () => {
		const relayPort = await freePort();
		await kamailio(relayConfig(relayPort, "relay", PASSWORD), relayPort);
		const { live, port, entries } = await proxy(`tcp://127.0.0.1:0=>tcp://127.0.0.1:${relayPort}`);
		const client = await RelayClient.open("msrp://alice.invalid:2855/alice;tcp", port);
		expect((await client.authorise(`msrp://127.0.0.1:${relayPort};tcp`, "another word")).status).toBe(401);
		await live.close();
		const refused = entries.filter((entry) => entry.protocol === "msrp" && entry.msrp.status === 401);
		expect(refused.map(({ flow }) => flow.leg).sort()).toEqual(["client", "client", "server", "server"]);
	});
});

describe("a whole call through the proxy, Kamailio and the focus, its messages anchored", () => {
	for (const transport of ["tcp", "ws"] as const) {
		for (const anchor of ["path", "relay"] as const) {
			itWith("kamailio", `SIP over ${transport}, --anchor ${anchor}`, async () => {
				const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"], groups: [{ uri: ROOM }] });
				cleanups.push(() => focus.close());
				const port = await freePort();
				await kamailio(proxyConfig(port, Number(focus.places[0]!.split(":").at(-1))), port);
				const { live, port: here, entries } = await proxy(`${transport}://127.0.0.1:0=>${transport}://127.0.0.1:${port}`, anchor);
				const server = `${transport}://127.0.0.1:${here}`;
				const clients = [];
				for (const [user, name] of [
					["sip:alice@example.com", "Alice"],
					["sip:bob@example.com", "Bob"],
				] as const) {
					const client = await createClient({ user, name, server, setup: "active", msrp: "tcp://127.0.0.1:0" });
					cleanups.push(() => client.close());
					expect(await client.register()).toBe(200);
					clients.push(client);
				}
				const [alice, bob] = clients as [(typeof clients)[0], (typeof clients)[0]];
				const a = await alice.call(ROOM);
				const b = await bob.call(ROOM);
				await a.say("Hello through all of this");
				await b.seen("Hello through all of this");
				const long = "long ".repeat(2000);
				await b.say(long, { chunk: 2048 });
				await a.seen(long);
				await b.bye();
				await a.bye();
				expect([a.ended, b.ended]).toEqual([true, true]);
				await live.close();
				const count = (leg: string, test: (entry: Entry) => boolean) =>
					entries.filter((entry) => entry.flow.leg === leg && test(entry)).length;
				for (const leg of ["client", "server"]) {
					for (const method of ["INVITE", "ACK", "BYE"])
						expect([
							leg,
							method,
							count(leg, (entry) => entry.protocol === "sip" && entry.sip.method === method && entry.sip.kind === "request"),
						]).toEqual([leg, method, 2]);
					expect(count(leg, (entry) => entry.protocol === "msrp" && entry.msrp.method === "SEND")).toBeGreaterThanOrEqual(12);
				}
				expect(entries.flatMap(({ problems }) => problems).filter(({ id }) => /^(proxy|anchor)\./.test(id))).toEqual([]);
			});
		}
	}
});
