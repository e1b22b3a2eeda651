import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C32. One side's a=chatroom is enough, the server's at the latest (Q21). */
export const C32: ClauseCheck = {
	id: "C32",
	title: "exactly one To where a=chatroom is in force",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "CPIM in a conference whose SDP has a=chatroom (OMA alone allows several)",
	clause: "RFC 7701 §6.1, §6.2",
	evidence: "the To lines",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, call } = context;
			if (kind !== "conference" || cpim === undefined || cpim.to.length === 0) return;
			const more = { excerpt: addressLines(cpim.to), blame: context.sender };
			const room = call.hops.some(({ chatroom }) => chatroom[0] || chatroom[1]);
			if (!room) scope.say(about(context, "n/a", "no a=chatroom was seen", more));
			else if (cpim.to.length === 1) scope.say(about(context, "pass", "one To", more));
			else {
				const text = `${cpim.to.length} To headers${context.toClient === true ? ", passed on instead of answered 403" : ""}`;
				scope.say(about(context, "violation", text, more));
			}
		},
	}),
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
