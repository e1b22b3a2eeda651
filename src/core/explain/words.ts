import type { Audience, Comparison, Headline, IdentityFact, ModelView, Origin } from "../classify/types.js";
import { classWords } from "../export/class-label.js";
import { type Part, say } from "./types.js";

const PROVENANCE: Readonly<Record<IdentityFact["provenance"], string>> = {
	contact: "the Contact of the room's side",
	"notify-entity": "the entity of the NOTIFY",
	"conf-uri": "a conf-uri of the NOTIFY",
	"subscribe-uri": "the Request-URI of the SUBSCRIBE",
	"cpim-from": "a CPIM From with isfocus",
	"request-uri": "the Request-URI of the INVITE",
	to: "To of the INVITE",
	from: "From of the INVITE",
	"p-asserted-identity": "P-Asserted-Identity of the INVITE",
	"p-preferred-identity": "P-Preferred-Identity of the INVITE",
	"p-associated-uri": "P-Associated-URI",
	"referred-by": "Referred-By of the INVITE",
	yourown: "the yourown user of the NOTIFY",
	roster: "the roster of the NOTIFY",
	"recipient-list": "the recipient list of the INVITE",
	configuration: "given by hand",
};

/** "the Contact of the room's side, #3". The roster, too, can be given by hand: then it has no entry. */
export function source({ provenance, entry }: Pick<IdentityFact, "provenance" | "entry">): Part[] {
	return entry === 0 ? [PROVENANCE.configuration] : say`${PROVENANCE[provenance]}, #${entry}`;
}

/** The classifier names what a rule rests on by its provenance: "contact (equal at level uri)". */
export function evidenceWords(what: string): string {
	const found = /^([a-z-]+)( \(.*\))?$/.exec(what);
	const words = found === null ? undefined : PROVENANCE[found[1] as IdentityFact["provenance"]];
	return words === undefined ? what : `${words}${found![2] ?? ""}`;
}

const ORIGINS: Readonly<Record<Origin, string>> = {
	system: "the room itself",
	self: "the user",
	participant: "a participant",
	anonymous: "an anonymous participant",
	peer: "the other user",
	unknown: "somebody unknown",
};
const AUDIENCES: Readonly<Record<Audience, string>> = {
	all: "everybody",
	private: "one user",
	"private-multi": "several users",
	self: "the user",
	peer: "the other user",
	unknown: "somebody unknown",
};

/** "from a participant to everybody" */
export function wayWords({ origin, audience }: { origin: Origin; audience: Audience }): string {
	return `from ${ORIGINS[origin]} to ${AUDIENCES[audience]}`;
}

const LEVELS: Readonly<Record<NonNullable<Comparison["level"]>, string>> = {
	octet: "octet by octet",
	uri: "by the rules for URIs",
	aor: "by user and host alone",
	number: "by telephone number",
};

/** How two URIs were found equal: "by the rules for URIs (level uri)". */
export function levelWords(level: NonNullable<Comparison["level"]>): string {
	return `${LEVELS[level]} (level ${level})`;
}

/** The component of a URI that differs, as the comparison calls it: "user", "param:transport". */
export function componentWords(failed: string | undefined): string {
	if (failed === undefined) return "URI";
	if (failed.startsWith("param:")) return `parameter ${failed.slice("param:".length)}`;
	return failed === "headers" ? "part after the question mark" : failed;
}

/** Typing indicators and notifications are shown as such, whomever they are for: what clients may differ in is whose they are. */
export function isMessage(headline: Headline): boolean {
	return headline !== "composing" && headline !== "imdn";
}

/** "a private message of a participant" */
export function shownAs(view: Pick<ModelView, "headline" | "origin">): string {
	switch (view.origin) {
		case "participant":
			return `${classWords(view.headline)} of a participant`;
		case "self":
			return `${classWords(view.headline)} of the user's own`;
		case "anonymous":
			return `${classWords(view.headline)} of an anonymous participant`;
		default:
			return classWords(view.headline);
	}
}

/** What each rule of the classification says when it applies. */
const RULES: Readonly<Record<string, string>> = {
	R1: "a REPORT tells what became of an earlier SEND",
	R2: "not a SEND: MSRP control, not a message",
	R3: "a SEND without body keeps the connection alive",
	R4: "From, To and the blank line have not all arrived, and half a header line is never judged",
	R6: "the beginning of the message was never seen, or it was given up",
	R7: "a message without CPIM in a conference names no sender",
	R8: "a message without CPIM in a one-to-one session comes from the peer",
	R9: "in a one-to-one session From and To are checked but not used",
	R10: "no signalling told of a conference, but the addresses do",
	R11: "there is no usable From",
	R12: "From carries the URI parameter isfocus, so the room itself speaks",
	R13: "From is a known identity of the room, so the room itself speaks",
	R14: "From without isfocus is a participant's address, so somebody may pose as the room",
	R15: "From is the user's own identity",
	R16: "From is a participant of the roster",
	R17: "From is an anonymous address",
	R18: "From is nobody known, so it is taken for a participant who is not listed",
	R19: "the word isfocus stands where it has no effect: it has to stand inside the brackets, after the host",
	R20: "To is the room, so the message is for all",
	R21: "To is one user's address, so the message is private",
	R22: "all of several To are users' addresses, so the message is private",
	R23: "the message is addressed to the room and to single users",
	R24: "To is the anonymous address, which RCS uses for the whole group",
	R25: "To is the conference factory, which is nobody's address",
	R26: "From and To are both the user's own: a note to oneself",
	R27: "cc never changes for whom a message is",
	R28: "there is no usable To",
	R29: "the content says that somebody is typing",
	R30: "the content is a disposition notification: it updates another message",
	R31: "a CPIM message inside another: the outer addresses count",
	R32: "the content is an attachment: shown on user action",
	R33: "the content is a reference to a file: fetched on user action only",
	R34: "the class follows from who speaks and for whom",
	R35: "an unknown address behaves like the room: perhaps the room's own address, rewritten on the way",
	F8: "isfocus has a value that denies it, which no document gives a meaning",
	I2: "the sources of the room's identity disagree, which is said once a session",
	C42: "a body without Content-Type cannot be read",
};

export function ruleWords(rule: string): string {
	return RULES[rule] ?? "";
}
