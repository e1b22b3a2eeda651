import { filterField, filterFieldNames } from "../../fields/filter/table.js";
import type { FilterContext, FilterField, FilterType, FilterValue } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { FilterError } from "./error.js";
import { nearest } from "./nearest.js";
import type { Arg, SliceRange } from "./syntax.js";

type Values = FilterValue | readonly FilterValue[] | undefined;

/** Something that gives values for an entry: a field, or a function or slice of one. */
export interface Operand {
	type: FilterType;
	fields: readonly FilterField[];
	/** the field itself, no part or function of it */
	plain: boolean;
	get(entry: Entry, context: FilterContext): Values;
}

/** Makes operands of fields, slices and calls; literals have no meaning of their own and give undefined. */
export class Operands {
	readonly #expression: string;

	constructor(expression: string) {
		this.#expression = expression;
	}

	/** @throws FilterError */
	make(arg: Arg): Operand | undefined {
		switch (arg.kind) {
			case "literal":
				return undefined;
			case "field":
				return fieldOperand(filterField(arg.name)!);
			case "slice":
				return this.#slice(arg, this.make(arg.arg)!);
			case "call":
				return this.#call(arg);
		}
	}

	/** @throws FilterError about a word that stands where only a field can */
	unknown(arg: Arg & { kind: "literal" }): FilterError {
		if (arg.quoted) return this.fail(arg, "a text cannot stand here alone; compare a field with it");
		return this.fail(arg, `there is no field ${arg.text}; did you mean ${nearest(arg.text, filterFieldNames())}?`);
	}

	fail(span: { at: number; length: number }, message: string): FilterError {
		return new FilterError(this.#expression, span.at, span.length, message);
	}

	#slice(arg: Arg & { kind: "slice" }, operand: Operand): Operand {
		const { type, fields, get } = operand;
		if (type !== "string" && type !== "bytes") throw this.fail(arg, `slices are of texts and octets; this is a ${type}`);
		return {
			type,
			fields,
			plain: false,
			get: (entry, context) => each(get(entry, context), (value) => slice(value as string | Buffer, arg.ranges)),
		};
	}

	#call(arg: Arg & { kind: "call" }): Operand {
		const known = FUNCTIONS[arg.name];
		if (known === undefined || !Object.hasOwn(FUNCTIONS, arg.name)) {
			throw this.fail(arg, `there is no function ${arg.name}; did you mean ${nearest(arg.name, Object.keys(FUNCTIONS))}?`);
		}
		const [first] = arg.args;
		if (arg.args.length !== 1 || first === undefined) throw this.fail(arg, `${arg.name} takes one argument`);
		const operand = this.make(first);
		if (operand === undefined) {
			if (first.kind === "literal" && !first.quoted) throw this.unknown(first);
			throw this.fail(first, `${arg.name} needs a field`);
		}
		const { types, result, apply } = known;
		if (!types.includes(operand.type)) throw this.fail(first, `${arg.name} cannot be applied to a ${operand.type}`);
		return {
			type: result ?? operand.type,
			fields: operand.fields,
			plain: false,
			get: (entry, context) => apply(operand.get(entry, context)),
		};
	}
}

function fieldOperand(field: FilterField): Operand {
	const { type, on, get } = field;
	if (on === undefined) return { type, fields: [field], plain: true, get };
	// Nothing is decoded for an entry that cannot have the field.
	const [first, second] = on;
	if (on.length <= 2) {
		return {
			type,
			fields: [field],
			plain: true,
			get: (entry, context) => (entry.protocol === first || entry.protocol === second ? get(entry, context) : undefined),
		};
	}
	return { type, fields: [field], plain: true, get: (entry, context) => (on.includes(entry.protocol) ? get(entry, context) : undefined) };
}

interface FilterFunction {
	words: string;
	types: readonly FilterType[];
	/** undefined: the type of its argument */
	result: FilterType | undefined;
	apply(values: Values): Values;
}

const TEXTS: readonly FilterType[] = ["string", "bytes"];
const ALL: readonly FilterType[] = ["string", "number", "boolean", "ip", "time", "bytes", "presence"];

/** What can be called in an expression. */
export const FUNCTIONS: Readonly<Record<string, FilterFunction>> = {
	upper: {
		words: "the text with ASCII letters in upper case",
		types: ["string"],
		result: undefined,
		apply: (values) => each(values, (value) => (value as string).replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
	},
	lower: {
		words: "the text with ASCII letters in lower case",
		types: ["string"],
		result: undefined,
		apply: (values) => each(values, (value) => (value as string).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
	},
	len: {
		words: "octets of each value (of a text in UTF-8)",
		types: TEXTS,
		result: "number",
		apply: (values) => each(values, (value) => Buffer.byteLength(value as string | Buffer)),
	},
	count: {
		words: "how many values the field has in the message",
		types: ALL,
		result: "number",
		apply: (values) => (values === undefined ? undefined : isMany(values) ? values.length : 1),
	},
	string: {
		words: "a number or address as text",
		types: ["number", "ip", "boolean", "string"],
		result: "string",
		apply: (values) => each(values, (value) => String(value)),
	},
};

function each(values: Values, change: (value: FilterValue) => FilterValue | undefined): Values {
	if (values === undefined) return undefined;
	if (!isMany(values)) return change(values);
	const changed = values.flatMap((value) => change(value) ?? []);
	return changed.length === 0 ? undefined : changed;
}

export function isMany(values: FilterValue | readonly FilterValue[]): values is readonly FilterValue[] {
	return Array.isArray(values);
}

/** The parts one after the other; undefined where a part begins beyond the end. */
function slice(value: string | Buffer, ranges: readonly SliceRange[]): string | Buffer | undefined {
	const parts: (string | Buffer)[] = [];
	for (const { start, length, last } of ranges) {
		const from = start < 0 ? value.length + start : start;
		if (from < 0 || from >= value.length) return undefined;
		const end = last !== undefined ? (last < 0 ? value.length + last : last) + 1 : length === undefined ? value.length : from + length;
		if (end > value.length || end < from) return undefined;
		parts.push(typeof value === "string" ? value.slice(from, end) : value.subarray(from, end));
	}
	return typeof value === "string" ? parts.join("") : Buffer.concat(parts as Buffer[]);
}
