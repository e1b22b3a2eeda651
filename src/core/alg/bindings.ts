import { type Moment, seconds } from "../model/time.js";
import { Deadlines } from "../session/bounded.js";

/** What a box remembers, by purpose (section 3 of the profile specification). */
export type BindingKind = "flow" | "spelling" | "contact" | "dialog" | "transaction" | "call-id" | "tag" | "media";

/** Seconds without use after which a binding of that kind is forgotten. */
const IDLE: Readonly<Record<BindingKind, number>> = {
	flow: 3600,
	spelling: 7200,
	contact: 7200,
	dialog: 7200,
	// Three minutes of ringing, then the response.
	transaction: 240,
	"call-id": 7200,
	tag: 7200,
	media: 7200,
};

/** Bindings of one kind; beyond that the longest unused is forgotten. */
const MOST = 20_000;
/** 64*T1 of RFC 3261: what comes late after the end of a dialog still finds its bindings. */
const LINGER = 32;
/** Bindings of one dialog that are forgotten with it; more of them wait for their idle time. */
const OF_ONE = 64;

interface Binding {
	value: unknown;
	used: number;
}

/** The memory of a box: small tables, bounded, forgotten when idle or some time after their dialog. Time comes from the messages. */
export class Bindings {
	readonly #tables = new Map<BindingKind, Map<string, Binding>>();
	readonly #owned = new Map<string, { kind: BindingKind; key: string }[]>();
	readonly #ending = new Deadlines<string>(LINGER, MOST);
	readonly #flowIdle: number;

	/** `flowIdle` in seconds */
	constructor(flowIdle: number = IDLE.flow) {
		this.#flowIdle = flowIdle;
	}

	get size(): number {
		let size = 0;
		for (const table of this.#tables.values()) size += table.size;
		return size;
	}

	/** The value; undefined when there is none or it was idle too long. Counts as use. */
	get<T>(kind: BindingKind, key: string, now: Moment): T | undefined {
		const table = this.#tables.get(kind);
		const binding = table?.get(key);
		if (table === undefined || binding === undefined) return undefined;
		const at = seconds(now);
		table.delete(key);
		if (at - binding.used > this.#idle(kind)) return undefined;
		binding.used = at;
		table.set(key, binding);
		return binding.value as T;
	}

	/** `owner`: Call-ID of the dialog that it ends with. */
	set(kind: BindingKind, key: string, value: unknown, now: Moment, owner?: string): void {
		let table = this.#tables.get(kind);
		if (table === undefined) {
			table = new Map();
			this.#tables.set(kind, table);
		}
		const known = table.delete(key);
		table.set(key, { value, used: seconds(now) });
		if (table.size > MOST) table.delete(table.keys().next().value!);
		if (owner !== undefined && !known) this.#own(owner, kind, key);
	}

	/** The dialog is over: what it owns is forgotten a little later. */
	end(owner: string, now: Moment): void {
		if (this.#owned.has(owner)) this.#ending.add(owner, seconds(now));
	}

	advance(now: Moment): void {
		const at = seconds(now);
		for (let owner = this.#ending.next(at); owner !== undefined; owner = this.#ending.next(at)) {
			for (const { kind, key } of this.#owned.get(owner) ?? []) this.#tables.get(kind)?.delete(key);
			this.#owned.delete(owner);
		}
		for (const [kind, table] of this.#tables) {
			// In order of last use, so the first that is fresh ends the search.
			for (const [key, binding] of table) {
				if (at - binding.used <= this.#idle(kind)) break;
				table.delete(key);
			}
		}
	}

	#idle(kind: BindingKind): number {
		return kind === "flow" ? this.#flowIdle : IDLE[kind];
	}

	#own(owner: string, kind: BindingKind, key: string): void {
		let list = this.#owned.get(owner);
		if (list === undefined) {
			list = [];
			this.#owned.set(owner, list);
			if (this.#owned.size > MOST) this.#owned.delete(this.#owned.keys().next().value!);
		}
		if (list.length < OF_ONE) list.push({ kind, key });
	}
}
