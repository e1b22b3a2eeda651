import type { Headline } from "../../classify/types.js";
import type { Count, Expectation, Side } from "../expect/types.js";
import type { Filter } from "../filter/index.js";
import { readOption } from "./options.js";
import { suggestion } from "./problems.js";
import { kindOf, type Scope } from "./scope.js";
import type { MapTree, Tree } from "./tree.js";

export const HEADLINES = [
	"system",
	"private-system",
	"group",
	"private",
	"ambiguous",
	"one-to-one",
	"composing",
	"imdn",
	"report",
	"control",
	"keepalive",
	"unwrapped",
	"incomplete",
	"malformed",
	"unknown",
] as const satisfies readonly Headline[];

const KINDS = ["fires", "count", "class", "answered"] as const;
/** What an expectation of each kind may say. */
export const EXPECT_KEYS = {
	fires: ["fires", "times", "note"],
	count: ["count", "times", "in", "note"],
	class: ["class", "of", "after", "in", "note"],
	answered: ["answered", "by", "within", "in", "note"],
} as const;

export const SIDES = ["before", "after"] as const;

/** One entry of `expect`. */
export function readExpectation(scope: Scope, tree: Tree, rules: readonly string[]): Expectation | undefined {
	const map = scope.map(tree, "expect");
	if (map === undefined) return undefined;
	const kinds = KINDS.filter((kind) => map.pairs.some(({ key }) => key === kind));
	const [kind] = kinds;
	if (kinds.length !== 1 || kind === undefined)
		return scope.fail(
			map,
			`an expectation has one of ${KINDS.join(", ")}; this one has ${kinds.length === 0 ? "none" : kinds.join(" and ")}`,
		);
	const before = scope.problems.count;
	const made = new Reader(scope, map, rules).read(kind);
	return scope.problems.count > before ? undefined : made;
}

class Reader {
	readonly #scope: Scope;
	readonly #map: MapTree;
	readonly #rules: readonly string[];
	#keys: ReadonlyMap<string, Tree> = new Map();

	constructor(scope: Scope, map: MapTree, rules: readonly string[]) {
		this.#scope = scope;
		this.#map = map;
		this.#rules = rules;
	}

	read(kind: keyof typeof EXPECT_KEYS): Expectation | undefined {
		const scope = this.#scope;
		this.#keys = scope.keys(this.#map, EXPECT_KEYS[kind] as readonly string[], `an expectation of ${kind}`);
		const place = scope.file.place(this.#map.at);
		const note = this.#keys.get("note");
		const own = note === undefined ? undefined : scope.text(note, "note");
		const subject = this.#keys.get(kind)!;
		const base = (words: string) => ({ place, name: own ?? words });
		const side = this.#side();
		if (kind === "fires") {
			const rule = this.#rule(subject, "fires");
			const count = this.#count();
			return { ...base(`rule ${rule} fires ${words(count)}`), kind, rule: rule ?? "", count };
		}
		const filter = this.#filter(kind === "class" ? "of" : kind, kind === "class" ? this.#keys.get("of") : subject);
		if (filter === undefined) return undefined;
		if (kind === "count") {
			const count = this.#count();
			return { ...base(`${words(count)}: ${filter.source}`), kind, filter, side, count };
		}
		if (kind === "class") {
			const after = this.#keys.get("after");
			const list = subject.kind === "list" ? subject.items : [subject];
			const classes = list.flatMap((item) => scope.choice(item, "class", HEADLINES) ?? []);
			const rule = after === undefined ? undefined : this.#rule(after, "after");
			return { ...base(`class ${classes.join(" or ")}: ${filter.source}`), kind, filter, side, after: rule, class: classes };
		}
		const by = this.#filter("by", this.#keys.get("by"));
		const within = this.#keys.get("within");
		const seconds =
			within === undefined
				? Number.POSITIVE_INFINITY
				: (readOption(scope, { type: "duration", doc: "" }, within, "within") as number | undefined);
		if (by === undefined || seconds === undefined) return undefined;
		return { ...base(`answered by ${by.source}: ${filter.source}`), kind, filter, side, by, within: seconds };
	}

	#side(): Side {
		const tree = this.#keys.get("in");
		return (tree === undefined ? undefined : this.#scope.choice(tree, "in", SIDES)) ?? "after";
	}

	#filter(key: string, tree: Tree | undefined): Filter | undefined {
		if (tree === undefined) return this.#scope.fail(this.#map, `an expectation needs ${key}: a filter expression`);
		return this.#scope.filter(tree, key);
	}

	#rule(tree: Tree, what: string): string | undefined {
		const name = this.#scope.text(tree, what);
		if (name === undefined || this.#rules.includes(name)) return name;
		return this.#scope.fail(tree, `${what}: there is no rule ${JSON.stringify(name)}${suggestion(name, this.#rules)}`);
	}

	/** `times: 3`, `times: 2..5`, `times: 1..`; without it at least once. */
	#count(): Count {
		const tree = this.#keys.get("times");
		if (tree === undefined) return { least: 1, most: Number.POSITIVE_INFINITY };
		const range = tree.kind === "scalar" ? /^([0-9]{1,9})(?:\.\.([0-9]{1,9})?)?$/.exec(tree.text) : null;
		if (range === null) {
			this.#scope.fail(tree, `times: a number, or a range as 2..5 or 1.., not ${kindOf(tree)}`);
			return { least: 0, most: 0 };
		}
		const least = Number(range[1]);
		const open = range[0].includes("..") ? Number.POSITIVE_INFINITY : least;
		return { least, most: range[2] === undefined ? open : Number(range[2]) };
	}
}

/** "3 times", "at least once", "2 to 5 times". */
export function words({ least, most }: Count): string {
	if (least === most) return least === 0 ? "never" : least === 1 ? "once" : `${least} times`;
	if (most === Number.POSITIVE_INFINITY) return least === 1 ? "at least once" : `at least ${least} times`;
	return `${least} to ${most} times`;
}
