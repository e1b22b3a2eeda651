import type { SpanEdit } from "../../model/rewriting.js";
import { bodyOf, type Span } from "../message/parts.js";
import { type ActionContext, defineAction } from "./types.js";

export const CORRUPT = defineAction({
	name: "corrupt",
	title: "Octets of the message are changed by chance.",
	doc: "Which ones follows from the seed. Nothing is mended.",
	protocols: ["sip", "msrp"],
	needs: ({ where }) => (where === "head" ? "head" : "whole"),
	options: {
		where: { type: "choice", values: ["any", "head", "body"], default: "any", doc: "part of the message" },
		count: { type: "integer", default: 1, min: 1, max: 1000, doc: "how many octets" },
		how: { type: "choice", values: ["bit", "octet"], default: "bit", doc: "one bit is turned over, or the octet becomes another one" },
		from: { type: "size", default: 0, doc: "first octet of the part that may be hit, from 0" },
		to: { type: "size", doc: "octet behind the last one that may be hit; default: the end of the part" },
	},
	main: "where",
	example: `- name: broken bodies
  match: msrp.method == "SEND"
  probability: 5%
  actions:
    - corrupt: {where: body, count: 3}`,
	check: ({ from, to }) => (to !== undefined && to <= from ? "to has to be above from" : undefined),
	act({ where, count, how, from, to }, context) {
		const part = partOf(where, context);
		if (part === undefined) return undefined;
		const start = part.start + from;
		const end = Math.min(part.end, to === undefined ? part.end : part.start + to);
		if (end <= start) return undefined;
		const places = new Set<number>();
		// Of few octets all may be hit before `count` is reached.
		for (let n = 0; n < count * 4 && places.size < Math.min(count, end - start); n++) places.add(start + context.random.below(end - start));
		const edits = [...places]
			.sort((a, b) => a - b)
			.map((at): SpanEdit => {
				const change = how === "bit" ? 1 << context.random.below(8) : 1 + context.random.below(255);
				return { start: at, end: at + 1, octets: Buffer.from([context.octets[at]! ^ change]), part: `octet ${at}`, why: "corrupted" };
			});
		return { edits, fix: false };
	},
});

function partOf(where: "any" | "head" | "body", context: ActionContext): Span | undefined {
	const { octets } = context;
	if (where === "any") return { start: 0, end: octets.length };
	const body = bodyOf(context);
	if (where === "body") return body;
	const offset = (context.sip ?? context.msrp)?.bodyOffset ?? -1;
	return { start: 0, end: offset < 0 ? octets.length : offset };
}
