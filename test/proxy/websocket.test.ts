import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Entry } from "../../src/core/model/entry.js";
import type { RelayStage } from "../../src/core/relay/stage.js";
import { client, OPTIONS_REQUEST, peer, proxyFor, told, until } from "./peers.js";

const ANSWER = OPTIONS_REQUEST.replace("OPTIONS sip:bob@example.com SIP/2.0", "SIP/2.0 200 OK");
const MSRP =
	"MSRP a786hjs2 SEND\r\nTo-Path: msrp://b.example.com:2855/x;ws\r\nFrom-Path: msrp://a.example.com:9/y;ws\r\nMessage-ID: 1\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------a786hjs2$\r\n";
const MSRP_OK =
	"MSRP a786hjs2 200 OK\r\nTo-Path: msrp://a.example.com:9/y;ws\r\nFrom-Path: msrp://b.example.com:2855/x;ws\r\n-------a786hjs2$\r\n";
/** Looks at every message and changes none, so that WebSocket ends at the proxy. */
const looking: RelayStage = { name: "looking", touches: () => true };

interface Seen {
	port: number;
	requests: IncomingMessage[];
	sockets: WebSocket[];
}

async function webSocketPeer(serve: (socket: WebSocket) => void, deflate = false): Promise<Seen> {
	const server = new WebSocketServer({
		port: 0,
		host: "127.0.0.1",
		perMessageDeflate: deflate ? { threshold: 0 } : false,
		handleProtocols: (offered) => [...offered].at(-1) ?? false,
	});
	const seen: Seen = { port: 0, requests: [], sockets: [] };
	server.on("headers", (headers) => headers.push("Set-Cookie: route=7"));
	server.on("connection", (socket, request) => {
		seen.requests.push(request);
		seen.sockets.push(socket);
		serve(socket);
	});
	await once(server, "listening");
	onTestFinished(() => {
		for (const socket of seen.sockets) socket.terminate();
		server.close();
	});
	seen.port = (server.address() as AddressInfo).port;
	return seen;
}

function open(port: number, path = "/", protocols: string[] = ["sip"], options: object = {}): WebSocket {
	const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { perMessageDeflate: false, ...options });
	onTestFinished(() => {
		socket.on("error", () => {});
		socket.terminate();
	});
	return socket;
}

const echo = (socket: WebSocket): void => void socket.on("message", (data, binary) => socket.send(data, { binary }));

