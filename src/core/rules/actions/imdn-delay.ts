import { carries, KINDS } from "./notification.js";
import { defineAction } from "./types.js";

export const IMDN_DELAY = defineAction({
	name: "imdn-delay",
	title: "Notifications (IMDN) come late; other messages go on at once.",
	doc: "RFC 5438. Unlike delay it lets later messages go first, as a notification that was stored on its way.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		time: { type: "duration", required: true, min: 0, max: 86_400, doc: "how late" },
		kind: { type: "choice", values: KINDS, default: "any", doc: "which ones" },
	},
	main: "time",
	example: `- name: receipts a minute late
  match: cpim
  actions:
    - imdn-delay: 60s`,
	act({ time, kind }, context) {
		return carries(kind, context)
			? { aside: { messages: Number.POSITIVE_INFINITY, seconds: time }, did: `comes ${time} s late` }
			: undefined;
	},
});
