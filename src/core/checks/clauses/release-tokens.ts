import type { SipEntry } from "../../model/entry.js";
import { FifoMap } from "../../session/bounded.js";
import { excerpt } from "./say.js";
import type { ClauseCheck } from "./types.js";

const TOKEN = /\bIM-(?:client|serv)(?:\/\S*)?/gi;
const GRAMMAR = /^IM-(?:client|serv)\/OMA\d+\.\d+$/;

/**
 * C09. The token tells the client that the server handles private messages. Which way a message goes is known only where both
 * descriptions were seen, so what the server wrote was seen too.
 */
export const C09: ClauseCheck = {
	id: "C09",
	title: "a private message is sent only where the server showed an IM-serv release token",
	roles: ["SC"],
	level: "SHOULD",
	when: "private message of the client; profile oma",
	clause: "CR 7.1.3.2.1-3a, OMA Appendix F",
	evidence: "User-Agent or Server of the INVITE or its response",
	notAtHand: "OMA Appendix F",
	create(scope) {
		const seen = new FifoMap<string, { entry: number; token: string }>(scope.limits.sessions);
		return {
			sip(entry) {
				const { session } = entry.links;
				if (session === undefined || entry.sip.method !== "INVITE" || seen.get(session) !== undefined) return;
				const token = tokens(entry).find((one) => /^IM-serv/i.test(one));
				if (token !== undefined) seen.set(session, { entry: entry.number, token });
			},
			message(context) {
				const { session, verdict, kind, toClient, entry } = context;
				if (kind !== "conference" || toClient !== false || !/^private/.test(verdict.audience) || verdict.confidence === "low") return;
				if (verdict.headline === "imdn" || verdict.headline === "composing") return;
				const numbers = [entry.number];
				const token = session === undefined ? undefined : seen.get(session);
				const blame = "client" as const;
				if (!context.oma) scope.say({ result: "n/a", session, entries: numbers, text: `profile ${context.knowledge.profile}`, blame });
				else if (token !== undefined)
					scope.say({
						result: "pass",
						session,
						entries: [...numbers, token.entry],
						text: "the server showed its token",
						excerpt: token.token,
						blame,
					});
				else
					scope.say({
						result: "violation",
						session,
						entries: numbers,
						text: "no IM-serv token was seen before this private message",
						blame,
					});
			},
		};
	},
};

/** C45. */
export const C45: ClauseCheck = {
	id: "C45",
	title: "release tokens are spelled IM-client/OMAx.y or IM-serv/OMAx.y",
	roles: ["SC", "SV"],
	level: "info",
	when: "a token IM-client or IM-serv stands in User-Agent or Server",
	clause: "OMA Appendix F",
	evidence: "the header",
	notAtHand: "OMA Appendix F",
	create: (scope) => ({
		sip(entry) {
			if (entry.links.repeats !== undefined) return;
			const { session } = entry.links;
			for (const token of tokens(entry)) {
				const right = GRAMMAR.test(token);
				const text = right ? "well formed" : "malformed release token";
				const blame = /^IM-serv/i.test(token) ? "switch" : "client";
				scope.say({ result: right ? "pass" : "info", session, entries: [entry.number], text, excerpt: token, blame });
			}
		},
	}),
};

function tokens({ sip }: SipEntry): string[] {
	const found: string[] = [];
	for (const key of ["user-agent", "server"]) for (const [token] of (sip.get(key) ?? "").matchAll(TOKEN)) found.push(excerpt(token));
	return found.slice(0, 8);
}
