import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../src/core/model/entry.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import { client, deadPort, OPTIONS_REQUEST, peer, proxyFor, readAll, told, until } from "./peers.js";

async function folder(): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), "mitmsrp-"));
	onTestFinished(() => rm(path, { recursive: true, force: true }));
	return path;
}

/** A TLS server with a certificate for `localhost` of an authority of its own. */
async function tlsPeer(
	authority: LocalAuthority,
	serve: (socket: TLSSocket) => void,
	more: TlsOptions = {},
): Promise<{ port: number; server: Server }> {
	const server = createServer({ ...(await authority.leaf("localhost")), ...more }, serve);
	const sockets = new Set<Socket>();
	server.on("connection", (socket) => sockets.add(socket));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return { port: (server.address() as { port: number }).port, server };
}

async function secure(port: number, options: ConnectionOptions): Promise<TLSSocket> {
	const socket = connect({ port, host: "127.0.0.1", ...options });
	onTestFinished(() => void socket.destroy());
	await once(socket, "secureConnect");
	return socket;
}

const echo = (socket: Socket): void => {
	socket.on("error", () => {});
	socket.pipe(socket);
};

describe("local authority", () => {
	test("is made once, kept for the user alone, and issues what a TLS client accepts", async () => {
		const path = join(await folder(), "deeper");
		const [first, second] = await Promise.all([LocalAuthority.open(path), LocalAuthority.open(path)]);
		const pem = await readFile(first.file, "utf8");
		expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/);
		expect(pem).not.toContain("PRIVATE KEY");
		expect((await stat(join(path, "ca-with-key.pem"))).mode & 0o777).toBe(0o600);
		expect((await stat(path)).mode & 0o777).toBe(0o700);
		expect(second.file).toBe(first.file);
		expect((await first.leaf("a.example.com")).cert.split("-----END CERTIFICATE-----")[1]).toBe(
			(await second.leaf("b.example.com")).cert.split("-----END CERTIFICATE-----")[1],
		);
		expect(await first.leaf("a.example.com")).toBe(await first.leaf("a.example.com"));
	});

	test("a file that is none is not replaced", async () => {
		const path = await folder();
		await writeFile(join(path, "ca-with-key.pem"), "nothing\n");
		await expect(LocalAuthority.open(path)).rejects.toThrow("this is no certificate with a P-256 key");
	});
});

test("TLS on both sides: verified by a real client, SNI and ALPN as between the two, entries say tls", async () => {
	const ours = await folder();
	const authority = await LocalAuthority.open(ours);
	const theirs = await LocalAuthority.open(await folder());
	let asked: { name: unknown; alpn: unknown } | undefined;
	const target = await tlsPeer(
		theirs,
		(socket) => {
			asked = { name: (socket as TLSSocket & { servername?: string }).servername, alpn: socket.alpnProtocol };
			echo(socket);
		},
		{ ALPNProtocols: ["sip/2"] },
	);
	const keyLogFile = join(ours, "keys.txt");
	const proxy = await proxyFor({
		hops: [`tls://127.0.0.1:0=>tls://127.0.0.1:${target.port},server-name=localhost,ca=${theirs.file}`],
		authorityFolder: ours,
		keyLogFile,
	});
	const carriers: string[] = [];
	proxy.on("entry", (entry: Entry) => carriers.push(`${entry.protocol} ${entry.flow.leg} ${entry.over}`));
	const socket = await secure(proxy.hops[0]!.port, {
		servername: "chat.example.com",
		ca: await readFile(authority.file, "utf8"),
		ALPNProtocols: ["other", "sip/2"],
	});
	expect(socket.authorized).toBe(true);
	expect(socket.getPeerCertificate().subjectaltname).toBe("DNS:chat.example.com");
	expect(socket.alpnProtocol).toBe("sip/2");
	socket.write(OPTIONS_REQUEST);
	await once(socket, "data");
	socket.end();
	await once(socket, "close");
	await until(() => proxy.connections === 0);
	expect(asked).toEqual({ name: "localhost", alpn: "sip/2" });
	expect(carriers).toEqual(["sip client tls", "sip server tls", "sip server tls", "sip client tls"]);
	await proxy.close();
	const lines = (await readFile(keyLogFile, "utf8")).trimEnd().split("\n");
	expect(lines.filter((line) => /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+$/.test(line))).toHaveLength(2);
	expect((await stat(keyLogFile)).mode & 0o777).toBe(0o600);
});

test("a client that asks by address gets a certificate for the address", async () => {
	const ours = await folder();
	const authority = await LocalAuthority.open(ours);
	const target = await peer(echo);
	const proxy = await proxyFor({ hops: [`tls://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`], authorityFolder: ours });
	const socket = await secure(proxy.hops[0]!.port, { ca: await readFile(authority.file, "utf8") });
	expect(socket.getPeerCertificate().subjectaltname).toBe("IP Address:127.0.0.1");
	socket.end("x");
	expect((await readAll(socket)).toString()).toBe("x");
});

