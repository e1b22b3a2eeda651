import type { RuleState } from "./state.js";

/** What a rule met and missed. */
export interface RuleReport {
	name: string;
	/** times that its actions ran */
	hits: number;
	/** messages that met all of its conditions */
	matches: number;
	/** messages that met all but one of its clauses */
	near: number;
	/** the clause on which most messages failed, and how many */
	failed: { clause: string; messages: number } | undefined;
	/** the clause that alone kept most messages from matching, and how many */
	nearest: { clause: string; messages: number } | undefined;
	/** triggers that kept it from firing although it matched */
	held: Record<string, number>;
	/** it can fire no more */
	over: boolean;
}

/** @param passed messages that the index kept from it */
export function reportOf(state: RuleState, passed: { clause: string; messages: number } | undefined): RuleReport {
	const failed = new Map(state.failed);
	if (passed !== undefined && passed.messages > 0) failed.set(passed.clause, (failed.get(passed.clause) ?? 0) + passed.messages);
	return {
		name: state.rule.name,
		hits: state.hits,
		matches: state.matches,
		near: [...state.near.values()].reduce((sum, messages) => sum + messages, 0),
		failed: most(failed),
		nearest: most(state.near),
		held: Object.fromEntries(state.held),
		over: state.over,
	};
}

function most(counts: ReadonlyMap<string, number>): { clause: string; messages: number } | undefined {
	let best: { clause: string; messages: number } | undefined;
	for (const [clause, messages] of counts) if (best === undefined || messages > best.messages) best = { clause, messages };
	return best;
}
