import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTls, type TLSSocket } from "node:tls";
import { SocksClient } from "socks";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import type { LiveProxy } from "../../src/shell/proxy/proxy.js";
import { client, OPTIONS_REQUEST, peer, proxyFor, readAll, until } from "./peers.js";

let folder: string;
let authority: LocalAuthority;
let ca: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "mitmsrp-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	authority = await LocalAuthority.open(folder);
	ca = await readFile(authority.file, "utf8");
});

async function tlsEcho(): Promise<number> {
	const server = createTls(await authority.leaf("localhost"), (socket) => {
		socket.on("error", () => {});
		socket.pipe(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => void server.close());
	return (server.address() as AddressInfo).port;
}

/** A secure WebSocket server that answers every message with itself. */
async function wssEcho(): Promise<number> {
	const https = createHttps(await authority.leaf("localhost"));
	const server = new WebSocketServer({ server: https });
	server.on("connection", (socket) => void socket.on("message", (data, binary) => socket.send(data, { binary })));
	https.listen(0, "127.0.0.1");
	await once(https, "listening");
	onTestFinished(() => {
		for (const socket of server.clients) socket.terminate();
		https.close();
	});
	return (https.address() as AddressInfo).port;
}

async function secured(over: Socket | number): Promise<TLSSocket> {
	const options = { ca, servername: "localhost" };
	const socket =
		typeof over === "number" ? connectTls({ ...options, port: over, host: "127.0.0.1" }) : connectTls({ ...options, socket: over });
	onTestFinished(() => void socket.destroy());
	await once(socket, "secureConnect");
	return socket;
}

function watch(proxy: LiveProxy): Set<string> {
	const seen = new Set<string>();
	proxy.on("entry", (entry) => seen.add(`${entry.protocol} ${entry.flow.leg} ${entry.over}`));
	return seen;
}

describe("auto", () => {
	test("TLS is taken off and put on again, as the client speaks", async () => {
		const proxy = await proxyFor({
			hops: [`auto://127.0.0.1:0=>auto://localhost:${await tlsEcho()},ca=${authority.file}`],
			authorityFolder: folder,
		});
		const seen = watch(proxy);
		const socket = await secured(proxy.hops[0]!.port);
		socket.end(OPTIONS_REQUEST);
		expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
		expect([...seen]).toEqual(["sip client tls", "sip server tls"]);
	});

	test("tls=pass leaves TLS as it is", async () => {
		const proxy = await proxyFor({
			hops: [`auto://127.0.0.1:0=>auto://localhost:${await tlsEcho()},tls=pass`],
			authorityFolder: join(folder, "unused"),
		});
		const seen = watch(proxy);
		const socket = await secured(proxy.hops[0]!.port);
		expect(socket.getPeerCertificate().issuer.CN).toBe("mitmsrp local authority");
		socket.end("through");
		expect((await readAll(socket)).toString()).toBe("through");
		expect([...seen].filter((entry) => entry.startsWith("sip"))).toEqual([]);
	});

	test("WebSocket, plain and inside of TLS, to a target that takes TCP", async () => {
		const target = await peer((socket) => void socket.pipe(socket));
		const proxy = await proxyFor({ hops: [`auto://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`], authorityFolder: folder });
		const seen = watch(proxy);
		for (const scheme of ["ws", "wss"]) {
			const socket = new WebSocket(`${scheme}://localhost:${proxy.hops[0]!.port}`, ["sip"], { ca, family: 4 });
			await once(socket, "open");
			socket.send(OPTIONS_REQUEST);
			expect(String((await once(socket, "message"))[0])).toBe(OPTIONS_REQUEST);
			socket.close();
			await once(socket, "close");
		}
		await until(() => proxy.connections === 0);
		expect([...seen].filter((entry) => entry.startsWith("sip"))).toEqual(["sip client ws", "sip server tcp", "sip client wss"]);
	});
});

test("TLS through SOCKS5: taken off with the name that the client asks for", async () => {
	const port = await tlsEcho();
	const proxy = await proxyFor({ hops: [`socks://127.0.0.1:0,ca=${authority.file}`], authorityFolder: folder });
	const seen = watch(proxy);
	const { socket } = await SocksClient.createConnection({
		proxy: { host: "127.0.0.1", port: proxy.hops[0]!.port, type: 5 },
		command: "connect",
		destination: { host: "127.0.0.1", port },
	});
	const secure = await secured(socket);
	secure.end(OPTIONS_REQUEST);
	expect((await readAll(secure)).toString()).toBe(OPTIONS_REQUEST);
	expect([...seen]).toEqual(["sip client tls", "sip server tls"]);
});

test("wss to wss is a tunnel inside of TLS; tcp and udp to wss are bridged", async () => {
	const target = `wss://localhost:${await wssEcho()},ca=${authority.file}`;
	const proxy = await proxyFor({
		hops: [`wss://127.0.0.1:0=>${target}`, `tcp://127.0.0.1:0=>${target}`, `udp://127.0.0.1:0=>${target}`],
		authorityFolder: folder,
	});
	const seen = watch(proxy);
	const socket = new WebSocket(`wss://localhost:${proxy.hops[0]!.port}/x`, ["sip"], { ca, family: 4 });
	await once(socket, "open");
	socket.send(OPTIONS_REQUEST);
	expect(String((await once(socket, "message"))[0])).toBe(OPTIONS_REQUEST);
	socket.terminate();
	const stream = await client(proxy.hops[1]!.port);
	stream.write(OPTIONS_REQUEST);
	expect(String((await once(stream, "data"))[0])).toBe(OPTIONS_REQUEST);
	const datagrams = createSocket("udp4");
	onTestFinished(() => void datagrams.close());
	datagrams.send(OPTIONS_REQUEST, proxy.hops[2]!.port, "127.0.0.1");
	expect(String((await once(datagrams, "message"))[0])).toBe(OPTIONS_REQUEST);
	expect([...seen].filter((entry) => entry.startsWith("sip"))).toEqual([
		"sip client wss",
		"sip server wss",
		"sip client tcp",
		"sip client udp",
	]);
});

test("a target that accepts and then says nothing: TLS is given up in time", async () => {
	const silent = await peer((socket) => socket.resume());
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tls://127.0.0.1:${silent.port}`], connectTimeout: 100 });
	const entry = once(proxy, "entry");
	const socket = await client(proxy.hops[0]!.port);
	const failed = once(socket, "error");
	socket.resume();
	expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
	expect((await entry)[0].text).toBe(`TLS with 127.0.0.1:${silent.port} failed: ETIMEDOUT (no TLS within 0.1 s)`);
});

test("IPv6 on both sides", async () => {
	const target = await peer((socket) => void socket.pipe(socket));
	const second = await proxyFor({ hops: [`tcp://[::1]:0=>tcp://127.0.0.1:${target.port}`] });
	const first = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://[::1]:${second.hops[0]!.port}`] });
	expect(second.hops[0]!.listen).toBe(`tcp://[::1]:${second.hops[0]!.port}`);
	const addresses = new Set<string>();
	second.on("entry", (entry) => addresses.add(entry.flow.a.address));
	const socket = await client(first.hops[0]!.port);
	socket.end(OPTIONS_REQUEST);
	expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
	expect([...addresses].sort()).toEqual(["127.0.0.1", "::1"]);
});
