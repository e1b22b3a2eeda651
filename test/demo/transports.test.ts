import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ALICE, BOB, FACTORY, TestRoom } from "./room.js";

const pem = (name: string): string => readFileSync(new URL(`../data/tls/${name}`, import.meta.url), "utf8");
const tls = { key: pem("ec-key.pem"), cert: pem("ec-cert.pem"), ca: pem("ec-cert.pem"), verify: false };

let room: TestRoom;
beforeEach(() => {
	room = new TestRoom();
});
afterEach(() => room.close());

describe.each(["tcp", "udp", "tls", "ws", "wss"] as const)("SIP over %s", (transport) => {
	it("carries a whole conversation", async () => {
		const media = transport === "udp" ? "tcp" : transport;
		await room.start({ listen: [`${transport}://127.0.0.1:0`], msrp: `${media}://127.0.0.1:0`, tls });
		// Browsers listen for nothing; what carries MSRP follows from what carries SIP.
		const own =
			media === "ws" || media === "wss"
				? { msrp: null, msrpVia: `${media}://127.0.0.1:${room.focus.msrp.port}` }
				: { msrp: `${media}://127.0.0.1:0` };
		const { a, b, c } = await room.three({ ...own, tls, timers: { t1: 50 } });
		for (const chat of [a, b, c]) expect(await chat.subscribe()).toBe(200);
		const receipt = await a.say("Grüße 👋");
		await a.until("all receipts", () => (receipt.displayed.length === 2 ? true : undefined));
		expect(receipt).toMatchObject({ status: 200, report: 200 });
		await b.tell([ALICE], "psst");
		expect(await a.seen("psst")).toMatchObject({ identities: "private", isfocus: "private" });
		await c.bye();
		await a.seen("Carol left");
		await room.close();
		expect(room.findings.filter(({ id }) => id !== "ws.msrp-not-secure")).toEqual([]);
	});
});

/** Sends a datagram and gives the start lines of what comes back until `count` have come. */
async function datagrams(port: number, texts: readonly string[], count: number): Promise<string[]> {
	const socket = createSocket("udp4");
	await new Promise<void>((done) => socket.bind(0, "127.0.0.1", () => done()));
	const got: string[] = [];
	const all = new Promise<void>((done) =>
		socket.on("message", (octets) => {
			got.push(octets.toString());
			if (got.length === count) done();
		}),
	);
	for (const text of texts) socket.send(text.replaceAll("PORT", String(socket.address().port)), port, "127.0.0.1");
	await all;
	socket.close();
	return got;
}

function options(branch: string, rows = ""): string {
	return `OPTIONS sip:conf-factory@im.example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch};rport\r\nMax-Forwards: 70\r\nFrom: <${ALICE}>;tag=a\r\nTo: <${FACTORY}>\r\n${rows}Content-Length: 0\r\n\r\n`;
}

describe("UDP", () => {
	it("a request that comes again gets the same answer, with received and rport", async () => {
		await room.start({ listen: ["udp://127.0.0.1:0"] });
		const text = options("z9hG4bKsame", "Call-ID: x1\r\nCSeq: 1 OPTIONS\r\n");
		const [first, second] = await datagrams(room.focus.address("udp").port, [text, text], 2);
		expect(first).toBe(second);
		expect(first).toMatch(
			/^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bKsame;rport=\d+;received=127\.0\.0\.1\r\n/,
		);
	});

	it("a request without Call-ID, or with another method in CSeq, is answered 400", async () => {
		await room.start({ listen: ["udp://127.0.0.1:0"] });
		const { port } = room.focus.address("udp");
		const [missing] = await datagrams(port, [options("z9hG4bKm", "CSeq: 1 OPTIONS\r\n")], 1);
		expect(missing!.split("\r\n")[0]).toBe("SIP/2.0 400 Missing Call-ID");
		const [other] = await datagrams(port, [options("z9hG4bKo", "Call-ID: x2\r\nCSeq: 1 INVITE\r\n")], 1);
		expect(other!.split("\r\n")[0]).toBe("SIP/2.0 400 Bad CSeq");
	});

	it("a refusal of INVITE is repeated until its ACK comes", async () => {
		await room.start({ listen: ["udp://127.0.0.1:0"], timers: { t1: 20 } });
		const invite = options("z9hG4bKi", "Call-ID: x3\r\nCSeq: 1 INVITE\r\n").replace("OPTIONS sip", "INVITE sip");
		const got = await datagrams(room.focus.address("udp").port, [invite], 3);
		expect(got.map((text) => text.split("\r\n")[0])).toEqual(Array(3).fill("SIP/2.0 488 Not Acceptable Here"));
	});

	it("a client sends its request again, and gives up after 64 T1", async () => {
		const socket = createSocket("udp4");
		await new Promise<void>((done) => socket.bind(0, "127.0.0.1", () => done()));
		const got: string[] = [];
		socket.on("message", (octets) => got.push(octets.toString()));
		await room.start();
		const alice = await room.client(ALICE, { server: `udp://127.0.0.1:${socket.address().port}`, timers: { t1: 10, t2: 40 } });
		expect(await alice.register()).toBe(0);
		socket.close();
		expect(got.length).toBeGreaterThan(5);
		expect(new Set(got).size).toBe(1);
	});
});

describe("WebSocket", () => {
	it("takes nobody who does not offer the sub-protocol", async () => {
		await room.start({ listen: ["ws://127.0.0.1:0"] });
		const socket = new WebSocket(`ws://127.0.0.1:${room.focus.address("ws").port}/`, "chat");
		const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
		expect(error.message).toBe("Unexpected server response: 400");
	});
});

describe("TCP", () => {
	it("keep-alives are answered, messages in pieces are put together", async () => {
		await room.start();
		const text = await new Promise<string>((resolve) => {
			const socket = createConnection(room.focus.address("tcp").port, "127.0.0.1");
			let got = "";
			socket.on("data", (octets) => {
				got += octets;
				if (got === "\r\n") {
					const message = options("z9hG4bKtcp", "Call-ID: x4\r\nCSeq: 1 OPTIONS\r\n");
					socket.write(message.slice(0, 40));
					setImmediate(() => socket.write(message.slice(40)));
				} else if (got.endsWith("\r\n\r\n")) {
					socket.destroy();
					resolve(got);
				}
			});
			socket.write("\r\n\r\n");
		});
		expect(text).toMatch(/^\r\nSIP\/2\.0 200 OK\r\n/);
	});

	it("a place that cannot be read or reached is said so", async () => {
		await room.start();
		await expect(room.client(BOB, { server: "127.0.0.1:5060" })).rejects.toThrow('"127.0.0.1:5060": write TRANSPORT://HOST:PORT');
		await expect(room.client(BOB, { server: "tcp://127.0.0.1:1" })).rejects.toThrow("ECONNREFUSED");
	});
});
