import { sameEndpoint, sameHost } from "../alg/endpoints.js";
import type { Direction, Endpoint } from "../model/flow.js";
import { DEFAULT_LIMITS } from "../model/limits.js";
import { decodeSipDatagram } from "../protocols/sip/index.js";
import { FifoMap } from "../session/bounded.js";
import { owned } from "../session/text.js";
import type { RelayConnection } from "./stage.js";

/** Requests on another connection whose responses are waited for. */
const WAITING = 4096;
const BRANCH = /;\s*branch\s*=\s*([^;,\s]+)/i;

interface Asked {
	by: RelayConnection;
	/** of the request */
	dir: Direction;
}

/**
 * Where a box sends a message that came over one connection for an end that another one leads to. The box knows the addressee by
 * its Contact; a server that took the box for that Contact may use whatever connection to the box it has.
 */
export class NextHops {
	readonly #open = new Set<RelayConnection>();
	/** by connection, branch and method of the request that went over it */
	readonly #asked = new FifoMap<string, Asked>(WAITING);

	opened(connection: RelayConnection): void {
		this.#open.add(connection);
	}

	closed(connection: RelayConnection): void {
		this.#open.delete(connection);
	}

	/** Sends a message where the box sends it. True when it went over another connection and is not to go on here. */
	forward(connection: RelayConnection, dir: Direction, octets: Buffer, hop: Endpoint): boolean {
		const end = endOf(connection, dir);
		if (sameEndpoint(end, hop)) return false;
		const other = this.#leadsTo(connection, dir, hop);
		const place = `${hop.address} port ${hop.port}`;
		if (other === undefined) {
			// Behind the same address the port is often another one: a phone's connection is not opened from where it listens.
			if (!sameHost(end.address, hop.address))
				connection.report(
					dir,
					"relay.no-next-hop",
					`the ALG would send it to ${place}, this connection leads to ${end.address} port ${end.port}`,
				);
			return false;
		}
		const key = transaction(octets, connection.client.transport);
		if (key?.request) this.#asked.set(`${other.id} ${key.id}`, { by: connection, dir });
		connection.report(dir, "relay.next-hop", `sent to ${place} over connection ${other.id}`);
		other.inject(dir, Buffer.from(octets), 0, "alg");
		return true;
	}

	/** Brings a response back to where its request came from. True when it did, and the response is not to go on here. */
	back(connection: RelayConnection, dir: Direction, octets: Buffer): boolean {
		const key = transaction(octets, connection.client.transport);
		if (key === undefined || key.request) return false;
		const asked = this.#asked.get(`${connection.id} ${key.id}`);
		if (asked === undefined || asked.dir === dir || !this.#open.has(asked.by)) return false;
		connection.report(dir, "relay.next-hop", `the response goes back over connection ${asked.by.id}`);
		asked.by.inject(dir, Buffer.from(octets), 0, "alg");
		return true;
	}

	/** whether any response is waited for */
	get waiting(): boolean {
		return this.#asked.size > 0;
	}

	#leadsTo(connection: RelayConnection, dir: Direction, hop: Endpoint): RelayConnection | undefined {
		for (const other of this.#open) {
			if (other === connection || other.protocol === "msrp" || other.client.hop !== connection.client.hop) continue;
			if (sameEndpoint(endOf(other, dir), hop)) return other;
		}
		return undefined;
	}
}

/** Who gets what goes into that direction. */
function endOf({ client, server }: RelayConnection, dir: Direction): Endpoint {
	return dir === 0 ? server.b : client.a;
}

/** What a request and its responses have in common (RFC 3261 §17.1.3): the branch of the top Via and the method of CSeq. */
function transaction(octets: Buffer, transport: "tcp" | "udp"): { request: boolean; id: string } | undefined {
	const sip = decodeSipDatagram(octets, 0, octets.length, transport, DEFAULT_LIMITS);
	const branch = BRANCH.exec(sip?.get("via") ?? "")?.[1];
	const method = /\s(\S+)\s*$/.exec(sip?.get("cseq") ?? "")?.[1];
	if (sip === undefined || branch === undefined || method === undefined) return undefined;
	return { request: sip.kind === "request", id: owned(`${branch} ${method}`) };
}
