/**
 * A YAML document as plain data with positions, so that a worker can make it and hand it over. Offsets are UTF-16 units of the text;
 * aliases and merge keys are resolved.
 */
export type Tree = MapTree | ListTree | ScalarTree;

interface Node {
	at: number;
	end: number;
}

export interface MapTree extends Node {
	kind: "map";
	pairs: { key: string; keyAt: number; value: Tree }[];
}

export interface ListTree extends Node {
	kind: "list";
	items: Tree[];
}

export interface ScalarTree extends Node {
	kind: "scalar";
	value: string | number | boolean | null;
	/** as written, escapes and folds undone */
	text: string;
	style: "plain" | "single" | "double" | "block";
}

/** One document and what is wrong with it as YAML. */
export interface ParsedYaml {
	/** undefined: empty, or nothing could be made of it */
	tree: Tree | undefined;
	problems: { at: number; message: string }[];
}

/** Index in the file's text of the character `index` of a scalar's value, as well as can be told. */
export function positionIn({ text, at, end, style }: ScalarTree, file: string, index: number): number {
	let from = at;
	if (style === "single" || style === "double") from++;
	else if (style === "block") from = file.indexOf("\n", at) + 1 || at;
	for (let i = 0; i <= index && from < end; i++) {
		const wanted = text[i];
		// Folds and indentation: what is no more than white space in the file, or one space in the value.
		while (from < end && wanted !== file[from] && /\s/.test(file[from]!) && !(wanted !== undefined && /\s/.test(wanted))) from++;
		if (i === index) break;
		if (wanted === file[from]) from += style === "single" && wanted === "'" ? 2 : 1;
		else if (style === "double" && file[from] === "\\") from += escapeLength(file[from + 1]);
		else if (wanted !== undefined && /\s/.test(wanted)) while (from < end && /\s/.test(file[from]!)) from++;
		else return at;
	}
	return Math.min(from, Math.max(at, end));
}

function escapeLength(letter: string | undefined): number {
	return letter === "x" ? 4 : letter === "u" ? 6 : letter === "U" ? 10 : 2;
}

/** The document as plain values, for whoever does not care where things stand. */
export function plainOf(tree: Tree): unknown {
	if (tree.kind === "scalar") return tree.value;
	if (tree.kind === "list") return tree.items.map(plainOf);
	return Object.fromEntries(tree.pairs.map(({ key, value }) => [key, plainOf(value)]));
}
