import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createProxy, type LiveProxy, type ProxyOptions } from "../../src/shell/proxy/proxy.js";

/** A server on a free port of loopback that hands its connections to `serve`; closed with the test. */
export async function peer(serve: (socket: Socket) => void): Promise<{ port: number; server: Server; sockets: Set<Socket> }> {
	const sockets = new Set<Socket>();
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		socket.on("error", () => {});
		serve(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return { port: (server.address() as AddressInfo).port, server, sockets };
}

/** A proxy that listens; closed with the test. */
export async function proxyFor(options: ProxyOptions): Promise<LiveProxy> {
	const proxy = createProxy({ drain: 200, ...options });
	onTestFinished(async () => {
		await proxy.close(0);
	});
	await proxy.ready;
	return proxy;
}

/** A connected client socket; destroyed with the test. */
export async function client(port: number, host = "127.0.0.1"): Promise<Socket> {
	const socket = connect({ port, host, allowHalfOpen: true });
	onTestFinished(() => void socket.destroy());
	await once(socket, "connect");
	socket.on("error", () => {});
	return socket;
}

/** A port of loopback where nobody listens. */
export async function deadPort(): Promise<number> {
	const server = createServer();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

/** All that a socket brings until its end. */
export async function readAll(socket: Socket): Promise<Buffer> {
	const chunks: Buffer[] = [];
	socket.on("data", (chunk) => chunks.push(chunk));
	await once(socket, "end");
	return Buffer.concat(chunks);
}

/** Waits until `condition` holds, looked at after every turn of the event loop; rejects after `limit` milliseconds. */
export async function until(condition: () => boolean, limit = 10_000): Promise<void> {
	const deadline = Date.now() + limit;
	while (!condition()) {
		if (Date.now() > deadline) throw new Error("waited in vain");
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
}

export const OPTIONS_REQUEST = [
	"OPTIONS sip:bob@example.com SIP/2.0",
	"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKa1",
	"Max-Forwards: 70",
	"From: <sip:alice@example.com>;tag=1",
	"To: <sip:bob@example.com>",
	"Call-ID: a@example.com",
	"CSeq: 1 OPTIONS",
	"Content-Length: 0",
	"",
	"",
].join("\r\n");

/** What the proxy tells in entries that are about no message: the ids of the findings and the text. */
export function told(proxy: LiveProxy): string[] {
	const texts: string[] = [];
	proxy.on("entry", (entry) => {
		if ("text" in entry) texts.push(`${entry.problems.map(({ id }) => id)}: ${entry.text}`);
	});
	return texts;
}
