import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C11. */
export const C11: ClauseCheck = {
	id: "C11",
	title: "From is the entity that the NOTIFY marks as the user's own",
	roles: ["SC"],
	level: "MUST",
	when: "CPIM that a client sends to the switch",
	clause: "CR 7.1.3.2.1-4, OMA Appendix M, RFC 4575 §5.6",
	evidence: "From, the entity with yourown",
	notAtHand: "OMA Appendix M",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, toClient, knowledge } = context;
			const from = cpim?.from[0];
			if (kind !== "conference" || toClient !== false || !usable(from)) return;
			const more = { excerpt: addressLines([from]), blame: "client" as const };
			const marked = knowledge.own.filter(({ provenance }) => provenance === "yourown");
			if (marked.length > 0) {
				const entries = [marked[0]!.entry];
				if (matchAny(from.uri, marked, scope.level) !== undefined)
					scope.say(about(context, "pass", "From is the entity with yourown", { ...more, entries }));
				else
					scope.say(
						about(context, "violation", `From is not <${marked[0]!.uri.text}>, which the NOTIFY marks with yourown`, { ...more, entries }),
					);
				return;
			}
			const listed = knowledge.roster.filter(({ provenance }) => provenance === "roster");
			if (listed.length === 0) return scope.say(about(context, "unknown", "no NOTIFY was seen", more));
			const own = matchAny(from.uri, knowledge.own, scope.level);
			const entry = matchAny(from.uri, listed, scope.level);
			if (own !== undefined && entry !== undefined)
				scope.say(
					about(context, "pass", "From is the user's own entity; none is marked with yourown", { ...more, entries: [entry.fact.entry] }),
				);
			else scope.say(about(context, "unknown", "the NOTIFY marks no entity with yourown", more));
		},
	}),
};
