import { defineAction } from "./types.js";

const WORDS = { response: "its response is lost", report: "reports about it are lost", both: "its response and reports about it are lost" };

export const EAT = defineAction({
	name: "eat",
	title: "What the receiver says about the message gets lost: the response to it, MSRP reports about it.",
	doc: "The message itself goes on. Where the rule meets a response or a REPORT, that is lost itself. Responses of SIP are all lost, provisional ones too; of MSRP there is one.",
	protocols: ["sip", "msrp"],
	needs: "head",
	options: {
		what: { type: "choice", values: ["response", "report", "both"], default: "response", doc: "what gets lost" },
	},
	main: "what",
	example: `- name: lost receipts
  match: msrp.method == "SEND"
  every: 3
  actions:
    - eat: report`,
	act({ what }, { sip, msrp }) {
		const message = sip ?? msrp;
		if (message === undefined) return undefined;
		if (message.kind === "response") return what === "report" ? undefined : { drop: true, reason: "the response is lost" };
		if (message.method === "REPORT") return what === "response" ? undefined : { drop: true, reason: "the report is lost" };
		return { swallow: { responses: what !== "report", reports: what !== "response" }, did: WORDS[what] };
	},
});
