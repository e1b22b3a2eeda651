import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C07. What a sender meant is known only from what it wrote: a To that is nobody we know stays unknown. */
export const C07: ClauseCheck = {
	id: "C07",
	title: "a message to all is addressed to the group, or to the session of an ad-hoc group",
	roles: ["SC"],
	level: "MUST",
	when: "CPIM of a participant in a conference, not to single users; not profile rcs",
	clause: "CR 7.1.3.2.1-2",
	evidence: "To, and the group and session identities with their source",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, verdict, knowledge } = context;
			if (kind !== "conference" || cpim === undefined || context.author !== "client" || !cpim.to.some(usable)) return;
			const more = { excerpt: addressLines(cpim.to), blame: "client" as const };
			if (knowledge.profile === "rcs")
				return scope.say(about(context, "n/a", "profile rcs: groups are addressed by the anonymous URI", more));
			if (verdict.audience === "unknown") return scope.say(about(context, "unknown", "To is no identity that is known", more));
			if (verdict.audience !== "all" || cpim.to.length > 1) return;
			const to = cpim.to[0]!;
			const { dialled } = knowledge;
			const predefined = dialled.some(({ confidence }) => confidence === "high");
			if (predefined && matchAny(to.uri, dialled, scope.level) === undefined)
				scope.say(
					about(context, "info", `To is the session, while <${dialled[0]!.uri.text}> was dialled, which a pre-defined group wants`, more),
				);
			else {
				const legs = context.server === undefined ? [knowledge] : [knowledge, context.server];
				const room = legs.flatMap((leg) => [...leg.contact, ...leg.dialled, ...leg.session, ...leg.invited]);
				if (matchAny(to.uri, room, scope.level) !== undefined) scope.say(about(context, "pass", "To is the room", more));
				else scope.say(about(context, "unknown", "To has isfocus, but is no identity of the room that was seen", more));
			}
		},
	}),
};
