import type { FilterContext } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import type { Direction } from "../../model/flow.js";
import { copyMoment, type Moment } from "../../model/time.js";
import type { Action, MsrpUnit, RelayConnection, RelayProtocol, RelayStage, SipUnit, Standing } from "../../relay/stage.js";
import { type Clause, compileFilter, type Filter } from "../filter/index.js";
import { hash, seeded } from "../random.js";
import { Chain, type ChainEngine, type Fired, type Matched } from "./chain.js";
import { ConnectionRun } from "./context.js";
import { answeredByHead, headEntry } from "./head-entry.js";
import { type RuleReport, reportOf } from "./report.js";
import type { RuleSet } from "./rule.js";
import { RuleState } from "./state.js";
import { Store } from "./store.js";
import { RuleTable } from "./table.js";
import { fires, methodOf } from "./trigger.js";
import { Watches } from "./watches.js";

export interface RuleStageOptions {
	/** of the run: the same input, seed and rules give the same faults */
	seed: number;
	/** what filters remember over a run; default: the stage's own */
	context?: FilterContext;
	/** MSRP frames that rules match are always gathered, so that every hit has its entry */
	entries?: boolean;
	/** a rule fired, after its actions; lent */
	onFired?(fired: Fired): void;
	/** a rule has something to say */
	onLog?(line: RuleLogLine): void;
}

/** What an action wrote on the log of the run. */
export interface RuleLogLine {
	rule: string;
	text: string;
	connection: RelayConnection;
	at: Moment;
}

/** A filter of `after` or `until` that looks out for messages. */
interface Lookout {
	state: RuleState;
	edge: "after" | "until";
	filter: Filter;
	head: boolean;
}

/**
 * Rules as a stage of the relay. Every message is held against the rules that it may meet, as it came; the actions of those that
 * fire then run in order, each on what the ones before it left.
 */
