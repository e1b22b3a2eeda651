import { defineAction } from "./types.js";

export const DROP = defineAction({
	name: "drop",
	title: "The message does not go on; whoever sent it is told nothing.",
	doc: "What a lossy network or a box that swallows messages does. Later rules do not see the message. For an answer in its place use reply.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		reason: { type: "template", doc: "why, for the finding on the entry" },
	},
	main: "reason",
	example: `- name: lost receipts
  match: imdn
  actions: [drop]`,
	act: ({ reason }, context) => (reason === undefined ? { drop: true } : { drop: true, reason: context.expand(reason) }),
});
