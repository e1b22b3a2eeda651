import { rowsNamed, sectionOf, valueEdit } from "../message/headers.js";
import { headOrWhole } from "./scopes.js";
import { defineAction } from "./types.js";

const NAMES = { sip: ["From", "To"], cpim: ["From", "To"], msrp: ["From-Path", "To-Path"] } as const;

export const SWAP_FROM_TO = defineAction({
	name: "swap-from-to",
	title: "From and To change places.",
	doc: "Of CPIM the first To. Of SIP tags go along, so that the other end sees a dialog turned around; of MSRP it is From-Path and To-Path.",
	protocols: ["sip", "msrp"],
	needs: headOrWhole,
	edits: true,
	options: {
		scope: { type: "choice", values: ["cpim", "sip", "msrp"], default: "cpim", doc: "whose From and To" },
	},
	main: "scope",
	example: `- name: the answer goes to the one who answers
  match: cpim
  actions: [swap-from-to]`,
	act({ scope }, context) {
		const section = sectionOf(context, scope);
		if (section === undefined) return undefined;
		const [from, to] = NAMES[scope].map((name) => rowsNamed(section, name)[0]);
		if (from === undefined || to === undefined) return undefined;
		const raw = (row: typeof from): string => context.octets.toString("utf8", row.valueStart, row.valueEnd);
		const edits = [valueEdit(section, from, raw(to)), valueEdit(section, to, raw(from))].filter((edit) => edit !== undefined);
		return { edits: edits.sort((a, b) => a.start - b.start) };
	},
});
