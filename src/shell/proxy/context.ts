import type { Endpoint, Flow } from "../../core/model/flow.js";
import type { DiagnosticId } from "../../core/model/problem.js";
import type { Pipeline } from "../../core/pipeline/pipeline.js";
import type { Channel } from "../net/channel.js";
import { now } from "../net/clock.js";
import { LocalAuthority } from "../net/tls/authority.js";
import type { Caller } from "./caller.js";
import { Connection } from "./connection.js";
import { type Hop, hostPort } from "./hop.js";
import type { HopState } from "./hop-state.js";
import { MsrpRelays } from "./msrp-relays.js";
import type { RelayFactory, RelayOpening } from "./relay-factory.js";
import type { Service } from "./service.js";
import type { Visit } from "./visit.js";

export interface ContextOptions {
	pipeline: Pipeline;
	relay: RelayFactory;
	openFlow: RelayOpening["openFlow"];
	/** milliseconds */
	connectTimeout: number;
	/** reads without an allocation each; else plain streams */
	pooled: boolean;
	/** folder of the local certificate authority */
	authorityFolder: string;
	/** takes lines of the TLS key log */
	onSecret: ((line: Buffer) => void) | undefined;
}

/** One of the two legs, as far as its flow needs it. */
export interface Leg {
	/** who opened it */
	a: Endpoint;
	b: Endpoint;
	transport: Flow["transport"];
	carrier?: Flow["carrier"] | undefined;
}

export interface JoinOptions {
	/** octets that were read from the client already */
	head?: Buffer | undefined;
	/** what was agreed upon when a WebSocket connection was opened here, for an entry of its own */
	note?: string | undefined;
	/** told when both sides are closed */
	closed?(): void;
}

/** What all hops of a proxy share. */
export class ProxyContext {
	readonly options: ContextOptions;
	readonly connections = new Set<Connection>();
	/** those that are targets of hops */
	readonly relays = new MsrpRelays(() => this);
	/** what is still being connected has to be given up */
	stopping = false;
	/** accepted connections that are not forwarded yet */
	readonly visits = new Set<Visit>();
	/** UDP associations whose target is being reached */
	readonly reaching = new Set<Caller>();
	#authority: Promise<LocalAuthority> | undefined;
	/** connections opened so far */
	opened = 0;
	/** octets of connections that are over, by direction */
	readonly octets: [number, number] = [0, 0];
	#flows = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(options: ContextOptions) {
		this.options = options;
	}

	/** The local certificate authority, made on first use. Rejects when its files cannot be read or written. */
	authority(): Promise<LocalAuthority> {
		if (this.#authority === undefined) {
			this.#authority = LocalAuthority.open(this.options.authorityFolder);
			// Whoever repairs the folder need not start anew.
			this.#authority.catch(() => {
				this.#authority = undefined;
			});
		}
		return this.#authority;
	}

	/** Fulfilled when no connection is open. */
	idle(): Promise<void> {
		return this.connections.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
	}

	/** Ties a client to its server and begins to forward. */
	join({ hop, state }: Service, client: Channel, server: Channel, legs: { client: Leg; server: Leg }, more: JoinOptions = {}): Connection {
		const clientFlow = this.flow(hop, "client", legs.client);
		const serverFlow = this.flow(hop, "server", legs.server);
		const { relay, openFlow } = this.options;
		const connection: Connection = new Connection({
			client,
			server,
			relay: (sink) => relay({ client: clientFlow, server: serverFlow, openFlow, toxics: state?.toxics }, sink),
			onFault: (error, lost) => {
				const outcome = lost ? "octets were held, so the connection was reset" : "its octets pass unseen";
				this.report(clientFlow, "proxy.decoder-fault", `decoder failed (${wordsOf(error)}): ${outcome}`);
			},
			onBroken: (dir, error) => {
				if ((error as NodeJS.ErrnoException).code?.startsWith("ERR_SSL_") !== true) return;
				const { host, port } = hop.target ?? { host: legs.server.b.address, port: legs.server.b.port };
				if (dir === 0) this.report(clientFlow, "proxy.client-failed", `TLS with the client failed: ${wordsOf(error)}`);
				else this.report(serverFlow, "proxy.tls-failed", `TLS with ${hostPort(host, port)} failed: ${wordsOf(error)}`);
			},
			onClosed: () => {
				this.connections.delete(connection);
				state?.over(connection);
				for (const dir of [0, 1] as const) this.octets[dir] += connection.octets[dir];
				more.closed?.();
				if (this.connections.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
			},
		});
		this.opened++;
		this.connections.add(connection);
		state?.connections.add(connection);
		if (more.note !== undefined) {
			for (const flow of [clientFlow, serverFlow]) {
				if (flow.carrier === "ws" || flow.carrier === "wss") this.options.pipeline.event(flow, 1, "websocket", more.note, now());
			}
		}
		connection.start(more.head);
		// The proxy was closed while the target was being reached.
		if (this.stopping) connection.reset();
		return connection;
	}

	/** What is still being connected is given up, from now on. */
	stop(): void {
		this.stopping = true;
		for (const { gone } of [...this.visits, ...this.reaching]) gone.abort();
	}

	/** Breaks off all that goes through a hop, or is on its way there. */
	breakOff(state: HopState): void {
		for (const visit of [...this.visits]) if (visit.service.state === state) visit.drop();
		for (const connection of [...state.connections]) connection.reset();
	}

	flow(hop: Hop, leg: "client" | "server", { a, b, transport, carrier }: Leg): Flow {
		const at = now();
		const flow: Flow = {
			id: ++this.#flows,
			transport,
			a,
			b,
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: { sec: at.sec, nsec: at.nsec, packet: 0 },
			leg,
			hop: hop.name,
		};
		if (carrier !== undefined) flow.carrier = carrier;
		return flow;
	}

	/** An entry about something that is not in the octets. */
	report(flow: Flow, id: DiagnosticId, text: string): void {
		this.options.pipeline.event(flow, 0, "tcp", text, now(), { id, offset: 0, length: 0 });
	}
}

/** What an error says, in one line: one of OpenSSL its code and its reason, without file names and line numbers. */
export function wordsOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { code, reason, message } = error as NodeJS.ErrnoException & { reason?: string };
	return code?.startsWith("ERR_SSL_") === true && reason !== undefined ? `${code} (${reason})` : message;
}
