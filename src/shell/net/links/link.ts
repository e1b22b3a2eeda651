import type { Endpoint } from "../../../core/model/flow.js";

export type Transport = "tcp" | "udp" | "tls" | "ws" | "wss";

export const TRANSPORTS: readonly Transport[] = ["tcp", "udp", "tls", "ws", "wss"];

/** A connection, or one peer of a UDP socket. `message` transports carry one protocol message a call. */
export interface Link {
	readonly transport: Transport;
	readonly local: Endpoint;
	readonly remote: Endpoint;
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

/** Certificate and key of a server, or what a client needs to trust one, PEM. */
export interface TlsIdentity {
	key?: string | undefined;
	cert?: string | undefined;
	/** authorities that a client trusts; undefined: those of the runtime */
	ca?: string | undefined;
	/** false: any certificate is taken, for tests on loopback */
	verify?: boolean | undefined;
}

export interface LinkOptions {
	tls?: TlsIdentity | undefined;
	/** WebSocket sub-protocol */
	subprotocol?: "sip" | "msrp" | undefined;
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

export class PlaceError extends Error {}

export interface Place {
	transport: Transport;
	host: string;
	port: number;
}

/**
 * `tcp://127.0.0.1:5060`, IPv6 in brackets, port 0 for any free one.
 *
 * @throws PlaceError
 */
export function parsePlace(text: string): Place {
	const parts = /^([a-z]+):\/\/(?:\[([0-9a-fA-F:.]+)\]|([^:/?#[\]]+)):(\d{1,5})\/?$/.exec(text);
	const transport = TRANSPORTS.find((one) => one === parts?.[1]);
	if (parts === null || transport === undefined)
		throw new PlaceError(`"${text}": write TRANSPORT://HOST:PORT with one of ${TRANSPORTS.join(", ")}, for example tcp://127.0.0.1:5060`);
	const port = Number(parts[4]);
	if (port > 65535) throw new PlaceError(`"${text}": there is no port ${port}`);
	return { transport, host: parts[2] ?? parts[3]!, port };
}

/** `host:port`, IPv6 in brackets. */
export function hostPort({ address, port }: Endpoint): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
