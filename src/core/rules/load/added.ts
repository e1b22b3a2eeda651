import type { Rule } from "../engine/rule.js";
import { loadRules } from "./load.js";
import { problemText } from "./problems.js";
import type { ParsedYaml, Tree } from "./tree.js";
import { parseYaml } from "./yaml.js";

/** Rules that came without a file. */
export interface Added {
	/** all of them, also those that are to be off */
	rules: readonly Rule[];
	off: readonly string[];
	variables: ReadonlyMap<string, string>;
}

const NAME = "rule";

/** Reads one rule, a list, or the text of a rule file; `free` gives names to rules that have none. Never throws. */
export function loadAdded(text: string, free: () => string): Added & { problems: string[] } {
	const yaml = parseYaml(text);
	const single = yaml.tree?.kind === "map" && yaml.tree.pairs.some(({ key }) => key === "actions" || key === "match");
	const named = withNames(
		single ? { ...yaml, tree: { kind: "list", items: [yaml.tree!], at: yaml.tree!.at, end: yaml.tree!.end } } : yaml,
		free,
	);
	const { set, problems } = loadRules([NAME], {
		read: (_name, from) =>
			from === undefined ? { name: NAME, text, yaml: named } : { error: "rules that are added cannot include files" },
		octets: () => ({ error: "rules that are added cannot name files: write the octets in the rule" }),
	});
	const nothing: Added = { rules: [], off: [], variables: new Map() };
	if (set === undefined) return { ...nothing, problems: problems.map(problemText) };
	return { rules: set.all, off: set.disabled, variables: set.variables, problems: [] };
}

/** The loader numbers rules without names, from 1 in each load. */
function withNames(yaml: ParsedYaml, free: () => string): ParsedYaml {
	const { tree } = yaml;
	if (tree === undefined) return yaml;
	if (tree.kind === "list") return { ...yaml, tree: { ...tree, items: tree.items.map((item) => named(item, free)) } };
	if (tree.kind !== "map") return yaml;
	const pairs = tree.pairs.map((pair) =>
		pair.key === "rules" && pair.value.kind === "list"
			? { ...pair, value: { ...pair.value, items: pair.value.items.map((item) => named(item, free)) } }
			: pair,
	);
	return { ...yaml, tree: { ...tree, pairs } };
}

function named(rule: Tree, free: () => string): Tree {
	if (rule.kind !== "map" || rule.pairs.some(({ key }) => key === "name")) return rule;
	const name = free();
	const value: Tree = { kind: "scalar", value: name, text: name, style: "plain", at: rule.at, end: rule.at };
	return { ...rule, pairs: [{ key: "name", keyAt: rule.at, value }, ...rule.pairs] };
}
