import type { Endpoint } from "../../../core/model/flow.js";

export type Transport = "tcp" | "udp" | "tls" | "ws" | "wss";

export const TRANSPORTS: readonly Transport[] = ["tcp", "udp", "tls", "ws", "wss"];

/** A connection, or one peer of a UDP socket. `message` transports carry one protocol message a call. */
export interface Link {
	readonly transport: Transport;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	/** agreed upon, over WebSocket; empty: none was */
	readonly subprotocol?: string;
	/** One whole protocol message. The octets belong to the link from now on. What cannot be sent any more is dropped. */
	send(octets: Buffer): void;
	/** Closes in order, after everything that was sent. */
	end(): void;
	/** Closes at once: TCP sends RST. */
	destroy(): void;
	/** octets as they come (streams), or one message a call (UDP, WebSocket) */
	onData: (octets: Buffer) => void;
	/** once, when nothing more can be sent or comes */
	onClose: () => void;
}

/** Something that accepts links. */
export interface LinkServer {
	readonly transport: Transport;
	/** with the real port */
	readonly address: Endpoint;
	close(): Promise<void>;
}

/** Certificate and key of a server or client, and what a client needs to trust a server, PEM. */
export interface TlsIdentity {
	key?: string | undefined;
	cert?: string | undefined;
	/** name that a client asks for (SNI) and that the certificate must have; undefined: the host's, where that is a name */
	serverName?: string | undefined;
	/** a=fingerprint that the server's certificate must have instead of a trusted issuer (RFC 8122 §5): "SHA-256 AB:CD…" */
	fingerprint?: string | undefined;
	/** authorities that a client trusts beside those of the runtime */
	ca?: string | undefined;
	/** false: any certificate is taken, for tests on loopback */
	verify?: boolean | undefined;
}

export interface LinkOptions {
	tls?: TlsIdentity | undefined;
	/**
	 * WebSocket sub-protocols: what a client offers, none where the list is empty, and what a server takes, the first of these that is
	 * offered. Default: sip
	 */
	subprotocols?: readonly string[] | undefined;
	/** Origin of a WebSocket client; undefined: it says none */
	origin?: string | undefined;
	/** why a client was turned away before it became a link */
	onRefused?: ((why: string) => void) | undefined;
	/** milliseconds until an attempt to connect is given up */
	timeout?: number | undefined;
	/** outgoing address; undefined: the system chooses */
	localAddress?: string | undefined;
}

export function isStream(transport: Transport): boolean {
	return transport === "tcp" || transport === "tls";
}

export function isSecure(transport: Transport): boolean {
	return transport === "tls" || transport === "wss";
}

export function isWebSocket(transport: Transport): boolean {
	return transport === "ws" || transport === "wss";
}

export class PlaceError extends Error {}

export interface Place {
	transport: Transport;
	host: string;
	port: number;
	/** WebSocket clients: path and query; undefined: "/" */
	path?: string;
}

/**
 * `tcp://127.0.0.1:5060`, IPv6 in brackets, port 0 for any free one; `ws` and `wss` may have a path and a query.
 *
 * @throws PlaceError
 */
export function parsePlace(text: string): Place {
	const parts = /^([a-z]+):\/\/(?:\[([0-9a-fA-F:.]+)\]|([^:/?#[\]]+)):(\d{1,5})(\/?|\/[!"$-~]*)$/.exec(text);
	const transport = TRANSPORTS.find((one) => one === parts?.[1]);
	if (parts === null || transport === undefined)
		throw new PlaceError(`"${text}": write TRANSPORT://HOST:PORT with one of ${TRANSPORTS.join(", ")}, for example tcp://127.0.0.1:5060`);
	const port = Number(parts[4]);
	if (port > 65535) throw new PlaceError(`"${text}": there is no port ${port}`);
	const path = parts[5]!;
	const place: Place = { transport, host: parts[2] ?? parts[3]!, port };
	if (path.length < 2) return place;
	if (!isWebSocket(transport)) throw new PlaceError(`"${text}": only ws and wss have a path`);
	return { ...place, path };
}

/** As `parsePlace` reads it. */
export function placeText({ transport, host, port, path = "" }: Place): string {
	return `${transport}://${hostPort({ address: host, port })}${path}`;
}

/** `host:port`, IPv6 in brackets. */
export function hostPort({ address, port }: Endpoint): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
