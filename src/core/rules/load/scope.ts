import { compileFilter, type Filter, FilterError } from "../filter/index.js";
import { compileTemplate, type Template, TemplateError } from "../template.js";
import type { Problems, SourceFile } from "./problems.js";
import { suggestion } from "./problems.js";
import type { MapTree, ScalarTree, Tree } from "./tree.js";

/** Gives the octets of a file named in a rule file, or says why not. */
export type ReadOctets = (name: string, from: string) => Buffer | { error: string };

/** What readers of one file share: where they are, where problems go, which variables there are. */
export class Scope {
	readonly file: SourceFile;
	readonly problems: Problems;
	readonly variables: ReadonlySet<string>;
	readonly readOctets: ReadOctets;

	constructor(file: SourceFile, problems: Problems, variables: ReadonlySet<string>, readOctets: ReadOctets) {
		this.file = file;
		this.problems = problems;
		this.variables = variables;
		this.readOctets = readOctets;
	}

	fail(tree: { at: number }, message: string): undefined {
		this.problems.add(this.file.place(tree.at), message);
		return undefined;
	}

	/** The text of a scalar; numbers count as they are written. */
	text(tree: Tree, what: string): string | undefined {
		if (tree.kind === "scalar" && tree.value !== null) return tree.text;
		return this.fail(tree, `${what}: a text is wanted here, not ${kindOf(tree)}`);
	}

	filter(tree: Tree, what: string): Filter | undefined {
		if (tree.kind !== "scalar" || tree.value === null)
			return this.fail(tree, `${what}: a filter expression is wanted here, not ${kindOf(tree)}`);
		try {
			return compileFilter(tree.text);
		} catch (error) {
			if (!(error instanceof FilterError)) throw error;
			this.problems.add(this.file.placeIn(tree, error.column - 1), error.message);
			return undefined;
		}
	}

	template(tree: Tree, what: string): Template | undefined {
		if (tree.kind !== "scalar" || tree.value === null) return this.fail(tree, `${what}: a text is wanted here, not ${kindOf(tree)}`);
		try {
			return compileTemplate(tree.text, this.variables);
		} catch (error) {
			if (!(error instanceof TemplateError)) throw error;
			this.problems.add(this.file.placeIn(tree, error.column - 1), error.message);
			return undefined;
		}
	}

	boolean(tree: Tree, what: string): boolean | undefined {
		if (tree.kind === "scalar" && typeof tree.value === "boolean") return tree.value;
		return this.fail(tree, `${what}: true or false is wanted here, not ${kindOf(tree)}`);
	}

	integer(tree: Tree, what: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
		if (tree.kind === "scalar" && Number.isSafeInteger(tree.value) && (tree.value as number) >= least && (tree.value as number) <= most)
			return tree.value as number;
		const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
		return this.fail(tree, `${what}: a whole number ${range} is wanted here, not ${kindOf(tree)}`);
	}

	choice<T extends string>(tree: Tree, what: string, values: readonly T[]): T | undefined {
		const text = tree.kind === "scalar" ? tree.text : "";
		if (tree.kind === "scalar" && values.includes(text as T)) return text as T;
		return this.fail(
			tree,
			`${what}: ${kindOf(tree)} is none of ${values.join(", ")}${suggestion(text, values).startsWith("; did") ? suggestion(text, values) : ""}`,
		);
	}

	map(tree: Tree, what: string): MapTree | undefined {
		return tree.kind === "map" ? tree : this.fail(tree, `${what}: names with values are wanted here, not ${kindOf(tree)}`);
	}

	/** The keys of a map, by name; those that nobody knows are problems. */
	keys<K extends string>(map: MapTree, known: readonly K[], what: string): Map<K, Tree> {
		const found = new Map<K, Tree>();
		for (const { key, keyAt, value } of map.pairs) {
			if (known.includes(key as K)) found.set(key as K, value);
			else this.fail({ at: keyAt }, `${what} has no ${key}${suggestion(key, known)}`);
		}
		return found;
	}
}

/** What stands there, for messages: "fast", a list. */
export function kindOf(tree: Tree): string {
	if (tree.kind === "list") return "a list";
	if (tree.kind === "map") return "names with values";
	return describe(tree);
}

function describe({ value, text }: ScalarTree): string {
	if (value === null) return "nothing";
	return typeof value === "string" ? JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text) : text;
}
