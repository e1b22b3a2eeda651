import { flagAt } from "../message/chunks.js";
import { bodyOf } from "../message/parts.js";
import { defineAction } from "./types.js";

export const ABORT = defineAction({
	name: "abort",
	title: "The MSRP message is broken off by its sender: the end-line says #.",
	doc: "RFC 4975 §7.1: the receiver forgets what it has of the message. Later chunks of it go on as they come.",
	protocols: ["msrp"],
	needs: ({ after }) => (after === undefined ? "head" : "whole"),
	options: {
		after: { type: "size", doc: "octets of the chunk's body that are sent before; default: all" },
	},
	main: "after",
	example: `- name: pictures are broken off
  match: msrp.content.type contains "image"
  actions:
    - abort: 500`,
	act({ after }, context) {
		const { msrp, octets } = context;
		if (msrp?.kind !== "request" || msrp.bodyOffset < 0) return undefined;
		if (after === undefined) return { endLine: { flag: "#" }, did: "broken off" };
		const body = bodyOf(context);
		if (body === undefined) return undefined;
		const flag = flagAt(octets, msrp.transactionId);
		const cut = body.start + Math.min(after, body.end - body.start);
		return {
			edits: [
				{ start: cut, end: body.end, octets: Buffer.alloc(0), part: "body", why: "broken off" },
				{ start: flag, end: flag + 1, octets: Buffer.from("#"), part: "end-line" },
			],
			// The range says what was meant to come (RFC 4975 §7.1.1).
			fix: false,
		};
	},
});
