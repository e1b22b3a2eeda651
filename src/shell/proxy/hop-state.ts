import type { Direction } from "../../core/model/flow.js";
import { ToxicSet } from "../../core/toxics/set.js";
import type { ToxicSettings } from "../../core/toxics/types.js";
import { now } from "../net/clock.js";
import type { Connection } from "./connection.js";
import type { Hop } from "./hop.js";

/** What a hop has beside its settings, for as long as it is there; goes on when it is taken away and put back. */
export class HopState {
	/** with the real port, once it listens */
	hop: Hop;
	readonly toxics = new ToxicSet();
	/** those that are open */
	readonly connections = new Set<Connection>();
	/** names of those that the settings of the hop say */
	#configured: readonly string[] = [];
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

	/**
	 * The toxics that the hop is to have by its settings, in place of those that it had by them before; others, put on it while it
	 * runs, stay.
	 */
	configure(toxics: readonly ToxicSettings[]): void {
		const at = now();
		const there = (wanted: string): ToxicSettings | undefined => this.toxics.toxics.find(({ name }) => name === wanted);
		const wanted = new Map(toxics.map((toxic) => [toxic.name, toxic]));
		for (const name of new Set([...this.#configured, ...wanted.keys()])) {
			const [before, after] = [there(name), wanted.get(name)];
			const same = before?.type === after?.type && before?.stream === after?.stream;
			if (before !== undefined && !same) this.toxics.remove(name, at);
			if (after === undefined) continue;
			if (before !== undefined && same) this.toxics.change(after, at);
			else this.toxics.add(after, at);
		}
		this.#configured = [...wanted.keys()];
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
