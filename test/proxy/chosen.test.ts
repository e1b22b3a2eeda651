import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { SocksClient } from "socks";
import { describe, expect, onTestFinished, test } from "vitest";
import { client, deadPort, OPTIONS_REQUEST, peer, proxyFor, readAll, told, until } from "./peers.js";

async function echo(): Promise<number> {
	return (await peer((socket) => void socket.pipe(socket))).port;
}

test.each(["socks", "auto"])("SOCKS5 client at a %s listener", async (scheme) => {
	const port = await echo();
	const dead = await deadPort();
	const proxy = await proxyFor({ hops: [scheme === "auto" ? "auto://127.0.0.1:0=>auto://192.0.2.1:9" : "socks://127.0.0.1:0"] });
	const legs: string[] = [];
	proxy.on("entry", (entry) => legs.push(`${entry.protocol} ${entry.flow.leg}`));
	const options = { proxy: { host: "127.0.0.1", port: proxy.hops[0]!.port, type: 5 as const }, command: "connect" as const };
	for (const host of ["127.0.0.1", "localhost"]) {
		const { socket } = await SocksClient.createConnection({ ...options, destination: { host, port } });
		socket.end(OPTIONS_REQUEST);
		expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
	}
	expect(legs.slice(0, 2)).toEqual(["sip client", "sip server"]);
	await expect(SocksClient.createConnection({ ...options, destination: { host: "127.0.0.1", port: dead } })).rejects.toThrow(
		/ConnectionRefused/,
	);
	await until(() => legs.some((leg) => leg === "tcp client"));
});

test.each(["connect", "auto"])("HTTP CONNECT client at a %s listener", async (scheme) => {
	const port = await echo();
	const dead = await deadPort();
	const proxy = await proxyFor({ hops: [scheme === "auto" ? "auto://127.0.0.1:0=>auto://192.0.2.1:9" : "connect://127.0.0.1:0"] });
	const socket = await client(proxy.hops[0]!.port);
	socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
	expect(String((await once(socket, "data"))[0])).toBe("HTTP/1.1 200 Connection established\r\n\r\n");
	socket.end("hello");
	expect((await readAll(socket)).toString()).toBe("hello");
	const refused = await client(proxy.hops[0]!.port);
	refused.write(`CONNECT 127.0.0.1:${dead} HTTP/1.1\r\n\r\n`);
	expect((await readAll(refused)).toString()).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
});

test("what is no request is answered in its protocol, and reported", async () => {
	const proxy = await proxyFor({ hops: ["socks://127.0.0.1:0", "connect://127.0.0.1:0"] });
	const texts: string[] = [];
	proxy.on("entry", (entry) => texts.push(`${entry.problems[0]?.id}: ${"text" in entry ? entry.text : ""}`));
	const socks = await client(proxy.hops[0]!.port);
	socks.write(Buffer.from([5, 1, 2]));
	expect((await once(socks, "data"))[0]).toEqual(Buffer.from([5, 0xff]));
	const http = await client(proxy.hops[1]!.port);
	http.write("GET / HTTP/1.1\r\n\r\n");
	expect(String((await once(http, "data"))[0])).toMatch(/^HTTP\/1\.1 400 /);
	await until(() => texts.length === 2);
	expect(texts).toEqual([
		"proxy.client-failed: socks: the SOCKS5 client insists on authentication, which there is none of",
		"proxy.client-failed: connect: no HTTP CONNECT request with a host and a port",
	]);
});

test("auto: plain traffic goes to the target, a silent client too", async () => {
	const greeting = await peer((socket) => socket.end("hello first"));
	const port = await echo();
	const proxy = await proxyFor({
		hops: [`auto://127.0.0.1:0=>tcp://127.0.0.1:${port}`, `auto://127.0.0.1:0=>auto://127.0.0.1:${greeting.port}`],
	});
	for (const text of [OPTIONS_REQUEST, "S", "\u0000\u0001\u0002"]) {
		const socket = await client(proxy.hops[0]!.port);
		socket.end(text);
		expect((await readAll(socket)).toString()).toBe(text);
	}
	expect((await readAll(await client(proxy.hops[1]!.port))).toString()).toBe("hello first");
});

test("a SOCKS5 request without a name goes nowhere", async () => {
	const port = await echo();
	const proxy = await proxyFor({ hops: ["socks://127.0.0.1:0"] });
	const socket = await client(proxy.hops[0]!.port);
	socket.write(Buffer.from([5, 1, 0]));
	socket.end(Buffer.from([5, 1, 0, 3, 0, port >> 8, port & 255]));
	expect((await readAll(socket)).toString("hex")).toBe("050005040001000000000000");
});

