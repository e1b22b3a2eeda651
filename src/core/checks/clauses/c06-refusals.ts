import { usable } from "../../classify/axes.js";
import { matchAny } from "../../classify/compare.js";
import { addressFocus } from "../../classify/isfocus.js";
import { Awaited, unwanted } from "./answers.js";
import { about, addressLines } from "./say.js";
import type { ClauseCheck, MessageContext, Scope } from "./types.js";

/** RFC 3323 §4.1.1.3: it may be any participant's, the sender's too. */
const ANONYMOUS = /(?:^|\.)invalid$/i;

interface Wrong {
	session: string | undefined;
	expected: 403 | 415;
	why: string;
	excerpt: string;
	/** the switch may know better whose address it is: to let it pass is no violation, and worth no row unless `listed` */
	doubt: boolean;
	/** From is a participant that the roster lists */
	listed: boolean;
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
		const awaited = new Awaited<Wrong>((wrong, entry) => {
			if (!wrong.doubt || wrong.listed) unknown(wrong, entry);
		});
		return {
			frame(entry) {
				const answer = awaited.answeredBy(entry);
				if (answer === undefined) return;
				const { request, value, status } = answer;
				const { session, expected, why, excerpt, doubt, listed } = value;
				if (doubt && status !== expected) {
					if (listed) unknown(value, request, `answered ${status}`);
					return;
				}
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
				if (unwanted(entry) === "all") {
					if (!wrong.doubt || wrong.listed) unknown({ ...wrong, session }, entry.number, "the sender asked for no response");
				} else awaited.add(entry.number, { ...wrong, session });
			},
			end() {
				for (const [entry, wrong] of awaited.rest()) if (!wrong.doubt || wrong.listed) unknown(wrong, entry);
			},
		};
	},
};

function wrongWith({ type, cpim, knowledge }: MessageContext, { level }: Scope): Omit<Wrong, "session"> | undefined {
	const sure = { doubt: false, listed: false };
	if (type !== "message/cpim")
		return { ...sure, expected: 415, why: "not wrapped in message/cpim", excerpt: `Content-Type: ${type ?? ""}` };
	const from = cpim?.from[0];
	if (!usable(from)) return undefined;
	const room = matchAny(from.uri, [...knowledge.contact, ...knowledge.dialled, ...knowledge.session], level);
	const excerpt = addressLines([from]);
	const own = matchAny(from.uri, knowledge.own, level) ?? matchAny(from.uri, knowledge.own, "number");
	const foreign = { ...sure, expected: 403 as const, excerpt };
	if (addressFocus(from).is === "yes") return { ...foreign, why: "From has isfocus, which is for the switch alone" };
	if (room?.confidence === "high" && own === undefined) return { ...foreign, why: "From is the room, not the sender" };
	if (own !== undefined || knowledge.own.length === 0 || room !== undefined || ANONYMOUS.test(from.uri.host)) return undefined;
	const other = matchAny(from.uri, knowledge.roster, level);
	const why =
		other === undefined
			? "From is no known address of the sender"
			: `From is <${other.fact.uri.text}> of the roster, perhaps somebody else`;
	return { ...foreign, doubt: true, listed: other !== undefined, why };
}
