import { about } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** What a client shows its user is on no wire: these stay unknown, so that nobody takes them for checked. */
function shown(id: string, title: string, evidence: string): ClauseCheck {
	return {
		id,
		title,
		roles: ["RC"],
		level: "MUST",
		when: "CPIM delivered to a client of a conference",
		clause: "CR 7.1.3.3",
		evidence,
		create: (scope) => ({
			message(context) {
				if (context.kind !== "conference" || context.toClient !== true || context.cpim === undefined) return;
				scope.say(about(context, "unknown", "what the client showed is not on the wire", { blame: "client" }));
			},
		}),
	};
}

export const C17 = shown("C17", "the receiver tells private from group messages by To", "none: not observable");
export const C18 = shown("C18", "the receiver tells system messages by From", "none: not observable");