test("a target with a certificate that nobody vouches for: the client is reset, the entry says why; insecure lets it pass", async () => {
	const ours = await folder();
	const authority = await LocalAuthority.open(ours);
	const target = await tlsPeer(await LocalAuthority.open(await folder()), echo);
	const way = `=>tls://localhost:${target.port}`;
	const proxy = await proxyFor({ hops: [`tls://127.0.0.1:0${way}`, `tls://127.0.0.1:0${way},insecure`], authorityFolder: ours });
	const texts: string[] = [];
	proxy.on("entry", (entry) => texts.push(`${entry.problems.map(({ id }) => id)} ${"text" in entry ? entry.text : ""}`));
	const ca = await readFile(authority.file, "utf8");
	await expect(secure(proxy.hops[0]!.port, { ca })).rejects.toMatchObject({ code: "ECONNRESET" });
	await until(() => texts.length > 0);
	expect(texts).toHaveLength(1);
	expect(texts[0]).toMatch(/TLS with localhost:\d+ failed: (?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)/);
	expect(texts[0]!.startsWith("proxy.tls-failed ")).toBe(true);
	expect(proxy.hops.map(({ insecure }) => insecure)).toEqual([false, true]);
	const socket = await secure(proxy.hops[1]!.port, { ca });
	socket.end("through");
	expect((await readAll(socket)).toString()).toBe("through");
});

test("TLS where the target cannot be reached, and a client that speaks no TLS", async () => {
	const dead = await deadPort();
	const target = await peer(echo);
	const proxy = await proxyFor({
		hops: [`tls://127.0.0.1:0=>tcp://127.0.0.1:${dead}`, `tls://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`],
		authorityFolder: await folder(),
	});
	const texts: string[] = [];
	proxy.on("entry", (entry) => texts.push("text" in entry ? entry.text : ""));
	await expect(secure(proxy.hops[0]!.port, {})).rejects.toMatchObject({ code: "ECONNRESET" });
	const plain = (await import("node:net")).connect(proxy.hops[1]!.port, "127.0.0.1");
	plain.write(OPTIONS_REQUEST);
	await expect(once(plain, "end")).rejects.toMatchObject({ code: "ECONNRESET" });
	await until(() => texts.length === 2);
	expect(texts[0]).toMatch(/cannot be reached: ECONNREFUSED/);
	expect(texts[1]).toBe("TLS: the client does not begin with a ClientHello");
});

test("client certificates: our own towards the target, required from clients", async () => {
	const ours = await folder();
	const authority = await LocalAuthority.open(ours);
	const theirs = await LocalAuthority.open(await folder());
	const own = await theirs.leaf("mitmsrp.example.com");
	const cert = join(ours, "own.pem");
	const key = join(ours, "own-key.pem");
	await writeFile(cert, own.cert);
	await writeFile(key, own.key);
	const subjects: unknown[] = [];
	const target = await tlsPeer(
		theirs,
		(socket) => {
			subjects.push(socket.getPeerCertificate().subject?.CN);
			echo(socket);
		},
		// The authority issues certificates for servers; that such a one is shown at all is what matters here.
		{ requestCert: true, rejectUnauthorized: false },
	);
	const base = `tls://127.0.0.1:0=>tls://localhost:${target.port},ca=${theirs.file}`;
	const proxy = await proxyFor({
		hops: [`${base},client-cert=${cert},client-key=${key}`, `${base},ask-client=require,client-ca=${theirs.file}`],
		authorityFolder: ours,
	});
	const ca = await readFile(authority.file, "utf8");
	const socket = await secure(proxy.hops[0]!.port, { ca });
	socket.end("x");
	expect((await readAll(socket)).toString()).toBe("x");
	expect(subjects).toEqual(["mitmsrp.example.com"]);
	const refused = connect({ port: proxy.hops[1]!.port, host: "127.0.0.1", ca });
	refused.on("secureConnect", () => refused.write("x"));
	await expect(once(refused, "data")).rejects.toMatchObject({
		code: expect.stringMatching(/ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET/),
	});
});

