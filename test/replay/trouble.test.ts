import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { Plan } from "../../src/core/replay/types.js";
import { connect, parsePlace } from "../../src/shell/net/links/index.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import { type ReplayOptions, replay } from "../../src/shell/replay/replay.js";
import { against, plans } from "./sides.js";

let folder: string;
let authority: LocalAuthority;
let client: Plan;
let server: Plan;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-replay-"));
	authority = await LocalAuthority.open(folder);
	({ client, server } = await plans("sipnab-sip-register.pcap"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cleanups: (() => void)[] = [];
afterEach(() => {
	for (const cleanup of cleanups.splice(0)) cleanup();
});

const ca = (): string => readFileSync(authority.file, "utf8");
const stopped = async (place: string, options: Partial<ReplayOptions> = {}): Promise<string | undefined> =>
	(await replay(client, { to: parsePlace(place), timeout: 1000, ...options })).stopped;

/** Listens on loopback and gives the port. */
async function listening(server: import("node:net").Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => server.close());
	return (server.address() as { port: number }).port;
}

async function secure(name: string, more: object = {}): Promise<number> {
	return listening(createTlsServer({ ...(await authority.leaf(name)), ...more }, (socket) => socket.on("error", () => {})));
}

describe("a peer that cannot be connected to", () => {
	it("refuses", async () => {
		const gone = createServer();
		const port = await listening(gone);
		gone.close();
		await once(gone, "close");
		expect(await stopped(`tcp://127.0.0.1:${port}`)).toBe(
			`#1 REGISTER cannot be sent: tcp://127.0.0.1:${port}: connection refused; is the peer running, and is this its address and port?`,
		);
	});

	it("has a certificate that nobody vouches for, or one for another name", async () => {
		const port = await secure("127.0.0.1");
		expect(await stopped(`tls://127.0.0.1:${port}`)).toMatch(
			/the certificate cannot be verified \(.+\); give its authority with --ca, or .*--insecure$/,
		);
		const other = await secure("sip.example.com");
		const options = { tls: { ca: ca() } };
		expect(await stopped(`wss://127.0.0.1:${other}`, options)).toMatch(
			/the certificate is for another name; give that name with --server-name/,
		);
		// With that name it is the right one: the peer then says nothing.
		expect(await stopped(`tls://127.0.0.1:${other}`, { tls: { ca: ca(), serverName: "sip.example.com" } })).toBe(
			"waited 1 s for #2 200 to REGISTER",
		);
		expect(await stopped(`tls://127.0.0.1:${other}`, { tls: { verify: false } })).toBe("waited 1 s for #2 200 to REGISTER");
	});

	it("speaks no TLS", async () => {
		const port = await listening(createServer((socket) => socket.on("error", () => {}).end("SIP/2.0 400 Bad Request\r\n\r\n")));
		expect(await stopped(`tls://127.0.0.1:${port}`)).toMatch(/: no TLS is spoken there; try tcp:\/\/$/);
	});

	it("answers nothing at all: it is given up in time", async () => {
		const port = await listening(createServer((socket) => socket.on("error", () => {})));
		for (const transport of ["tls", "ws"]) {
			const began = performance.now();
			expect(await stopped(`${transport}://127.0.0.1:${port}`, { timeout: 200 })).toMatch(/: no answer; check address and port/);
			expect(performance.now() - began).toBeLessThan(2000);
		}
	});

	it("takes no WebSocket there, or not with that sub-protocol", async () => {
		const port = await listening(createHttpServer((_, response) => response.writeHead(404).end()));
		expect(await stopped(`ws://127.0.0.1:${port}/chat`)).toBe(
			`#1 REGISTER cannot be sent: ws://127.0.0.1:${port}/chat: the server refuses the WebSocket with 404; check the path, --subprotocol and --origin`,
		);
	});

	it("wants a certificate of ours, and takes the one it is shown", async () => {
		const identity = await authority.leaf("127.0.0.1");
		const port = await secure("127.0.0.1", {
			requestCert: true,
			rejectUnauthorized: true,
			ca: ca(),
			minVersion: "TLSv1.2",
			maxVersion: "TLSv1.2",
		});
		expect(await stopped(`tls://127.0.0.1:${port}`, { tls: { ca: ca() } })).toMatch(/--client-cert|closed during the TLS handshake/);
		const self = readFileSync(new URL("../data/tls/ec-cert.pem", import.meta.url), "utf8");
		const key = readFileSync(new URL("../data/tls/ec-key.pem", import.meta.url), "utf8");
		const mine = await secure("127.0.0.1", { requestCert: true, rejectUnauthorized: true, ca: self });
		expect(await stopped(`tls://127.0.0.1:${mine}`, { tls: { ca: ca(), cert: self, key } })).toBe("waited 1 s for #2 200 to REGISTER");
		expect(identity.cert).toContain("BEGIN CERTIFICATE");
	});

	it("closes the connection: the report says so", async () => {
		const port = await listening(createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end())));
		expect(await stopped(`tcp://127.0.0.1:${port}`)).toMatch(
			/^waited 1 s for #2 200 to REGISTER; the peer closed the connection tcp port \d+ to \d+$/,
		);
	});

	it("a message that no datagram holds", async () => {
		const { client } = await plans("suricata-sip-body-large.pcap");
		const report = await replay(client, { to: parsePlace("udp://127.0.0.1:9"), timeout: 300 });
		expect(report.stopped).toMatch(/octets are more than a datagram holds; play it over tcp$/);
	});
});

