import type { Verdict } from "../../classify/classifier.js";
import type { CallKnowledge } from "../../classify/knowledge/call.js";
import type { LegKnowledge, RuleSet } from "../../classify/types.js";
import type { MsrpEntry, SipEntry } from "../../model/entry.js";
import type { Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import type { CpimMessage } from "../../protocols/cpim/types.js";
import type { CompareLevel } from "../../protocols/uri/index.js";
import type { Original } from "./copies.js";

/**
 * pass, violation: seen on the wire. unknown: the evidence is missing. n/a: the precondition is false.
 * info: worth knowing, breaks nothing.
 */
export type ClauseResult = "pass" | "violation" | "info" | "unknown" | "n/a";
export const CLAUSE_RESULTS: readonly ClauseResult[] = ["pass", "violation", "info", "unknown", "n/a"];

/** Who is bound by the clause: sending client, receiving client, IM Server with its MSRP switch, a box in between. */
export type ClauseRole = "SC" | "RC" | "SV" | "ALG";

/** Who did it; "?" where the direction of the message is not known. */
export type Blame = "client" | "switch" | "ALG" | "?";

/** What is known of a check before any traffic. The table, the reference page and the JSON follow from it. */
export interface ClauseInfo {
	/** "C01" */
	id: string;
	/** what has to be so, in a few words */
	title: string;
	roles: readonly ClauseRole[];
	level: "MUST" | "MUST NOT" | "SHOULD" | "info";
	/** the precondition: without it the result is n/a */
	when: string;
	/** the text that it rests on */
	clause: string;
	/** what is shown with a result */
	evidence: string;
	/** clauses of `clause` whose text was not at hand when the check was written */
	notAtHand?: string;
}

/** One judgement about one message, answer or description. */
export interface Finding {
	result: ClauseResult;
	/** undefined when it belongs to no session */
	session: string | undefined;
	/** numbers of the entries it rests on, the one judged first */
	entries: readonly number[];
	/** why, in a sentence; may hold text from the wire */
	text: string;
	/** as on the wire, not escaped; "" when the finding is about something absent */
	excerpt?: string;
	blame?: Blame;
}

/** A message/cpim or other content as it stands after its last octet: MSRP SEND or SIP MESSAGE, each one once. */
export interface MessageContext {
	entry: SipEntry | MsrpEntry;
	session: string | undefined;
	verdict: Verdict;
	/** what the client's leg knew */
	knowledge: LegKnowledge;
	/** what the server's leg knew, where it was seen apart; else undefined */
	readonly server: LegKnowledge | undefined;
	call: CallKnowledge;
	cpim: CpimMessage | undefined;
	/** octets that `cpim` offsets count from; lent */
	bytes: Buffer | undefined;
	/** lower-case media type of the MSRP SEND or SIP MESSAGE; undefined without Content-Type */
	type: string | undefined;
	kind: "conference" | "one-to-one" | undefined;
	/** the OMA change request binds both sides: profile oma, and the rule set has it */
	oma: boolean;
	/** it travels to the client under test; undefined when that is not known */
	toClient: boolean | undefined;
	/** who wrote the content */
	author: Blame;
	/** the message that this one is a copy of, on another hop or from the switch */
	copyOf: Original | undefined;
	/** who sent it on this leg: for what a switch should not have passed on */
	sender: Blame;
}

/** What a check does with the traffic. All of it is called in order of the entries. */
export interface ClauseHooks {
	message?(context: MessageContext): void;
	/** every MSRP frame, before `message` */
	frame?(entry: MsrpEntry): void;
	/** every SIP message, after `Scope.call` has learned from it */
	sip?(entry: SipEntry): void;
	/** a finding of the session tables about an earlier entry */
	late?(entry: number, problem: Problem): void;
	/** the input is over: what is still open stays unknown */
	end?(): void;
}

/** What a check may look at and say. */
export interface Scope {
	readonly limits: Limits;
	readonly level: CompareLevel;
	readonly rules: RuleSet;
	/** knowledge of a session, on all its hops */
	call(session: string | undefined): CallKnowledge;
	/** what one end of a path said of MSRP in its SDP, by its session URI */
	media(uri: string | undefined): MediaSaid | undefined;
	/** octets of that flow were not captured */
	gapped(flow: number): boolean;
	say(finding: Finding): void;
}

/** Of a media description, by its last path URI. */
export interface MediaSaid {
	entry: number;
	acceptTypes: readonly string[] | undefined;
	acceptWrappedTypes: readonly string[] | undefined;
}

export interface ClauseCheck extends ClauseInfo {
	/** a new set of hooks; what they remember is theirs and is bounded */
	create(scope: Scope): ClauseHooks;
}

/** Messages, answers and reports that a check waits for at the same time. Beyond them the oldest is left unknown. */
export const WAITING = 4096;
