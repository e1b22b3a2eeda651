import { actionNamed } from "../actions/index.js";
import type { Rule, RuleSet } from "../engine/rule.js";
import type { Expectation } from "../expect/types.js";
import { readExpectation } from "./expect.js";
import { Problems, type RuleProblem, SourceFile } from "./problems.js";
import { readDefaults, readRule } from "./rule.js";
import { type ReadOctets, Scope } from "./scope.js";
import { type MapTree, type ParsedYaml, plainOf, type Tree } from "./tree.js";

/** What may stand at the top of a rule file; a list alone is its rules. */
export const FILE_KEYS = ["include", "variables", "defaults", "seed", "rules", "expect"] as const;
/** Files that one load may come to. */
const MOST_FILES = 1_000;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** A file that was read and taken apart: by `parseYaml`, here or in a worker. */
export interface RuleSource {
	/** how problems name it, and what relative names in it are relative to */
	name: string;
	text: string;
	yaml: ParsedYaml;
}

/** What gives the loader its files. Both are synchronous: whoever has to wait for a disk does so before. */
export interface RuleFiles {
	/** A rule file: as it was named on the command line (`from` undefined) or in `include` of the file `from`. */
	read(name: string, from: string | undefined): RuleSource | { error: string };
	/** Octets for options that name a file. */
	octets: ReadOctets;
}

export interface Loaded {
	/** undefined when anything is wrong */
	set: RuleSet | undefined;
	/** all that is wrong, in order of places */
	problems: RuleProblem[];
	/** all files that were read */
	files: string[];
}

/** Loads rule files in order, with what they include, and says all that is wrong with them at once. Never throws. */
export function loadRules(names: readonly string[], files: RuleFiles): Loaded {
	return new Loader(files).load(names);
}

interface File {
	source: SourceFile;
	top: Map<(typeof FILE_KEYS)[number], Tree>;
}

class Loader {
	readonly #files: RuleFiles;
	readonly #problems = new Problems();
	/** in the order in which their rules count */
	readonly #read: File[] = [];
	readonly #names: string[] = [];
	readonly #variables = new Map<string, string>();
	/** names that actions set */
	readonly #set = new Set<string>();

	constructor(files: RuleFiles) {
		this.#files = files;
	}

	load(names: readonly string[]): Loaded {
		for (const name of names) this.#open(name, undefined, []);
		for (const file of this.#read) this.#declare(file);
		const rules: Rule[] = [];
		const all: Rule[] = [];
		const disabled: string[] = [];
		const taken = new Map<string, Rule["place"]>();
		let seed: number | undefined;
		for (const { source, top } of this.#read) {
			const scope = this.#scope(source);
			const given = top.get("seed");
			if (given !== undefined) seed ??= scope.integer(given, "seed", 0, 0xffffffff);
			const defaultTree = top.get("defaults");
			const defaultMap = defaultTree === undefined ? undefined : scope.map(defaultTree, "defaults");
			const defaults = defaultMap === undefined ? new Map() : readDefaults(scope, defaultMap);
			for (const tree of this.#list(scope, top.get("rules"), "rules")) {
				const read = readRule(scope, tree, defaults, all.length + 1);
				if (read === undefined) continue;
				const { rule } = read;
				const other = taken.get(rule.name);
				if (other !== undefined)
					scope.fail(tree, `there is a rule of the name ${JSON.stringify(rule.name)} already: ${other.file}:${other.line}`);
				taken.set(rule.name, rule.place);
				all.push(rule);
				if (read.enabled) rules.push(rule);
				else disabled.push(rule.name);
			}
		}
		const expectations = this.#expectations([...taken.keys()]);
		const problems = this.#problems.sorted(this.#names);
		const set: RuleSet = {
			rules,
			all,
			disabled,
			variables: this.#variables,
			expectations,
			seed,
			files: this.#names,
			verdict: rules.some(asksVerdict),
		};
		return { set: problems.length === 0 ? set : undefined, problems, files: this.#names };
	}

	#open(name: string, from: { file: SourceFile; at: number } | undefined, chain: readonly string[]): void {
		const place = from === undefined ? { file: name, line: 1, column: 1 } : from.file.place(from.at);
		if (this.#names.length >= MOST_FILES) {
			this.#problems.add(place, `more than ${MOST_FILES} files`);
			return;
		}
		const read = this.#files.read(name, from?.file.name);
		if ("error" in read) {
			this.#problems.add(place, read.error);
			return;
		}
		if (chain.includes(read.name)) {
			const circle = [...chain.slice(chain.indexOf(read.name)), read.name];
			this.#problems.add(place, `these files include each other in a circle: ${circle.join(" → ")}`);
			return;
		}
		// Included from several places: its rules count once, where they were asked for first.
		if (this.#names.includes(read.name)) return;
		this.#names.push(read.name);
		const source = new SourceFile(read.name, read.text);
		for (const { at, message } of read.yaml.problems) this.#problems.add(source.place(at), message);
		const scope = this.#scope(source);
		const { tree } = read.yaml;
		const top: File["top"] = tree === undefined ? new Map() : tree.kind === "list" ? new Map([["rules", tree]]) : this.#top(scope, tree);
		for (const item of this.#list(scope, top.get("include"), "include", true)) {
			const included = scope.text(item, "include");
			if (included !== undefined) this.#open(included, { file: source, at: item.at }, [...chain, read.name]);
		}
		this.#read.push({ source, top });
	}

	#top(scope: Scope, tree: Tree): File["top"] {
		if (tree.kind === "map") return scope.keys(tree, FILE_KEYS, "a rule file");
		scope.fail(tree, "a rule file has rules: a list of them, or names with values");
		return new Map();
	}

	#list(scope: Scope, tree: Tree | undefined, what: string, single = false): readonly Tree[] {
		if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return [];
		if (tree.kind === "list") return tree.items;
		if (single && tree.kind === "scalar") return [tree];
		scope.fail(tree, `${what}: a list is wanted here: each begins with "- "`);
		return [];
	}

