import { defineAction } from "./types.js";

export const LOG = defineAction({
	name: "log",
	title: "Writes a line on the log of the run.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		text: { type: "template", required: true, doc: "the line" },
	},
	main: "text",
	example: `- name: tell of calls
  match: sip.Method == "INVITE"
  actions:
    - log: call from \${sip.from.addr}`,
	act({ text }, context) {
		context.log(context.expand(text));
		return undefined;
	},
});
