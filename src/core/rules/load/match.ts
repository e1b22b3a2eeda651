import { filterField, filterFieldNames } from "../../fields/filter/table.js";
import type { FilterField } from "../../fields/filter/types.js";
import { compileFilter, type Filter, FilterError } from "../filter/index.js";
import { suggestion } from "./problems.js";
import { kindOf, type Scope } from "./scope.js";
import type { MapTree, ScalarTree, Tree } from "./tree.js";

/** What a structured condition may say of a field. */
export const CONDITIONS = {
	is: "==",
	not: "!=",
	contains: "contains",
	matches: "matches",
	above: ">",
	below: "<",
	least: ">=",
	most: "<=",
} as const;

/** A filter expression, or fields with what they have to be: all of them have to hold. */
export function readMatch(scope: Scope, tree: Tree): Filter | undefined {
	if (tree.kind === "scalar") return scope.filter(tree, "match");
	if (tree.kind === "list")
		return scope.fail(tree, "match: an expression, or fields with values, not a list; to match one of several use or");
	if (tree.pairs.length === 0) return scope.fail(tree, "match: names no field; leave it out to meet every message");
	const parts = tree.pairs.flatMap(({ key, keyAt, value }) => {
		const field = filterField(key);
		if (field === undefined) return scope.fail({ at: keyAt }, `there is no field ${key}${suggestion(key, filterFieldNames())}`) ?? [];
		return condition(scope, field, value);
	});
	if (parts.length < tree.pairs.length) return undefined;
	return compileFilter(parts.join(" && "));
}

function condition(scope: Scope, field: FilterField, tree: Tree): string[] {
	const { name } = field;
	if (tree.kind === "map") return compound(scope, field, tree);
	if (tree.kind === "list") {
		const values = tree.items.map((item) => literal(scope, field, item));
		if (values.length === 0) scope.fail(tree, `${name}: one of no values is nothing`);
		return values.length === 0 || values.includes(undefined) ? [] : checked(scope, tree, `${name} in {${values.join(", ")}}`);
	}
	if (field.type === "presence" || tree.value === null || (typeof tree.value === "boolean" && field.type !== "boolean")) {
		if (tree.value === false) return [`!${name}`];
		return tree.value === true || tree.value === null ? [name] : absent(scope, tree, `${name} has no value: write true or false`);
	}
	const value = literal(scope, field, tree);
	return value === undefined ? [] : checked(scope, tree, `${name} == ${value}`);
}

function absent(scope: Scope, tree: Tree, message: string): string[] {
	scope.fail(tree, message);
	return [];
}

function compound(scope: Scope, field: FilterField, tree: MapTree): string[] {
	const parts = tree.pairs.map(({ key, keyAt, value }) => {
		const op = Object.hasOwn(CONDITIONS, key) ? CONDITIONS[key as keyof typeof CONDITIONS] : undefined;
		if (op === undefined)
			return absent(scope, { ...tree, at: keyAt }, `a condition has no ${key}${suggestion(key, Object.keys(CONDITIONS))}`);
		const right = literal(scope, field, value);
		return right === undefined ? [] : checked(scope, value, `${field.name} ${op} ${right}`);
	});
	return parts.some((one) => one.length === 0) ? [] : [parts.flat().join(" && ")];
}

/** The value as it stands in an expression. */
function literal(scope: Scope, { type, name }: FilterField, tree: Tree): string | undefined {
	if (tree.kind !== "scalar" || tree.value === null) return scope.fail(tree, `${name}: a value is wanted here, not ${kindOf(tree)}`);
	return type === "string" || type === "bytes" ? quoted(tree) : tree.text;
}

function quoted({ text }: ScalarTree): string {
	const hex = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
	return `"${text.replace(/["\\]/g, "\\$&").replace(/[\x00-\x1f]/g, hex)}"`;
}

function checked(scope: Scope, tree: Tree, expression: string): string[] {
	try {
		compileFilter(expression);
		return [expression];
	} catch (error) {
		if (!(error instanceof FilterError)) throw error;
		return absent(scope, tree, error.message);
	}
}
