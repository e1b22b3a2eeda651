import { compareUri } from "../../protocols/uri/index.js";
import type { Uri } from "../../protocols/uri/types.js";
import { FifoMap } from "../../session/bounded.js";
import { about, addressLines } from "./say.js";
import { type ClauseCheck, WAITING } from "./types.js";

interface ToAll {
	session: string | undefined;
	excerpt: string;
	/** a copy on another session shows that the switch has dealt with it */
	copies: number;
	echo: number | undefined;
}

/** C35. That a copy comes back is seen at once; that none does only when copies went elsewhere. */
export const C35: ClauseCheck = {
	id: "C35",
	title: "a message to all does not come back on the session that sent it",
	roles: ["SV"],
	level: "MUST",
	when: "message to all that a client sent",
	clause: "RFC 7701 §6.1",
	evidence: "the message and its copies",
	create(scope) {
		const judge = (one: ToAll, entry: number): void => {
			const { session, excerpt } = one;
			const base = { session, excerpt, blame: "switch" as const };
			if (one.echo !== undefined)
				scope.say({ ...base, result: "violation", entries: [one.echo, entry], text: "came back on the session that sent it" });
			else if (one.copies > 0)
				scope.say({ ...base, result: "pass", entries: [entry], text: `${one.copies} copies on other sessions, none on its own` });
			else scope.say({ ...base, result: "unknown", entries: [entry], text: "no copy was seen anywhere" });
		};
		const sent = new FifoMap<number, ToAll>(WAITING, judge);
		return {
			message(context) {
				const { kind, toClient, verdict, cpim, copyOf, entry, session } = context;
				if (kind !== "conference" || cpim === undefined) return;
				if (toClient === false && copyOf === undefined && verdict.audience === "all")
					sent.set(entry.number, { session, excerpt: addressLines([...cpim.from, ...cpim.to]), copies: 0, echo: undefined });
				else if (toClient === true && copyOf?.sent === true) {
					const one = sent.get(copyOf.entry);
					if (one === undefined) return;
					if (session === copyOf.session) one.echo ??= entry.number;
					else one.copies++;
				} else if (toClient === true && verdict.flags.includes("own-copy") && verdict.audience === "all")
					scope.say(
						about(context, "unknown", "the user's own message, perhaps from another device", {
							excerpt: addressLines(cpim.from),
							blame: "switch",
						}),
					);
			},
			end() {
				for (const entry of [...sent.keys()]) {
					judge(sent.get(entry)!, entry);
					sent.delete(entry);
				}
			},
		};
	},
};

/** C36. */
export const C36: ClauseCheck = {
	id: "C36",
	title: "a private message goes to the sessions of its recipients only",
	roles: ["SV"],
	level: "MUST",
	when: "copy of a private message on another session",
	clause: "RFC 7701 §6.2",
	evidence: "the message, and the users whose sessions got it",
	create: (scope) => ({
		message(context) {
			const { copyOf, kind, toClient, knowledge, cpim, session } = context;
			if (kind !== "conference" || toClient !== true || copyOf?.sent !== true || cpim === undefined || copyOf.session === session) return;
			if (!/^private/.test(copyOf.audience)) return;
			const own = knowledge.own.map(({ uri }) => uri);
			const more = { entries: [copyOf.entry], excerpt: addressLines([...cpim.from, ...cpim.to]), blame: "switch" as const };
			if (own.length === 0) scope.say(about(context, "unknown", "whose session this is is not known", more));
			else if (meet(own, copyOf.to)) scope.say(about(context, "pass", `delivered to <${own[0]!.text}>`, more));
			else if (meet(own, copyOf.own)) scope.say(about(context, "info", "a copy for another session of the sender", more));
			else scope.say(about(context, "violation", `delivered to <${own[0]!.text}>, who is no recipient`, more));
		},
	}),
};

function meet(a: readonly Uri[], b: readonly Uri[]): boolean {
	return a.some((one) => b.some((two) => compareUri(one, two, "aor").equal || compareUri(one, two, "number").equal));
}
