import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C10. A participant may have more addresses than the room tells: only a To that is known proves something. */
export const C10: ClauseCheck = {
	id: "C10",
	title: "each To of a private message is the address of a participant",
	roles: ["SC"],
	level: "MUST",
	when: "private message in a conference",
	clause: "CR 7.1.3.2.1-3b",
	evidence: "To, the roster",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, verdict, knowledge } = context;
			if (kind !== "conference" || cpim === undefined || context.author !== "client") return;
			if (!/^(?:private|self)/.test(verdict.audience)) return;
			const people = [...knowledge.own, ...knowledge.roster];
			const strangers = cpim.to.filter((to) => !usable(to) || matchAny(to.uri, people, scope.level) === undefined);
			const more = { excerpt: addressLines(cpim.to), blame: "client" as const };
			if (strangers.length === 0) return scope.say(about(context, "pass", "To is in the roster", more));
			const service = strangers.find((to) => usable(to) && matchAny(to.uri, knowledge.factory, scope.level) !== undefined);
			if (service !== undefined) scope.say(about(context, "violation", "To is the conference factory, no participant", more));
			else if (knowledge.roster.length === 0) scope.say(about(context, "unknown", "no roster is known", more));
			else scope.say(about(context, "unknown", "To is in no roster that was seen; it may be another address of a participant", more));
		},
	}),
};
