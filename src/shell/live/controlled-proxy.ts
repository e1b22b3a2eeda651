import { randomInt } from "node:crypto";
import { BreakpointStage, type BreakpointStageOptions } from "../../core/breakpoints/stage.js";
import type { BreakpointOptions, HeldMessage, ResumeOptions } from "../../core/breakpoints/types.js";
import { RewritingCounter, type RewritingTally } from "../../core/export/rewriting-tally.js";
import type { FilterContext } from "../../core/fields/filter/types.js";
import type { Entry } from "../../core/model/entry.js";
import { copyMoment, type Moment } from "../../core/model/time.js";
import type { AlgStageOptions } from "../../core/relay/alg-stage.js";
import { AlgSwitch } from "../../core/relay/alg-switch.js";
import { compileFilter, type Filter } from "../../core/rules/filter/index.js";
import { NO_RULES, RuleDesk, type RuleReport, RuleStage } from "../../core/rules/index.js";
import { EntryStore, type EntryStoreOptions } from "../../core/store/entry-store.js";
import { now } from "../net/clock.js";
import { LiveProxy, type ProxyOptions, type ProxySummary } from "../proxy/proxy.js";
import { type BreakpointHandler, handleHeld } from "./handler.js";
import { type WaitOptions, waitForEntry } from "./wait.js";

export interface ControlledProxyOptions extends Omit<ProxyOptions, "relay" | "decode" | "classify"> {
	/** how messages are classified; false: they are not */
	classify?: ProxyOptions["classify"] | false;
	/** rules of files (`LiveRules.stage`); default: none yet */
	rules?: RuleStage;
	/** what chance in toxics goes by, and in added rules where `rules` is not given; default: drawn for rules, 0 for toxics */
	seed?: number;
	/** ALG profiles to begin with, from the inside to the outside: behind breakpoints and rules, in front of `stages` */
	alg?: readonly string[];
	algOptions?: AlgStageOptions;
	/** bounds of what is held */
	breakpoints?: Omit<BreakpointStageOptions, "context" | "decoding">;
	/** bounds of what is kept */
	store?: Omit<EntryStoreOptions, "context">;
}

/** The ALG of the moment, and what rewriting has done since it was changed. */
export interface AlgState extends RewritingTally {
	profiles: readonly string[];
	/** when they were set */
	since: Moment;
}

/** A breakpoint that code was put at. */
export interface HandledBreakpoint {
	/** as in `breakpoints.breakpoints` */
	readonly id: number;
	/** messages that it held */
	readonly hits: number;
	/** Holds nothing any more; what is held goes on. */
	remove(): void;
}

/** Rules that were added. */
export interface AddedRule {
	readonly names: readonly string[];
	/** what each met and missed so far */
	report(): RuleReport[];
	remove(): void;
}

/**
 * Starts a proxy that can be watched and steered while it runs; fulfilled when all hops listen.
 *
 *     const proxy = await startProxy({ hops: ["tcp://127.0.0.1:0=>tcp://192.0.2.1:2855"] });
 *     proxy.breakpoint('msrp.method == "SEND"', () => ({ text: "good morning" }));
 *     const entry = await proxy.waitFor('im.class == "system"');
 *     await proxy.close();
 *
 * @throws HopError, ListenError, AlgNameError
 */
export async function startProxy(options: ControlledProxyOptions): Promise<ControlledProxy> {
	const proxy = new ControlledProxy(options);
	await proxy.ready;
	return proxy;
}

/** What stands between a connection's client and its server, in the order in which requests pass. */
interface Parts {
	context: FilterContext;
	breakpoints: BreakpointStage;
	rules: RuleStage;
	alg: AlgSwitch;
}

/**
 * A proxy with entries that are kept, breakpoints, ALG profiles and hops that change while it runs. Messages are classified unless
 * `classify` says otherwise, and both legs are decoded: each message that passes is two entries (`leg == "client"` picks one).
 */
export class ControlledProxy extends LiveProxy {
	/** the latest entries */
	readonly store: EntryStore;
	/** breakpoints, held messages, injections */
	readonly breakpoints: BreakpointStage;
	/** what each rule met; switches them on and off, and adds some */
	readonly rules: RuleDesk;
	readonly #alg: AlgSwitch;
	readonly #counter = new RewritingCounter();
	readonly #algSince = copyMoment(now());

	constructor(options: ControlledProxyOptions) {
		const { rules, seed, alg, algOptions, breakpoints, store, stages = [], classify = {}, ...rest } = options;
		const parts = partsOf(options);
		super({
			...rest,
			...(seed === undefined ? {} : { seed }),
			...(classify === false ? {} : { classify }),
			stages: [parts.breakpoints, parts.rules, parts.alg, ...stages],
		});
		this.store = new EntryStore({ ...store, context: parts.context });
		this.breakpoints = parts.breakpoints;
		this.rules = new RuleDesk(parts.rules);
		this.#alg = parts.alg;
		this.on("entry", (entry) => {
			this.store.add(entry);
			this.#counter.entry(entry);
		});
		this.on("late", (number, problem) => this.store.late(number, problem));
	}

