import { escapeHtml } from "../export/escape.js";

/** HTML that needs no more escaping. Only `html` and `join` make it, so text cannot get in without being escaped. */
export class Html {
	readonly text: string;

	/** @internal */
	constructor(text: string) {
		this.text = text;
	}

	toString(): string {
		return this.text;
	}
}

type Value = Html | readonly Html[] | string | number;

/** html`<td>${text}</td>`: strings are escaped, as HTML and for what cannot be seen; Html and lists of it stay. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
	let out = texts[0]!;
	for (const [index, value] of values.entries()) {
		if (value instanceof Html) out += value.text;
		else if (Array.isArray(value)) out += value.map((one: Html) => one.text).join("");
		else out += escapeHtml(String(value));
		out += texts[index + 1]!;
	}
	return new Html(out);
}

export const NOTHING = new Html("");

/** A link to a message in the ladder. */
export function entryLink(number: number): Html {
	return html`<a href="#m${number}">#${number}</a>`;
}

/**
 * JSON that can stand in a script element of type application/json: no "<" begins a tag or comment in it, and the two line
 * separators of Unicode are escaped for whoever reads it as JavaScript.
 */
export function scriptJson(value: unknown): string {
	return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
