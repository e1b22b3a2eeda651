import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { addressFocus } from "../../classify/isfocus.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C04. In a 1-1 session both ends are clients, so isfocus is wrong from either. */
export const C04: ClauseCheck = {
	id: "C04",
	title: "a client's From has no isfocus and names the sender",
	roles: ["SC"],
	level: "MUST NOT",
	when: "CPIM that a client sends to the switch, or in a 1-1 session",
	clause: "CR 7.1.3.3; RFC 7701 §6.1",
	evidence: "From, own identities of the client",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, toClient, knowledge } = context;
			const from = cpim?.from[0];
			if (!usable(from)) return;
			const more = { excerpt: addressLines([from]), blame: "client" as const };
			const focus = addressFocus(from).is === "yes" && scope.rules !== "legacy";
			if (kind === "one-to-one") {
				if (focus) scope.say(about(context, "violation", "From of a 1-1 session has isfocus", more));
				else scope.say(about(context, "n/a", "a 1-1 session", more));
				return;
			}
			if (kind !== "conference" || toClient !== false) return;
			if (focus) {
				scope.say(about(context, "violation", "From of a client has isfocus, which is for the switch alone", more));
				return;
			}
			const room = matchAny(from.uri, [...knowledge.contact, ...knowledge.dialled, ...knowledge.session], scope.level);
			const own = matchAny(from.uri, knowledge.own, scope.level) ?? matchAny(from.uri, knowledge.own, "aor");
			if (own !== undefined) scope.say(about(context, "pass", `From is the sender's identity (${own.fact.provenance})`, more));
			else if (room?.confidence === "high")
				scope.say(
					about(context, "violation", `From is the room's <${room.fact.uri.text}>, not the sender`, {
						...more,
						entries: [room.fact.entry],
					}),
				);
			else {
				const other = matchAny(from.uri, knowledge.roster, scope.level);
				const text = other === undefined ? "From may be" : `From is <${other.fact.uri.text}> of the roster: somebody else, or`;
				scope.say(about(context, "unknown", `${text} another address of the sender`, more));
			}
		},
	}),
};
