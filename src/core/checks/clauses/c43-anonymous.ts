import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

const INVALID = /(?:^|\.)invalid$/i;

/** C43. */
export const C43: ClauseCheck = {
	id: "C43",
	title: "From of an anonymous participant is the roster's anonymous URI and not the user's own",
	roles: ["SC"],
	level: "MUST NOT",
	when: "CPIM of a participant who is anonymous",
	clause: "RFC 7701 §5.2, §6.1",
	evidence: "From, the roster, the identity in INVITE and NOTIFY",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, verdict, knowledge, toClient } = context;
			const from = cpim?.from[0];
			if (kind !== "conference" || !usable(from)) return;
			const more = { excerpt: addressLines([from]), blame: "client" as const };
			if (toClient === false && !INVALID.test(from.uri.host)) {
				// The user asked not to be named: by a From under .invalid, or by what the room calls it.
				const hidden = knowledge.own.find(
					({ uri, provenance }) => INVALID.test(uri.host) && (provenance === "from" || provenance === "yourown"),
				);
				const named = knowledge.own.filter(({ uri }) => !INVALID.test(uri.host));
				if (hidden === undefined) return;
				const entries = hidden.entry > 0 ? [hidden.entry] : [];
				const own = matchAny(from.uri, named, "aor");
				if (own !== undefined)
					scope.say(about(context, "violation", `From names the user, who joined as <${hidden.uri.text}>`, { ...more, entries }));
				else if (hidden.provenance === "yourown")
					scope.say(about(context, "violation", `From is not <${hidden.uri.text}>, as the room calls the user`, { ...more, entries }));
				else
					scope.say(
						about(context, "unknown", `the user joined as <${hidden.uri.text}>; whether From names the user is not known`, {
							...more,
							entries,
						}),
					);
				return;
			}
			if (verdict.origin !== "anonymous" && !(verdict.origin === "self" && INVALID.test(from.uri.host))) return;
			const listed = matchAny(
				from.uri,
				[...knowledge.roster, ...knowledge.own.filter(({ provenance }) => provenance === "yourown")],
				scope.level,
			);
			if (listed !== undefined)
				scope.say(
					about(context, "pass", "From is the anonymous URI in the roster", {
						...more,
						entries: listed.fact.entry > 0 ? [listed.fact.entry] : [],
					}),
				);
			else scope.say(about(context, "unknown", "the anonymous URI is in no roster that was seen", more));
		},
	}),
};
