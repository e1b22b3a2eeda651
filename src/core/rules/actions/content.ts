import { compileTemplate, type Template, TemplateError } from "../template.js";
import type { ActionContext } from "./types.js";

/** Text, or a file that may be filled in as a template. */
export interface Source {
	readonly text: Template | undefined;
	readonly file: Buffer | undefined;
	readonly fill: boolean;
}

/** The options that such an action has. */
export const SOURCE_OPTIONS = {
	text: { type: "template", doc: "as text" },
	file: { type: "file", doc: "as a file beside the rule file" },
	fill: { type: "boolean", default: false, doc: "the file is a template: fields and variables in ${} are filled in" },
} as const;

const FILES = new WeakMap<Buffer, Template>();

/** What is wrong with the options, if anything. */
export function wrongSource({ text, file, fill }: Source): string | undefined {
	if ((text === undefined) === (file === undefined)) return "give either text or file";
	if (file === undefined) return fill ? "fill goes with file; text is filled in always" : undefined;
	try {
		if (fill) templateOf(file);
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		return `file: character ${error.column}: ${error.message}`;
	}
	return undefined;
}

/** The octets that it gives for this message. */
export function octetsOf({ text, file, fill }: Source, context: ActionContext): Buffer {
	if (text !== undefined) return Buffer.from(context.expand(text), "utf8");
	return fill ? Buffer.from(context.expand(templateOf(file!)), "utf8") : Buffer.from(file!);
}

function templateOf(file: Buffer): Template {
	let template = FILES.get(file);
	if (template === undefined) {
		template = compileTemplate(file.toString("utf8"));
		FILES.set(file, template);
	}
	return template;
}
