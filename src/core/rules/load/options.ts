import type { OptionSpec, OptionTable } from "../actions/options.js";
import type { Template } from "../template.js";
import { kindOf, type Scope } from "./scope.js";
import type { MapTree, Tree } from "./tree.js";
import { durationOf, percentageOf, rateOf, sizeOf } from "./units.js";

/** A token of SIP, or an attribute of SDP as a=setup. */
const TOKEN = /^[A-Za-z0-9.!%*_+`'~=-]+$/;

/** The options of one action as it gets them; undefined when something is wrong with them. */
export function readOptions(scope: Scope, table: OptionTable, given: MapTree, action: string): Record<string, unknown> | undefined {
	const names = Object.keys(table);
	const found = scope.keys(given, names, action);
	const options: Record<string, unknown> = {};
	let right = found.size === given.pairs.length;
	for (const name of names) {
		const spec = table[name]!;
		const tree = found.get(name);
		const value =
			tree === undefined ? absent(scope, spec, given, `${action}: ${name}`) : readOption(scope, spec, tree, `${action}: ${name}`);
		if (value === undefined && (tree !== undefined || spec.required === true)) right = false;
		options[name] = value;
	}
	return right ? options : undefined;
}

function absent(scope: Scope, spec: OptionSpec, given: MapTree, what: string): unknown {
	if (spec.required) return scope.fail(given, `${what} has to be given: ${spec.doc}`);
	if (spec.default === undefined) return undefined;
	const tree: Tree = { kind: "scalar", value: spec.default, text: String(spec.default), style: "plain", at: given.at, end: given.end };
	return readOption(scope, spec, tree, what);
}

/** One value; undefined when it is not right, which is then a problem. */
export function readOption(scope: Scope, spec: OptionSpec, tree: Tree, what: string): unknown {
	switch (spec.type) {
		case "duration":
			return measured(scope, spec, tree, what, durationOf, "a time: 200ms, 1.5s, 2min");
		case "size":
			return measured(scope, spec, tree, what, sizeOf, "a size: 300, 10KB, 2MiB");
		case "rate":
			return measured(scope, spec, tree, what, rateOf, "a rate: 56kbit/s, 10KB/s");
		case "percentage":
			return measured(scope, { min: 0, max: 1, ...spec }, tree, what, percentageOf, "a share: 30%, or 0.3");
		case "integer":
			return scope.integer(tree, what, spec.min ?? 0, spec.max);
		case "boolean":
			return scope.boolean(tree, what);
		case "choice":
			return scope.choice(tree, what, spec.values);
		case "text":
			return scope.text(tree, what);
		case "template":
			return scope.template(tree, what);
		case "templates":
			return templates(scope, tree, what);
		case "names":
			return headerNames(scope, tree, what);
		case "filter":
			return scope.filter(tree, what);
		case "file":
			return octets(scope, tree, what);
	}
}

function measured(
	scope: Scope,
	{ min, max }: { min?: number; max?: number },
	tree: Tree,
	what: string,
	read: (text: string) => number | undefined,
	wanted: string,
): number | undefined {
	if (tree.kind !== "scalar") return scope.fail(tree, `${what}: ${wanted}, not ${kindOf(tree)}`);
	const value = typeof tree.value === "number" ? tree.value : typeof tree.value === "string" ? read(tree.text) : undefined;
	if (value === undefined || !Number.isFinite(value)) return scope.fail(tree, `${what}: ${wanted}, not ${kindOf(tree)}`);
	if (value < (min ?? 0)) return scope.fail(tree, `${what}: at least ${min ?? 0}, not ${tree.text}`);
	if (max !== undefined && value > max) return scope.fail(tree, `${what}: at most ${max}, not ${tree.text}`);
	return value;
}

function templates(scope: Scope, tree: Tree, what: string): Template[] | undefined {
	const items = tree.kind === "list" ? tree.items : [tree];
	const read = items.map((item) => scope.template(item, what));
	return read.includes(undefined) ? undefined : (read as Template[]);
}

function headerNames(scope: Scope, tree: Tree, what: string): string[] | undefined {
	const items = tree.kind === "list" ? tree.items : [tree];
	const read = items.map((item) => {
		const text = scope.text(item, what);
		return text === undefined || TOKEN.test(text)
			? text
			: scope.fail(item, `${what}: ${JSON.stringify(text)} cannot be the name of a header`);
	});
	return read.includes(undefined) ? undefined : (read as string[]);
}

function octets(scope: Scope, tree: Tree, what: string): Buffer | undefined {
	const name = scope.text(tree, what);
	if (name === undefined) return undefined;
	const read = scope.readOctets(name, scope.file.name);
	return Buffer.isBuffer(read) ? read : scope.fail(tree, `${what}: ${read.error}`);
}
