import type { Direction } from "../../core/model/flow.js";
import { ToxicSet } from "../../core/toxics/set.js";
import type { Connection } from "./connection.js";
import type { Hop } from "./hop.js";

/** What a hop has beside its settings, for as long as it is there; goes on when it is taken away and put back. */
export class HopState {
	/** with the real port, once it listens */
	hop: Hop;
	readonly toxics = new ToxicSet();
	/** those that are open */
	readonly connections = new Set<Connection>();
	readonly #received: [number, number] = [0, 0];
	readonly #sent: [number, number] = [0, 0];

	constructor(hop: Hop) {
		this.hop = hop;
	}

	/** Octets that came in to be forwarded, and that went out, in that direction. */
	octets(dir: Direction): { received: number; sent: number } {
		const octets = { received: this.#received[dir], sent: this.#sent[dir] };
		for (const connection of this.connections) {
			octets.received += connection.octets[dir];
			octets.sent += connection.sent[dir];
		}
		return octets;
	}

	/** A connection is over. */
	over(connection: Connection): void {
		this.connections.delete(connection);
		for (const dir of [0, 1] as const) {
			this.#received[dir] += connection.octets[dir];
			this.#sent[dir] += connection.sent[dir];
		}
	}
}
