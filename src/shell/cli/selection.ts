import type { FilterContext } from "../../core/fields/filter/types.js";
import type { Entry } from "../../core/model/entry.js";
import type { Filter } from "../../core/rules/filter/index.js";
import type { TimeBound } from "./values.js";

type Instant = { sec: number; nsec: number };

const REMEMBERED = 1 << 16;

/** Which entries are wanted: by session, by time, by filter, and how many. */
export class Selection {
	readonly #session: string | undefined;
	readonly #from: TimeBound | undefined;
	readonly #to: TimeBound | undefined;
	readonly #limit: number;
	readonly #all: boolean;
	/** numbers of the entries that were taken, the last 65,536 */
	readonly #taken = new Set<number>();
	readonly #filter: Filter | undefined;
	readonly #context: FilterContext = {};
	#zero: Instant | undefined;
	taken = 0;

	constructor(options: { session?: string; from?: TimeBound; to?: TimeBound; limit?: number; filter?: Filter }) {
		this.#session = options.session;
		this.#from = options.from;
		this.#to = options.to;
		this.#limit = options.limit ?? Number.POSITIVE_INFINITY;
		this.#filter = options.filter;
		this.#all = options.session === undefined && !options.from && !options.to && options.limit === undefined && !options.filter;
	}

	/** The time of the first packet: what relative times count from. */
	start(at: Instant): void {
		this.#zero ??= { sec: at.sec, nsec: at.nsec };
		this.#context.zero = this.#zero;
	}

	get full(): boolean {
		return this.taken >= this.#limit;
	}

	take(entry: Entry): boolean {
		this.#zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		if (!this.#all && !this.#wanted(entry)) return false;
		this.taken++;
		if (this.#all) return true;
		this.#taken.add(entry.number);
		if (this.#taken.size > REMEMBERED) this.#taken.delete(this.#taken.values().next().value!);
		return true;
	}

	/** True when that entry was taken: late findings on the others are not wanted either. */
	has(entryNumber: number): boolean {
		return this.#all || this.#taken.has(entryNumber);
	}

	#wanted(entry: Entry): boolean {
		if (this.full) return false;
		if (this.#session !== undefined && entry.links.session !== this.#session) return false;
		if (this.#from && this.#compare(entry.at, this.#from) < 0) return false;
		if (this.#to && this.#compare(entry.at, this.#to) > 0) return false;
		return this.#filter === undefined || this.#filter.test(entry, this.#context);
	}

	#compare(at: Instant, bound: TimeBound): number {
		const zero = bound.relative ? this.#zero! : { sec: 0, nsec: 0 };
		return (at.sec - zero.sec - bound.sec) * 1e9 + (at.nsec - zero.nsec - bound.nsec);
	}
}
