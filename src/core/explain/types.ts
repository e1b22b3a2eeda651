import type { Severity } from "../model/problem.js";

/** A piece of a sentence: our own words, or text from the wire, which every output escapes in its own way. */
export type Part = string | { wire: string };

export type Block =
	| { kind: "sentence"; parts: readonly Part[]; severity?: Severity }
	/** belongs to the sentence before it */
	| { kind: "point"; parts: readonly Part[] }
	/** a line of the message with some of its octets marked */
	| { kind: "octets"; before: string; marked: string; after: string };

export interface Section {
	title: string;
	blocks: readonly Block[];
}

/** The reasoning about one message. Outputs: `explanationText`, `explanationMarkdown`. */
export interface Explanation {
	title: readonly Part[];
	sections: readonly Section[];
}

/** say`From ${wire(uri)} is …`: interpolated strings are our own words, text from the wire is marked by `wire`. */
export function say(texts: TemplateStringsArray, ...values: readonly (Part | number | readonly Part[])[]): Part[] {
	const parts: Part[] = [texts[0]!];
	for (const [index, value] of values.entries()) {
		if (typeof value === "number") parts.push(String(value));
		else if (Array.isArray(value)) parts.push(...(value as readonly Part[]));
		else parts.push(value as Part);
		parts.push(texts[index + 1]!);
	}
	return joined(parts);
}

/** Neighbours that are our own words in one piece. */
function joined(parts: readonly Part[]): Part[] {
	const all: Part[] = [];
	for (const part of parts) {
		const last = all.at(-1);
		if (typeof part === "string" && typeof last === "string") all[all.length - 1] = last + part;
		else if (part !== "") all.push(part);
	}
	return all;
}

/** Text from the wire, at most 1000 units of it. */
export function wire(text: string): Part {
	return { wire: text.length > 1000 ? `${text.slice(0, 1000)}…` : text };
}

/** A URI as messages write it. */
export function uri(text: string): Part {
	return wire(`<${text}>`);
}

export function sentence(parts: readonly Part[], severity?: Severity): Block {
	return severity === undefined ? { kind: "sentence", parts } : { kind: "sentence", parts, severity };
}

export function point(parts: readonly Part[]): Block {
	return { kind: "point", parts };
}

/** a, b and c */
export function list(items: readonly (readonly Part[])[], word: "and" | "or" = "and"): Part[] {
	return joined(items.flatMap((item, index) => (index === 0 ? item : [index === items.length - 1 ? ` ${word} ` : ", ", ...item])));
}