	/** Variables that the file declares, and names that its actions set: templates of all files may use them. */
	#declare({ source, top }: File): void {
		const scope = this.#scope(source);
		const tree = top.get("variables");
		const map: MapTree | undefined = tree === undefined ? undefined : scope.map(tree, "variables");
		for (const { key, keyAt, value } of map?.pairs ?? []) {
			if (!NAME.test(key)) scope.fail({ at: keyAt }, `${JSON.stringify(key)} cannot be the name of a variable: letters, digits, - and .`);
			const text = scope.text(value, key);
			if (text !== undefined) this.#variables.set(key, text);
		}
		for (const rule of this.#list(this.#quiet(source), top.get("rules"), "rules")) for (const name of namesSet(rule)) this.#set.add(name);
	}

	#expectations(rules: readonly string[]): Expectation[] {
		return this.#read.flatMap(({ source, top }) => {
			const scope = this.#scope(source);
			return this.#list(scope, top.get("expect"), "expect").flatMap((tree) => readExpectation(scope, tree, rules) ?? []);
		});
	}

	#scope(source: SourceFile): Scope {
		const names = new Set([...this.#variables.keys(), ...this.#set]);
		return new Scope(source, this.#problems, names, this.#files.octets);
	}

	/** For a first look at what is read again later. */
	#quiet(source: SourceFile): Scope {
		return new Scope(source, new Problems(), new Set(), this.#files.octets);
	}
}

/** Variables that the actions of a rule set. */
function namesSet(rule: Tree): string[] {
	const actions = rule.kind === "map" ? rule.pairs.find(({ key }) => key === "actions")?.value : undefined;
	const items = actions?.kind === "list" ? actions.items : actions === undefined ? [] : [actions];
	return items.flatMap((item) => {
		const pair = item.kind === "map" ? item.pairs[0] : undefined;
		const option = pair === undefined ? undefined : actionNamed(pair.key)?.sets;
		if (option === undefined || pair!.value.kind !== "map") return [];
		const name = (plainOf(pair!.value) as Record<string, unknown>)[option];
		return typeof name === "string" ? [name] : [];
	});
}

function asksVerdict({ filter, trigger, actions }: Rule): boolean {
	const { after, until } = trigger;
	const edges = [after, until].flatMap((edge) => (edge !== undefined && "seen" in edge ? [edge.seen] : []));
	if ([filter, ...edges].some((one) => one?.needs.verdict === true)) return true;
	return actions.some(({ options }) => JSON.stringify(Object.values(options).map((value) => fieldsOf(value))).includes('"im.'));
}

/** Fields that a template or a filter among options asks. */
function fieldsOf(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(fieldsOf);
	if (typeof value !== "object" || value === null) return [];
	if ("fields" in value) return value.fields as readonly string[];
	return "needs" in value ? (value.needs as { fields: readonly string[] }).fields : [];
}
