import { oneLine, rowsNamed, sectionOf, valueEdit } from "../message/headers.js";
import { bodyOf, innerContentOf } from "../message/parts.js";
import { octetsOf, SOURCE_OPTIONS, wrongSource } from "./content.js";
import { defineAction } from "./types.js";

export const REPLACE_BODY = defineAction({
	name: "replace-body",
	title: "Another body, or another content in the message's CPIM.",
	doc: "In an MSRP frame without a body nothing happens; a SIP message gets one. Of an MSRP message in several chunks each chunk that the rule meets is given the content.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	edits: true,
	options: {
		...SOURCE_OPTIONS,
		what: {
			type: "choice",
			values: ["content", "body"],
			default: "content",
			doc: "what is replaced: what the CPIM wraps where there is one, else the body; or always the body",
		},
		type: { type: "template", doc: "its media type, for Content-Type" },
	},
	main: "text",
	check: wrongSource,
	example: `- name: another text
  match: cpim
  actions:
    - replace-body: {text: "(moderated)", type: text/plain}`,
	act({ what, type, ...source }, context) {
		const { sip, octets } = context;
		const inner = what === "content" ? innerContentOf(context) : undefined;
		const body = bodyOf(context);
		const span = inner ?? body;
		if (span === undefined || body === undefined) return undefined;
		const edits = [{ start: span.start, end: span.end, octets: octetsOf(source, context), part: "body" }];
		if (type === undefined) return { edits };
		const wrapped = span.start > body.start;
		const section = sectionOf(context, wrapped ? "content" : undefined);
		if (section === undefined) return { edits };
		const value = oneLine(context.expand(type));
		const [row] = rowsNamed(section, "Content-Type");
		if (row !== undefined) {
			const edit = valueEdit(section, row, value);
			return { edits: edit === undefined ? edits : [edit, ...edits] };
		}
		// A SIP message that had no body: its new row goes before the blank line.
		if (sip === undefined) return { edits };
		const at = section.place("Content-Type");
		if (at > span.start || at > octets.length) return { edits };
		return { edits: [{ start: at, end: at, octets: Buffer.from(`Content-Type: ${value}${section.eol}`), part: "Content-Type" }, ...edits] };
	},
});
