import { ChainCollector } from "../../../core/explain/chain.js";
import { Summariser } from "../../../core/export/summary.js";
import type { Entry } from "../../../core/model/entry.js";
import type { Problem } from "../../../core/model/problem.js";
import { type ClauseFinding, Clauses } from "./clauses.js";
import { frameOf, makeRow, problemOf, type Row } from "./row.js";
import { countProblem, learn, newSession, type Session } from "./sessions.js";

export interface StoreOptions {
	/** entries in the lists; default 100,000 */
	entries?: number;
	/** octets of messages that are kept for details; default 64 MiB */
	octets?: number;
	/** clause checks beside it, for the details of messages; default true */
	clauses?: boolean;
}

/** Late findings that one row keeps. */
const LATE = 32;

type Arrival = Entry | { number: number; problem: Problem };

/**
 * The entries that the lists show: a ring of rows, the newest ones with their octets. `add` only keeps octets, so that whoever
 * forwards them waits for nothing else; `digest` makes rows of what came, in slices.
 */
export class Store {
	readonly capacity: number;
	readonly #octetsMost: number;
	readonly #rows: (Row | undefined)[];
	readonly #arrivals: Arrival[] = [];
	#taken = 0;
	readonly #summariser = new Summariser();
	readonly chains = new ChainCollector(() => {});
	readonly clauses: Clauses | undefined;
	readonly sessions = new Map<string, Session>();
	readonly #late = new Map<number, Problem[]>();
	/** rows that came in all; the ring holds the last of them */
	#added = 0;
	#first = 0;
	/** of the rows before this position the octets are gone */
	#detailFrom = 0;
	octets = 0;
	/** entries that came too fast to be shown at all */
	unseen = 0;
	/** time of the first packet, or entry */
	zero: { sec: number; nsec: number } | undefined;

	constructor({ entries = 100_000, octets = 64 << 20, clauses = true }: StoreOptions = {}) {
		this.capacity = entries;
		this.#octetsMost = octets;
		this.#rows = new Array(entries);
		this.clauses = clauses ? new Clauses(entries) : undefined;
	}

	/** Keeps the entry and its octets, and does nothing else. */
	add(entry: Entry): void {
		if (this.waiting >= this.capacity) {
			this.unseen++;
			return;
		}
		frameOf(entry)?.retain();
		this.#arrivals.push(entry);
	}

	late(number: number, problem: Problem): void {
		if (this.waiting < this.capacity) this.#arrivals.push({ number, problem });
	}

	/** what came and has no row yet */
	get waiting(): number {
		return this.#arrivals.length - this.#taken;
	}

	/** Makes rows until all is done or `enough` says so. */
	digest(enough: () => boolean = () => false): void {
		let turns = 0;
		while (this.#taken < this.#arrivals.length) {
			const arrival = this.#arrivals[this.#taken++]!;
			if ("problem" in arrival) this.#addLate(arrival.number, arrival.problem);
			else this.#take(arrival);
			if ((++turns & 15) === 0 && enough()) break;
		}
		if (this.#taken === this.#arrivals.length || this.#taken > 8192) {
			this.#arrivals.splice(0, this.#taken);
			this.#taken = 0;
		}
	}

	get length(): number {
		return this.#added - this.#first;
	}

	/** rows that came in all */
	get added(): number {
		return this.#added;
	}

	/** rows that the ring had no place for any more */
	get gone(): number {
		return this.#first;
	}

	/** rows whose octets are gone */
	get bare(): number {
		return Math.max(0, this.#detailFrom - this.#first);
	}

	/** The row at a position, 0 the oldest that is kept. */
	at(position: number): Row | undefined {
		return position < 0 || position >= this.length ? undefined : this.#rows[(this.#first + position) % this.capacity];
	}

	/** Position of the row with that number, or of the first after it. */
	position(number: number): number {
		let low = 0;
		let high = this.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.at(middle)!.number < number) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	row(number: number): Row | undefined {
		const row = this.at(this.position(number));
		return row?.number === number ? row : undefined;
	}

	lateOf(number: number): readonly Problem[] {
		return this.#late.get(number) ?? [];
	}

	/** Forgets all rows; what comes from now on is shown. */
	clear(): void {
		while (this.length > 0) this.#drop();
		this.sessions.clear();
		this.#late.clear();
	}

	#take(entry: Entry): void {
		this.zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		const row = makeRow(entry, this.#summariser.summary(entry));
		this.chains.add(entry);
		this.clauses?.add(entry);
		if (this.length >= this.capacity) this.#drop();
		this.#rows[this.#added++ % this.capacity] = row;
		this.octets += row.octets;
		while (this.octets > this.#octetsMost && this.#detailFrom < this.#added - 1) this.#strip();
		let session = this.sessions.get(row.session);
		if (session === undefined) {
			session = newSession(row.session, row);
			this.sessions.set(row.session, session);
		}
		learn(session, entry, row);
	}

	#addLate(number: number, problem: Problem): void {
		this.clauses?.late(number, problem);
		const row = this.row(number);
		if (row === undefined) return;
		let known = this.#late.get(number);
		if (known === undefined) {
			known = [];
			this.#late.set(number, known);
		}
		if (known.length >= LATE) return;
		known.push(problem);
		const found = problemOf(row.entry === undefined ? known : [...row.entry.problems, ...known]) ?? row.problem;
		if (found === row.problem) return;
		const session = this.sessions.get(row.session);
		if (session !== undefined && row.problem === undefined) countProblem(session, found);
		row.problem = found;
	}

	/** The octets of the oldest row that has some. */
	#strip(): void {
		const row = this.#rows[this.#detailFrom++ % this.capacity];
		if (row === undefined) return;
		this.octets -= row.octets;
		row.entry = undefined;
	}

	#drop(): void {
		if (this.#detailFrom === this.#first) this.#strip();
		const row = this.#rows[this.#first % this.capacity]!;
		this.#rows[this.#first % this.capacity] = undefined;
		this.#first++;
		this.#late.delete(row.number);
		const session = this.sessions.get(row.session);
		if (session === undefined) return;
		session.from++;
		if (session.from === session.numbers.length) this.sessions.delete(row.session);
		else if (session.from > 4096 && session.from * 2 > session.numbers.length) {
			session.numbers = session.numbers.slice(session.from);
			session.from = 0;
		}
	}
}

export type { ClauseFinding };
