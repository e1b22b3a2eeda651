import { bodyOf } from "../message/parts.js";
import { defineAction } from "./types.js";

export const NO_END_LINE = defineAction({
	name: "no-end-line",
	title: "The end-line of the MSRP message is missing.",
	doc: "Its receiver takes what comes next for more of the body, or of the head.",
	protocols: ["msrp"],
	needs: "whole",
	options: {},
	example: `- name: a message without end
  match: msrp.method == "SEND"
  times: 1
  actions: [no-end-line]`,
	act(_options, context) {
		const { msrp, octets } = context;
		if (msrp === undefined) return undefined;
		const at = octets.lastIndexOf(`-------${msrp.transactionId}`, octets.length, "latin1");
		if (at < 0) return undefined;
		const start = bodyOf(context)?.end ?? at;
		return { edits: [{ start, end: octets.length, octets: Buffer.alloc(0), part: "end-line", why: "left out" }], fix: false };
	},
});
