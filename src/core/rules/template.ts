import { filterField, filterFieldNames } from "../fields/filter/table.js";
import { nearest } from "./filter/nearest.js";

/** What a template is filled in from. */
export interface TemplateSource {
	/** value of a field of the message */
	field(name: string): string | undefined;
	variable(name: string): string | undefined;
	/** values made for this place: `uuid`, `hex`, `number` */
	made(name: MadeName): string;
}

const MADE = {
	uuid: "a UUID, made from the seed",
	hex: "16 hexadecimal digits, made from the seed",
	number: "how often the rule has been met, from 1",
	time: "the moment, as 2026-03-02T15:02:31.250Z",
	rule: "name of the rule",
} as const;

export type MadeName = keyof typeof MADE;
/** Words with a value of their own in templates, and what that is. */
export const MADE_NAMES: Readonly<Record<MadeName, string>> = MADE;

type Part =
	| { kind: "text"; text: string }
	| { kind: "field" | "variable"; name: string; otherwise: string }
	| { kind: "made"; name: MadeName };

/** A template that is not right; `column` is 1-based in its text. */
export class TemplateError extends Error {
	readonly column: number;

	constructor(at: number, message: string) {
		super(message);
		this.name = "TemplateError";
		this.column = at + 1;
	}
}

/** Text with `${…}`: names of fields, of variables, and of what is made. `${name:-otherwise}` where it has no value, `$${` for `${` itself. */
export class Template {
	readonly source: string;
	/** fields that it asks */
	readonly fields: readonly string[];
	readonly #parts: readonly Part[];

	/** @internal */
	constructor(source: string, parts: readonly Part[]) {
		this.source = source;
		this.#parts = parts;
		this.fields = parts.flatMap((part) => (part.kind === "field" ? [part.name] : []));
	}

	/** Nothing is filled in: always the same text. */
	get plain(): boolean {
		return this.#parts.every(({ kind }) => kind === "text");
	}

	expand(from: TemplateSource): string {
		let out = "";
		for (const part of this.#parts) {
			if (part.kind === "text") out += part.text;
			else if (part.kind === "made") out += from.made(part.name);
			else out += (part.kind === "field" ? from.field(part.name) : from.variable(part.name)) ?? part.otherwise;
		}
		return out;
	}
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*/;

/**
 * @param variables names that rules of the file or the file itself set; undefined: any name may be a variable
 * @throws TemplateError with the column, and a suggestion where a name is not known
 */
export function compileTemplate(source: string, variables?: ReadonlySet<string>): Template {
	const parts: Part[] = [];
	let text = "";
	let at = 0;
	while (at < source.length) {
		const dollar = source.indexOf("$", at);
		if (dollar < 0) {
			text += source.slice(at);
			break;
		}
		text += source.slice(at, dollar);
		at = dollar + 1;
		if (source.startsWith("${", at)) {
			text += "${";
			at += 2;
		} else if (source[at] === "{") {
			const end = source.indexOf("}", at);
			if (end < 0) throw new TemplateError(dollar, "this ${ has no }");
			if (text !== "") parts.push({ kind: "text", text });
			text = "";
			parts.push(placeholder(source.slice(at + 1, end), at + 1, variables));
			at = end + 1;
		} else text += "$";
	}
	if (text !== "") parts.push({ kind: "text", text });
	return new Template(source, parts);
}

function placeholder(inside: string, at: number, variables: ReadonlySet<string> | undefined): Part {
	const name = NAME.exec(inside)?.[0] ?? "";
	const rest = inside.slice(name.length);
	if (name === "" || (rest !== "" && !rest.startsWith(":-"))) {
		throw new TemplateError(
			at + name.length,
			`between \${ and } stands the name of a field or a variable, then perhaps ":-" and what to put where it has no value`,
		);
	}
	const otherwise = rest.slice(2);
	if (variables?.has(name)) return { kind: "variable", name, otherwise };
	if (Object.hasOwn(MADE, name)) return { kind: "made", name: name as MadeName };
	const field = filterField(name);
	if (field?.type === "presence") throw new TemplateError(at, `${name} has no value: it can only be there or not`);
	if (field !== undefined) return { kind: "field", name, otherwise };
	if (variables === undefined) return { kind: "variable", name, otherwise };
	const close = nearest(name, [...variables, ...Object.keys(MADE), ...filterFieldNames()]);
	throw new TemplateError(at, `there is no field or variable ${name}; did you mean ${close}?`);
}
