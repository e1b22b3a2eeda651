import type { ActionDefinition, Need } from "../actions/types.js";
import type { Expectation } from "../expect/types.js";
import type { Filter } from "../filter/index.js";

/** Where something stands in a rule file. */
export interface Place {
	file: string;
	/** 1-based */
	line: number;
	column: number;
}

/** When a rule that matches also fires. */
export interface Trigger {
	/** at most so often */
	times?: number | undefined;
	/** not before so many matches, so many seconds, or a message that matches */
	after?: Edge | undefined;
	/** every n-th match */
	every?: number | undefined;
	/** seconds from the first time it fired */
	lasts?: number | undefined;
	/** not after so many matches, so many seconds, or a message that matches */
	until?: Edge | undefined;
	/** from 0 to 1 */
	probability?: number | undefined;
	once?: "session" | "message" | "connection" | undefined;
}

/** Matches of the rule, seconds since the first message of the run, or a message that was seen. */
export type Edge = { matches: number } | { seconds: number } | { seen: Filter };

/** An action of a rule with its options as they are. */
export interface BoundAction {
	definition: ActionDefinition;
	options: Readonly<Record<string, unknown>>;
	/** lengths follow its edits */
	fix: boolean;
	/** of an MSRP frame, what its templates ask included */
	need: Need;
}

export interface Rule {
	name: string;
	note?: string | undefined;
	/** undefined: every message */
	filter?: Filter | undefined;
	/** 0: to the server */
	direction?: 0 | 1 | undefined;
	trigger: Trigger;
	/** of its own, in place of the run's */
	seed?: number | undefined;
	/** no later rule sees a message that this one fired on */
	stop: boolean;
	actions: readonly BoundAction[];
	place: Place;
	/** the same for rules that say the same: their counters outlive a reload */
	key: string;
}

/** Everything that was loaded. */
export interface RuleSet {
	/** in order; those that are switched off are left out */
	rules: readonly Rule[];
	/** the same with those that are switched off */
	all: readonly Rule[];
	/** names of rules that are switched off */
	disabled: readonly string[];
	variables: ReadonlyMap<string, string>;
	expectations: readonly Expectation[];
	/** given in a file; the command line's goes first */
	seed: number | undefined;
	/** all files that were read, in order */
	files: readonly string[];
	/** some rule asks what class a message is */
	verdict: boolean;
}

export const NO_RULES: RuleSet = {
	rules: [],
	all: [],
	disabled: [],
	variables: new Map(),
	expectations: [],
	seed: undefined,
	files: [],
	verdict: false,
};
