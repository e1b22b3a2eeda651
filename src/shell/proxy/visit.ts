import type { Socket } from "node:net";
import type { Endpoint } from "../../core/model/flow.js";
import type { Channel } from "../net/channel.js";
import { localOf, remoteOf } from "../net/endpoint.js";
import { Gone } from "../net/gone.js";
import type { PooledReads } from "../net/pooled-reads.js";
import { resetNow } from "../net/reset.js";
import type { Caller } from "./caller.js";
import { type Leg, type ProxyContext, wordsOf } from "./context.js";
import type { Target } from "./hop.js";
import type { Service } from "./service.js";

/** A connection as a listener accepts it. */
export interface Accepted {
	socket: Socket;
	/** its reads are pooled from the beginning */
	reads?: PooledReads | undefined;
	/** what it reached, where that is known */
	local?: Endpoint | undefined;
}

/** One accepted connection on its way to its target. */
export class Visit implements Caller {
	readonly context: ProxyContext;
	readonly service: Service;
	readonly socket: Socket;
	/** the client, and what it reached us at */
	a: Endpoint;
	b: Endpoint;
	/** aborted when the client went away, or the proxy stops */
	readonly gone = new Gone();
	/** where it goes, once that is known */
	target: Target | undefined;
	/** octets that were read and could not be put back, because the client has ended its direction already */
	head: Buffer | undefined;
	readonly #stop = (): void => this.gone.abort();

	/** the socket reads through these already */
	readonly reads: PooledReads | undefined;

	constructor(context: ProxyContext, service: Service, { socket, reads, local }: Accepted) {
		this.context = context;
		this.service = service;
		this.socket = socket;
		this.a = remoteOf(socket);
		this.b = local ?? localOf(socket);
		this.reads = reads;
		this.target = service.hop.target;
		socket.on("error", () => {});
		socket.once("close", this.#stop);
		context.visits.add(this);
	}

	leg(carrier?: Leg["carrier"]): Leg {
		return { a: this.a, b: this.b, transport: "tcp", carrier };
	}

	/** The connection was handed on, or given up. */
	over(): void {
		this.socket.off("close", this.#stop);
		this.context.visits.delete(this);
	}

	/** Joins the client with its server; the visit is over. */
	join(client: Channel, server: Channel, legs: { client: Leg; server: Leg }, note?: string): void {
		this.over();
		this.context.join(this.service, client, server, legs, { head: this.head, note });
	}

	/** Resets the client's connection, as the target would have, and says why in an entry. */
	fail(id: "proxy.connect-failed" | "proxy.tls-failed" | "proxy.client-failed", text: string): void {
		if (!this.gone.aborted) this.context.report(this.context.flow(this.service.hop, "client", this.leg()), id, text);
		this.drop();
	}

	drop(): void {
		if (!this.socket.destroyed) resetNow(this.socket);
	}

	/** Runs what reads from the client; what it does wrong ends its connection. */
	async client<Result>(reading: Promise<Result>, doing: string): Promise<Result> {
		try {
			return await reading;
		} catch (error) {
			throw new ClientFailure(`${doing}: ${wordsOf(error)}`);
		}
	}
}

/** The client's fault. */
export class ClientFailure extends Error {}
