import type { AlgBox, AlgEdit, AlgOutcome, AlgScene, Side } from "../alg/index.js";
import { createAlg } from "../alg/index.js";
import type { Direction, Endpoint, Flow } from "../model/flow.js";
import type { StageEdits } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";
import { FifoMap } from "../session/bounded.js";
import { NextHops } from "./next-hops.js";
import type { Action, RelayConnection, RelayProtocol, RelayStage, SipUnit } from "./stage.js";

export interface AlgStageOptions extends Omit<AlgScene, "outside"> {
	/** which end the box hides: the clients (default), or what stands behind the proxy */
	hides?: "clients" | "servers";
	/** address that the box shows outside; default: the proxy's own address on the outer leg, one for each hidden address */
	outside?: Endpoint;
}

/** Hidden addresses for which a box of their own is kept. */
const MOST = 10_000;

/**
 * ALG profiles in the path of SIP, in order from the inside to the outside.
 *
 * @throws AlgNameError when there is no such profile or option
 */
export class AlgStage implements RelayStage {
	readonly name = "alg";
	readonly #profiles: readonly string[];
	readonly #options: AlgStageOptions;
	/** by hidden address; one for all where the outside address was given */
	readonly #boxes = new FifoMap<string, AlgBox>(MOST);

	readonly #hops: NextHops;

	/** `hops`: connections that are open already, where the stage comes to them later */
	constructor(profiles: readonly string[], options: AlgStageOptions = {}, hops: NextHops = new NextHops()) {
		this.#hops = hops;
		this.#profiles = profiles;
		this.#options = options;
		// Names are checked now rather than with the first client.
		createAlg(profiles, { ...this.#scene, outside: options.outside ?? { address: "203.0.113.1", port: 5060 } });
	}

	touches(_connection: RelayConnection, _dir: Direction, protocol: RelayProtocol | undefined): boolean {
		return protocol !== "msrp";
	}

	injects({ protocol }: RelayConnection): boolean {
		return protocol !== "msrp";
	}

	opened(connection: RelayConnection): void {
		this.#hops.opened(connection);
	}

	closed(connection: RelayConnection): void {
		this.#hops.closed(connection);
	}

	sip({ connection, dir, at, octets, sip }: SipUnit): Action | undefined {
		const box = this.#box(connection);
		const leg = dir === 0 ? connection.client : connection.server;
		const [source, target] = dir === 0 ? [leg.a, leg.b] : [leg.b, leg.a];
		const from: Side = (dir === 0) === this.#hidesClients ? "inside" : "outside";
		const outcome = box.handle({ octets, from, at, transport: transportOf(leg), source, target });
		if (outcome.dropped !== undefined) return { drop: true, reason: outcome.dropped };
		if (this.#elsewhere(connection, dir, sip.kind, outcome)) return { drop: true, quiet: true };
		if (outcome.edits.length === 0) return undefined;
		return { edits: outcome.edits, authors: byProfile(outcome.edits), fix: false };
	}

	/** The message goes over another connection, because the box knows better or because its request came from there. */
	#elsewhere(connection: RelayConnection, dir: Direction, kind: "request" | "response", { octets, nextHop, named }: AlgOutcome): boolean {
		if (kind === "response") return this.#hops.waiting && this.#hops.back(connection, dir, octets);
		return nextHop !== undefined && named === true && this.#hops.forward(connection, dir, octets, nextHop);
	}

	advance(connection: RelayConnection, now: Moment): void {
		this.#boxes.get(this.#key(connection))?.advance(now);
	}

	get #hidesClients(): boolean {
		return this.#options.hides !== "servers";
	}

	get #scene(): Omit<AlgScene, "outside"> {
		const { inside, options, seed } = this.#options;
		return {
			...(inside === undefined ? {} : { inside }),
			...(options === undefined ? {} : { options }),
			...(seed === undefined ? {} : { seed }),
		};
	}

	#key({ client, server }: RelayConnection): string {
		if (this.#options.outside !== undefined) return "";
		return this.#hidesClients ? client.a.address : server.b.address;
	}

	#box(connection: RelayConnection): AlgBox {
		const key = this.#key(connection);
		let box = this.#boxes.get(key);
		if (box === undefined) {
			const outside = this.#options.outside ?? (this.#hidesClients ? connection.server.a : connection.client.b);
			box = createAlg(this.#profiles, { ...this.#scene, outside });
			this.#boxes.set(key, box);
		}
		return box;
	}
}

function transportOf({ transport, carrier }: Flow): "udp" | "tcp" | "tls" | "ws" | "wss" {
	return carrier ?? transport;
}

function byProfile(edits: readonly AlgEdit[]): StageEdits[] {
	const groups = new Map<string, AlgEdit[]>();
	for (const edit of edits) {
		const group = groups.get(edit.profile);
		if (group === undefined) groups.set(edit.profile, [edit]);
		else group.push(edit);
	}
	return [...groups].map(([by, own]) => ({ by, edits: own }));
}
