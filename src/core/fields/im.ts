import type { Verdict } from "../classify/classifier.js";
import type { ClientModel, Conversation, Headline } from "../classify/types.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";
import { type Field, type FieldType, own, some } from "./types.js";

type JudgedEntry = SipEntry | MsrpEntry;

/** Nobody speaks to anybody with these, so they have no origin and no audience. */
export const NOT_SPOKEN: ReadonlySet<Headline> = new Set<Headline>(["report", "control", "keepalive", "incomplete"]);

function im(name: string, type: FieldType, description: string, get: (verdict: Verdict) => ReturnType<Field["get"]>): Field<JudgedEntry> {
	return own(`im.${name}`, type, description, ({ verdict }) => (verdict === undefined ? undefined : get(verdict)));
}

function spoken<T>(get: (verdict: Verdict) => T): (verdict: Verdict) => T | undefined {
	return (verdict) => (NOT_SPOKEN.has(verdict.headline) ? undefined : get(verdict));
}

/** One word for comparing: thread and URI. */
function threadName({ thread, uri }: Conversation): string {
	return uri === "" ? thread : `${thread} ${uri}`;
}

function threads(views: readonly { model: ClientModel; conversation?: Conversation | undefined }[]): [ClientModel, string][] {
	return views.flatMap(({ model, conversation }): [ClientModel, string][] =>
		conversation === undefined || (model !== "legacy" && model !== "isfocus" && model !== "reference")
			? []
			: [[model, threadName(conversation)]],
	);
}

/** What clients make of a message. All of it depends on the verdict alone, which messages alike share. */
export const IM_FIELDS: readonly Field<JudgedEntry>[] = [
	im(
		"class",
		"string",
		"what a compliant client shows: system, private-system, group, private, ambiguous, one-to-one, composing, imdn, report, control, keepalive, unwrapped, incomplete, malformed or unknown",
		({ headline }) => headline,
	),
	im(
		"origin",
		"string",
		"who speaks: system, self, participant, anonymous, peer or unknown",
		spoken(({ origin }) => origin),
	),
	im(
		"audience",
		"string",
		"for whom: all, private, private-multi, self, peer or unknown",
		spoken(({ audience }) => audience),
	),
	im(
		"payload",
		"string",
		"content, composing, imdn, external, nested or other",
		spoken(({ payload }) => payload),
	),
	im("confidence", "string", "high, medium, low or none", ({ confidence }) => confidence),
	im("flags", "strings", "what is odd: misplaced, spoof-suspect, unlisted, to-not-me, conference-inferred …", ({ flags }) => some(flags)),
	im("rules", "strings", "rules that fired, R1 to R35", ({ firings }) => some(firings.map(({ rule }) => rule))),
	im("divergence", "strings", "codes of what kinds of client show differently: DO1 to DO4, DA1 to DA4, DC1, DS1", ({ divergences }) =>
		some(divergences.map(({ code }) => code)),
	),
	im(
		"truth",
		"string",
		"class that the message really has, where more than the client's leg was seen",
		({ truthHeadline }) => truthHeadline,
	),
	im(
		"conversation",
		"string",
		"thread under which a compliant client files it: room, private or one-to-one, and its URI",
		({ conversation }) => (conversation === undefined ? undefined : threadName(conversation)),
	),
	im("conversations", "map", "the thread by kind of client (legacy, isfocus, reference), where they are not all the same", ({ models }) => {
		const names = threads(models);
		return names.every(([, name]) => name === names[0]?.[1]) ? undefined : Object.fromEntries(names);
	}),
	im("conversations.unrewritten", "map", "the same, had nothing between client and server rewritten the signalling", ({ unrewritten }) => {
		const names = threads(unrewritten ?? []);
		return names.length === 0 ? undefined : Object.fromEntries(names);
	}),
	im("models", "map", "what each kind of client shows: legacy, isfocus, literal, dialog, phone, reference, truth", ({ models }) =>
		models.length === 0 ? undefined : Object.fromEntries(models.map(({ model, headline }) => [model, headline])),
	),
];
