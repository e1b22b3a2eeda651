import { oneLine } from "../message/headers.js";
import { reasonOf } from "../message/reasons.js";
import { defineAction } from "./types.js";

const SIP = /^SIP\/2\.0 (\d{3}(?: [^\r\n]*)?)/;
const MSRP = /^MSRP [^\s]+ (\d{3}(?: [^\r\n]*)?)/;

export const SET_STATUS = defineAction({
	name: "set-status",
	title: "A response says something else.",
	doc: "Only its first line is changed: a 200 that becomes a 404 keeps its body. Requests stay as they are.",
	protocols: ["sip", "msrp"],
	needs: "head",
	edits: true,
	options: {
		status: { type: "integer", required: true, min: 100, max: 999, doc: "its new status code" },
		reason: { type: "template", doc: "the words behind it; default: the usual ones" },
	},
	main: "status",
	example: `- name: messages are refused on their way back
  match: msrp.status.code == 200
  actions:
    - set-status: 413`,
	act({ status, reason }, context) {
		const line = context.octets.toString("latin1", 0, Math.max(0, context.octets.indexOf(10)));
		const found = (context.protocol === "sip" ? SIP : MSRP).exec(line);
		if (found === null) return undefined;
		const words = reason === undefined ? reasonOf(context.protocol, status) : oneLine(context.expand(reason));
		const end = found[0].length;
		const text = words === "" && context.protocol === "msrp" ? String(status) : `${status} ${words}`;
		return { edits: [{ start: end - found[1]!.length, end, octets: Buffer.from(text, "utf8"), part: "status" }] };
	},
});
