import { cpimHead, sha1 } from "./copies.js";
import { about } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C34. */
export const C34: ClauseCheck = {
	id: "C34",
	title: "CPIM octets are passed on unchanged",
	roles: ["SV", "ALG"],
	level: "MUST NOT",
	when: "the same message was seen before the switch or box and behind it",
	clause: "RFC 3862 §6; RFC 7701 §6.1",
	evidence: "both messages",
	create: (scope) => ({
		message(context) {
			const { copyOf, cpim, bytes } = context;
			if (copyOf === undefined || cpim === undefined || bytes === undefined) return;
			const more = { entries: [copyOf.entry], excerpt: cpimHead(cpim), blame: copyOf.sent ? ("switch" as const) : ("ALG" as const) };
			if (sha1(bytes) === copyOf.hash) scope.say(about(context, "pass", "every octet is the same", more));
			else scope.say(about(context, "violation", `the CPIM differs from that of entry ${copyOf.entry}, which had ${copyOf.head}`, more));
		},
	}),
};
