import { filterField } from "../../fields/filter/table.js";
import type { FilterField } from "../../fields/filter/types.js";
import { Compiler, type Test } from "./compile.js";
import { type LiteralValue, literalValue } from "./literal.js";
import type { Kinds } from "./needs.js";
import { parseFilter } from "./parser.js";
import { shortForm } from "./short.js";
import type { Arg, Node } from "./syntax.js";

/** One of the conditions that an expression joins by "and": all of them have to hold. */
export interface Clause {
	/** as written */
	source: string;
	test: Test;
	kinds: Kinds;
	fields: readonly FilterField[];
	/** it holds only where this field has one of these values */
	equals: { field: FilterField; values: readonly (string | number)[] } | undefined;
	/** it holds only where a value of this field has this text in it, letter case aside */
	contains: { field: FilterField; text: string } | undefined;
	/** it holds only where this field is there */
	present: FilterField | undefined;
}

/** The clauses of an expression that compiles. What they say of equality is what an index of rules goes by. */
export function clausesOf(source: string): Clause[] {
	const node = parseFilter(source, (name) => filterField(name) !== undefined);
	return flat(node).map((one) => {
		const { test, kinds, fields } = new Compiler(source).compile(one);
		const plain = one.kind === "short" ? shortForm(one) : one;
		const known = "error" in plain ? one : plain;
		return {
			source: source.slice(one.at, one.at + one.length).trim(),
			test,
			kinds,
			fields,
			equals: equality(known),
			contains: containing(known),
			present: presence(known),
		};
	});
}

function flat(node: Node): Node[] {
	return node.kind === "and" ? node.nodes.flatMap(flat) : [node];
}

function fieldOf(arg: Arg): FilterField | undefined {
	return arg.kind === "field" ? filterField(arg.name) : undefined;
}

function equality(node: Node): Clause["equals"] {
	if (node.kind === "test" && node.op === "==" && node.quantifier !== "all") {
		const field = fieldOf(node.left) ?? fieldOf(node.right);
		const other = fieldOf(node.left) === undefined ? node.left : node.right;
		const values = field === undefined ? undefined : constants(field, [other]);
		return values === undefined ? undefined : { field: field!, values };
	}
	if (node.kind !== "in" || node.negated || node.quantifier === "all" || node.set.some(({ to }) => to !== undefined)) return undefined;
	const field = fieldOf(node.left);
	const values =
		field === undefined
			? undefined
			: constants(
					field,
					node.set.map(({ from }) => from),
				);
	return values === undefined ? undefined : { field: field!, values };
}

function constants(field: FilterField, args: readonly Arg[]): (string | number)[] | undefined {
	if (field.type !== "string" && field.type !== "number") return undefined;
	const values: LiteralValue[] = [];
	for (const arg of args) {
		if (arg.kind !== "literal") return undefined;
		values.push(literalValue(field.type, arg.text, arg.quoted));
	}
	return values as (string | number)[];
}

function containing(node: Node): Clause["contains"] {
	if (node.kind !== "test" || node.quantifier === "all" || node.right.kind !== "literal") return undefined;
	const field = fieldOf(node.left);
	if (field === undefined || field.type !== "string") return undefined;
	if (node.op === "contains") return node.right.text === "" ? undefined : { field, text: node.right.text };
	const text = node.op === "matches" ? requiredText(node.right.text) : "";
	return text === "" ? undefined : { field, text };
}

/** A test of a plain field is false where the field is not there. */
function presence(node: Node): FilterField | undefined {
	if (node.kind === "presence") return fieldOf(node.arg);
	if (node.kind === "test") return fieldOf(node.left) ?? fieldOf(node.right);
	return node.kind === "in" && !node.negated ? fieldOf(node.left) : undefined;
}

/**
 * The longest text of letters, digits and the like that every match of a regular expression holds; "" where that is not plain to see.
 * Letters beyond ASCII are left out because of the many ways in which they fold.
 */
export function requiredText(expression: string): string {
	if (/[|]|\(\?/.test(expression)) return "";
	let best = "";
	let run = "";
	const end = (): void => {
		if (run.length > best.length) best = run;
		run = "";
	};
	for (let at = 0; at < expression.length; at++) {
		const char = expression[at]!;
		if (char === "[" || char === "(") return best.length > run.length ? best : run;
		if (char === "{") {
			end();
			at = expression.indexOf("}", at);
			if (at < 0) return best;
			continue;
		}
		const escaped = char === "\\";
		const letter = escaped ? expression[++at]! : char;
		const literal = escaped ? /[^A-Za-z0-9\x80-\uffff]/.test(letter ?? "") : /[A-Za-z0-9 _@:;,=<>"'/%&#!~`-]/.test(letter);
		if (!literal || letter === undefined) {
			end();
			if (escaped && /[pPxQ]/.test(letter ?? "")) return best;
			continue;
		}
		const next = expression[at + 1];
		if (next === "*" || next === "?" || next === "{") {
			end();
			continue;
		}
		// "k" and "s" fold to letters beyond ASCII too (the Kelvin sign, the long s).
		if (/[ksKS]/.test(letter)) end();
		else run += letter;
		if (next === "+") end();
	}
	end();
	return best;
}
