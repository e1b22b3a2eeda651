import { Awaited, unwanted } from "./answers.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

interface Several {
	session: string | undefined;
	excerpt: string;
}

/** C32. One side's a=chatroom is enough, the server's at the latest (Q21). Several To are the client's doing, their answer the switch's. */
export const C32: ClauseCheck = {
	id: "C32",
	title: "exactly one To where a=chatroom is in force; the switch answers several with 403",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "CPIM in a conference whose SDP has a=chatroom (OMA alone allows several)",
	clause: "RFC 7701 §6.1, §6.2",
	evidence: "the To lines, and the response to several",
	create(scope) {
		const unknown = (several: Several, entry: number, text = "several To: no response was seen"): void =>
			scope.say({ result: "unknown", ...several, entries: [entry], text, blame: "switch" });
		const awaited = new Awaited<Several>(unknown);
		return {
			frame(entry) {
				const answer = awaited.answeredBy(entry);
				if (answer === undefined) return;
				const { request, value, status } = answer;
				const result = status === 403 ? "pass" : status >= 300 ? "info" : "violation";
				const text = `several To: answered ${status}${result === "pass" ? "" : ", not 403"}`;
				scope.say({ result, ...value, entries: [request, entry.number], text, blame: "switch" });
			},
			message(context) {
				const { cpim, kind, call, toClient, entry, session } = context;
				if (kind !== "conference" || cpim === undefined || cpim.to.length === 0) return;
				const more = { excerpt: addressLines(cpim.to), blame: context.sender };
				const room = call.hops.some(({ chatroom }) => chatroom[0] || chatroom[1]);
				if (!room) scope.say(about(context, "n/a", "no a=chatroom was seen", more));
				else if (cpim.to.length === 1) scope.say(about(context, "pass", "one To", more));
				else {
					const text = `${cpim.to.length} To headers${toClient === true ? ", passed on instead of answered 403" : ""}`;
					scope.say(about(context, "violation", text, more));
					if (toClient !== false || entry.protocol !== "msrp") return;
					const several = { session, excerpt: more.excerpt };
					if (unwanted(entry) === "all") unknown(several, entry.number, "several To: the sender asked for no response");
					else awaited.add(entry.number, several);
				}
			},
			end() {
				for (const [entry, several] of awaited.rest()) unknown(several, entry);
			},
		};
	},
};

/** C33. */
export const C33: ClauseCheck = {
	id: "C33",
	title: "the group and single users are not addressed together",
	roles: ["SC"],
	level: "MUST",
	when: "CPIM with several To in a conference",
	clause: "CR 7.1.3.2.1-2, -3; RFC 7701 §6.2",
	evidence: "the To lines",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, verdict } = context;
			if (kind !== "conference" || cpim === undefined || cpim.to.length < 2) return;
			const more = { excerpt: addressLines(cpim.to), blame: "client" as const };
			if (verdict.firings.some(({ rule }) => rule === "R23")) scope.say(about(context, "violation", "the room and a user", more));
			else scope.say(about(context, "pass", verdict.audience === "all" ? "all are the room" : "all are users", more));
		},
	}),
};
