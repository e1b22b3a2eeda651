import type { Entry } from "../../model/entry.js";
import { addMark } from "../../model/marks.js";
import type { StageEdits } from "../../model/rewriting.js";
import type { Action, Injection, MsrpUnit, SipUnit, Standing } from "../../relay/stage.js";
import type { Act } from "../actions/types.js";
import { hash, type Random, seeded } from "../random.js";
import { ActionRun, type Engine } from "./context.js";
import type { BoundAction, Rule } from "./rule.js";
import type { RuleState } from "./state.js";
import { fires, type Occasion } from "./trigger.js";

/** A rule fired on a message. */
export interface Fired {
	rule: Rule;
	/** which hit of the rule, from 1 */
	hit: number;
	/** the message as it came; lent. Of an MSRP frame of which only the head is there an entry without number */
	entry: Entry;
	/** what its actions did, in words */
	did: string[];
}

/** A rule that matched, and the seed of what it draws. */
export interface Matched {
	state: RuleState;
	seed: number;
}

export interface ChainEngine extends Engine {
	fired(fired: Fired): void;
}

/** The rules that a message met, and how far it has come through their actions. */
export class Chain {
	readonly #engine: ChainEngine;
	readonly #unit: SipUnit | MsrpUnit;
	readonly #entry: Entry;
	readonly #matched: readonly Matched[];
	readonly #occasion: Omit<Occasion, "random">;
	#rule = -1;
	#action = 0;
	#fired: Fired | undefined;
	#drop: Pick<Action, "drop" | "reason" | "quiet" | "by"> | undefined;

	constructor(
		engine: ChainEngine,
		unit: SipUnit | MsrpUnit,
		entry: Entry,
		matched: readonly Matched[],
		occasion: Omit<Occasion, "random">,
	) {
		this.#engine = engine;
		this.#unit = unit;
		this.#entry = entry;
		this.#matched = matched;
		this.#occasion = occasion;
	}

	/** Runs actions until one changes octets or holds the message: the relay then asks `again`. */
	go(now: Pick<Standing, "octets" | "message" | "whole" | "entry">): Action | undefined {
		const out: Action = {};
		const notes: StageEdits[] = [];
		for (let action = this.#next(); action !== undefined; action = this.#next()) {
			const { rule } = this.#fired!;
			const act = this.#run(action, now, notes);
			if (act === undefined || isNothing(act)) continue;
			const edits = act.edits !== undefined && act.edits.length > 0 ? act.edits : undefined;
			const did = act.did ?? (edits === undefined ? wordsOf(action, act) : undefined);
			this.#fired!.did.push(did ?? [...new Set(edits!.map(({ part }) => part ?? "octets"))].join(", "));
			if (edits !== undefined || !act.drop) notes.push({ by: rule.name, edits: edits ?? [], ...(did === undefined ? {} : { did }) });
			this.#merge(out, act, rule);
			if (act.stop === true) this.#stop();
			if (edits !== undefined)
				return { ...out, edits, authors: notes, fix: action.fix && act.fix !== false, again: (then) => this.go(then) };
			if (act.hold !== undefined) return { ...out, hold: act.hold, authors: notes, again: (then) => this.go(then) };
		}
		if (this.#drop !== undefined) Object.assign(out, this.#drop);
		if (notes.length > 0) out.authors = notes;
		return Object.keys(out).length === 0 ? undefined : out;
	}

	/** Neither this rule nor a later one does anything more. */
	#stop(): void {
		this.#engine.fired(this.#fired!);
		this.#fired = undefined;
		this.#rule = this.#matched.length;
	}

	/** The next action of the rule under way, or of the next one that fires. */
	#next(): BoundAction | undefined {
		for (;;) {
			const { rule } = this.#matched[this.#rule]?.state ?? {};
			if (this.#fired !== undefined && rule !== undefined) {
				const action = rule.actions[this.#action++];
				if (action !== undefined) return action;
				this.#engine.fired(this.#fired);
				this.#fired = undefined;
				if (rule.stop || this.#drop !== undefined) return undefined;
			}
			const next = this.#matched[++this.#rule];
			if (next === undefined) return undefined;
			const { state, seed } = next;
			if (state.over || !fires(state, { ...this.#occasion, random: seeded(hash(seed, "trigger")) })) continue;
			this.#action = 0;
			this.#fired = { rule: state.rule, hit: state.hits, entry: this.#entry, did: [] };
		}
	}

	#run(action: BoundAction, now: Pick<Standing, "octets" | "message" | "whole" | "entry">, notes: StageEdits[]): Act | undefined {
		const { state, seed } = this.#matched[this.#rule]!;
		const { definition, options } = action;
		const { connection, dir, protocol } = this.#unit;
		if (definition.act === undefined || !definition.protocols.includes(protocol)) return undefined;
		const random: Random = seeded(hash(seed, this.#action));
		const run = new ActionRun(this.#engine, state, action, this.#unit, now, random, this.#entry);
		try {
			const act = definition.act(options as never, run);
			for (const mark of run.marks) {
				addMark(this.#entry, mark);
				notes.push({ by: state.rule.name, edits: [], did: `mark: ${mark}` });
				this.#fired!.did.push(`mark: ${mark}`);
			}
			return act;
		} catch (error) {
			const words = error instanceof Error ? error.message : String(error);
			connection.report(dir, "relay.stage-fault", `rule ${state.rule.name}, action ${definition.name}: ${words}`);
			return undefined;
		}
	}

	#merge(out: Action, act: Act, rule: Rule): void {
		const {
			edits: _edits,
			fix: _fix,
			did: _did,
			hold: _hold,
			stop: _stop,
			drop,
			reason,
			quiet,
			delay,
			inject,
			carriage,
			endLine,
			...others
		} = act;
		Object.assign(out, others);
		if (carriage !== undefined) out.carriage = { ...out.carriage, ...carriage };
		if (endLine !== undefined) out.endLine = { ...out.endLine, ...endLine };
		if (delay !== undefined) out.delay = (out.delay ?? 0) + delay;
		if (inject !== undefined) out.inject = [...(out.inject ?? []), ...inject.map((one): Injection => ({ by: rule.name, ...one }))];
		if (drop !== true) return;
		const why = reason ?? rule.note;
		this.#drop ??= { drop: true, by: rule.name, ...(why === undefined ? {} : { reason: why }), ...(quiet === undefined ? {} : { quiet }) };
	}
}

/** There was nothing to edit, and nothing else is wanted. */
function isNothing({ edits, fix: _fix, ...others }: Act): boolean {
	return edits?.length === 0 && Object.keys(others).length === 0;
}

/** What an action did that says nothing of it. */
function wordsOf({ definition }: BoundAction, { drop, inject, close }: Act): string {
	if (drop) return "dropped";
	if (inject !== undefined) return inject.length === 1 ? "put a message in" : `put ${inject.length} messages in`;
	return close === undefined ? definition.name : "closed the connection";
}
