import type { FilterType, FilterValue } from "../../fields/filter/types.js";
import { addressBlock, addressValue } from "./address.js";
import type { LiteralValue } from "./literal.js";
import type { CompareOp } from "./syntax.js";

export type Predicate = (value: FilterValue) => boolean;

/** Compares one value with a literal of the same type. `matches` is made elsewhere. */
export function against(type: FilterType, op: CompareOp, literal: LiteralValue): Predicate {
	if (type === "ip") return againstAddress(op, literal as string);
	if (type === "number") {
		const wanted = literal as number;
		const test = ordered<number>(op);
		return (value) => test(typeof value === "bigint" ? Number(value) : (value as number), wanted);
	}
	if (type === "bytes") {
		const wanted = literal as Buffer;
		if (op === "contains") return (value) => (value as Buffer).includes(wanted);
		const test = ordered<number>(op);
		return (value) => test(Buffer.compare(value as Buffer, wanted), 0);
	}
	if (op === "contains") return (value) => (value as string).includes(literal as string);
	if (op === "==" || op === "===") return (value) => value === literal;
	const test = ordered<FilterValue>(op);
	return (value) => test(value, literal);
}

/** A network equals every address in it, and is less than those behind it. */
function againstAddress(op: CompareOp, text: string): Predicate {
	const block = addressBlock(text)!;
	if (block.first === block.last && !text.includes(":") && (op === "==" || op === "===")) return (value) => value === text;
	return (value) => {
		const address = addressValue(value as string);
		if (address === undefined || address.family !== block.family) return op === "!=" || op === "!==";
		const order = address.value < block.first ? -1 : address.value > block.last ? 1 : 0;
		return ordered<number>(op)(order, 0);
	};
}

/** Compares two values of one type. */
export function pairwise(type: FilterType, op: CompareOp): (left: FilterValue, right: FilterValue) => boolean {
	if (op === "contains") {
		return type === "bytes"
			? (left, right) => (left as Buffer).includes(right as Buffer)
			: (left, right) => (left as string).includes(right as string);
	}
	if (type === "bytes") {
		const test = ordered<number>(op);
		return (left, right) => test(Buffer.compare(left as Buffer, right as Buffer), 0);
	}
	if (type === "number") {
		const test = ordered<number>(op);
		return (left, right) => test(Number(left), Number(right));
	}
	if (type === "ip") return (left, right) => againstAddress(op, right as string)(left);
	return ordered<FilterValue>(op);
}

function ordered<T>(op: CompareOp): (left: T, right: T) => boolean {
	switch (op) {
		case "!=":
		case "!==":
			return (left, right) => left !== right;
		case "<":
			return (left, right) => left < right;
		case "<=":
			return (left, right) => left <= right;
		case ">":
			return (left, right) => left > right;
		case ">=":
			return (left, right) => left >= right;
		default:
			return (left, right) => left === right;
	}
}
