import { FOCUS_PLACES, type FocusPlace, stripFocus } from "../message/isfocus.js";
import { needOfPlaces, wrongPlace } from "./places.js";
import { defineAction } from "./types.js";

export const STRIP_ISFOCUS = defineAction({
	name: "strip-isfocus",
	title: "Takes isfocus out of addresses, however it is written there.",
	doc: `Places: ${FOCUS_PLACES.join(", ")}. Parameters of the URI (RFC 3840 has none, OMA's user plane has) and of the header (RFC 3840 §9) can be taken out by themselves. What only looks like it stays: a part of the user, of a name, of a longer word.`,
	protocols: ["sip", "msrp"],
	needs: needOfPlaces,
	edits: true,
	options: {
		in: { type: "names", doc: "places; default: all" },
		form: { type: "choice", values: ["any", "uri", "header"], default: "any", doc: "in the URI, outside of it, or both" },
	},
	main: "in",
	check: wrongPlace,
	example: `- name: a box that does not know isfocus
  match: sip.Contact
  actions:
    - strip-isfocus: {in: contact, form: header}`,
	act({ in: places, form }, context) {
		return { edits: stripFocus(context, (places as readonly FocusPlace[] | undefined) ?? FOCUS_PLACES, form) };
	},
});
