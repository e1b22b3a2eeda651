import type { FilterContext } from "../../../core/fields/filter/types.js";
import type { Filter } from "../../../core/rules/filter/index.js";
import { lowerBound } from "./lists.js";
import type { Row } from "./row.js";
import type { Store } from "./store.js";

/**
 * Which rows a filter lets through. Rows are tested in slices, old ones when the filter is set and new ones as they come, so that
 * no key waits for it.
 */
export class Matching {
	readonly #store: Store;
	filter: Filter | undefined;
	#context: FilterContext = {};
	/** rows that were tested with this filter have this number, negative where they do not match */
	#generation = 1;
	/** number of the next row to test */
	#next = 0;
	/** rows that match, ascending */
	numbers: number[] = [];
	/** of `numbers`: what is before is gone */
	from = 0;
	/** by session, only while there is a filter */
	readonly counts = new Map<string, number>();
	/** rows whose octets were gone before they could be tested */
	untested = 0;

	constructor(store: Store) {
		this.#store = store;
	}

	set(filter: Filter | undefined): void {
		this.filter = filter;
		this.#generation++;
		this.#next = 0;
		this.#context = this.#store.zero === undefined ? {} : { zero: this.#store.zero };
		this.numbers = [];
		this.from = 0;
		this.counts.clear();
		this.untested = 0;
	}

	/** Undefined of rows that are not tested yet. */
	matches(row: Row): boolean | undefined {
		if (this.filter === undefined || row.tested === this.#generation) return true;
		return row.tested === -this.#generation ? false : undefined;
	}

	/** Rows not tested yet. */
	get left(): number {
		return this.filter === undefined ? 0 : this.#store.length - this.#store.position(this.#next);
	}

	work(enough: () => boolean): void {
		const { filter } = this;
		if (filter === undefined) return;
		const store = this.#store;
		const oldest = store.at(0)?.number ?? 0;
		let position = store.position(this.#next);
		for (let turns = 1; position < store.length; position++, turns++) {
			const row = store.at(position)!;
			this.#next = row.number + 1;
			if (row.entry === undefined) {
				this.untested++;
				row.tested = -this.#generation;
			} else if (filter.test(row.entry, this.#context)) {
				row.tested = this.#generation;
				this.numbers.push(row.number);
				this.counts.set(row.session, (this.counts.get(row.session) ?? 0) + 1);
			} else row.tested = -this.#generation;
			if ((turns & 63) === 0 && enough()) break;
		}
		if (this.from < this.numbers.length && this.numbers[this.from]! < oldest) this.from = lowerBound(this.numbers, oldest, this.from);
		if (this.from > 65_536) {
			this.numbers = this.numbers.slice(this.from);
			this.from = 0;
		}
	}
}