for (const stages of [[], [looking]]) {
	const how = stages.length === 0 ? "tunnelled" : "ended at the proxy";

	test(`WebSocket to WebSocket, ${how}: request, sub-protocol, text and binary, deflate, ping, close code`, async () => {
		const target = await webSocketPeer(echo, true);
		const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${target.port}`], stages });
		const entries: string[] = [];
		proxy.on("entry", (entry: Entry) => entries.push(`${entry.protocol} ${entry.flow.leg} ${entry.over}`));
		const headers = { Origin: "https://chat.example.com", Cookie: "a=b; c=d", "X-Trace": "9" };
		const socket = open(proxy.hops[0]!.port, "/ws/chat?room=1", ["other", "sip"], { headers, perMessageDeflate: { threshold: 0 } });
		const upgraded = once(socket, "upgrade") as Promise<[IncomingMessage]>;
		await once(socket, "open");
		expect((await upgraded)[0].headers["set-cookie"]).toEqual(["route=7"]);
		expect(socket.protocol).toBe("sip");
		expect(socket.extensions).toContain("permessage-deflate");
		expect(target.requests[0]).toMatchObject({
			url: "/ws/chat?room=1",
			headers: { origin: "https://chat.example.com", cookie: "a=b; c=d", "x-trace": "9", host: `127.0.0.1:${proxy.hops[0]!.port}` },
		});
		expect(target.sockets[0]!.extensions).toContain("permessage-deflate");
		for (const binary of [false, true]) {
			socket.send(OPTIONS_REQUEST, { binary });
			const [data, isBinary] = await once(socket, "message");
			expect([String(data), isBinary]).toEqual([OPTIONS_REQUEST, binary]);
		}
		socket.ping("are you there");
		expect(String((await once(socket, "pong"))[0])).toBe("are you there");
		const closed = once(target.sockets[0]!, "close");
		socket.close(4001, "enough");
		expect((await closed).map(String)).toEqual(["4001", "enough"]);
		await until(() => proxy.connections === 0);
		expect(entries.filter((entry) => entry === "sip client ws")).toHaveLength(4);
		expect(entries.filter((entry) => entry === "sip server ws")).toHaveLength(4);
		expect(entries.filter((entry) => entry === "websocket client ws").length).toBeGreaterThan(0);
	});

	test(`a target that refuses the upgrade, ${how}: the client sees that answer`, async () => {
		const server = createServer((_request, response) => {
			response.writeHead(403, { "x-why": "closed" });
			response.end("go away");
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		onTestFinished(() => void server.close());
		const { port } = server.address() as AddressInfo;
		const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${port}`], stages });
		const texts = told(proxy);
		const socket = open(proxy.hops[0]!.port);
		const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
		expect(response.statusCode).toBe(403);
		expect(response.headers["x-why"]).toBe("closed");
		let body = "";
		for await (const chunk of response) body += chunk;
		expect(body).toBe("go away");
		// Where the upgrade passes as it is, its answer is an entry on each leg.
		const why = `proxy.connect-failed: 127.0.0.1:${port}: the target answered the upgrade with 403`;
		const wanted = stages.length === 0 ? [": 403 /, no sub-protocol", ": 403 /, no sub-protocol"] : [why];
		await until(() => texts.length === wanted.length);
		expect(texts).toEqual(wanted);
	});

	test(`messages without octets, ${how}, arrive as such`, async () => {
		const target = await webSocketPeer(echo);
		const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${target.port}`], stages });
		const socket = open(proxy.hops[0]!.port);
		await once(socket, "open");
		const came: unknown[][] = [];
		socket.on("message", (data, binary) => came.push([String(data), binary]));
		for (const binary of [false, true]) socket.send("", { binary });
		socket.send(OPTIONS_REQUEST);
		await until(() => came.length === 3);
		expect(came).toEqual([
			["", false],
			["", true],
			[OPTIONS_REQUEST, false],
		]);
	});

	test(`the target's connection breaks, ${how}: the client sees no orderly close`, async () => {
		const target = await webSocketPeer(() => {});
		const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${target.port}`], stages });
		const socket = open(proxy.hops[0]!.port);
		await once(socket, "open");
		socket.on("error", () => {});
		const closed = once(socket, "close");
		(target.sockets[0] as unknown as { _socket: Socket })._socket.resetAndDestroy();
		expect((await closed)[0]).toBe(1006);
		await until(() => proxy.connections === 0);
	});
}

test.each([
	["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "426 Upgrade Required", "the client sent a GET request that asks for no WebSocket"],
	["OPTIONS sip:a SIP/2.0\r\n\r\n", "400 Bad Request", "the client sent what is no HTTP request (Parse Error: "],
	[`GET / HTTP/1.1\r\nA: ${"a".repeat(100_000)}`, "400 Bad Request", "the client sent what is no HTTP request (Parse Error: "],
])("a client that does not ask for WebSocket is told so, and an entry says it: %.20s", async (request, status, why) => {
	const target = await peer(() => {});
	const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
	const texts = told(proxy);
	const socket = await client(proxy.hops[0]!.port);
	const [answer] = (await Promise.all([once(socket, "data"), socket.write(request)]))[0] as [Buffer];
	expect(answer.toString("latin1").split("\r\n")[0]).toBe(`HTTP/1.1 ${status}`);
	await until(() => texts.length > 0);
	expect(texts).toEqual([expect.stringContaining(`proxy.client-failed: WebSocket: ${why}`)]);
});

test("WebSocket to TCP: one message of the one is one of the other, for SIP", async () => {
	let received = "";
	const target = await peer((socket) => {
		socket.on("data", (chunk) => {
			received += chunk;
			if (received.length === OPTIONS_REQUEST.length) {
				socket.write(ANSWER.slice(0, 30));
				setImmediate(() => socket.write(`${ANSWER.slice(30)}\r\n\r\n${ANSWER}`));
			}
		});
	});
	const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
	const entries: string[] = [];
	proxy.on("entry", (entry) => entries.push(`${entry.protocol} ${entry.flow.leg} ${entry.over} ${entry.problems.map(({ id }) => id)}`));
	const socket = open(proxy.hops[0]!.port, "/", ["other", "sip"]);
	await once(socket, "open");
	expect(socket.protocol).toBe("sip");
	const messages: string[] = [];
	socket.on("message", (data) => messages.push(String(data)));
	socket.send(OPTIONS_REQUEST.replace("Content-Length: 0\r\n", ""));
	await until(() => messages.length === 3);
	expect(received).toBe(OPTIONS_REQUEST);
	expect(messages).toEqual([ANSWER, "\r\n\r\n", ANSWER]);
	const ended = once([...target.sockets][0]!, "end");
	socket.close(1000);
	await ended;
	expect(entries.filter((entry) => entry.startsWith("sip client ws"))).toHaveLength(3);
	expect(entries.filter((entry) => entry.startsWith("sip server tcp"))).toHaveLength(3);
	expect(entries.filter((entry) => /missing-content-length|incomplete|two-messages/.test(entry))).toEqual([]);
});

test("TCP to WebSocket: MSRP chunks, the sub-protocol told by the first octets", async () => {
	const target = await webSocketPeer((socket) => {
		socket.on("message", () => {
			// Chunks in one WebSocket message each, as RFC 7977 has it.
			socket.send(MSRP_OK);
			socket.send(Buffer.from(MSRP));
		});
	});
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>ws://127.0.0.1:${target.port},path=/relay`] });
	const socket = await client(proxy.hops[0]!.port);
	let received = "";
	socket.on("data", (chunk) => {
		received += chunk;
	});
	const arrived: string[] = [];
	socket.write(MSRP.slice(0, 3));
	setImmediate(() => socket.write(MSRP.slice(3) + MSRP));
	await until(() => target.sockets.length === 1);
	target.sockets[0]!.on("message", (data) => arrived.push(String(data)));
	await until(() => received.length === 2 * (MSRP_OK.length + MSRP.length));
	expect(target.requests[0]).toMatchObject({ url: "/relay", headers: { "sec-websocket-protocol": "msrp" } });
	expect(arrived.slice(0, 2)).toEqual([MSRP, MSRP]);
	expect(received).toBe(MSRP_OK + MSRP + MSRP_OK + MSRP);
	const closed = once(target.sockets[0]!, "close");
	socket.end();
	expect((await closed)[0]).toBe(1000);
	await until(() => proxy.connections === 0);
});

