import { isUtf8 } from "node:buffer";
import type { Breakpoint, HeldMessage, OpenConnection } from "../../core/breakpoints/types.js";
import type { Endpoint } from "../../core/model/flow.js";
import { formatEpoch, type Moment, seconds } from "../../core/model/time.js";
import { hostPort } from "../proxy/hop.js";

export function breakpointJson({ id, name, filter, enabled, timeout, onTimeout, left, hits }: Breakpoint): object {
	return {
		id,
		...(name === undefined ? {} : { name }),
		filter: filter.source,
		enabled,
		timeout,
		onTimeout,
		...(left === undefined ? {} : { left }),
		hits,
	};
}

export function connectionJson({ id, client, server, protocol }: OpenConnection): object {
	const place = ({ address, port }: Endpoint): string => hostPort(address, port);
	return {
		id,
		hop: client.hop,
		...(protocol === undefined ? {} : { protocol }),
		client: place(client.a),
		listen: place(client.b),
		server: place(server.b),
		began: formatEpoch(client.began),
		flows: [client.id, server.id],
	};
}

/** Without octets, as lists and events have it. */
export function heldJson(
	{ id, breakpoint, connection, dir, protocol, entry, octets, changed, since, due }: HeldMessage,
	now: Moment,
): object {
	return {
		id,
		breakpoint: breakpoint.id,
		connection: connection.id,
		to: dir === 0 ? "server" : "client",
		protocol,
		entry: entry.number,
		length: octets.length,
		changed,
		age: rounded(seconds(now) - seconds(since)),
		left: rounded(seconds(due) - seconds(now)),
	};
}

/** With octets, and as text where they are. */
export function heldDetailJson(held: HeldMessage, now: Moment): object {
	const { octets, before, changed } = held;
	return { ...heldJson(held, now), ...octetsJson(octets), ...(changed ? { before: octetsJson(before) } : {}) };
}

export function octetsJson(octets: Buffer): { octets: string; message?: string } {
	return { octets: octets.toString("base64"), ...(isUtf8(octets) ? { message: octets.toString("utf8") } : {}) };
}

/** milliseconds are enough */
function rounded(value: number): number {
	return Math.max(0, Math.round(value * 1000) / 1000);
}
