import type { FilterContext } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { copyMoment, type Moment } from "../../model/time.js";
import type { Hold, RelayConnection, RelayProtocol } from "../../relay/stage.js";
import { earlier, isBefore, later } from "../../relay/time.js";
import type { Filter } from "../filter/index.js";
import { answeredByHead } from "./head-entry.js";

interface Watch {
	connection: RelayConnection;
	filter: Filter;
	head: boolean;
	hold: Hold;
	due: Moment;
	/** it came, or the time is over: released when the connection is advanced next */
	ready: boolean;
}

/** Messages that wait at once. */
const MOST = 1_000;

/** Messages that rules hold until another one comes by. */
export class Watches {
	#all: Watch[] = [];

	/** Some message of that protocol may be waited for. */
	wants(protocol: RelayProtocol): boolean {
		return this.#all.some(({ filter, ready }) => !ready && filter.needs.kinds.has(protocol));
	}

	/** Some wait can be answered only by the whole of an MSRP frame. */
	get whole(): boolean {
		return this.#all.some(({ head, ready, filter }) => !head && !ready && filter.needs.kinds.has("msrp"));
	}

	/** Beyond a thousand waits the message is not held. */
	add(connection: RelayConnection, filter: Filter, most: number): Hold {
		const hold = connection.hold({ seconds: most + 1 });
		const ready = this.#all.length >= MOST;
		this.#all.push({ connection, filter, head: answeredByHead(filter), hold, due: later(connection.now, most), ready });
		return hold;
	}

	/** how many wait, or did */
	get size(): number {
		return this.#all.length;
	}

	/**
	 * A message came by, and the first `size` waited before it did. Who waited for it goes on once this one has gone: when its
	 * connection is advanced.
	 */
	seen(entry: Entry, context: FilterContext, size: number): void {
		for (const watch of this.#all.slice(0, size)) {
			if (watch.ready || !watch.filter.test(entry, context)) continue;
			watch.ready = true;
			watch.connection.wake();
		}
	}

	advance(connection: RelayConnection, now: Moment): void {
		if (this.#all.length === 0) return;
		const done = this.#all.filter((watch) => watch.connection === connection && (watch.ready || !isBefore(now, watch.due)));
		if (done.length === 0) return;
		this.#all = this.#all.filter((watch) => !done.includes(watch));
		for (const { hold } of done) hold.release();
	}

	wakeAt(connection: RelayConnection): Moment | undefined {
		let at: Moment | undefined;
		for (const watch of this.#all) {
			if (watch.connection === connection) at = earlier(at, watch.ready ? copyMoment(connection.now) : watch.due);
		}
		return at;
	}

	closed(connection: RelayConnection): void {
		if (this.#all.length > 0) this.#all = this.#all.filter((watch) => watch.connection !== connection);
	}
}
