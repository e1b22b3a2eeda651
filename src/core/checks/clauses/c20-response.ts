import type { MsrpEntry } from "../../model/entry.js";
import { Awaited, unwanted } from "./answers.js";
import type { Blame, ClauseCheck } from "./types.js";

interface Sent {
	session: string | undefined;
	blame: Blame;
}

/** C20. Every chunk is a transaction. 30 seconds without a response are too many (RFC 4975 §7.1.1). */
export const C20: ClauseCheck = {
	id: "C20",
	title: "every SEND gets a response with its transaction id",
	roles: ["RC", "SV"],
	level: "MUST",
	when: "Failure-Report yes or absent",
	clause: "RFC 4975 §7.2",
	evidence: "the response, or that none came within 30 s",
	create(scope) {
		const unknown = ({ session, blame }: Sent, entry: number): void =>
			scope.say({ result: "unknown", session, entries: [entry], text: "the capture ends before the response is due", blame });
		const awaited = new Awaited<Sent>(unknown);
		return {
			frame(entry) {
				const { msrp, links, number } = entry;
				if (msrp.kind === "response") {
					const answer = awaited.answeredBy(entry);
					if (answer !== undefined) {
						const { value, request, status } = answer;
						scope.say({ result: "pass", ...value, entries: [request, number], text: `answered ${status}` });
					}
				} else if (msrp.method === "SEND" && msrp.complete) {
					const sent = { session: links.session, blame: receiver(entry) };
					if (unwanted(entry) !== undefined)
						scope.say({ result: "n/a", ...sent, entries: [number], text: "Failure-Report asks for no response" });
					else awaited.add(number, sent);
				}
			},
			late(entry, { id }) {
				const sent = id === "msrp.response-timeout" ? awaited.take(entry) : undefined;
				if (sent !== undefined) scope.say({ result: "violation", ...sent, entries: [entry], text: "no response within 30 s" });
			},
			end() {
				for (const [entry, sent] of awaited.rest()) unknown(sent, entry);
			},
		};
	},
};

/** Who has to answer. */
function receiver({ verdict }: MsrpEntry): Blame {
	if (verdict?.knowledge.kind === "one-to-one") return "client";
	return verdict?.toClient === undefined ? "?" : verdict.toClient ? "client" : "switch";
}
