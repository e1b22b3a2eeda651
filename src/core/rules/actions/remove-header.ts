import { removeEdit, rowsNamed, SCOPE_DOC, SCOPES, sectionOf } from "../message/headers.js";
import { headOrWhole } from "./scopes.js";
import { defineAction } from "./types.js";

export const REMOVE_HEADER = defineAction({
	name: "remove-header",
	title: "Takes headers out, all rows of each name.",
	protocols: ["sip", "msrp"],
	needs: headOrWhole,
	edits: true,
	options: {
		name: { type: "names", required: true, doc: "one name, or a list" },
		scope: { type: "choice", values: SCOPES, doc: SCOPE_DOC },
	},
	main: "name",
	example: `- name: nobody says who plays which part
  match: sdp
  actions:
    - remove-header: {scope: sdp, name: a=setup}`,
	act({ name, scope }, context) {
		const section = sectionOf(context, scope);
		if (section === undefined) return undefined;
		const rows = new Set(name.flatMap((one) => rowsNamed(section, one)));
		return { edits: [...rows].sort((a, b) => a.start - b.start).map((row) => removeEdit(section, row)) };
	},
});
