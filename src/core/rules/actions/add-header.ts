import { addEdit, SCOPE_DOC, SCOPES, sectionOf } from "../message/headers.js";
import { headOrWhole } from "./scopes.js";
import { defineAction } from "./types.js";

export const ADD_HEADER = defineAction({
	name: "add-header",
	title: "Adds a header row behind the others, also where there is one of that name.",
	doc: "In MSRP the rows of the content stay last, as they have to (RFC 4975 §9).",
	protocols: ["sip", "msrp"],
	needs: headOrWhole,
	edits: true,
	options: {
		name: { type: "text", required: true, doc: "name of the header" },
		value: { type: "template", required: true, doc: "its value" },
		scope: { type: "choice", values: SCOPES, doc: SCOPE_DOC },
	},
	example: `- name: a second recipient
  match: cpim
  actions:
    - add-header: {scope: cpim, name: To, value: "<sip:carol@example.com>"}`,
	act({ name, value, scope }, context) {
		const section = sectionOf(context, scope);
		return section === undefined ? undefined : { edits: [addEdit(section, name, context.expand(value))] };
	},
});