export class RuleStage implements RelayStage {
	readonly name = "rules";
	readonly #options: RuleStageOptions;
	readonly #context: FilterContext;
	readonly #store = new Store(() => this.#set.variables);
	readonly #watches = new Watches();
	readonly #engine: ChainEngine;
	#set!: RuleSet;
	#rework: (given: RuleSet) => RuleSet = (given) => given;
	#states: RuleState[] = [];
	#table!: RuleTable;
	#lookouts: Lookout[] = [];
	#announced: Filter | undefined;
	/** by direction: is anything wanted of SIP, of MSRP */
	#wants: readonly [Wants, Wants] = [
		{ sip: false, msrp: false },
		{ sip: false, msrp: false },
	];
	#ending = 0;
	#start: Moment | undefined;

	constructor(set: RuleSet, options: RuleStageOptions) {
		this.#options = options;
		this.#context = options.context ?? {};
		this.#engine = {
			store: this.#store,
			watches: this.#watches,
			context: this.#context,
			log: (rule, text, connection, at) => options.onLog?.({ rule, text, connection, at: copyMoment(at) }),
			fired: (fired) => options.onFired?.(fired),
		};
		this.replace(set);
	}

	get set(): RuleSet {
		return this.#set;
	}

	get seed(): number {
		return this.#options.seed;
	}

	/** What is made of every set before it is used, from now on and of the one in use: for whoever switches rules on and off. */
	rework(change: (given: RuleSet) => RuleSet): void {
		this.#rework = change;
		this.replace(this.#set);
	}

	/** Other rules from the next message on. Rules that say the same as before go on counting where they were. */
	replace(given: RuleSet): void {
		const set = this.#rework(given);
		const before = new Map(this.#states.map((state) => [state.rule.key, state]));
		this.#states = set.rules.map((rule, order) => new RuleState(rule, order));
		for (const state of this.#states) {
			const old = before.get(state.rule.key);
			if (old !== undefined) state.inherit(old);
		}
		this.#set = set;
		this.#table = new RuleTable(this.#states);
		this.#lookouts = this.#states.flatMap((state) =>
			(["after", "until"] as const).flatMap((edge): Lookout[] => {
				const given = state.rule.trigger[edge];
				return given !== undefined && "seen" in given ? [{ state, edge, filter: given.seen, head: answeredByHead(given.seen) }] : [];
			}),
		);
		const asks = set.rules.some(({ filter }) => filter?.needs.fields.some((name) => name.startsWith("msrp.setup")));
		this.#announced = asks ? compileFilter("msrp.setup") : undefined;
		this.#look();
	}

	/** What each rule met and missed so far, in order. */
	report(): RuleReport[] {
		return this.#states.map((state) => reportOf(state, this.#table.passedOver(state)));
	}

	touches(_connection: RelayConnection, dir: Direction, protocol: RelayProtocol | undefined): boolean {
		const wants = this.#wants[dir];
		if (protocol === undefined ? wants.sip || wants.msrp : wants[protocol]) return true;
		return protocol === undefined ? this.#watches.wants("sip") || this.#watches.wants("msrp") : this.#watches.wants(protocol);
	}

	injects(): boolean {
		return this.#states.length > 0;
	}

	opened(connection: RelayConnection): void {
		for (const state of this.#states) {
			const { rule } = state;
			if (state.over || rule.filter !== undefined || !rule.actions.some(({ definition }) => definition.opened !== undefined)) continue;
			const { ordinal } = this.#store.connection(connection);
			const seed = hash(rule.seed ?? this.#options.seed, rule.name, ordinal, "opened");
			const entry = openingEntry(connection);
			this.#start ??= copyMoment(connection.now);
			const occasion = { at: connection.now, start: this.#start, entry, connection: ordinal, random: seeded(hash(seed, "trigger")) };
			if (!fires(state, occasion)) continue;
			rule.actions.forEach((action, index) => {
				const run = new ConnectionRun(this.#engine, state, action, connection, seeded(hash(seed, index + 1)));
				action.definition.opened?.(action.options as never, run);
			});
			this.#engine.fired({ rule, hit: state.hits, entry, did: ["at the opening of the connection"] });
			this.#ended();
		}
	}

	closed(connection: RelayConnection): void {
		this.#watches.closed(connection);
		this.#store.closed(connection);
	}

	advance(connection: RelayConnection, now: Moment): void {
		this.#watches.advance(connection, now);
	}

	wakeAt(connection: RelayConnection): Moment | undefined {
		return this.#watches.wakeAt(connection);
	}

	sip(unit: SipUnit): Action | undefined {
		return this.#meet(unit, { octets: unit.octets, message: unit.sip, whole: true, entry: unit.entry });
	}

	msrp(unit: MsrpUnit): Action | undefined {
		return this.#meet(unit, { octets: unit.octets, message: unit.msrp, whole: unit.whole, entry: unit.entry });
	}

	#meet(unit: SipUnit | MsrpUnit, now: Pick<Standing, "octets" | "message" | "whole" | "entry">): Action | undefined {
		const { dir, protocol } = unit;
		const { whole } = now;
		const again = { whole: true } as const;
		this.#start ??= copyMoment(unit.at);
		if (!whole && (this.#watches.whole || this.#lookouts.some(({ head, filter }) => !head && filter.needs.kinds.has("msrp")))) return again;
		const bucket = this.#table.bucket(dir, protocol, methodOf(unit));
		const waiting = this.#watches.size;
		const watched = waiting > 0 || this.#announced !== undefined || this.#lookouts.length > 0;
		if (bucket.empty && !watched) return undefined;
		const entry = now.entry ?? headEntry(unit);
		const candidates = this.#table.candidates(bucket, entry, this.#context, whole);
		if (candidates === undefined) return again;
		const matched: RuleState[] = [];
		const missed: [RuleState, Clause][] = [];
		for (const state of candidates) {
			if (state.over) continue;
			const answer = state.test(entry, this.#context, whole);
			if (answer === true) matched.push(state);
			else if (answer !== undefined) missed.push([state, answer]);
			if (!whole && (answer === undefined || (answer === true && this.#needsWhole(state)))) return again;
		}
		bucket.seen++;
		for (const [state, clause] of missed) state.miss(clause, entry, this.#context, whole);
		const action = matched.length === 0 ? undefined : this.#run(unit, now, entry, matched);
		if (watched) this.#see(entry, waiting);
		return action;
	}

	#needsWhole({ rule }: RuleState): boolean {
		return this.#options.entries === true || rule.trigger.once === "session" || rule.actions.some(({ need }) => need === "whole");
	}

	#run(
		unit: SipUnit | MsrpUnit,
		now: Pick<Standing, "octets" | "message" | "whole" | "entry">,
		entry: Entry,
		states: RuleState[],
	): Action | undefined {
		const shelf = this.#store.connection(unit.connection);
		const matched = states.map((state): Matched => {
			state.tried++;
			const { key, name, seed } = state.rule;
			let met = shelf.met.get(key);
			if (met === undefined) {
				met = [0, 0];
				shelf.met.set(key, met);
			}
			return { state, seed: hash(seed ?? this.#options.seed, name, shelf.ordinal, unit.dir, met[unit.dir]++) };
		});
		const occasion = { at: copyMoment(unit.at), start: this.#start!, entry, connection: shelf.ordinal };
		const action = new Chain(this.#engine, unit, entry, matched, occasion).go(now);
		this.#ended();
		return action;
	}

	/** A message that was held against the rules: perhaps somebody waits for it. */
	#see(entry: Entry, waiting: number): void {
		this.#announced?.test(entry, this.#context);
		this.#watches.seen(entry, this.#context, waiting);
		for (const { state, edge, filter } of this.#lookouts)
			if (!state.came[edge] && filter.test(entry, this.#context)) state.came[edge] = true;
	}

	/** Rules that can fire no more are looked at no more. */
	#ended(): void {
		let ending = 0;
		for (const { over } of this.#states) if (over) ending++;
		if (ending !== this.#ending) this.#look();
	}

	#look(): void {
		this.#ending = this.#states.filter(({ over }) => over).length;
		const out = (protocol: RelayProtocol): boolean =>
			this.#lookouts.some(({ state, edge, filter }) => !state.over && !state.came[edge] && filter.needs.kinds.has(protocol));
		const wants = (dir: Direction): Wants => ({
			sip: this.#table.wants(dir, "sip") || out("sip") || this.#announced !== undefined,
			msrp: this.#table.wants(dir, "msrp") || out("msrp"),
		});
		this.#wants = [wants(0), wants(1)];
	}
}

interface Wants {
	sip: boolean;
	msrp: boolean;
}

/** What stands for a message where there is none: a connection that was opened. */
function openingEntry(connection: RelayConnection): Entry {
	const { client, now } = connection;
	const base = { number: 0, at: copyMoment(now), began: copyMoment(now), flow: client, from: client.a, to: client.b };
	const rest = { over: client.carrier ?? client.transport, offset: 0, length: 0, problems: [], links: {} };
	return { ...base, ...rest, dir: 0, protocol: "tcp", text: "opened" };
}
