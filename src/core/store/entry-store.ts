import type { FilterContext } from "../fields/filter/types.js";
import type { Entry } from "../model/entry.js";
import { addMark } from "../model/marks.js";
import type { Problem } from "../model/problem.js";
import { type Filter, noteEntry } from "../rules/filter/index.js";
import { Ring } from "./ring.js";

export interface EntryStoreOptions {
	/** entries that are kept; default 100,000 */
	entries?: number;
	/** octets that are kept, about; default 256 MiB. The newest entry is kept whatever its size */
	octets?: number;
	/** what filters remember over the run; default: the store's own */
	context?: FilterContext;
}

export interface EntryQuery {
	filter?: Filter | undefined;
	/** only entries with greater numbers, the lowest of them first looked at */
	after?: number | undefined;
	/** only entries with lower numbers; without `after` the highest of them are looked at first */
	before?: number | undefined;
	/** entries in the answer; default 100 */
	limit?: number | undefined;
	/** entries that are looked at; default 20,000 */
	scan?: number | undefined;
}

export interface EntryPage {
	/** in order of their numbers, also where the highest were looked for */
	entries: Entry[];
	/** There is more: give this as `after`, or as `before` where that was asked for. Undefined: all was looked at. */
	next: number | undefined;
}

/** What is told of the store: an entry, or a finding or marks about one that was told before. */
export type EntryChange =
	| { kind: "entry"; entry: Entry }
	| { kind: "late"; entry: Entry; problem: Problem }
	| { kind: "marks"; entry: Entry };

const ENTRIES = 100_000;
const OCTETS = 256 << 20;
const SCAN = 20_000;
/** what an entry costs beside its octets, about */
const OVERHEAD = 1_500;
interface Kept {
	entry: Entry;
	cost: number;
}

/**
 * The latest entries of a run, owned. Fed with every entry in order; forgets the oldest where there are too many.
 *
 *     store.query({ filter, limit: 50 })               the latest 50 that match
 *     store.query({ filter, before: page.next })       those before them
 *     store.query({ filter, after: 1200 })             those that follow entry 1200
 */
export class EntryStore {
	/** entries that were forgotten */
	evicted = 0;
	/** about what is kept */
	octets = 0;
	readonly #most: { entries: number; octets: number };
	readonly #context: FilterContext;
	readonly #ring = new Ring<Kept>();
	readonly #listeners = new Set<(change: EntryChange) => void>();
	#first = 1;

	constructor({ entries = ENTRIES, octets = OCTETS, context = {} }: EntryStoreOptions = {}) {
		this.#most = { entries: Math.max(1, entries), octets };
		this.#context = context;
	}

	get size(): number {
		return this.#ring.size;
	}

	/** number of the oldest entry that is kept; of the next one where there are none */
	get first(): number {
		return this.#first;
	}

	/** number of the newest entry, 0 before there was any */
	get last(): number {
		return this.#first + this.#ring.size - 1;
	}

	/** The next entry: their numbers follow one another. Its octets are copied where they were lent. */
	add(entry: Entry): void {
		if (this.#ring.size === 0) this.#first = entry.number;
		retain(entry);
		noteEntry(entry, this.#context);
		const kept = { entry, cost: costOf(entry) };
		this.#ring.push(kept);
		this.octets += kept.cost;
		while (this.#ring.size > this.#most.entries || (this.octets > this.#most.octets && this.#ring.size > 1)) {
			this.octets -= this.#ring.shift()!.cost;
			this.#first++;
			this.evicted++;
		}
		this.#tell({ kind: "entry", entry });
	}

	/** A finding about an entry that was added before: it is put on the entry. */
	late(number: number, problem: Problem): void {
		const entry = this.get(number);
		if (entry === undefined) return;
		entry.problems.push(problem);
		this.#tell({ kind: "late", entry, problem });
	}

	/** undefined: not there yet, or forgotten */
	get(number: number): Entry | undefined {
		return this.#ring.at(number - this.#first)?.entry;
	}

	/** Puts a mark on an entry; false where it is not kept, or has as many as it may. */
	mark(number: number, mark: string): boolean {
		const entry = this.get(number);
		if (entry === undefined || entry.marks?.includes(mark) === true) return entry !== undefined;
		if (!addMark(entry, mark)) return false;
		this.#tell({ kind: "marks", entry });
		return true;
	}

	/** Takes a mark away, or all of them; false where the entry is not kept. */
	unmark(number: number, mark?: string): boolean {
		const entry = this.get(number);
		if (entry === undefined) return false;
		const left = mark === undefined ? [] : (entry.marks ?? []).filter((one) => one !== mark);
		if (left.length === (entry.marks?.length ?? 0)) return true;
		entry.marks = left.length === 0 ? undefined : left;
		this.#tell({ kind: "marks", entry });
		return true;
	}

	/** Looks through a bounded part of what is kept, so that nobody waits long: `next` says where to go on. */
	query({ filter, after, before, limit = 100, scan = SCAN }: EntryQuery = {}): EntryPage {
		const forwards = after !== undefined;
		const low = Math.max(this.first, (after ?? 0) + 1);
		const high = Math.min(this.last, (before ?? Number.POSITIVE_INFINITY) - 1);
		const entries: Entry[] = [];
		let looked = 0;
		let at = forwards ? low : high;
		for (; at >= low && at <= high && looked < scan && entries.length < limit; at += forwards ? 1 : -1, looked++) {
			const entry = this.get(at)!;
			if (filter === undefined || filter.test(entry, this.#context)) entries.push(entry);
		}
		const done = at < low || at > high;
		if (!forwards) entries.reverse();
		return { entries, next: done ? undefined : forwards ? at - 1 : at + 1 };
	}

	/** Does an entry match? With what filters remember of this run. */
	matches(filter: Filter | undefined, entry: Entry): boolean {
		return filter === undefined || filter.test(entry, this.#context);
	}

	/** Told of every change after it; gives what ends that. A listener that throws is the caller's fault. */
	subscribe(listener: (change: EntryChange) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Forgets all entries; numbers go on. */
	clear(): void {
		while (this.#ring.size > 0) {
			this.#ring.shift();
			this.#first++;
			this.evicted++;
		}
		this.octets = 0;
	}

	#tell(change: EntryChange): void {
		for (const listener of this.#listeners) listener(change);
	}
}

function retain(entry: Entry): void {
	if (entry.protocol === "sip") entry.sip.retain();
	else if (entry.protocol === "msrp") entry.msrp.retain();
}

/** What it costs to keep an entry. Chunks share the content of their message, which is counted with the one that makes it complete. */
function costOf(entry: Entry): number {
	let cost = OVERHEAD + (entry.rewritten === undefined ? 0 : entry.rewritten.before.length + entry.rewritten.after.length);
	if (entry.protocol === "sip") cost += entry.sip.end - entry.sip.start;
	else if (entry.protocol === "msrp") {
		cost += entry.msrp.end - entry.msrp.start;
		if (entry.message !== undefined && entry.message.state !== "open") cost += entry.message.content.length;
	}
	return cost;
}
