import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { Awaited, unwanted } from "./answers.js";
import { addressLines } from "./say.js";
import type { ClauseCheck } from "./types.js";

interface Asked {
	session: string | undefined;
	excerpt: string;
	/** nobody on the server's side has this address */
	lost: boolean;
}

/** C44. Only where both legs show that nobody has the address is a 200 wrong: rosters may be incomplete. */
export const C44: ClauseCheck = {
	id: "C44",
	title: "a private message to nobody is answered 404, to a client without support 428",
	roles: ["SV"],
	level: "MUST",
	when: "private message whose To is in no roster",
	clause: "RFC 7701 §6.2",
	evidence: "the message and its response",
	create(scope) {
		const unknown = ({ session, excerpt }: Asked, entry: number, text = "no response was seen"): void =>
			scope.say({ result: "unknown", session, entries: [entry], text, excerpt, blame: "switch" });
		const awaited = new Awaited<Asked>((asked, entry) => unknown(asked, entry));
		return {
			frame(entry) {
				const answer = awaited.answeredBy(entry);
				if (answer === undefined) return;
				const { request, status, value } = answer;
				const base = { session: value.session, entries: [request, entry.number], excerpt: value.excerpt, blame: "switch" as const };
				if (status === 404 || status === 428) scope.say({ ...base, result: "pass", text: `answered ${status}` });
				else if (status >= 300) scope.say({ ...base, result: "info", text: `answered ${status}` });
				else if (value.lost)
					scope.say({ ...base, result: "violation", text: `answered ${status}, although nobody on the server's side has this address` });
				else scope.say({ ...base, result: "unknown", text: `answered ${status}; To may be an address of a participant that was not seen` });
			},
			message(context) {
				const { cpim, kind, toClient, verdict, knowledge, entry, session } = context;
				if (kind !== "conference" || toClient !== false || cpim === undefined || entry.protocol !== "msrp") return;
				const lost = verdict.divergences.some(({ code }) => code === "DS1");
				if (!lost && !/^private/.test(verdict.audience)) return;
				const asked = { session, excerpt: addressLines(cpim.to), lost };
				const people = [...knowledge.roster, ...knowledge.own];
				if (!lost && cpim.to.every((to) => usable(to) && matchAny(to.uri, people, scope.level) !== undefined))
					return scope.say({ result: "n/a", session, entries: [entry.number], text: "To is in the roster", excerpt: asked.excerpt });
				if (unwanted(entry) === "all") unknown(asked, entry.number, "the sender asked for no response");
				else awaited.add(entry.number, asked);
			},
			end() {
				for (const [entry, asked] of awaited.rest()) unknown(asked, entry);
			},
		};
	},
};
