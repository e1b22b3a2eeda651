import { parseUri } from "../../protocols/uri/index.js";
import { excerpt } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** What hidden users are called: RFC 4575 §5.6 gives sip:anonymous1@anonymous.invalid as its example. */
const HIDDEN = /^anonymous[-_.]?\d*$/i;

/** C40. */
export const C40: ClauseCheck = {
	id: "C40",
	title: "conference-info: entities are unique, hidden users are under .invalid, at most one yourown",
	roles: ["SV"],
	level: "MUST",
	when: "NOTIFY with conference-info",
	clause: "RFC 4575 §5.6, OMA Appendix M",
	evidence: "the user elements",
	notAtHand: "OMA Appendix M",
	create: (scope) => ({
		sip(entry) {
			const { payload, sip, links } = entry;
			if (sip.kind !== "request" || sip.method !== "NOTIFY" || payload?.kind !== "conference-info" || links.repeats !== undefined) return;
			const { users } = payload.info;
			const wrong: string[] = [];
			const seen = new Set<string>();
			for (const { entity } of users) {
				if (entity === "") wrong.push("a user without entity");
				else if (seen.has(entity)) wrong.push(`<${entity}> twice`);
				seen.add(entity);
				const { user, host } = parseUri(entity);
				if (HIDDEN.test(user ?? "") && !/(?:^|\.)invalid$/i.test(host)) wrong.push(`<${entity}> is not under .invalid`);
			}
			const own = users.filter(({ yourOwn }) => yourOwn);
			if (own.length > 1) wrong.push(`${own.length} entities with yourown`);
			scope.say({
				result: wrong.length === 0 ? "pass" : "violation",
				session: links.session,
				entries: [entry.number],
				text: wrong.length === 0 ? `${users.length} users` : excerpt(wrong.slice(0, 4).join("; ")),
				excerpt: excerpt(users.map(({ entity }) => entity).join(" ")),
				blame: "switch",
			});
		},
	}),
};
