import { digest } from "../engine/context.js";
import type { Edge, Rule, Trigger } from "../engine/rule.js";
import { readActions } from "./action.js";
import { readMatch } from "./match.js";
import { readOption } from "./options.js";
import { kindOf, type Scope } from "./scope.js";
import { type MapTree, plainOf, type Tree } from "./tree.js";
import { durationOf } from "./units.js";

/** What a rule may say; all but the first four may also stand under `defaults`. */
export const RULE_KEYS = [
	"name",
	"match",
	"actions",
	"note",
	"enabled",
	"leg",
	"direction",
	"times",
	"after",
	"every",
	"for",
	"until",
	"probability",
	"once",
	"seed",
	"stop",
	"fix",
] as const;
type RuleKey = (typeof RULE_KEYS)[number];

export const DEFAULT_KEYS = RULE_KEYS.slice(4);
export const DIRECTIONS = ["to-server", "to-client"] as const;
export const LEGS = ["client", "server"] as const;
export const ONCE = ["session", "message", "connection"] as const;

/** A rule as it was read. */
export interface ReadRule {
	rule: Rule;
	enabled: boolean;
}

/** Reads one rule; undefined when something of it is wrong. `number` counts from 1, for rules without a name. */
export function readRule(scope: Scope, tree: Tree, defaults: ReadonlyMap<RuleKey, Tree>, number: number): ReadRule | undefined {
	if (tree.kind !== "map") return scope.fail(tree, `a rule has a name, a match and actions; this is ${kindOf(tree)}`);
	const before = scope.problems.count;
	const own = scope.keys(tree, RULE_KEYS, "a rule");
	const get = (key: RuleKey): Tree | undefined => own.get(key) ?? defaults.get(key);
	const flag = (key: RuleKey, otherwise: boolean): boolean => {
		const value = get(key);
		return value === undefined ? otherwise : (scope.boolean(value, key) ?? otherwise);
	};
	const place = scope.file.place(tree.at);
	const match = own.get("match");
	const filter = match === undefined ? undefined : readMatch(scope, match);
	const actions = own.get("actions");
	if (actions === undefined) scope.fail(tree, "a rule does something: actions are missing");
	const fix = flag("fix", true);
	const bound = actions === undefined ? [] : readActions(scope, actions, fix);
	const named = own.get("name");
	const name = (named === undefined ? undefined : scope.text(named, "name")) ?? `rule ${number}`;
	const note = own.get("note");
	const seed = get("seed");
	const rule: Rule = {
		name,
		note: note === undefined ? undefined : scope.text(note, "note"),
		filter,
		direction: readDirection(scope, get("direction"), get("leg")),
		trigger: readTrigger(scope, get),
		seed: seed === undefined ? undefined : scope.integer(seed, "seed", 0, 0xffffffff),
		stop: flag("stop", false),
		actions: bound,
		place,
		key: digest(name, JSON.stringify(plainOf(tree)), ...[...defaults].map(([key, value]) => `${key} ${JSON.stringify(plainOf(value))}`)),
	};
	const enabled = flag("enabled", true);
	return scope.problems.count > before ? undefined : { rule, enabled };
}

/** Keys under `defaults`: what rules of the file say where they say nothing themselves. */
export function readDefaults(scope: Scope, tree: MapTree): Map<RuleKey, Tree> {
	return scope.keys(tree, DEFAULT_KEYS, "defaults");
}

/** A message from the client comes in on the client's leg, and goes to the server. */
function readDirection(scope: Scope, direction: Tree | undefined, leg: Tree | undefined): 0 | 1 | undefined {
	const way = direction === undefined ? undefined : scope.choice(direction, "direction", DIRECTIONS);
	const side = leg === undefined ? undefined : scope.choice(leg, "leg", LEGS);
	const byWay = way === undefined ? undefined : way === "to-server" ? 0 : 1;
	const bySide = side === undefined ? undefined : side === "client" ? 0 : 1;
	if (byWay !== undefined && bySide !== undefined && byWay !== bySide)
		return scope.fail(
			leg!,
			`leg: what goes ${way} comes in on the leg of the ${side === "client" ? "server" : "client"}: no message is both`,
		);
	return byWay ?? bySide;
}

function readTrigger(scope: Scope, get: (key: RuleKey) => Tree | undefined): Trigger {
	const trigger: Trigger = {};
	const [times, every, after, until, lasts, probability, once] = [
		get("times"),
		get("every"),
		get("after"),
		get("until"),
		get("for"),
		get("probability"),
		get("once"),
	];
	if (times !== undefined) trigger.times = scope.integer(times, "times", 1);
	if (every !== undefined) trigger.every = scope.integer(every, "every", 1);
	if (after !== undefined) trigger.after = readEdge(scope, after, "after");
	if (until !== undefined) trigger.until = readEdge(scope, until, "until");
	if (lasts !== undefined) trigger.lasts = readOption(scope, { type: "duration", doc: "" }, lasts, "for") as number | undefined;
	if (probability !== undefined)
		trigger.probability = readOption(scope, { type: "percentage", doc: "" }, probability, "probability") as number | undefined;
	if (once !== undefined) trigger.once = scope.choice(once, "once", ONCE);
	return trigger;
}

/** `after: 3` counts matches, `after: 10s` time, and `after: sip.Method == "BYE"` waits for a message. */
function readEdge(scope: Scope, tree: Tree, what: string): Edge | undefined {
	if (tree.kind === "scalar" && typeof tree.value === "number") {
		const matches = scope.integer(tree, what, 0);
		return matches === undefined ? undefined : { matches };
	}
	const seconds = tree.kind === "scalar" ? durationOf(tree.text) : undefined;
	if (seconds !== undefined) return { seconds };
	const seen = scope.filter(tree, what);
	return seen === undefined ? undefined : { seen };
}