test("TCP to WebSocket for what is neither SIP nor MSRP: reset, with the reason", async () => {
	const target = await webSocketPeer(() => {});
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>ws://127.0.0.1:${target.port}`] });
	const texts: string[] = [];
	proxy.on("entry", (entry) => texts.push("text" in entry ? entry.text : ""));
	const socket = await client(proxy.hops[0]!.port);
	const failed = once(socket, "error");
	socket.resume();
	socket.write(Buffer.alloc(3000, 0xff));
	expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
	expect(texts).toEqual(["the client speaks neither SIP nor MSRP, and nothing else can be bridged to WebSocket"]);
});

test("a WebSocket client that reads slowly stops the target; no message is lost", async () => {
	const messages = 400;
	const body = "x".repeat(64 << 10);
	const message = OPTIONS_REQUEST.replace("Content-Length: 0", `Content-Length: ${body.length}`) + body;
	let written = 0;
	const target = await peer((socket) => {
		socket.on("error", () => {});
		const pump = (): void => {
			while (written < messages) {
				written++;
				if (!socket.write(message)) {
					socket.once("drain", pump);
					return;
				}
			}
		};
		pump();
	});
	const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
	const socket = open(proxy.hops[0]!.port);
	let received = 0;
	socket.on("message", (data) => {
		expect(String(data).length).toBe(message.length);
		received++;
	});
	await once(socket, "open");
	socket.pause();
	let last = -1;
	let same = 0;
	await until(() => {
		same = written === last ? same + 1 : 0;
		last = written;
		return same > 100;
	});
	expect(written).toBeLessThan(messages);
	socket.resume();
	await until(() => received === messages, 30_000);
});
