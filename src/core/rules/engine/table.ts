import type { FilterContext, FilterField, FilterValue } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import type { Direction } from "../../model/flow.js";
import type { RelayProtocol } from "../../relay/stage.js";
import type { Clause } from "../filter/index.js";
import { RESPONSE } from "../filter/needs.js";
import { knownFromHead } from "./head-entry.js";
import { Literals } from "./literals.js";
import type { RuleState } from "./state.js";

/** Rules that ask one field for given values: one look-up for all of them. */
interface Group {
	field: FilterField;
	head: boolean;
	values: Map<FilterValue, RuleState[]>;
	/** all rules in it */
	all: RuleState[];
}

/** Rules that ask whether texts are in one field. */
interface TextGroup {
	field: FilterField;
	head: boolean;
	literals: Literals<RuleState>;
	all: RuleState[];
}

/** Rules for which one field has to be there. */
interface PresenceGroup {
	field: FilterField;
	head: boolean;
	all: RuleState[];
}

/** The rules that one kind of message can meet at all, by what they ask first. */
export interface Bucket {
	groups: Group[];
	texts: TextGroup[];
	presences: PresenceGroup[];
	/** nothing is known of them beforehand */
	scan: RuleState[];
	/** messages that came here */
	seen: number;
	/** some group can be asked only of the whole frame */
	whole: boolean;
	/** no rule at all */
	empty: boolean;
}

/** Methods that no rule names. */
const OTHER = "";
const METHOD = new Set(["method", "sip.Method", "msrp.method"]);

/**
 * Index of the rules: by direction, protocol, method or status, then by the values, texts or mere presence of a field. So a
 * message meets only the few rules of which the first condition may hold, however many there are.
 */
export class RuleTable {
	readonly #states: readonly RuleState[];
	readonly #methods = new Set<string>();
	readonly #buckets = [
		{ sip: new Map<string, Bucket>(), msrp: new Map<string, Bucket>() },
		{ sip: new Map<string, Bucket>(), msrp: new Map<string, Bucket>() },
	] as const;

	constructor(states: readonly RuleState[]) {
		this.#states = states;
		for (const { rule } of states) {
			for (const methods of rule.filter?.needs.kinds.values() ?? [])
				if (methods !== "any") for (const method of methods) this.#methods.add(method);
		}
	}

	/** May any message of that direction and protocol meet a rule that still fires? */
	wants(dir: Direction, protocol: RelayProtocol): boolean {
		return this.#states.some(
			({ rule, over }) => !over && towards(rule, dir) && (rule.filter === undefined || rule.filter.needs.kinds.has(protocol)),
		);
	}

	/** What messages of that kind can meet; `method` of a request, RESPONSE for a response. */
	bucket(dir: Direction, protocol: RelayProtocol, method: string): Bucket {
		const buckets = this.#buckets[dir][protocol];
		let bucket = buckets.get(method);
		if (bucket === undefined) {
			const named = method === RESPONSE || this.#methods.has(method);
			bucket = named ? undefined : buckets.get(OTHER);
			bucket ??= this.#make(dir, protocol, method);
			buckets.set(named ? method : OTHER, bucket);
		}
		return bucket;
	}

	/** Rules of the bucket that the message may meet, in order of the file; undefined: the whole frame has to be there to tell. */
	candidates(bucket: Bucket, entry: Entry, context: FilterContext, whole: boolean): RuleState[] | undefined {
		if (!whole && bucket.whole) return undefined;
		let found = bucket.scan;
		for (const { field, values } of bucket.groups) found = lookUp(found, values, field.get(entry, context));
		for (const { field, literals } of bucket.texts) found = search(found, literals, field.get(entry, context));
		for (const { field, all } of bucket.presences) if (field.get(entry, context) !== undefined) found = found.concat(all);
		return found.length > 1 && found !== bucket.scan ? found.sort((a, b) => a.order - b.order) : found;
	}

	/** Messages of the right kind that the rule was not even tried on, because of the clause that the index goes by. */
	passedOver(state: RuleState): { clause: string; messages: number } | undefined {
		let messages = 0;
		let clause: string | undefined;
		for (const bucket of this.#buckets.flatMap(({ sip, msrp }) => [...sip.values(), ...msrp.values()])) {
			const { groups, texts, presences } = bucket;
			if (![...groups, ...texts, ...presences].some(({ all }) => all.includes(state))) continue;
			messages += bucket.seen;
			clause = state.indexed?.source;
		}
		return clause === undefined ? undefined : { clause, messages: Math.max(0, messages - state.tried) };
	}

	#make(dir: Direction, protocol: RelayProtocol, method: string): Bucket {
		const bucket: Bucket = { groups: [], texts: [], presences: [], scan: [], seen: 0, whole: false, empty: true };
		for (const state of this.#states) {
			const { rule } = state;
			if (!towards(rule, dir)) continue;
			const methods = rule.filter === undefined ? "any" : rule.filter.needs.kinds.get(protocol);
			if (methods === undefined || (methods !== "any" && !methods.has(method))) continue;
			place(bucket, state);
			bucket.empty = false;
		}
		bucket.whole = [...bucket.groups, ...bucket.texts, ...bucket.presences].some(({ head }) => !head);
		return bucket;
	}
}

