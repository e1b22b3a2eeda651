import { addFocus, FOCUS_FORMS, FOCUS_PLACES, type FocusForm, type FocusPlace } from "../message/isfocus.js";
import { needOfPlaces, wrongPlace } from "./places.js";
import { defineAction } from "./types.js";

export const ADD_ISFOCUS = defineAction({
	name: "add-isfocus",
	title: "Writes isfocus into addresses, in a form that is right or in one that only looks so.",
	doc: `Places: ${FOCUS_PLACES.join(", ")}. Forms: ${Object.entries(FOCUS_FORMS)
		.map(([name, text]) => `${name}, ${text}`)
		.join("; ")}.`,
	protocols: ["sip", "msrp"],
	needs: needOfPlaces,
	edits: true,
	options: {
		in: { type: "names", required: true, doc: "places: one, or a list" },
		form: { type: "choice", values: Object.keys(FOCUS_FORMS) as FocusForm[], default: "uri", doc: "how it is written" },
	},
	main: "in",
	check: wrongPlace,
	example: `- name: a participant plays the room
  match: cpim
  actions:
    - add-isfocus: cpim-from`,
	act: ({ in: places, form }, context) => ({ edits: addFocus(context, places as readonly FocusPlace[], form) }),
});
