import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Credentials } from "./authority.js";

export interface AcceptTlsOptions {
	credentials: Credentials;
	/** what is agreed upon when the client offers it; empty: no application protocol */
	alpn: readonly string[];
	/** ask the client for a certificate; "require" refuses those without a valid one */
	askClient?: "ask" | "require" | undefined;
	/** authorities of client certificates, PEM */
	clientAuthorities?: string | undefined;
	/** a line of the key log */
	onSecret?: ((line: Buffer) => void) | undefined;
	/** milliseconds */
	timeout: number;
}

/** Answers a client's TLS handshake. What was read of it before must have been put back (`unshift`). The result is paused. */
export function acceptTls(raw: Socket, options: AcceptTlsOptions): Promise<TLSSocket> {
	return new Promise((resolve, reject) => {
		const server = createServer({
			cert: options.credentials.cert,
			key: options.credentials.key,
			handshakeTimeout: options.timeout,
			requestCert: options.askClient !== undefined,
			rejectUnauthorized: options.askClient === "require",
			...(options.alpn.length === 0 ? {} : { ALPNProtocols: [...options.alpn] }),
			...(options.clientAuthorities === undefined ? {} : { ca: options.clientAuthorities }),
		});
		if (options.onSecret !== undefined) server.on("keylog", options.onSecret);
		server.once("secureConnection", (socket) => {
			socket.pause();
			raw.off("close", gone);
			// Still inside of OpenSSL here: whoever closed the connection now (the target has gone meanwhile) would take it from below that.
			setImmediate(resolve, socket);
		});
		server.on("tlsClientError", (error) => reject(error));
		const gone = (): void => reject(new Error("the client left during the TLS handshake"));
		raw.once("close", gone);
		server.emit("connection", raw);
	});
}
