import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import * as tls from "node:tls";
import { onTestFinished } from "vitest";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../src/core/protocols/msrp/types.js";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import type { Sdp } from "../../src/core/protocols/sdp/types.js";
import { type SipMessage, SipStreamDecoder } from "../../src/core/protocols/sip/index.js";

/** One end of MSRP: sends, answers what is for its own URI with 200 and everything else with 481, and keeps what it got. */
export class MsrpEnd {
	readonly received: { body: string; toPath: readonly string[]; fromPath: readonly string[] }[] = [];
	readonly answers: { id: string; status: number; toPath: readonly string[] }[] = [];
	readonly uri: string;
	#socket: Socket | undefined;
	#count = 0;
	/** fingerprint of the certificate that the other side has shown */
	peerFingerprint = "";
	connectedTo = 0;

	readonly #credentials: tls.TlsOptions | undefined;

	private constructor(uri: string, credentials?: tls.TlsOptions) {
		this.uri = uri;
		this.#credentials = credentials;
	}

	/** An end that listens at a free port of loopback; with credentials over TLS. */
	static async passive(session: string, credentials?: tls.TlsOptions): Promise<MsrpEnd> {
		const take = (socket: Socket): void => {
			if (socket instanceof tls.TLSSocket) end.peerFingerprint = socket.getPeerCertificate().fingerprint256 ?? "";
			end.#use(socket);
		};
		const server =
			credentials === undefined
				? createServer(take)
				: tls.createServer({ ...credentials, requestCert: true, rejectUnauthorized: false }, take);
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const end: MsrpEnd = new MsrpEnd(`msrp${credentials === undefined ? "" : "s"}://127.0.0.1:${port}/${session};tcp`);
		onTestFinished(() => void server.close());
		return end;
	}

	/** An end that connects. */
	static active(session: string, credentials?: tls.TlsOptions): MsrpEnd {
		return new MsrpEnd(`msrp${credentials === undefined ? "" : "s"}://127.0.0.1:9/${session};tcp`, credentials);
	}

	async connect(host: string, port: number): Promise<void> {
		this.connectedTo = port;
		if (this.uri.startsWith("msrps")) {
			const socket = tls.connect({ host, port, rejectUnauthorized: false, ...(this.#credentials as tls.ConnectionOptions) });
			await once(socket, "secureConnect");
			this.peerFingerprint = socket.getPeerCertificate().fingerprint256;
			this.#use(socket);
		} else {
			const socket = connect({ host, port });
			await once(socket, "connect");
			this.#use(socket);
		}
	}

	send(path: readonly string[], body: string): string {
		const id = `${this.uri.slice(-8, -4).replace(/\W/g, "x")}${++this.#count}abc`;
		this.#socket!.write(
			`MSRP ${id} SEND\r\nTo-Path: ${path.join(" ")}\r\nFrom-Path: ${this.uri}\r\nMessage-ID: m${id}\r\nByte-Range: 1-${body.length}/${body.length}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${id}$\r\n`,
		);
		return id;
	}

	#use(socket: Socket): void {
		this.#socket = socket;
		socket.on("error", () => {});
		onTestFinished(() => void socket.destroy());
		const decoder = new MsrpStreamDecoder({ frame: (frame) => this.#frame(frame), skipped: () => {}, problem: () => {} });
		socket.on("data", (chunk) => decoder.feed(chunk, 0, chunk.length));
	}

	#frame(frame: MsrpFrame): void {
		if (frame.kind === "response") {
			this.answers.push({ id: frame.transactionId, status: frame.status, toPath: [...frame.toPath] });
			return;
		}
		const body = frame.bytes.toString("utf8", frame.start + frame.bodyOffset, frame.start + frame.bodyOffset + frame.bodyKept);
		this.received.push({ body, toPath: [...frame.toPath], fromPath: [...frame.fromPath] });
		const known = frame.toPath.length === 1 && frame.toPath[0] === this.uri;
		const id = frame.transactionId;
		this.#socket!.write(
			`MSRP ${id} ${known ? "200 OK" : "481 not mine"}\r\nTo-Path: ${frame.fromPath[0]}\r\nFrom-Path: ${this.uri}\r\n-------${id}$\r\n`,
		);
	}
}

export interface Description {
	path: string[];
	/** of c= and m= */
	address: string;
	port: number;
	fingerprint: string | undefined;
}

export function descriptionOf(sip: SipMessage): Description {
	const sdp: Sdp = parseSdp(sip.bytes, sip.start + sip.bodyOffset, sip.start + sip.bodyOffset + sip.bodyKept);
	const media = sdp.media[0]!;
	return {
		path: [...media.msrp!.path],
		address: media.connection!.address,
		port: media.port,
		fingerprint: media.msrp!.fingerprint,
	};
}

export function sdpOf(uri: string, setup: string, cema: boolean, more = ""): string {
	const { port } = /:(?<port>\d+)\//.exec(uri)!.groups!;
	const proto = uri.startsWith("msrps") ? "TCP/TLS/MSRP" : "TCP/MSRP";
	return `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message ${port} ${proto} *\r\na=accept-types:*\r\na=setup:${setup}\r\na=path:${uri}\r\n${cema ? "a=msrp-cema\r\n" : ""}${more}`;
}

/** A SIP message of the one dialog of these tests. */
export function sipOf(start: string, method: string, n: number, body = ""): string {
	return [
		start,
		`Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${n}`,
		"Max-Forwards: 70",
		"From: <sip:a@example.com>;tag=fa",
		`To: <sip:b@example.com>${n === 1 && start.startsWith("INVITE") ? "" : ";tag=tb"}`,
		"Call-ID: c1@127.0.0.1",
		`CSeq: ${n} ${method}`,
		"Contact: <sip:x@127.0.0.1>",
		...(body === "" ? [] : ["Content-Type: application/sdp"]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}

/** Calls `take` with each message that the socket brings. */
export function readSip(socket: Socket, take: (sip: SipMessage) => void): void {
	const decoder = new SipStreamDecoder({ message: take, keepalive: () => {}, skipped: () => {}, problem: () => {} });
	socket.on("data", (chunk) => decoder.feed(chunk, 0, chunk.length));
}
