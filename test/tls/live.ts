import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";
import type { Segment } from "./capture-segments.js";

const data = new URL("../data/tls/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, data));
const CERTS = {
	ec: { key: read("ec-key.pem"), cert: read("ec-cert.pem") },
	rsa: { key: read("rsa-key.pem"), cert: read("rsa-cert.pem") },
};

export interface LiveOptions {
	version?: "TLSv1.2" | "TLSv1.3";
	suite?: string;
	certificate?: "ec" | "rsa";
	clientCertificate?: boolean;
	alpn?: string[];
	serverName?: string;
	/** this many connections, each resuming the session of the one before */
	connections?: number;
	/** curves of the server, to force a HelloRetryRequest */
	serverCurve?: string;
	/** sent by the client, each answered by the same octets in upper case */
	messages: string[];
}

export interface LiveRun {
	segments: Segment[];
	/** the session was resumed, as the runtime says */
	resumed: boolean;
}

/** Runs a TLS client and server of the runtime through a tap on loopback; gives the octets of each connection, and the key log. */
export async function runLive(options: LiveOptions): Promise<{ runs: LiveRun[]; keyLog: string }> {
	const lines: string[] = [];
	const versions = options.version === undefined ? {} : { minVersion: options.version, maxVersion: options.version };
	const suite = options.suite === undefined ? {} : { ciphers: options.suite };
	const server = tls.createServer({
		...CERTS[options.certificate ?? "ec"],
		...versions,
		...suite,
		...(options.alpn ? { ALPNProtocols: options.alpn } : {}),
		...(options.serverCurve ? { ecdhCurve: options.serverCurve } : {}),
		requestCert: options.clientCertificate === true,
		rejectUnauthorized: false,
	});
	server.on("keylog", (line: Buffer) => lines.push(line.toString("latin1")));
	server.on("secureConnection", (socket) => {
		socket.on("data", (chunk) => socket.write(chunk.toString("latin1").toUpperCase()));
		socket.on("end", () => socket.end());
		socket.on("error", () => {});
	});
	server.on("tlsClientError", () => {});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const runs: LiveRun[] = [];
	let session: Buffer | undefined;
	for (let i = 0; i < (options.connections ?? 1); i++) {
		const segments: Segment[] = [];
		const tap = await listenTap((server.address() as net.AddressInfo).port, segments);
		const client = tls.connect({
			port: (tap.address() as net.AddressInfo).port,
			host: "127.0.0.1",
			rejectUnauthorized: false,
			...versions,
			...suite,
			...(options.serverName ? { servername: options.serverName } : {}),
			...(options.alpn ? { ALPNProtocols: options.alpn } : {}),
			...(options.clientCertificate ? CERTS.rsa : {}),
			...(session ? { session } : {}),
		});
		client.on("session", (value) => {
			session = value;
		});
		const resumed = await converse(client, options.messages);
		runs.push({ segments, resumed });
		await new Promise((done) => tap.close(done));
	}
	await new Promise((done) => server.close(done));
	return { runs, keyLog: lines.join("") };
}

async function listenTap(port: number, segments: Segment[]): Promise<net.Server> {
	const tap = net.createServer((left) => {
		const right = net.connect(port, "127.0.0.1");
		left.on("data", (chunk) => {
			segments.push({ dir: 0, data: Buffer.from(chunk) });
			right.write(chunk);
		});
		right.on("data", (chunk) => {
			segments.push({ dir: 1, data: Buffer.from(chunk) });
			left.write(chunk);
		});
		left.on("end", () => right.end());
		right.on("end", () => left.end());
		left.on("error", () => right.destroy());
		right.on("error", () => left.destroy());
	});
	await new Promise<void>((done) => tap.listen(0, "127.0.0.1", done));
	return tap;
}

function converse(client: tls.TLSSocket, messages: string[]): Promise<boolean> {
	return new Promise((done, fail) => {
		let resumed = false;
		let sent = 0;
		let awaited = 0;
		const next = () => {
			const message = messages[sent++];
			if (message === undefined) client.end();
			else {
				awaited = Buffer.byteLength(message);
				client.write(message);
			}
		};
		client.on("secureConnect", () => {
			resumed = client.isSessionReused();
			next();
		});
		client.on("data", (chunk) => {
			awaited -= chunk.length;
			if (awaited === 0) next();
		});
		client.on("close", () => done(resumed));
		client.on("error", fail);
	});
}
