import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C08. To is an address that no conference has: the factory, or what only an ALG's Contact told the client (DS1). */
export const C08: ClauseCheck = {
	id: "C08",
	title: "To is neither the conference factory nor an address known only on the client's side of an ALG",
	roles: ["SC"],
	level: "MUST",
	when: "CPIM of a participant in a conference",
	clause: "CR 7.1.3.2.1-2",
	evidence: "To, the Contact on both legs",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, verdict, knowledge } = context;
			if (kind !== "conference" || cpim === undefined || context.author !== "client" || !cpim.to.some(usable)) return;
			const more = { excerpt: addressLines(cpim.to) };
			const lost = verdict.divergences.find(({ code }) => code === "DS1");
			if (lost !== undefined) {
				const entries = [...knowledge.contact, ...(context.server?.contact ?? [])].map(({ entry }) => entry).filter((entry) => entry > 0);
				scope.say(about(context, "violation", lost.text, { ...more, entries: [...new Set(entries)], blame: "ALG" }));
				return;
			}
			const room = [...knowledge.contact, ...knowledge.dialled, ...knowledge.session, ...knowledge.invited];
			const factory = cpim.to
				.filter(usable)
				.map(({ uri }) => (matchAny(uri, room, scope.level) ? undefined : matchAny(uri, knowledge.factory, scope.level)));
			const hit = factory.find((match) => match !== undefined);
			if (hit !== undefined)
				scope.say(
					about(context, "violation", `To is the conference factory <${hit.fact.uri.text}>`, {
						...more,
						entries: hit.fact.entry > 0 ? [hit.fact.entry] : [],
						blame: "client",
					}),
				);
			else if (
				verdict.audience === "unknown" ||
				verdict.flags.includes("to-not-me") ||
				(verdict.audience === "private" && verdict.confidence === "low")
			)
				scope.say(about(context, "unknown", "To is no identity that is known on this leg", { ...more, blame: "?" }));
			else scope.say(about(context, "pass", "To is known", { ...more, blame: "client" }));
		},
	}),
};
