import { createHash, getHashes } from "node:crypto";
import net from "node:net";
import tls from "node:tls";
import type { Endpoint } from "../../../core/model/flow.js";
import { ConnectError } from "../connect-tcp.js";
import { localOf, remoteOf } from "../endpoint.js";
import { resetNow } from "../reset.js";
import type { Link, LinkOptions, LinkServer, Place, TlsIdentity, Transport } from "./link.js";

const nothing = (): void => {};

/** milliseconds */
export const CONNECT_TIMEOUT = 5000;

/** A TCP or TLS connection. */
export class StreamLink implements Link {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	onData: (octets: Buffer) => void = nothing;
	onClose: () => void = nothing;
	readonly #socket: net.Socket;
	#closed = false;

	constructor(
		readonly transport: Transport,
		socket: net.Socket,
	) {
		this.#socket = socket;
		this.local = localOf(socket);
		this.remote = remoteOf(socket);
		socket.setNoDelay(true);
		socket.on("data", (octets: Buffer) => this.onData(octets));
		socket.on("error", nothing);
		socket.on("close", () => {
			if (this.#closed) return;
			this.#closed = true;
			this.onClose();
		});
	}

	send(octets: Buffer): void {
		if (this.#socket.writable) this.#socket.write(octets);
	}

	end(): void {
		this.#socket.end();
	}

	destroy(): void {
		if (this.transport === "tcp") resetNow(this.#socket);
		else this.#socket.destroy();
	}
}

export function listenStream(place: Place, options: LinkOptions, onLink: (link: Link) => void): Promise<LinkServer> {
	const accept = (socket: net.Socket): void => onLink(new StreamLink(place.transport, socket));
	const server = place.transport === "tls" ? tls.createServer(serverIdentity(options.tls), accept) : net.createServer(accept);
	server.on("tlsClientError", (error: Error) => options.onRefused?.(`TLS handshake: ${error.message}`));
	return listening(place, server);
}

/** Waits until a server of the runtime listens. */
export function listening(place: Place, server: net.Server): Promise<LinkServer> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(place.port, place.host, () => {
			server.off("error", reject);
			server.on("error", nothing);
			const { address, port } = server.address() as net.AddressInfo;
			resolve({
				transport: place.transport,
				address: { address, port },
				close: () => new Promise((done) => server.close(() => done())),
			});
		});
	});
}

export function connectStream(place: Place, options: LinkOptions): Promise<Link> {
	const { timeout = CONNECT_TIMEOUT } = options;
	return new Promise((resolve, reject) => {
		const target = {
			host: place.host,
			port: place.port,
			...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
		};
		const secure = place.transport === "tls";
		const socket = secure ? tls.connect({ ...target, ...clientIdentity(options.tls, place.host) }) : net.connect(target);
		const timer = setTimeout(() => socket.destroy(new ConnectError("ETIMEDOUT", `no answer within ${timeout / 1000} s`)), timeout);
		const failed = (error: Error): void => {
			clearTimeout(timer);
			reject(error);
		};
		socket.once("error", failed);
		socket.once(secure ? "secureConnect" : "connect", () => {
			clearTimeout(timer);
			socket.off("error", failed);
			if (secure && !announced(socket as tls.TLSSocket, options.tls?.fingerprint)) {
				socket.destroy();
				reject(new Error("the certificate is not the one whose fingerprint the peer gave in its description"));
				return;
			}
			resolve(new StreamLink(place.transport, socket));
		});
	});
}

export function serverIdentity(identity: TlsIdentity | undefined): tls.TlsOptions {
	return {
		...(identity?.key === undefined ? {} : { key: identity.key }),
		...(identity?.cert === undefined ? {} : { cert: identity.cert }),
	};
}

export function clientIdentity(identity: TlsIdentity | undefined, host: string): tls.ConnectionOptions {
	const name = identity?.serverName ?? host;
	return {
		...(identity?.ca === undefined ? {} : { ca: [...tls.rootCertificates, identity.ca] }),
		...(identity?.key === undefined ? {} : { key: identity.key }),
		...(identity?.cert === undefined ? {} : { cert: identity.cert }),
		rejectUnauthorized: identity?.verify !== false && identity?.fingerprint === undefined,
		checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
		// No name is asked for by address (RFC 6066 §3).
		...(net.isIP(name) === 0 ? { servername: name } : {}),
	};
}

/** The server showed the certificate that was announced, or none was. */
function announced(socket: tls.TLSSocket, fingerprint: string | undefined): boolean {
	const [hash, print] = fingerprint?.trim().split(/\s+/) ?? [];
	if (hash === undefined) return true;
	const shown = socket.getPeerX509Certificate()?.raw;
	const name = hash.toLowerCase().replace(/^sha-/, "sha");
	if (shown === undefined || !getHashes().includes(name)) return false;
	return createHash(name).update(shown).digest("hex") === print?.replaceAll(":", "").toLowerCase();
}
