import { isFocusParam } from "../../classify/knowledge/hop.js";
import type { SipEntry } from "../../model/entry.js";
import { contacts, vias } from "../../protocols/sip/index.js";
import { FifoMap } from "../../session/bounded.js";
import { owned } from "../../session/text.js";
import { excerpt } from "./say.js";
import { type ClauseCheck, WAITING } from "./types.js";

/** C38. Where only one leg was seen, a box may have taken the parameter away (A3). */
export const C38: ClauseCheck = {
	id: "C38",
	title: "the Contact of the focus has the header parameter isfocus",
	roles: ["SV"],
	level: "MUST",
	when: "INVITE or 2xx of a conference",
	clause: "RFC 4579 §4.2, §5.1",
	evidence: "Contact",
	create(scope) {
		const judged = new FifoMap<string, boolean>(scope.limits.sessions);
		const open = new FifoMap<string, { entry: number; excerpt: string }>(scope.limits.sessions);
		return {
			sip(entry) {
				const { session } = entry.links;
				if (session === undefined || entry.sip.method !== "INVITE") return;
				const call = scope.call(session);
				if (!call.isConference || judged.get(session) === true) return;
				const contact = contacts(entry.sip)[0];
				const known = call.leg("server").contact.find(({ provenance }) => provenance === "contact");
				if (contact === undefined || known?.entry !== entry.number) return;
				const shown = excerpt(`Contact: ${entry.sip.get("contact") ?? ""}`);
				if (isFocusParam(contact)) {
					judged.set(session, true);
					open.delete(session);
					scope.say({ result: "pass", session, entries: [entry.number], text: "isfocus is there", excerpt: shown, blame: "switch" });
				} else if (call.twoLegs) {
					judged.set(session, true);
					open.delete(session);
					scope.say({
						result: "violation",
						session,
						entries: [entry.number],
						text: "no header parameter isfocus",
						excerpt: shown,
						blame: "switch",
					});
				} else open.set(session, { entry: entry.number, excerpt: shown });
			},
			end() {
				for (const session of open.keys()) {
					const one = open.get(session)!;
					const text = "no header parameter isfocus, but only one leg was seen: a box may have removed it";
					scope.say({ result: "unknown", session, entries: [one.entry], text, excerpt: one.excerpt, blame: "?" });
				}
			},
		};
	},
};

interface Hop {
	entry: number;
	flow: number;
	vias: number;
	names: string[];
	value: string;
}

/** C39. One message on two hops: what has gone on the way to its receiver was taken away by the box between. */
export const C39: ClauseCheck = {
	id: "C39",
	title: "header parameters of Contact survive the way",
	roles: ["ALG"],
	level: "info",
	when: "INVITE or its 2xx was seen on two hops",
	clause: "RFC 4579 §6",
	evidence: "Contact before and after",
	create(scope) {
		const hops = new FifoMap<string, Hop>(WAITING);
		return {
			sip(entry) {
				const { session, repeats } = entry.links;
				const { sip } = entry;
				if (sip.method !== "INVITE" || (sip.kind === "response" && (sip.status < 200 || sip.status > 299))) return;
				const now = describe(entry);
				if (now === undefined) return;
				const key = `${sip.kind} ${sip.get("call-id")} ${sip.get("cseq")} ${sip.get("from")}`;
				const before = hops.get(key);
				if (before === undefined || before.flow === now.flow) {
					if (before === undefined || repeats === undefined) hops.set(owned(key), now);
					return;
				}
				hops.set(owned(key), now);
				const lost = before.names.filter((name) => !now.names.includes(name));
				const entries = [now.entry, before.entry];
				const shown = excerpt(`${before.value} → ${now.value}`);
				if (lost.length === 0) scope.say({ result: "pass", session, entries, text: "all there", excerpt: shown, blame: "ALG" });
				else scope.say({ result: "info", session, entries, text: `gone: ${lost.join(", ")}`, excerpt: shown, blame: "ALG" });
			},
		};
	},
};

function describe(entry: SipEntry): Hop | undefined {
	const contact = contacts(entry.sip)[0];
	if (contact === undefined) return undefined;
	return {
		entry: entry.number,
		flow: entry.flow.id,
		vias: vias(entry.sip).length,
		names: contact.params.slice(0, 32).map(({ name }) => owned(name.toLowerCase())),
		value: excerpt(entry.sip.get("contact") ?? ""),
	};
}
