import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect, rootCertificates, type TLSSocket } from "node:tls";
import { ConnectError } from "../connect-tcp.js";
import type { Credentials } from "./authority.js";

export interface ConnectTlsOptions {
	/** name or address of the target: what its certificate must be for, unless `serverName` says otherwise */
	host: string;
	/** name to ask for; undefined: none */
	serverName?: string | undefined;
	alpn: readonly string[];
	/** accept any certificate */
	insecure: boolean;
	/** further authorities, PEM */
	authorities?: string | undefined;
	/** certificate to show when asked */
	credentials?: Credentials | undefined;
	onSecret?: ((line: Buffer) => void) | undefined;
	/** milliseconds */
	timeout: number;
}

/** Makes TLS of a TCP connection that was opened. The result is paused; rejects with ConnectError, the connection is closed then. */
export function connectTls(raw: Socket, options: ConnectTlsOptions): Promise<TLSSocket> {
	return new Promise((resolve, reject) => {
		const connecting: ConnectionOptions = {
			socket: raw,
			rejectUnauthorized: !options.insecure,
			// The name asked for and the name the certificate must have are not always the same: no name is asked for by address.
			checkServerIdentity: (_, certificate) => checkServerIdentity(options.serverName ?? options.host, certificate),
			...(options.serverName === undefined || isIP(options.serverName) !== 0 ? {} : { servername: options.serverName }),
			...(options.alpn.length === 0 ? {} : { ALPNProtocols: [...options.alpn] }),
			...(options.authorities === undefined ? {} : { ca: [...rootCertificates, options.authorities] }),
			...(options.credentials === undefined ? {} : options.credentials),
		};
		const socket = connect(connecting);
		socket.pause();
		if (options.onSecret !== undefined) socket.on("keylog", options.onSecret);
		const timer = setTimeout(() => fail(new ConnectError("ETIMEDOUT", `no TLS within ${options.timeout / 1000} s`)), options.timeout);
		const fail = (error: NodeJS.ErrnoException & { reason?: string }): void => {
			clearTimeout(timer);
			socket.on("error", () => {});
			socket.destroy();
			raw.destroy();
			// OpenSSL's message has its file names and line numbers.
			const words = error.code?.startsWith("ERR_SSL_") === true ? error.reason : undefined;
			reject(new ConnectError(error.code ?? "EPROTO", words ?? error.message));
		};
		const ended = (): void => fail(new ConnectError("ECONNRESET", "the target closed the connection during the TLS handshake"));
		socket.once("error", fail);
		socket.once("end", ended);
		raw.once("close", ended);
		socket.once("secureConnect", () => {
			clearTimeout(timer);
			socket.off("error", fail);
			socket.off("end", ended);
			raw.off("close", ended);
			// TLS 1.3: a target that wants a certificate says so after the handshake is done on this side, perhaps before anybody reads.
			socket.on("error", (error) => void setImmediate(() => socket.destroy(error)));
			// Still inside of OpenSSL here: whoever closed the connection now would take it from below that.
			setImmediate(resolve, socket);
		});
	});
}
