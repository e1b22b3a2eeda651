import { about } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C05. isComposing and IMDN have to be wrapped too. */
export const C05: ClauseCheck = {
	id: "C05",
	title: "every content of a conference is wrapped in message/cpim",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "MSRP SEND with a body in a conference",
	clause: "CR 7.1.3.2.1-1 (client); RFC 7701 §5.2 (switch)",
	evidence: "Content-Type of the SEND",
	create: (scope) => ({
		message(context) {
			const { type, kind, entry } = context;
			if (entry.protocol !== "msrp") return;
			const more = { excerpt: `Content-Type: ${type ?? ""}`, blame: context.sender };
			if (kind === "one-to-one") scope.say(about(context, "n/a", "a 1-1 session", more));
			else if (type === "message/cpim") {
				if (kind === "conference") scope.say(about(context, "pass", "message/cpim", more));
			} else if (kind === undefined) scope.say(about(context, "unknown", "no signalling tells whether this is a conference", more));
			else scope.say(about(context, "violation", `${type ?? "a content without type"}, not message/cpim`, more));
		},
	}),
};
