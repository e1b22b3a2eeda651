import { defineAction } from "./types.js";

export const WRONG_TRANSACTION_ID = defineAction({
	name: "wrong-transaction-id",
	title: "The MSRP message has a transaction id that it should not have.",
	doc: "In the end-line alone the message does not end for its receiver (RFC 4975 §7.1), in the start line alone neither; in both, a response answers nothing that was asked, and a request gets an answer that its sender cannot place.",
	protocols: ["msrp"],
	needs: "head",
	options: {
		where: { type: "choice", values: ["end-line", "start-line", "both"], default: "end-line", doc: "where it is wrong" },
		id: { type: "template", doc: "what stands there; default: made from the seed" },
	},
	main: "where",
	example: `- name: responses to nothing
  match: msrp.status.code
  actions:
    - wrong-transaction-id: both`,
	act({ where, id }, context) {
		const { msrp } = context;
		if (msrp === undefined) return undefined;
		const wrong = id === undefined ? context.random.hex(8) : context.expand(id).replace(/\s+/g, "");
		const start = {
			start: 5,
			end: 5 + msrp.transactionId.length,
			octets: Buffer.from(wrong, "utf8"),
			part: "transaction id",
			why: "wrong on purpose",
		};
		return {
			...(where === "end-line" ? {} : { edits: [start], fix: false }),
			...(where === "start-line" ? {} : { endLine: { transactionId: wrong } }),
			did: `wrong transaction id in ${where === "both" ? "both lines" : `the ${where}`}`,
		};
	},
});
