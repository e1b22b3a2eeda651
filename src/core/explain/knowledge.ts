import type { IdentityFact, LegKnowledge } from "../classify/types.js";
import { type Block, list, type Part, point, say, sentence, uri } from "./types.js";
import { source } from "./words.js";

const SHOWN = 8;

/** What this leg knew when the message came, and from which entries. */
export function knowledgeBlocks(knowledge: LegKnowledge, protocol: "sip" | "msrp"): Block[] {
	const blocks: Block[] = [sentence(kindParts(knowledge, protocol))];
	const add = (title: string, facts: readonly IdentityFact[]): void => {
		const known = facts.slice(0, SHOWN).map((fact) => say`${uri(fact.uri.text)} (${source(fact)}${doubts(fact)})`);
		if (known.length === 0) return;
		const more = facts.length > SHOWN ? ` and ${facts.length - SHOWN} more` : "";
		blocks.push(point(say`${title}: ${known.flatMap((parts, index) => (index === 0 ? parts : ["; ", ...parts]))}${more}.`));
	};
	add("Session identity, what every client takes from the Contact", knowledge.contact);
	add("Further session identities, which only some clients look at", knowledge.session);
	add("What the room called itself in CPIM From, which no client compares with", knowledge.asserted);
	add("Group identity that was dialled or given", knowledge.dialled);
	add("Group identity that the invitation may name", knowledge.invited);
	add("Conference factory", knowledge.factory);
	add("The user's own identity", knowledge.own);
	add("Participants", knowledge.roster);
	const profile = { oma: "OMA SIMPLE IM", rcs: "RCS", rfc7701: "RFC 7701 multi-party chat" }[knowledge.profile];
	blocks.push(point(say`What the standards leave open is read as ${profile} has it.`));
	const unknown = missing(knowledge, protocol);
	if (unknown.length > 0) blocks.push(point(say`Not known: ${list(unknown.map((text) => [text]))}.`));
	return blocks;
}

function kindParts({ kind, evidence }: LegKnowledge, protocol: "sip" | "msrp"): Part[] {
	if (kind === undefined && protocol === "sip") return ["It belongs to no call: such a message goes from one user to another."];
	if (kind === undefined) {
		return [
			"No signalling of this session was seen, so nothing tells whether it is a conference: it is read as one-to-one, which is not certain.",
		];
	}
	if (kind === "one-to-one") return ["The session is one-to-one: no signalling says that it is a conference."];
	if (evidence.length === 0) return ["The session is a conference: so it was given by hand, or the addresses of its messages say so."];
	const reasons = evidence.slice(0, SHOWN).map(({ what, entry }) => say`${what} (#${entry})`);
	return say`The session is a conference: ${list(reasons)}.`;
}

function doubts({ confidence, superseded }: IdentityFact): string {
	return `${superseded === true ? ", replaced since" : ""}${confidence === "medium" ? ", not certain" : ""}`;
}

function missing(knowledge: LegKnowledge, protocol: "sip" | "msrp"): string[] {
	if (knowledge.kind === "one-to-one" || (knowledge.kind === undefined && protocol === "sip")) return [];
	const unknown: string[] = [];
	if (knowledge.contact.length === 0) unknown.push("the session identity (no Contact of the room's side; --session-identity gives it)");
	if (knowledge.session.length === 0) unknown.push("what a NOTIFY of the conference event would tell");
	if (knowledge.own.length === 0) unknown.push("the user's own identity (--own gives it)");
	if (knowledge.roster.length === 0) unknown.push("the participants (--roster gives them)");
	return unknown;
}
