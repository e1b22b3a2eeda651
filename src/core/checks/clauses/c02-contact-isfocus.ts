import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { addressFocus, uriFocus } from "../../classify/isfocus.js";
import { FifoMap } from "../../session/bounded.js";
import { about, addressLines, excerpt } from "./say.js";
import type { ClauseCheck } from "./types.js";

/**
 * C02. Only the server's leg shows what the focus wrote: on the client's a box may have taken the parameter away (A2, A4).
 * That the identity of a pre-defined group has none is told when it is used as To, and is no violation: users dialled it so.
 */
export const C02: ClauseCheck = {
	id: "C02",
	title: "the focus writes isfocus into the URI of its Contact, and the identity of its group has it",
	roles: ["SV"],
	level: "SHOULD",
	when: "a Contact of the focus was seen; profile oma",
	clause: "CR 7.1.3.3 (reason for change), OMA 7.2.3",
	evidence: "Contact of the focus on the server's leg; To that is the group without isfocus",
	notAtHand: "OMA 7.2.3",
	create(scope) {
		const judged = new FifoMap<string, string>(scope.limits.sessions);
		const pending = new FifoMap<string, { entry: number; uri: string }>(scope.limits.sessions);
		const groups = new FifoMap<string, true>(scope.limits.sessions);
		return {
			message(context) {
				const { session, cpim, kind, knowledge } = context;
				if (session === undefined || kind !== "conference" || cpim === undefined || !context.oma || groups.get(session)) return;
				const to = cpim.to.find((one) => usable(one) && matchAny(one.uri, knowledge.dialled, scope.level)?.confidence === "high");
				if (to === undefined || addressFocus(to).is !== "no") return;
				groups.set(session, true);
				const text = "the group's identity has no isfocus: who goes by that alone takes messages to it for private ones";
				scope.say(about(context, "info", text, { excerpt: addressLines([to]), blame: "switch" }));
			},
			sip(entry) {
				const { session } = entry.links;
				if (session === undefined || (entry.sip.method !== "INVITE" && entry.sip.method !== "UPDATE")) return;
				const call = scope.call(session);
				if (!call.isConference) return;
				const leg = call.leg("server");
				const contact = leg.contact.find(({ provenance }) => provenance === "contact");
				if (contact === undefined || contact.entry !== entry.number) return;
				const { text } = contact.uri;
				if (judged.get(session) === text) return;
				if (leg.profile !== "oma" || scope.rules === "legacy") {
					judged.set(session, text);
					scope.say({
						result: "n/a",
						session,
						entries: [entry.number],
						text: `the change request does not bind this session (profile ${leg.profile})`,
					});
				} else if (uriFocus(contact.uri).is === "yes") {
					judged.set(session, text);
					pending.delete(session);
					scope.say({
						result: "pass",
						session,
						entries: [entry.number],
						text: "the URI has isfocus",
						excerpt: excerpt(`Contact: <${text}>`),
						blame: "switch",
					});
				} else if (call.twoLegs) {
					judged.set(session, text);
					pending.delete(session);
					scope.say({
						result: "violation",
						session,
						entries: [entry.number],
						text: "the URI in the Contact of the focus has no isfocus",
						excerpt: excerpt(`Contact: <${text}>`),
						blame: "switch",
					});
				} else pending.set(session, { entry: entry.number, uri: text });
			},
			end() {
				for (const session of pending.keys()) {
					const { entry, uri } = pending.get(session)!;
					if (judged.get(session) !== undefined) continue;
					scope.say({
						result: "unknown",
						session,
						entries: [entry],
						text: "no isfocus in the URI, but only one leg was seen: a box may have removed it",
						excerpt: excerpt(`Contact: <${uri}>`),
						blame: "?",
					});
				}
			},
		};
	},
};
