import type { Socket } from "node:net";
import type { Endpoint } from "../../core/model/flow.js";

/** The address of this side of a socket; of a socket that was closed in the meantime an address of zeros. */
export function localOf(socket: Socket): Endpoint {
	return { address: plain(socket.localAddress), port: socket.localPort ?? 0 };
}

export function remoteOf(socket: Socket): Endpoint {
	return { address: plain(socket.remoteAddress), port: socket.remotePort ?? 0 };
}

/** A listener on "::" names IPv4 clients ::ffff:192.0.2.1: shown as what they are, without the scope of link-local addresses. */
export function plain(address: string | undefined): string {
	if (address === undefined) return "0.0.0.0";
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
	return mapped === null ? address.replace(/%.*$/, "") : mapped[1]!;
}
