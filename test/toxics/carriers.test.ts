import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ToxicSettings } from "../../src/core/toxics/types.js";
import { now } from "../../src/shell/net/clock.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import type { LiveProxy } from "../../src/shell/proxy/proxy.js";
import { proxyFor, until } from "../proxy/peers.js";
import { toxic } from "./line.js";

const down = (type: string, attributes: Record<string, number> = {}): ToxicSettings => toxic(type, attributes, { stream: "downstream" });

function put(proxy: LiveProxy, ...toxics: ToxicSettings[]): void {
	for (const one of toxics) proxy.hopState(proxy.hops[0]!.id)!.toxics.add(one, now());
}

async function udp(): Promise<Socket> {
	const socket = createSocket("udp4");
	onTestFinished(() => void socket.close());
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	return socket;
}

test("UDP: datagrams come later, whole, and the limit ends the association", async () => {
	const server = await udp();
	server.on("message", (datagram, { port, address }) => void server.send(datagram, port, address));
	const proxy = await proxyFor({ hops: [`udp://127.0.0.1:0=>udp://127.0.0.1:${server.address().port}`] });
	put(proxy, down("slicer", { average_size: 10 }), down("latency", { latency: 80 }), toxic("limit_data", { bytes: 5000 }));
	const socket = await udp();
	const got: string[] = [];
	socket.on("message", (datagram) => got.push(datagram.toString()));
	const from = performance.now();
	for (const datagram of ["a".repeat(1000), "b".repeat(3000)]) socket.send(datagram, proxy.hops[0]!.port, "127.0.0.1");
	await until(() => got.length === 2);
	expect(performance.now() - from).toBeGreaterThanOrEqual(79);
	expect(got).toEqual(["a".repeat(1000), "b".repeat(3000)]);
	expect(proxy.connections).toBe(1);
	socket.send("c".repeat(2000), proxy.hops[0]!.port, "127.0.0.1");
	await until(() => proxy.connections === 0);
	expect(got).toHaveLength(2);
});

test("TLS: octets come later, a reset is one", async () => {
	const path = await mkdtemp(join(tmpdir(), "mitmsrp-"));
	onTestFinished(() => rm(path, { recursive: true, force: true }));
	const authority = await LocalAuthority.open(path);
	const server = createServer(await authority.leaf("localhost"), (socket) => {
		socket.on("error", () => {});
		socket.pipe(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => void server.close());
	const { port } = server.address() as { port: number };
	const proxy = await proxyFor({ hops: [`tls://127.0.0.1:0=>tls://localhost:${port},insecure`], authorityFolder: path });
	put(proxy, down("latency", { latency: 90 }));
	const socket = connect({ port: proxy.hops[0]!.port, host: "127.0.0.1", rejectUnauthorized: false });
	onTestFinished(() => void socket.destroy());
	await once(socket, "secureConnect");
	const from = performance.now();
	socket.write("hello");
	expect(String((await once(socket, "data"))[0])).toBe("hello");
	expect(performance.now() - from).toBeGreaterThanOrEqual(89);
	put(proxy, down("reset_peer"));
	const failed = once(socket, "error");
	socket.write("again");
	expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
});

test("WebSocket: its octets come later through a tunnel, its messages whole where it ends here", async () => {
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	await once(server, "listening");
	onTestFinished(() => {
		for (const one of server.clients) one.terminate();
		server.close();
	});
	server.on("connection", (socket) => socket.on("message", (data) => socket.send(data.toString())));
	const { port } = server.address() as { port: number };
	for (const stages of [[], [{ name: "all", touches: () => true, sip: () => undefined, msrp: () => undefined }]]) {
		const proxy = await proxyFor({ hops: [`ws://127.0.0.1:0=>ws://127.0.0.1:${port}`], stages });
		put(proxy, down("latency", { latency: 70 }), down("slicer", { average_size: 7 }));
		const socket = new WebSocket(`ws://127.0.0.1:${proxy.hops[0]!.port}/`);
		onTestFinished(() => socket.terminate());
		await once(socket, "open");
		const from = performance.now();
		socket.send("one message of WebSocket");
		expect(String((await once(socket, "message"))[0])).toBe("one message of WebSocket");
		expect(performance.now() - from).toBeGreaterThanOrEqual(69);
	}
});
