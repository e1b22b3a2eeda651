import { defineAction } from "./types.js";

export const MARK = defineAction({
	name: "mark",
	title: "Puts a mark on the message, for whoever looks at entries afterwards.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		text: { type: "template", required: true, doc: "the mark" },
	},
	main: "text",
	example: `- name: which invitation
  match: sip.Method == "INVITE"
  actions:
    - mark: invitation of \${sip.from.user}`,
	act({ text }, context) {
		context.mark(context.expand(text));
		return undefined;
	},
});