test("TLS that fails with a target that the client chose: the entry names it", async () => {
	const target = await peer((socket) => socket.end("this is no TLS"));
	const proxy = await proxyFor({ hops: ["connect://127.0.0.1:0"], authorityFolder: await mkdtemp(join(tmpdir(), "mitmsrp-")) });
	const texts = told(proxy);
	const socket = await client(proxy.hops[0]!.port);
	socket.write(`CONNECT localhost:${target.port} HTTP/1.1\r\n\r\n`);
	await once(socket, "data");
	const tls = connectTls({ socket });
	tls.on("error", () => {});
	await until(() => texts.length > 0);
	expect(texts[0]).toMatch(
		new RegExp(`^proxy\\.tls-failed: TLS with localhost:${target.port} failed: ERR_SSL_[A-Z0-9_]+ \\([a-z0-9 ]+\\)$`),
	);
	tls.destroy();
});

describe("auto, one octet first and the rest after more than half a second", () => {
	async function late(port: number, first: Buffer | string, rest: Buffer | string): Promise<Socket> {
		const socket = await client(port);
		socket.write(first);
		await new Promise((resolve) => setTimeout(resolve, 700));
		socket.write(rest);
		return socket;
	}

	test("SOCKS5, CONNECT", async () => {
		const target = await echo();
		const proxy = await proxyFor({ hops: ["auto://127.0.0.1:0=>auto://192.0.2.1:1"] });
		const { port } = proxy.hops[0]!;
		const [socks, connect] = await Promise.all([
			late(port, Buffer.from([5]), Buffer.from([1, 0])),
			late(port, "C", `ONNECT 127.0.0.1:${target} HTTP/1.1\r\n\r\n`),
		]);
		const [method, answer] = await Promise.all([once(socks, "data"), once(connect, "data")]);
		expect((method[0] as Buffer).toString("hex")).toBe("0500");
		expect((answer[0] as Buffer).toString()).toBe("HTTP/1.1 200 Connection established\r\n\r\n");
	});

	test("TLS: a ClientHello in pieces is TLS all the same", async () => {
		const folder = await mkdtemp(join(tmpdir(), "mitmsrp-"));
		onTestFinished(() => rm(folder, { recursive: true, force: true }));
		const target = await echo();
		const proxy = await proxyFor({ hops: [`auto://127.0.0.1:0=>tcp://127.0.0.1:${target}`], authorityFolder: folder });
		const slow = await peer((near) => {
			const far = connectTcp(proxy.hops[0]!.port, "127.0.0.1");
			far.on("error", () => {});
			far.pipe(near);
			near.once("data", (hello) => {
				far.write(hello.subarray(0, 1));
				setTimeout(() => {
					far.write(hello.subarray(1));
					near.pipe(far);
				}, 700);
			});
		});
		const socket = connectTls({ port: slow.port, host: "127.0.0.1", rejectUnauthorized: false });
		onTestFinished(() => void socket.destroy());
		socket.write("inside");
		expect(((await once(socket, "data"))[0] as Buffer).toString()).toBe("inside");
	});
});

test.each([
	["v1", "PROXY TCP4 192.0.2.7 198.51.100.2 40000 5060\r\n"],
	["v1, IPv6", "PROXY TCP6 2001:db8::7 2001:db8::2 40000 5060\r\n"],
	[
		"v2",
		Buffer.concat([
			Buffer.from("0d0a0d0a000d0a515549540a2111000c", "hex"),
			Buffer.from([192, 0, 2, 7, 198, 51, 100, 2]),
			Buffer.from("9c4013c4", "hex"),
		]),
	],
])("PROXY protocol %s: in, and the same out", async (name, header) => {
	const target = await peer((socket) => void socket.pipe(socket));
	const out = name.startsWith("v2") ? "v2" : "v1";
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port},proxy-in,proxy-out=${out}`] });
	const from: unknown[] = [];
	proxy.on("entry", (entry) => {
		if (entry.flow.leg === "client" && entry.dir === 0) from.push(entry.from, entry.to.port);
	});
	const socket = await client(proxy.hops[0]!.port);
	socket.write(header);
	socket.end(OPTIONS_REQUEST);
	expect(await readAll(socket)).toEqual(Buffer.concat([Buffer.from(header), Buffer.from(OPTIONS_REQUEST)]));
	expect(from).toEqual([{ address: name.includes("IPv6") ? "2001:db8::7" : "192.0.2.7", port: 40000 }, 5060]);
});

test("PROXY protocol: a client that does not begin with it is reset", async () => {
	const port = await echo();
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${port},proxy-in`] });
	const socket = connectTcp(proxy.hops[0]!.port, "127.0.0.1");
	socket.write("HELLO THERE");
	await expect(once(socket, "end")).rejects.toMatchObject({ code: "ECONNRESET" });
});
