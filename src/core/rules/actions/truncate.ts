import { bodyOf } from "../message/parts.js";
import { defineAction } from "./types.js";

export const TRUNCATE = defineAction({
	name: "truncate",
	title: "Only the beginning of the message goes on, or of its body.",
	doc: "The rest of a message is simply missing: what comes next stands in its place. Together with close or reset it is what a peer leaves that fails in the middle. Of a body the lengths follow unless fix is false.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	edits: true,
	options: {
		to: { type: "size", required: true, doc: "octets that are kept" },
		what: { type: "choice", values: ["message", "body"], default: "message", doc: "of what they are the first" },
	},
	main: "to",
	example: `- name: half a message, then silence
  match: msrp.method == "SEND"
  times: 1
  actions:
    - truncate: 200
    - reset`,
	act({ to, what }, context) {
		if (what === "message") return to < context.octets.length ? { cut: to, did: `only its first ${to} octets go on` } : undefined;
		const body = bodyOf(context);
		if (body === undefined || body.end - body.start <= to) return undefined;
		return { edits: [{ start: body.start + to, end: body.end, octets: Buffer.alloc(0), part: "body", why: `cut to ${to} octets` }] };
	},
});