	/** Entries that match, of those that are kept, in order; all without a filter. @throws FilterError */
	entries(filter?: string | Filter): Entry[] {
		const compiled = filter === undefined ? undefined : filterOf(filter);
		const all = Number.POSITIVE_INFINITY;
		return this.store.query({ filter: compiled, after: 0, limit: all, scan: all }).entries;
	}

	/**
	 * The first entry that matches, also one that came before the call, unless `after` says otherwise.
	 *
	 * @throws FilterError at once, WaitError after the time-out
	 */
	async waitFor(filter: string | Filter, options: WaitOptions = {}): Promise<Entry> {
		return waitForEntry(this.store, filterOf(filter), options);
	}

	/**
	 * Asks code what is to become of each message that matches. It answers nothing or "resume", "drop", or an edit; it may take
	 * its time, within the time-out. Where it fails the message goes on as it is, and the error is thrown out of the event loop.
	 *
	 * @throws FilterError, BreakpointError
	 */
	breakpoint(filter: string | Filter, handler: BreakpointHandler, options: BreakpointOptions = {}): HandledBreakpoint {
		const point = this.breakpoints.add(filter, options);
		const end = this.breakpoints.onChange((change) => {
			if (change.kind === "held" && change.held.breakpoint === point) void handleHeld(this.breakpoints, change.held, handler);
		});
		return {
			id: point.id,
			get hits() {
				return point.hits;
			},
			remove: () => {
				end();
				this.breakpoints.remove(point.id);
				for (const { id, breakpoint } of this.breakpoints.held) if (breakpoint === point) this.breakpoints.resume(id);
			},
		};
	}

	/**
	 * Adds a rule, as an object or in YAML as in a rule file (docs/reference/actions.md); there may be several. They count from the
	 * next message on.
	 *
	 * @throws RuleDeskError with everything that is wrong
	 */
	addRule(rule: string | object): AddedRule {
		const names = this.rules.add(typeof rule === "string" ? rule : JSON.stringify(rule));
		return {
			names,
			report: () => names.flatMap((name) => this.rules.list().find((one) => one.name === name)?.report ?? []),
			remove: () => {
				for (const name of names) this.rules.remove(name);
			},
		};
	}

	/** Messages that wait at breakpoints, the oldest first. */
	get held(): readonly HeldMessage[] {
		return this.breakpoints.held;
	}

	/** @throws BreakpointError */
	resume(id: number, options: ResumeOptions = {}): void {
		this.breakpoints.resume(id, options);
	}

	/** Sends octets, between two messages, into an open connection (`breakpoints.connections`). @throws BreakpointError */
	inject(connection: number, to: "server" | "client", octets: Buffer | string): void {
		this.breakpoints.inject(connection, to === "server" ? 0 : 1, typeof octets === "string" ? Buffer.from(octets, "utf8") : octets);
	}

	/** The ALG profiles, and what rewriting did since they were set. */
	get alg(): AlgState {
		const { rewritten, verdicts, models } = this.#counter;
		return { profiles: this.#alg.profiles, since: copyMoment(this.#algSince), rewritten, verdicts, models };
	}

	/**
	 * Other ALG profiles from the next message on, in open connections too; none switches the ALG off. Gives the number of connections
	 * that are open. Calls begun before keep the addresses that they were shown: nobody translates those any more.
	 *
	 * @throws AlgNameError, and everything stays as it was
	 */
	setAlg(profiles: readonly string[]): number {
		this.#alg.set(profiles);
		this.#counter.reset();
		Object.assign(this.#algSince, now());
		return this.connections;
	}

	/** Puts a mark on an entry; false where it is not kept any more. */
	mark(entry: number, mark: string): boolean {
		return this.store.mark(entry, mark);
	}

	/** What is held goes on first. */
	override close(drain?: number): Promise<ProxySummary> {
		for (const { id } of this.breakpoints.breakpoints) this.breakpoints.enable(id, false);
		this.breakpoints.resumeAll();
		return super.close(drain);
	}
}

function partsOf({ rules, seed, alg, algOptions, breakpoints, limits }: ControlledProxyOptions): Parts {
	const context: FilterContext = {};
	return {
		context,
		breakpoints: new BreakpointStage({ ...breakpoints, ...(limits === undefined ? {} : { decoding: limits }), context }),
		rules: rules ?? new RuleStage(NO_RULES, { seed: seed ?? randomInt(2 ** 32), context }),
		alg: new AlgSwitch(alg, algOptions),
	};
}

function filterOf(filter: string | Filter): Filter {
	return typeof filter === "string" ? compileFilter(filter) : filter;
}
