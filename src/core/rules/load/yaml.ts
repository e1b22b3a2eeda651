import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from "yaml";
import type { MapTree, ParsedYaml, ScalarTree, Tree } from "./tree.js";

/** Characters of a file, nodes that it may come to with its aliases, and how deep they may nest. */
const LONGEST = 16 << 20;
const MOST = 1_000_000;
const DEEPEST = 100;

/** Reads one YAML 1.2 document. Never throws; aliases cannot make it grow without bound. */
export function parseYaml(text: string): ParsedYaml {
	if (text.length > LONGEST) return { tree: undefined, problems: [{ at: 0, message: `the file has more than ${LONGEST >> 20} MiB` }] };
	try {
		const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, keepSourceTokens: false, logLevel: "silent" });
		const problems = document.errors.map(({ pos, message }) => ({ at: pos[0], message }));
		const builder = new Builder(problems);
		const { contents } = document;
		const tree = contents === null ? undefined : builder.build(contents as Node, 0);
		return { tree: problems.length > 0 && tree?.kind !== "map" && tree?.kind !== "list" ? undefined : tree, problems };
	} catch (error) {
		const deep = error instanceof RangeError;
		const message = deep ? "the file nests too deeply" : error instanceof Error ? error.message : String(error);
		return { tree: undefined, problems: [{ at: 0, message }] };
	}
}

class Builder {
	readonly #problems: ParsedYaml["problems"];
	readonly #anchors = new Map<string, Node>();
	/** anchors whose nodes are being built: an alias inside of itself */
	readonly #open = new Set<Node>();
	#nodes = 0;

	constructor(problems: ParsedYaml["problems"]) {
		this.#problems = problems;
	}

	build(node: Node, depth: number, at?: number): Tree {
		const [from, end] = [at ?? node.range?.[0] ?? 0, node.range?.[1] ?? 0];
		if (++this.#nodes > MOST || depth > DEEPEST) {
			const why = depth > DEEPEST ? `this nests deeper than ${DEEPEST}` : `with its aliases the file has more than ${MOST} values`;
			if (!this.#problems.some(({ message }) => message === why)) this.#problems.push({ at: from, message: why });
			return empty(from, end);
		}
		if (isAlias(node)) return this.#alias(node.source, from, end, depth);
		if ("anchor" in node && typeof node.anchor === "string") this.#anchors.set(node.anchor, node);
		if (isScalar(node)) return scalar(node, from, end);
		this.#open.add(node);
		const tree = isSeq(node)
			? this.#list(node.items as Node[], from, end, depth)
			: isMap(node)
				? this.#map(node.items, from, end, depth)
				: empty(from, end);
		this.#open.delete(node);
		return tree;
	}

	#list(items: readonly (Node | null)[], at: number, end: number, depth: number): Tree {
		const built: Tree[] = [];
		for (const item of items) {
			if (this.#nodes > MOST) break;
			built.push(item === null ? empty(at, at) : this.build(item, depth + 1));
		}
		return { kind: "list", items: built, at, end };
	}

	#map(items: readonly { key: unknown; value: unknown }[], at: number, end: number, depth: number): Tree {
		const map: MapTree = { kind: "map", pairs: [], at, end };
		const merged: MapTree["pairs"] = [];
		const seen = new Set<string>();
		for (const { key, value } of items) {
			if (this.#nodes > MOST) break;
			const keyNode = key as Node | null;
			const keyAt = keyNode?.range?.[0] ?? at;
			if (keyNode === null || !isScalar(keyNode)) {
				this.#problems.push({ at: keyAt, message: "a key has to be a plain word" });
				continue;
			}
			const name = String(keyNode.value ?? keyNode.source ?? "");
			const built = value === null ? empty(keyNode.range?.[1] ?? keyAt, keyNode.range?.[1] ?? keyAt) : this.build(value as Node, depth + 1);
			if (name === "<<") merged.push(...this.#merge(built, keyAt));
			else if (seen.has(name)) this.#problems.push({ at: keyAt, message: `${name} stands here twice` });
			else {
				seen.add(name);
				map.pairs.push({ key: name, keyAt, value: built });
			}
		}
		// What the map says itself goes first, then the earlier of what it merges in.
		for (const pair of merged) {
			if (seen.has(pair.key)) continue;
			seen.add(pair.key);
			map.pairs.push(pair);
		}
		return map;
	}

	#merge(value: Tree, at: number): MapTree["pairs"] {
		const maps = value.kind === "list" ? value.items : [value];
		if (maps.some(({ kind }) => kind !== "map")) {
			this.#problems.push({ at, message: "<< merges maps in: give an alias of one, or a list of them" });
			return [];
		}
		return maps.flatMap((map) => (map as MapTree).pairs);
	}

	#alias(name: string, at: number, end: number, depth: number): Tree {
		const target = this.#anchors.get(name);
		if (target === undefined || this.#open.has(target)) {
			const why = target === undefined ? `there is no anchor &${name} before this` : `*${name} stands inside of itself`;
			this.#problems.push({ at, message: why });
			return empty(at, end);
		}
		return this.build(target, depth + 1);
	}
}

function scalar(node: Scalar, at: number, end: number): ScalarTree {
	const { value, type } = node;
	const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null;
	const style =
		type === "QUOTE_SINGLE" ? "single" : type === "QUOTE_DOUBLE" ? "double" : type === "PLAIN" || type === undefined ? "plain" : "block";
	const text = typeof value === "string" ? value : (node.source ?? String(value ?? ""));
	return { kind: "scalar", value: known ? value : text, text, style, at, end };
}

function empty(at: number, end: number): ScalarTree {
	return { kind: "scalar", value: null, text: "", style: "plain", at, end };
}
