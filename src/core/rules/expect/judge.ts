import type { FilterContext } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { seconds } from "../../model/time.js";
import type { RuleReport } from "../engine/report.js";
import { words } from "../load/expect.js";
import type { Count, Expectation, Side } from "./types.js";

/** What became of one expectation. */
export interface Judged {
	expectation: Expectation;
	/** why it does not hold, one sentence; undefined: it does */
	failure: string | undefined;
	/** entries that show it, at most ten; numbers of the side that it looks at */
	entries: number[];
}

/** Entries that are named for a failure. */
const NAMED = 10;
/** Messages that may wait for an answer, an expectation. */
const MOST = 100_000;

interface State {
	expectation: Expectation;
	count: number;
	/** entries that count against it */
	against: number[];
	wrong: number;
	/** messages without an answer yet, by number */
	open: Map<number, number>;
}

/** Holds a run against what a rule file expects: told every entry of both sides in order, and of every hit. */
export class Judge {
	readonly #states: readonly State[];
	readonly #contexts: Record<Side, FilterContext> = { before: {}, after: {} };
	readonly #fired = new Set<string>();

	constructor(expectations: readonly Expectation[]) {
		this.#states = expectations.map((expectation) => ({ expectation, count: 0, against: [], wrong: 0, open: new Map() }));
	}

	fired(rule: string): void {
		this.#fired.add(rule);
	}

	/** A message as it came, or as it went on. */
	entry(entry: Entry, side: Side): void {
		const context = this.#contexts[side];
		for (const state of this.#states) {
			const { expectation } = state;
			if (expectation.kind === "fires" || expectation.side !== side) continue;
			if (expectation.kind === "answered") answered(state, expectation, entry, context);
			else if (expectation.filter.test(entry, context)) this.#met(state, expectation, entry);
		}
	}

	/** The run is over. */
	finish(reports: readonly RuleReport[]): Judged[] {
		return this.#states.map((state) => {
			const { expectation } = state;
			const hits = expectation.kind === "fires" ? (reports.find(({ name }) => name === expectation.rule)?.hits ?? 0) : 0;
			return { expectation, failure: failure(state, hits), entries: [...state.against, ...state.open.keys()].slice(0, NAMED) };
		});
	}

	#met(state: State, expectation: Expectation & { kind: "count" | "class" }, entry: Entry): void {
		if (expectation.kind === "count") {
			state.count++;
			if (state.count > expectation.count.most) name(state, entry);
			return;
		}
		if (expectation.after !== undefined && !this.#fired.has(expectation.after)) return;
		const verdict = entry.protocol === "sip" || entry.protocol === "msrp" ? entry.verdict : undefined;
		if (verdict === undefined) return;
		state.count++;
		if (expectation.class.includes(verdict.headline)) return;
		state.wrong++;
		name(state, entry);
	}
}

function answered(state: State, { filter, by, within }: Expectation & { kind: "answered" }, entry: Entry, context: FilterContext): void {
	if (by.test(entry, context)) {
		const asked = entry.links.answers;
		const at = asked === undefined ? undefined : state.open.get(asked);
		if (at !== undefined) {
			if (seconds(entry.at) - at > within) {
				state.wrong++;
				state.against.push(asked!);
			}
			state.open.delete(asked!);
		}
	}
	if (!filter.test(entry, context)) return;
	state.count++;
	if (state.open.size < MOST) state.open.set(entry.number, seconds(entry.at));
}

function name(state: State, entry: Entry): void {
	if (state.against.length < NAMED) state.against.push(entry.number);
}

function failure(state: State, hits: number): string | undefined {
	const { expectation, count, wrong, open } = state;
	switch (expectation.kind) {
		case "fires":
			return within(hits, expectation.count) ? undefined : `expected ${words(expectation.count)}, it fired ${times(hits)}`;
		case "count":
			return within(count, expectation.count) ? undefined : `expected ${words(expectation.count)}, seen ${times(count)}`;
		case "class":
			if (count === 0)
				return expectation.after === undefined
					? "no such message was seen"
					: `no such message was seen after rule ${expectation.after} fired`;
			return wrong === 0 ? undefined : `${wrong} of ${count} messages have another class`;
		case "answered":
			if (count === 0) return "no such message was seen";
			if (open.size > 0) return `${open.size} of ${count} messages were not answered`;
			return wrong === 0 ? undefined : `${wrong} of ${count} messages were answered later than ${expectation.within} s`;
	}
}

function within(count: number, { least, most }: Count): boolean {
	return count >= least && count <= most;
}

function times(count: number): string {
	return count === 0 ? "never" : count === 1 ? "once" : `${count} times`;
}