test("a given certificate is shown as it is", async () => {
	const path = await folder();
	const given = await LocalAuthority.open(path);
	const leaf = await given.leaf("sip.example.com");
	await writeFile(join(path, "c.pem"), leaf.cert);
	await writeFile(join(path, "k.pem"), leaf.key);
	const target = await peer(echo);
	const proxy = await proxyFor({
		hops: [`tls://127.0.0.1:0=>tcp://127.0.0.1:${target.port},cert=${join(path, "c.pem")},key=${join(path, "k.pem")}`],
		authorityFolder: join(path, "unused"),
	});
	const socket = await secure(proxy.hops[0]!.port, { servername: "sip.example.com", ca: await readFile(given.file, "utf8") });
	expect(socket.authorized).toBe(true);
	await expect(stat(join(path, "unused"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a certificate file that is not there: ready says which", async () => {
	await expect(proxyFor({ hops: ["tls://127.0.0.1:0=>tcp://127.0.0.1:1,name=a,cert=/nowhere/c.pem,key=/nowhere/k.pem"] })).rejects.toThrow(
		"hop a: cert: /nowhere/c.pem cannot be read (ENOENT)",
	);
});

test.each([
	["cert", "cert=F,key=F", "F and F are no certificate with its key, PEM"],
	["client-cert", "client-cert=F,client-key=F", "F and F are no certificate with its key, PEM"],
	["ca", "ca=F", "F has no certificates, PEM (there is none in it)"],
	["client-ca", "ask-client=require,client-ca=F", "F has no certificates, PEM (there is none in it)"],
])("a file of %s that holds something else: ready says which", async (option, options, message) => {
	const file = join(await folder(), "notes.txt");
	await writeFile(file, "no certificate\n");
	const hop = `tls://127.0.0.1:0=>tls://127.0.0.1:1,name=a,${options.replaceAll("F", file)}`;
	await expect(proxyFor({ hops: [hop] })).rejects.toThrow(`hop a: ${option}: ${message.replaceAll("F", file)}`);
});

test("a certificate in the file of authorities that is damaged: ready says which", async () => {
	const file = join(await folder(), "ca.pem");
	await writeFile(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	await expect(proxyFor({ hops: [`tcp://127.0.0.1:0=>tls://127.0.0.1:1,name=a,ca=${file}`] })).rejects.toThrow(
		`hop a: ca: ${file} has no certificates, PEM (`,
	);
});

describe("a target that wants a certificate says so after the handshake (TLS 1.3)", () => {
	const ALERT = "failed: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED (tlsv13 alert certificate required)";

	test("the client's connection breaks, and an entry says why", async () => {
		const theirs = await LocalAuthority.open(await folder());
		const target = await tlsPeer(theirs, echo, { requestCert: true, rejectUnauthorized: true });
		const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tls://localhost:${target.port},ca=${theirs.file}`] });
		const texts = told(proxy);
		const socket = await client(proxy.hops[0]!.port);
		const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
		socket.resume();
		await closed;
		await until(() => proxy.connections === 0);
		expect(texts).toEqual([`proxy.tls-failed: TLS with localhost:${target.port} ${ALERT}`]);
	});

	test("also while the client's own handshake is going on", async () => {
		const [ours, theirs] = [await folder(), await LocalAuthority.open(await folder())];
		await LocalAuthority.open(ours);
		const target = await tlsPeer(theirs, echo, { requestCert: true, rejectUnauthorized: true });
		const given = new Promise<void>((resolve) => target.server.once("connection", (socket) => socket.once("close", resolve)));
		const proxy = await proxyFor({ hops: [`tls://127.0.0.1:0=>tls://localhost:${target.port},ca=${theirs.file}`], authorityFolder: ours });
		const texts = told(proxy);
		// What follows the ClientHello is held until the proxy has heard of the target's alert.
		const slow = await peer((near) => {
			const far = connectTcp(proxy.hops[0]!.port, "127.0.0.1");
			far.on("error", () => {});
			far.on("close", () => near.destroy());
			far.on("data", (octets) => near.write(octets));
			let waiting = Promise.resolve();
			near.on("data", (octets) => {
				waiting = waiting.then(() => void far.write(octets)).then(() => given);
			});
		});
		const socket = connect({ port: slow.port, host: "127.0.0.1", rejectUnauthorized: false });
		onTestFinished(() => void socket.destroy());
		socket.on("error", () => {});
		socket.resume();
		await once(socket, "close");
		await until(() => texts.length > 0);
		expect(texts).toEqual([`proxy.tls-failed: TLS with localhost:${target.port} ${ALERT}`]);
	});
});

test("tcp to tls adds TLS", async () => {
	const theirs = await LocalAuthority.open(await folder());
	const target = await tlsPeer(theirs, echo);
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tls://localhost:${target.port},ca=${theirs.file}`] });
	const carriers: string[] = [];
	proxy.on("entry", (entry) => carriers.push(`${entry.flow.leg} ${entry.over}`));
	const { client } = await import("./peers.js");
	const socket = await client(proxy.hops[0]!.port);
	socket.end(OPTIONS_REQUEST);
	expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST);
	expect(carriers.slice(0, 2)).toEqual(["client tcp", "server tls"]);
});
