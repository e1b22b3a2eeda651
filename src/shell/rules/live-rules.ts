import { randomInt } from "node:crypto";
import type { FSWatcher } from "chokidar";
import { problemText, type RuleProblem, type RuleReport, type RuleSet, RuleStage, type RuleStageOptions } from "../../core/rules/index.js";
import { loadRuleFiles } from "./load-files.js";
import { YamlParser } from "./yaml-parser.js";

/** Rule files with something wrong in them; nothing of them is used. */
export class RuleFilesError extends Error {
	readonly problems: readonly RuleProblem[];

	constructor(problems: readonly RuleProblem[]) {
		super(problems.map(problemText).join("\n"));
		this.name = "RuleFilesError";
		this.problems = problems;
	}
}

export interface LiveRulesOptions extends Omit<RuleStageOptions, "seed"> {
	/** default: what a file says, else drawn */
	seed?: number | undefined;
	/** the seed in place of a drawn one */
	otherwise?: number;
	/** load again when a file changes */
	watch?: boolean;
	/** other rules are in use now, or the old ones still are because of these problems */
	onReload?(outcome: { set: RuleSet } | { problems: readonly RuleProblem[] }): void;
}

/** milliseconds that a file has to be left alone before it is read: editors write in pieces */
const SETTLE = 50;

/**
 * Rules of files, as a stage of the relay, loaded anew when a file changes: at once for all of them, or not at all.
 *
 *     const rules = await LiveRules.open(["rules.yaml"], { watch: true });
 *     const proxy = createProxy({ hops, stages: [rules.stage], classify: {} });
 *     …
 *     await rules.close();
 */
export class LiveRules {
	readonly names: readonly string[];
	readonly stage: RuleStage;
	readonly #options: LiveRulesOptions;
	readonly #parser: YamlParser;
	#watcher: FSWatcher | undefined;
	#loading: Promise<boolean> | undefined;
	#again = false;
	#timer: NodeJS.Timeout | undefined;

	/** @throws RuleFilesError with everything that is wrong */
	static async open(names: readonly string[], options: LiveRulesOptions = {}): Promise<LiveRules> {
		const parser = new YamlParser();
		const { set, problems, paths } = await loadRuleFiles(names, parser);
		if (set === undefined) throw new RuleFilesError(problems);
		const rules = new LiveRules(names, options, parser, set);
		if (options.watch === true) await rules.#watch(paths);
		return rules;
	}

	private constructor(names: readonly string[], options: LiveRulesOptions, parser: YamlParser, set: RuleSet) {
		this.names = names;
		this.#options = options;
		this.#parser = parser;
		this.stage = new RuleStage(set, { ...options, seed: options.seed ?? set.seed ?? options.otherwise ?? randomInt(2 ** 32) });
	}

	get set(): RuleSet {
		return this.stage.set;
	}

	get seed(): number {
		return this.stage.seed;
	}

	report(): RuleReport[] {
		return this.stage.report();
	}

	/** Reads the files again. False: something is wrong with them, and the rules stay as they were. */
	reload(): Promise<boolean> {
		this.#again = this.#loading !== undefined;
		this.#loading ??= this.#reload().finally(() => {
			this.#loading = undefined;
		});
		return this.#loading;
	}

	async close(): Promise<void> {
		clearTimeout(this.#timer);
		this.#parser.idle();
		await this.#watcher?.close();
	}

	async #reload(): Promise<boolean> {
		let right: boolean;
		do {
			this.#again = false;
			const { set, problems, paths } = await loadRuleFiles(this.names, this.#parser);
			right = set !== undefined;
			// A file that is new among them is watched from now on; one that is gone may come back.
			this.#watcher?.add(paths);
			if (this.#again) continue;
			if (set !== undefined) this.stage.replace(set);
			this.#options.onReload?.(set === undefined ? { problems } : { set });
		} while (this.#again);
		return right;
	}

	async #watch(paths: readonly string[]): Promise<void> {
		const { watch } = await import("chokidar");
		const watcher = watch([...paths], { ignoreInitial: true });
		watcher.on("all", () => {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => void this.reload(), SETTLE);
		});
		watcher.on("error", () => {});
		this.#watcher = watcher;
		await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
	}
}