function towards({ direction }: { direction?: Direction | undefined }, dir: Direction): boolean {
	return direction === undefined || direction === dir;
}

/**
 * Files a rule under the condition that tells most for least: a value, then a text, then a field that has to be there. What the head
 * of an MSRP frame answers goes before what has to wait for its end.
 */
function place(bucket: Bucket, state: RuleState): void {
	const clauses = (state.rule.filter?.clauses ?? []).filter(({ fields }) => !fields.every(({ name }) => METHOD.has(name)));
	const heads = clauses.filter(({ fields }) => fields.every(knownFromHead));
	const clause =
		heads.find(isEqual) ??
		heads.find(isText) ??
		clauses.find(isEqual) ??
		clauses.find(isText) ??
		heads.find(isThere) ??
		clauses.find(isThere);
	state.indexed = clause;
	if (clause === undefined) {
		bucket.scan.push(state);
		return;
	}
	const { equals, contains, present } = clause;
	if (equals !== undefined) {
		const { field } = equals;
		const group = named(bucket.groups, field, () => ({ field, head: knownFromHead(field), values: new Map(), all: [] }));
		for (const value of new Set(equals.values)) {
			const known = group.values.get(value);
			if (known === undefined) group.values.set(value, [state]);
			else known.push(state);
		}
		group.all.push(state);
	} else if (contains !== undefined) {
		const { field } = contains;
		const group = named(bucket.texts, field, () => ({ field, head: knownFromHead(field), literals: new Literals<RuleState>(), all: [] }));
		group.literals.add(contains.text, state);
		group.all.push(state);
	} else named(bucket.presences, present!, () => ({ field: present!, head: knownFromHead(present!), all: [] })).all.push(state);
}

const isEqual = ({ equals }: Clause): boolean => equals !== undefined;
const isText = ({ contains }: Clause): boolean => contains !== undefined;
const isThere = ({ present }: Clause): boolean => present !== undefined;

function named<G extends { field: FilterField }>(groups: G[], field: FilterField, make: () => G): G {
	let group = groups.find((one) => one.field === field);
	if (group === undefined) {
		group = make();
		groups.push(group);
	}
	return group;
}

function lookUp(
	found: RuleState[],
	values: ReadonlyMap<FilterValue, RuleState[]>,
	got: FilterValue | readonly FilterValue[] | undefined,
): RuleState[] {
	if (got === undefined) return found;
	if (!Array.isArray(got)) {
		const rules = values.get(typeof got === "bigint" ? Number(got) : (got as FilterValue));
		return rules === undefined ? found : found.concat(rules);
	}
	const rules = new Set<RuleState>();
	for (const one of got as readonly FilterValue[]) for (const rule of values.get(one) ?? []) rules.add(rule);
	return rules.size === 0 ? found : found.concat([...rules]);
}

function search(found: RuleState[], literals: Literals<RuleState>, got: FilterValue | readonly FilterValue[] | undefined): RuleState[] {
	if (got === undefined) return found;
	const rules = new Set<RuleState>();
	if (Array.isArray(got)) for (const one of got as readonly FilterValue[]) literals.search(one as string, rules);
	else literals.search(got as string, rules);
	return rules.size === 0 ? found : found.concat([...rules]);
}
