import type { FilterContext, FilterField, FilterType } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { against, type Predicate, pairwise } from "./compare.js";
import { type LiteralValue, literalValue } from "./literal.js";
import { bothKinds, EVERYTHING, eitherKind, type Kinds, kindsOf, kindsOfMethods } from "./needs.js";
import { isMany, type Operand, Operands } from "./operand.js";
import { compilePattern } from "./pattern.js";
import { shortForm } from "./short.js";
import type { Arg, CompareOp, Node, Quantifier } from "./syntax.js";

export type Test = (entry: Entry, context: FilterContext) => boolean;

/** A compiled part: its test, what it can match, and the fields it asks. */
export interface Compiled {
	test: Test;
	kinds: Kinds;
	fields: readonly FilterField[];
}

/** Protocols whose fields are dotted names: a dotted word that begins with one and is no field is a slip, not a text. */
const PREFIX = /^(sip|msrp|sdp|cpim|imdn|im|ip|ipv6|tcp|udp|frame|conference|payload)\.[A-Za-z]/;

/** Turns the syntax of one expression into closures with types checked. */
export class Compiler {
	readonly #operands: Operands;

	constructor(expression: string) {
		this.#operands = new Operands(expression);
	}

	/** @throws FilterError */
	compile(node: Node): Compiled {
		switch (node.kind) {
			case "and":
			case "or":
			case "xor":
				return this.#list(
					node.kind,
					node.nodes.map((one) => this.compile(one)),
				);
			case "not": {
				const { test, fields } = this.compile(node.node);
				return { test: (entry, context) => !test(entry, context), kinds: EVERYTHING, fields };
			}
			case "presence":
				return this.#presence(node.arg);
			case "test":
				return this.#test(node.op, node.left, node.right, node.quantifier);
			case "in":
				return this.#in(node);
			case "short":
				return this.compile(this.#short(node));
		}
	}

