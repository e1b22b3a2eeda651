import type { FilterContext } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import type { Moment } from "../../model/time.js";
import { FifoMap } from "../../session/bounded.js";
import type { Clause } from "../filter/index.js";
import { knownFromHead } from "./head-entry.js";
import type { Rule } from "./rule.js";

/** Sessions, messages and connections that `once` remembers, a rule. */
const MOST = 100_000;

/** A rule at work: what became of it so far. */
export class RuleState {
	readonly rule: Rule;
	/** place in the order of rules */
	readonly order: number;
	/** messages that were held against its clauses */
	tried = 0;
	/** messages that met all of its conditions */
	matches = 0;
	/** times that its actions ran */
	hits = 0;
	/** messages that met all clauses but one, by that clause */
	readonly near = new Map<string, number>();
	/** messages on which a clause was the first that failed */
	readonly failed = new Map<string, number>();
	/** why it did not fire although it matched, by trigger */
	readonly held = new Map<string, number>();
	/** it can fire no more */
	over = false;
	firstHit: Moment | undefined;
	/** a message for `after`, and one for `until`, came by */
	readonly came = { after: false, until: false };
	readonly once = new FifoMap<string, true>(MOST);
	/** the clause by which the index finds it */
	indexed: Clause | undefined;
	readonly #clauses: readonly { clause: Clause; head: boolean }[];

	constructor(rule: Rule, order: number) {
		this.rule = rule;
		this.order = order;
		this.#clauses = (rule.filter?.clauses ?? []).map((clause) => ({ clause, head: clause.fields.every(knownFromHead) }));
	}

	/** Do its conditions hold? true, the first clause that fails, or undefined: only the whole frame tells. */
	test(entry: Entry, context: FilterContext, whole: boolean): true | Clause | undefined {
		let open = false;
		for (const { clause, head } of this.#clauses) {
			if (!whole && !head) open = true;
			else if (!clause.test(entry, context)) return clause;
		}
		return open ? undefined : true;
	}

	/** Counts a message that failed on `first`. */
	miss(first: Clause, entry: Entry, context: FilterContext, whole: boolean): void {
		this.tried++;
		count(this.failed, first.source);
		if (this.#clauses.length === 1) return;
		// Near: every other clause holds. Of a head what is not known yet counts as failed.
		let behind = false;
		for (const { clause, head } of this.#clauses) {
			if (clause === first) behind = true;
			else if (behind && ((!whole && !head) || !clause.test(entry, context))) return;
		}
		count(this.near, first.source);
	}

	/** Takes over what an earlier version of the same rule had counted. */
	inherit(old: RuleState): void {
		this.tried = old.tried;
		this.matches = old.matches;
		this.hits = old.hits;
		this.over = old.over;
		this.firstHit = old.firstHit;
		this.came.after = old.came.after;
		this.came.until = old.came.until;
		for (const kind of ["near", "failed", "held"] as const) for (const [key, count] of old[kind]) this[kind].set(key, count);
		for (const key of old.once.keys()) this.once.set(key, true);
	}
}

export function count(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}
