import type { Entry } from "../model/entry.js";
import type { Direction } from "../model/flow.js";
import { copyMoment, type Moment } from "../model/time.js";
import type { Hold, MsrpUnit, RelayConnection, SipUnit } from "../relay/stage.js";
import { earlier, later } from "../relay/time.js";
import type { Point } from "./points.js";
import type { HeldMessage } from "./types.js";

/** A held message with what releases it. */
export interface Held extends HeldMessage {
	readonly breakpoint: Point;
	readonly connection: RelayConnection;
	readonly hold: Hold;
}

const NONE: readonly Held[] = [];

/** The messages that wait, in order of coming, and how many octets they are. */
export class HeldQueue {
	octets = 0;
	#last = 0;
	readonly #all = new Map<number, Held>();
	/** one of each direction at most: what comes behind a held message waits unseen */
	readonly #byConnection = new Map<RelayConnection, Held[]>();

	get size(): number {
		return this.#all.size;
	}

	get(id: number): Held | undefined {
		return this.#all.get(id);
	}

	list(): Held[] {
		return [...this.#all.values()];
	}

	/** The octets are copied, the entry is made to last. */
	add(unit: SipUnit | MsrpUnit, entry: Entry, breakpoint: Point, hold: Hold): Held {
		const octets = Buffer.from(unit.octets);
		if (entry.protocol === "sip") entry.sip.retain();
		else if (entry.protocol === "msrp") entry.msrp.retain();
		const held: Held = {
			id: ++this.#last,
			breakpoint,
			connection: unit.connection,
			dir: unit.dir as Direction,
			protocol: unit.protocol,
			entry,
			before: unit.changed ? came(entry, octets) : octets,
			octets,
			changed: unit.changed,
			since: copyMoment(unit.at),
			due: later(unit.at, breakpoint.timeout),
			hold,
		};
		this.#all.set(held.id, held);
		this.#byConnection.set(held.connection, [...this.of(held.connection), held]);
		this.octets += octets.length;
		return held;
	}

	/** False where it is there no more. */
	take({ id, octets, connection }: Held): boolean {
		if (!this.#all.delete(id)) return false;
		this.octets -= octets.length;
		const rest = this.of(connection).filter((held) => held.id !== id);
		if (rest.length === 0) this.#byConnection.delete(connection);
		else this.#byConnection.set(connection, rest);
		return true;
	}

	of(connection: RelayConnection): readonly Held[] {
		return this.#byConnection.get(connection) ?? NONE;
	}

	/** When the first of a connection has waited long enough. */
	dueOf(connection: RelayConnection): Moment | undefined {
		let first: Moment | undefined;
		for (const { due } of this.of(connection)) first = earlier(first, due);
		return first;
	}
}

function came(entry: Entry, octets: Buffer): Buffer {
	if (entry.protocol !== "sip" && entry.protocol !== "msrp") return octets;
	const { bytes, start, end } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return bytes.subarray(start, end);
}
