import { usable } from "../../classify/axes.js";
import { type Match, matchAny } from "../../classify/compare.js";
import { addressFocus } from "../../classify/isfocus.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck, MessageContext, Scope } from "./types.js";

/** C01. Proof that a message comes from the focus: isfocus in From, or From equal to an identity of the room (Q8). */
export const C01: ClauseCheck = {
	id: "C01",
	title: "CPIM From of the focus has the URI parameter isfocus",
	roles: ["SV"],
	level: "MUST",
	when: "the message comes from the focus; profile oma",
	clause: "CR 7.1.3.3",
	evidence: "From, and the identity of the room that it equals",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, toClient } = context;
			const from = cpim?.from[0];
			if (kind !== "conference" || toClient === false || !usable(from)) return;
			if (!context.oma)
				return scope.say(about(context, "n/a", `the change request does not bind this session (profile ${context.knowledge.profile})`));
			const focus = addressFocus(from).is;
			const more = { excerpt: addressLines([from]), blame: "switch" as const };
			const spoofed = context.verdict.flags.includes("spoof-suspect");
			if (focus === "yes") {
				if (spoofed) scope.say(about(context, "unknown", "From has isfocus but names a participant", { ...more, blame: "?" }));
				else scope.say(about(context, "pass", "From has isfocus", more));
				return;
			}
			const room = roomOf(context, scope);
			if (room === undefined) {
				if (focus === "unknown") scope.say(about(context, "unknown", "isfocus with a value that denies it", more));
				else if (context.verdict.flags.includes("suspected-rewrite"))
					scope.say(about(context, "unknown", "From may be the room behind a rewritten Contact: only one leg was seen", more));
				else scope.say(about(context, "n/a", "From is no identity of the room", more));
				return;
			}
			const { entry, uri, provenance } = room.fact;
			const entries = entry === 0 ? [] : [entry];
			if (spoofed || room.confidence !== "high")
				scope.say(about(context, "unknown", `From may or may not be the room, <${uri.text}>`, { ...more, entries }));
			else
				scope.say(about(context, "violation", `From is the room's <${uri.text}> (${provenance}), without isfocus`, { ...more, entries }));
		},
	}),
};

/** The room's identity that From equals on this leg, or on the server's. */
function roomOf({ cpim, knowledge, server }: MessageContext, { level }: Scope): Match | undefined {
	const from = cpim?.from[0];
	if (!usable(from)) return undefined;
	const legs = server === undefined ? [knowledge] : [knowledge, server];
	const room = legs.flatMap((leg) => [...leg.contact, ...leg.dialled, ...leg.session, ...leg.invited]);
	return matchAny(from.uri, room, level);
}
