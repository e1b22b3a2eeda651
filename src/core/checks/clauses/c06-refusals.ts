import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { addressFocus } from "../../classify/isfocus.js";
import { Awaited, isQuiet } from "./answers.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck, MessageContext, Scope } from "./types.js";

interface Wrong {
	session: string | undefined;
	expected: 403 | 415;
	why: string;
	excerpt: string;
}

/** C06. A message whose From is a participant's with isfocus that reaches another client was let through. */
export const C06: ClauseCheck = {
	id: "C06",
	title: "the switch refuses what is unwrapped (415) or has a foreign From (403)",
	roles: ["SV"],
	level: "MUST",
	when: "such a SEND reached the switch, or was delivered",
	clause: "RFC 7701 §6.3",
	evidence: "the SEND and its response",
	create(scope) {
		const unknown = ({ session, why, excerpt }: Wrong, entry: number, text = "no response was seen"): void =>
			scope.say({ result: "unknown", session, entries: [entry], text: `${why}: ${text}`, excerpt, blame: "switch" });
		const awaited = new Awaited<Wrong>((wrong, entry) => unknown(wrong, entry));
		return {
			frame(entry) {
				const answer = awaited.answeredBy(entry);
				if (answer === undefined) return;
				const { request, value, status } = answer;
				const { session, expected, why, excerpt } = value;
				const result = status < 300 ? "violation" : status === expected ? "pass" : "info";
				const text = `${why}: answered ${status}${result === "pass" ? "" : `, not ${expected}`}`;
				scope.say({ result, session, entries: [request, entry.number], text, excerpt, blame: "switch" });
			},
			message(context) {
				const { entry, session, kind, toClient } = context;
				if (kind !== "conference" || entry.protocol !== "msrp" || toClient === undefined) return;
				if (toClient) {
					const from = context.cpim?.from[0];
					if (!usable(from) || addressFocus(from).is !== "yes" || !context.verdict.flags.includes("spoof-suspect")) return;
					const more = { excerpt: addressLines([from]), blame: "switch" as const };
					scope.say(about(context, "violation", "delivered, although From is a participant's with isfocus", more));
					return;
				}
				const wrong = wrongWith(context, scope);
				if (wrong === undefined) return;
				if (isQuiet(entry)) unknown({ ...wrong, session }, entry.number, "the sender asked for no response");
				else awaited.add(entry.number, { ...wrong, session });
			},
			end() {
				for (const [entry, wrong] of awaited.rest()) unknown(wrong, entry);
			},
		};
	},
};

function wrongWith({ type, cpim, knowledge }: MessageContext, { level }: Scope): Omit<Wrong, "session"> | undefined {
	if (type !== "message/cpim") return { expected: 415, why: "not wrapped in message/cpim", excerpt: `Content-Type: ${type ?? ""}` };
	const from = cpim?.from[0];
	if (!usable(from)) return undefined;
	const room = matchAny(from.uri, [...knowledge.contact, ...knowledge.dialled, ...knowledge.session], level);
	if (addressFocus(from).is !== "yes" && (room?.confidence !== "high" || matchAny(from.uri, knowledge.own, level) !== undefined))
		return undefined;
	return { expected: 403, why: "From is not the sender's", excerpt: addressLines([from]) };
}
