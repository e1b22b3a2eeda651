import type { SpanEdit } from "../../model/rewriting.js";
import { addEdit, removeEdit, rowsNamed, SCOPE_DOC, SCOPES, sectionOf, valueEdit } from "../message/headers.js";
import { headOrWhole } from "./scopes.js";
import { defineAction } from "./types.js";

export const SET_HEADER = defineAction({
	name: "set-header",
	title: "Gives a header a value; adds it where the message has none.",
	doc: "The first row of that name is changed in place, further ones are taken out. In CPIM and IMDN, of messages in several chunks only the first chunk has the headers.",
	protocols: ["sip", "msrp"],
	needs: headOrWhole,
	edits: true,
	options: {
		name: { type: "text", required: true, doc: "name of the header; SIP's short forms count as their long ones" },
		value: { type: "template", required: true, doc: "its new value" },
		scope: {
			type: "choice",
			values: SCOPES,
			doc: SCOPE_DOC,
		},
		add: { type: "boolean", default: true, doc: "false: nothing happens where the message has no such header" },
	},
	example: `- name: no receipts
  match: cpim
  actions:
    - set-header: {scope: imdn, name: Disposition-Notification, value: negative-delivery}`,
	act({ name, value, scope, add }, context) {
		const section = sectionOf(context, scope);
		if (section === undefined) return undefined;
		const text = context.expand(value);
		const [first, ...others] = rowsNamed(section, name);
		const edits: (SpanEdit | undefined)[] =
			first === undefined
				? add
					? [addEdit(section, name, text)]
					: []
				: [valueEdit(section, first, text), ...others.map((row) => removeEdit(section, row))];
		return { edits: edits.filter((edit) => edit !== undefined) };
	},
});
