import type { Headline } from "../../classify/types.js";
import type { Place } from "../engine/rule.js";
import type { Filter } from "../filter/index.js";

/** So many: exactly, or from … to. */
export interface Count {
	least: number;
	most: number;
}

/** What has to be true of a run with the rules, for `mitmsrp rules test`. */
export type Expectation = { name: string; place: Place } & (
	| { kind: "fires"; rule: string; count: Count }
	| { kind: "count"; filter: Filter; side: Side; count: Count }
	| { kind: "class"; filter: Filter; side: Side; after: string | undefined; class: readonly Headline[] }
	| { kind: "answered"; filter: Filter; side: Side; by: Filter; within: number }
);

/** Messages as they came, or as they went on. */
export type Side = "before" | "after";