	#list(kind: "and" | "or" | "xor", parts: readonly Compiled[]): Compiled {
		const tests = parts.map(({ test }) => test);
		const fields = parts.flatMap((part) => part.fields);
		const kinds = parts.map((part) => part.kinds).reduce(kind === "and" ? bothKinds : eitherKind);
		if (kind === "xor") return { test: (entry, context) => tests.filter((test) => test(entry, context)).length % 2 === 1, kinds, fields };
		const [first, second] = tests as [Test, Test];
		if (kind === "and") {
			if (tests.length === 2) return { test: (entry, context) => first(entry, context) && second(entry, context), kinds, fields };
			return { test: (entry, context) => tests.every((test) => test(entry, context)), kinds, fields };
		}
		if (tests.length === 2) return { test: (entry, context) => first(entry, context) || second(entry, context), kinds, fields };
		return { test: (entry, context) => tests.some((test) => test(entry, context)), kinds, fields };
	}

	#presence(arg: Arg): Compiled {
		if (arg.kind === "call") throw this.#operands.fail(arg, `what ${arg.name}() gives has to be compared with something`);
		const { get, fields } = this.#operand(arg);
		return { test: (entry, context) => get(entry, context) !== undefined, kinds: kindsOf(fields), fields };
	}

	#test(op: CompareOp, leftArg: Arg, rightArg: Arg, quantifier: Quantifier | undefined): Compiled {
		const left = this.#operands.make(leftArg);
		const right = this.#operands.make(rightArg);
		const all = (quantifier ?? (op === "!=" || op === "===" ? "all" : "any")) === "all";
		if (left === undefined) {
			if (right === undefined || op === "contains" || op === "matches") throw this.#operands.unknown(leftArg as Arg & { kind: "literal" });
			// "INVITE" == sip.Method: turned round.
			return this.#constant(right, TURNED[op] ?? op, leftArg as Arg & { kind: "literal" }, all);
		}
		this.#suits(op, left.type, leftArg);
		if (right === undefined) return this.#constant(left, op, rightArg as Arg & { kind: "literal" }, all);
		if (op === "matches") throw this.#operands.fail(rightArg, "matches needs a regular expression in double quotes");
		if (left.type !== right.type) {
			const hint = rightArg.kind === "field" ? `; ${rightArg.name} is a field: for the text write "${rightArg.name}"` : "";
			throw this.#operands.fail(rightArg, `a ${left.type} cannot be compared with a ${right.type}${hint}`);
		}
		const pair = pairwise(left.type, op);
		const { get: first } = left;
		const { get: second } = right;
		const fields = [...left.fields, ...right.fields];
		return {
			test: (entry, context) => {
				const ones = first(entry, context);
				if (ones === undefined) return false;
				const others = second(entry, context);
				if (others === undefined) return false;
				const from = isMany(ones) ? ones : [ones];
				const to = isMany(others) ? others : [others];
				return all ? from.every((one) => to.every((other) => pair(one, other))) : from.some((one) => to.some((other) => pair(one, other)));
			},
			kinds: kindsOf(fields),
			fields,
		};
	}

	#constant(operand: Operand, op: CompareOp, arg: Arg & { kind: "literal" }, all: boolean): Compiled {
		const { type, fields } = operand;
		let predicate: Predicate;
		let kinds = kindsOf(fields);
		if (op === "matches") {
			if (!arg.quoted) throw this.#operands.fail(arg, "matches needs a regular expression in double quotes");
			predicate = this.#pattern(type, arg);
		} else {
			const value = this.#literal(type, arg);
			predicate = against(type, op, value);
			if ((op === "==" || op === "===") && fields.length === 1 && operand.type === "string") {
				kinds = this.#methods(operand, [value as string]) ?? kinds;
			}
		}
		return { test: quantified(operand, predicate, all), kinds, fields };
	}

	/** Only of the field itself: a slice or function of the method says nothing certain about it. */
	#methods(operand: Operand, methods: readonly string[]): Kinds | undefined {
		const [field] = operand.fields;
		return field === undefined || !operand.plain ? undefined : kindsOfMethods(field, methods);
	}

	#operand(arg: Arg): Operand {
		const operand = this.#operands.make(arg);
		if (operand === undefined) throw this.#operands.unknown(arg as Arg & { kind: "literal" });
		return operand;
	}

	#in({ left, set, negated, quantifier }: Node & { kind: "in" }): Compiled {
		const operand = this.#operand(left);
		const { type, fields } = operand;
		this.#suits("==", type, left);
		const values: string[] = [];
		let ranges = false;
		const members = set.map(({ from, to }): Predicate => {
			const low = this.#member(type, from);
			if (to === undefined) {
				if (typeof low === "string") values.push(low);
				return against(type, "==", low);
			}
			ranges = true;
			const high = this.#member(type, to);
			const above = against(type, ">=", low);
			const below = against(type, "<=", high);
			return (value) => above(value) && below(value);
		});
		const inside: Predicate = (value) => members.some((member) => member(value));
		const kinds = (!negated && !ranges && type === "string" ? this.#methods(operand, values) : undefined) ?? kindsOf(fields);
		if (quantifier !== undefined)
			return { test: quantified(operand, negated ? (value) => !inside(value) : inside, quantifier === "all"), kinds, fields };
		const test = quantified(operand, inside, false);
		// "not in" is the contrary of "in", so it is true of what has no such field.
		return negated ? { test: (entry, context) => !test(entry, context), kinds: EVERYTHING, fields } : { test, kinds, fields };
	}

	#member(type: FilterType, arg: Arg): LiteralValue {
		if (arg.kind !== "literal") throw this.#operands.fail(arg, "only values can stand between { and }");
		return this.#literal(type, arg);
	}

	#literal(type: FilterType, arg: Arg & { kind: "literal" }): LiteralValue {
		if (!arg.quoted && PREFIX.test(arg.text)) throw this.#operands.unknown(arg);
		try {
			return literalValue(type, arg.text, arg.quoted);
		} catch (error) {
			throw this.#operands.fail(arg, (error as Error).message);
		}
	}

	#pattern(type: FilterType, arg: Arg & { kind: "literal" }): Predicate {
		try {
			const matches = compilePattern(arg.text);
			return type === "bytes" ? (value) => matches((value as Buffer).toString("utf8")) : (value) => matches(value as string);
		} catch (error) {
			throw this.#operands.fail(arg, (error as Error).message);
		}
	}

	#suits(op: CompareOp, type: FilterType, arg: Arg): void {
		if (type === "presence") throw this.#operands.fail(arg, "this has no value: it can only be there or not");
		if ((op === "contains" || op === "matches") && type !== "string" && type !== "bytes") {
			throw this.#operands.fail(arg, `${op} is for texts and octets; this is a ${type}`);
		}
		if (type === "boolean" && op !== "==" && op !== "!=" && op !== "===" && op !== "!==") {
			throw this.#operands.fail(arg, `${op} is not for true and false`);
		}
	}

	#short(node: Node & { kind: "short" }): Node {
		const written = shortForm(node);
		if ("error" in written) throw this.#operands.fail(node, written.error);
		return written;
	}
}

const TURNED: Partial<Record<CompareOp, CompareOp>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function quantified({ get }: Operand, predicate: Predicate, all: boolean): Test {
	return (entry, context) => {
		const values = get(entry, context);
		if (values === undefined) return false;
		if (!isMany(values)) return predicate(values);
		return all ? values.every(predicate) : values.some(predicate);
	};
}
