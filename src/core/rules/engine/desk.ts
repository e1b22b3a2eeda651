import { type Added, loadAdded } from "../load/added.js";
import type { RuleReport } from "./report.js";
import type { Rule, RuleSet } from "./rule.js";
import type { RuleStage } from "./stage.js";

/** A rule as whoever switches it sees it. */
export interface DeskRule {
	readonly name: string;
	readonly note: string | undefined;
	/** its condition as written; undefined: every message, or every connection */
	readonly match: string | undefined;
	/** names of its actions */
	readonly actions: readonly string[];
	/** "rules.yaml:12", or "added" */
	readonly from: string;
	readonly enabled: boolean;
	/** what it met and missed since it was last switched on; undefined where it is off and never was on */
	readonly report: RuleReport | undefined;
}

/** What was asked of rules cannot be done. The text says why, a line each. */
export class RuleDeskError extends Error {
	override readonly name = "RuleDeskError";
}

/** rules that may be added */
const MOST = 1_000;

/**
 * Switches the rules of a stage on and off and adds some while it runs. Rules of files come and go with their files, behind them come
 * those that were added; what was switched stays so when files are read again, as long as the rule has that name.
 */
export class RuleDesk {
	readonly #stage: RuleStage;
	#given: RuleSet;
	readonly #added = new Map<string, Rule>();
	/** variables of added rules, which count less than those of files */
	readonly #variables = new Map<string, string>();
	readonly #switched = new Map<string, boolean>();
	/** of rules that are off */
	readonly #parked = new Map<string, RuleReport>();
	readonly #listeners = new Set<() => void>();
	#count = 0;

	constructor(stage: RuleStage) {
		this.#stage = stage;
		this.#given = stage.set;
		stage.rework((given) => {
			this.#given = given;
			const set = this.#composed();
			for (const listener of this.#listeners) listener();
			return set;
		});
	}

	/** of the run: the same input, seed and rules give the same faults */
	get seed(): number {
		return this.#stage.seed;
	}

	/** In the order in which messages meet them. */
	list(): DeskRule[] {
		const reports = new Map(this.#stage.report().map((report) => [report.name, report]));
		const row = (rule: Rule, from: string): DeskRule => {
			const { name, note, filter, actions } = rule;
			const enabled = this.#enabled(rule);
			const report = enabled ? reports.get(name) : this.#parked.get(name);
			return { name, note, match: filter?.source, actions: actions.map(({ definition }) => definition.name), from, enabled, report };
		};
		const files = this.#given.all.map((rule) => row(rule, `${rule.place.file}:${rule.place.line}`));
		return [...files, ...[...this.#added.values()].map((rule) => row(rule, "added"))];
	}

	/** @throws RuleDeskError where there is no such rule */
	get(name: string): DeskRule {
		const found = this.list().find((rule) => rule.name === name);
		if (found === undefined) throw new RuleDeskError(`there is no rule ${JSON.stringify(name)}`);
		return found;
	}

	/** From the next message on. Switched off, a rule forgets what its triggers counted. @throws RuleDeskError */
	enable(name: string, enabled = true): void {
		const { enabled: before, report } = this.get(name);
		if (enabled === before) return;
		if (!enabled && report !== undefined) this.#parked.set(name, report);
		this.#switched.set(name, enabled);
		this.#apply();
	}

	/**
	 * Adds rules, in the language of rule files: one rule, a list, or a whole file; `name` stands in problems.
	 * They cannot name other files. Gives their names, in order.
	 *
	 * @throws RuleDeskError with everything that is wrong
	 */
	add(text: string): string[] {
		const added = this.#load(text);
		for (const rule of added.rules) {
			this.#added.set(rule.name, rule);
			this.#switched.delete(rule.name);
		}
		for (const name of added.off) this.#switched.set(name, false);
		for (const [name, value] of added.variables) this.#variables.set(name, value);
		this.#apply();
		return added.rules.map(({ name }) => name);
	}

	/** Takes away a rule that was added. @throws RuleDeskError where there is none, or it stands in a file */
	remove(name: string): void {
		const { from } = this.get(name);
		if (!this.#added.delete(name)) throw new RuleDeskError(`rule ${JSON.stringify(name)} stands in ${from}: switch it off instead`);
		this.#switched.delete(name);
		this.#parked.delete(name);
		this.#apply();
	}

	/** Told after every change of the rules; gives what ends that. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	#load(text: string): Added {
		const taken = new Set([...this.#given.all, ...this.#added.values()].map(({ name }) => name));
		const { problems, ...added } = loadAdded(text, () => this.#freeName(taken));
		for (const { name } of added.rules) if (taken.has(name)) problems.push(`there is a rule of the name ${JSON.stringify(name)} already`);
		if (problems.length === 0 && added.rules.length === 0) problems.push("there is no rule in it");
		if (this.#added.size + added.rules.length > MOST) problems.push(`more than ${MOST} rules would be added: put them into a file`);
		if (problems.length > 0) throw new RuleDeskError(problems.join("\n"));
		return added;
	}

	#freeName(taken: ReadonlySet<string>): string {
		let name: string;
		do name = `added ${++this.#count}`;
		while (taken.has(name));
		return name;
	}

	#enabled({ name }: Rule): boolean {
		return this.#switched.get(name) ?? !this.#given.disabled.includes(name);
	}

	#apply(): void {
		this.#stage.replace(this.#given);
	}

	#composed(): RuleSet {
		const given = this.#given;
		const rules = [...given.all, ...this.#added.values()].filter((rule) => this.#enabled(rule));
		for (const { name } of rules) this.#parked.delete(name);
		return { ...given, rules, variables: new Map([...this.#variables, ...given.variables]) };
	}
}
