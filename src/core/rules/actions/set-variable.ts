import { defineAction } from "./types.js";

export const SET_VARIABLE = defineAction({
	name: "set-variable",
	title: "Remembers something for templates of later rules and messages.",
	doc: "As ${NAME}. What is set for the connection goes before what is set for its session, that before what is set for the run, that before what the file declares.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	sets: "name",
	options: {
		name: { type: "text", required: true, doc: "name of the variable" },
		value: { type: "template", required: true, doc: "its value" },
		for: { type: "choice", values: ["connection", "session", "run"], default: "session", doc: "who sees it" },
	},
	check: ({ name }) =>
		/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)
			? undefined
			: `${JSON.stringify(name)} cannot be the name of a variable: letters, digits, - and .`,
	example: `- name: remember the room
  match: sip.Status-Code == 200 && sip.Contact
  actions:
    - set-variable: {name: room, value: "\${sip.contact.uri:-unknown}"}`,
	act({ name, value, for: scope }, context) {
		const text = context.expand(value);
		context.setVariable(name, text, scope);
		return { did: `${name} is ${JSON.stringify(text)}` };
	},
});
