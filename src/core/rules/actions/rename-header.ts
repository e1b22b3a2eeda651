import { renameEdits, rowsNamed, SCOPE_DOC, SCOPES, sectionOf } from "../message/headers.js";
import { headOrWhole } from "./scopes.js";
import { defineAction } from "./types.js";

export const RENAME_HEADER = defineAction({
	name: "rename-header",
	title: "Gives headers another name, all rows of one name; values stay.",
	doc: "Also for another spelling of the same name: CPIM tells from From (RFC 3862 §2.2), SIP does not.",
	protocols: ["sip", "msrp"],
	needs: headOrWhole,
	edits: true,
	options: {
		name: { type: "text", required: true, doc: "name that it has" },
		to: { type: "template", required: true, doc: "name that it gets" },
		scope: { type: "choice", values: SCOPES, doc: SCOPE_DOC },
	},
	example: `- name: lower-case From
  match: cpim
  actions:
    - rename-header: {scope: cpim, name: From, to: from}`,
	act({ name, to, scope }, context) {
		const section = sectionOf(context, scope);
		if (section === undefined) return undefined;
		const edits = rowsNamed(section, name).flatMap((row) => renameEdits(section, row, context.expand(to)));
		// Elements may stand in each other.
		return { edits: edits.sort((a, b) => a.start - b.start) };
	},
});