describe("listening", () => {
	it("at a port that is taken, and for TLS without a certificate", async () => {
		const port = await listening(createServer());
		await expect(replay(server, { listen: parsePlace(`tcp://127.0.0.1:${port}`), timeout: 100 })).rejects.toThrow(
			`tcp://127.0.0.1:${port}: something else listens there; choose another port, or 0 for any free one`,
		);
		await expect(replay(server, { listen: parsePlace("tls://127.0.0.1:0"), timeout: 100 })).rejects.toThrow(
			/there is no certificate for TLS$/,
		);
	});

	it("a client that does not trust us, or speaks another sub-protocol, is told of", async () => {
		const identity = (host: string) => authority.leaf(host);
		const distrusted = await against(client, server, "tls", { server: { identity, timeout: 500 } });
		expect(distrusted.server.stopped).toMatch(
			/^waited 0\.5 s for #1 REGISTER; tls:\/\/127\.0\.0\.1:0 turned a client away: TLS handshake: /,
		);
		const foreign = await against(client, server, "ws", { client: { subprotocols: ["xmpp"] }, server: { timeout: 500 } });
		expect(foreign.client.stopped).toMatch(/refuses the WebSocket with 400; check the path, --subprotocol/);
		expect(foreign.server.stopped).toMatch(
			/turned a client away: WebSocket: sub-protocol sip or msrp is required, the client offers xmpp$/,
		);
	});
});

describe("WebSocket", () => {
	it("asks for path, Origin and sub-protocol of the capture, or for those given", async () => {
		const { client: recorded } = await plans("sipjs-kamailio-ws.pcapng");
		const handshake = recorded.links[0]!.handshake!;
		expect(handshake).toEqual({ path: "/", origin: undefined, offered: ["sip"] });
		const http = createHttpServer();
		const port = await listening(http);
		const asked: unknown[] = [];
		const sockets = new WebSocketServer({ server: http });
		cleanups.push(() => sockets.close());
		sockets.on("connection", (socket, { url, headers }) => {
			asked.push([url, headers.origin, headers["sec-websocket-protocol"]]);
			socket.terminate();
		});
		const plan = { ...recorded, steps: recorded.steps.slice(0, 1) };
		plan.steps[0]!.link.handshake = { ...handshake, path: "/ws?room=1", origin: "https://recorded.example" };
		await replay(plan, { to: parsePlace(`ws://127.0.0.1:${port}`), timeout: 300 });
		await replay(plan, {
			to: parsePlace(`ws://127.0.0.1:${port}/other`),
			timeout: 300,
			origin: "https://example.com",
			subprotocols: ["sip", "x"],
		});
		expect(asked).toEqual([
			["/ws?room=1", "https://recorded.example", "sip"],
			["/other", "https://example.com", "sip,x"],
		]);
	});
});

describe("a certificate announced by its fingerprint", () => {
	it("is taken without an authority; another one is refused", async () => {
		const identity = await authority.leaf("sip.example.com");
		const port = await secure("sip.example.com");
		const print = new X509Certificate(identity.cert);
		for (const fingerprint of [`SHA-256 ${print.fingerprint256}`, `sha-1 ${print.fingerprint.toLowerCase()}`]) {
			const link = await connect(parsePlace(`tls://127.0.0.1:${port}`), { tls: { fingerprint } });
			link.destroy();
		}
		for (const fingerprint of ["SHA-256 00:11", "MADE-UP 00", `SHA-1 ${print.fingerprint256}`]) {
			await expect(connect(parsePlace(`tls://127.0.0.1:${port}`), { tls: { fingerprint } })).rejects.toThrow(
				"the certificate is not the one whose fingerprint the peer gave in its description",
			);
		}
	});
});
