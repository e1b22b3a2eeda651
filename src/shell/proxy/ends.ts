import { isIPv4, type Socket } from "node:net";
import type { Connected } from "../net/connect-tcp.js";
import { localOf, remoteOf } from "../net/endpoint.js";
import { StreamChannel } from "../net/stream-channel.js";
import type { Leg } from "./context.js";
import { secure, type Target, type TargetScheme } from "./hop.js";
import type { Visit } from "./visit.js";

/** The client with all that was taken off, and the connection to the target below what is put on. */
export interface Ends {
	visit: Visit;
	target: Target;
	scheme: TargetScheme;
	/** what the client sends, in the clear */
	client: Socket;
	clientSecure: boolean;
	/** to the target, with TLS where it has any; undefined for UDP */
	server: Socket | undefined;
	connected: Connected | undefined;
}

/** The client as a stream without pooled reads: octets may have been put back. */
export function clientStream({ visit, client }: Ends): StreamChannel {
	return new StreamChannel(client, { raw: visit.socket, local: visit.b, remote: visit.a });
}

export function serverStream({ server, connected }: Ends, { a, b }: Leg): StreamChannel {
	const raw = connected!.socket;
	return new StreamChannel(server!, { raw, reads: server === raw ? connected!.reads : undefined, local: a, remote: b });
}

export function serverLeg({ connected, scheme, target }: Ends): Leg {
	const raw = connected?.socket;
	const none = { address: "0.0.0.0", port: 0 };
	return {
		a: raw === undefined ? none : localOf(raw),
		// Asking costs a system call for what an IPv4 address says by itself.
		b: raw === undefined ? none : isIPv4(target.host) ? { address: target.host, port: target.port } : remoteOf(raw),
		transport: "tcp",
		carrier: secure(scheme) ? "tls" : undefined,
	};
}

/** Puts octets back that were looked at. At the end of a stream that cannot be: then they are forwarded first. */
export function giveBack(visit: Visit, client: Socket, octets: Buffer): void {
	if (octets.length === 0) return;
	if (client.readableEnded) visit.head = octets;
	else client.unshift(octets);
}
