import type { Payload } from "../model/entry.js";
import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import { usable } from "./axes.js";
import { compareIdentity, lower, matchAny } from "./compare.js";
import { conversationOf } from "./conversation.js";
import { fire, line } from "./firing.js";
import { type Inferred, inferKind } from "./infer.js";
import { addressFocus } from "./isfocus.js";
import { type ModelResult, runModel } from "./models.js";
import { payloadOf, withDisposition, withPayload } from "./payload.js";
import type {
	Audience,
	ClientModel,
	Confidence,
	Conversation,
	Evidence,
	Firing,
	Flag,
	Headline,
	LegKnowledge,
	ModelView,
	Origin,
	PayloadClass,
	RuleSet,
} from "./types.js";

/** What is to be judged: one message as it stands after the octets that have arrived. */
export interface Subject {
	/** SIP MESSAGE, or the method of the MSRP request */
	method: string;
	/** it has a body, or announced one by Content-Type */
	body: boolean;
	contentType: string | undefined;
	disposition: string | undefined;
	/** the message's octets: all there; more to come; octet 1 will never come, or the message was given up */
	state: "complete" | "pending" | "lost";
	cpim: CpimMessage | undefined;
	payload: Payload | undefined;
	/** From of the CPIM messages inside, outermost first */
	chain?: readonly Evidence[];
	/** it travels to the client under test; undefined when that is not known */
	toClient: boolean | undefined;
}

export interface ClassifyOptions {
	level: CompareLevel;
	rules: RuleSet;
}

/** What the reference client on this leg makes of the message. */
export interface Classification {
	headline: Headline;
	origin: Origin;
	audience: Audience;
	payload: PayloadClass;
	flags: Flag[];
	confidence: Confidence;
	firings: Firing[];
	/** how a client should show it, in a few words */
	hint: string;
	/** where a compliant client files it; undefined where it cannot tell, and for what is no message */
	conversation?: Conversation | undefined;
	models: ModelView[];
}

export const DEFAULT_CLASSIFY: ClassifyOptions = { level: "uri", rules: "both" };

const MODELS: readonly ClientModel[] = ["legacy", "isfocus", "literal", "dialog", "phone"];

/** Rules R1 to R34 of section 5, in the order of the headline's precedence. */
export function classify(subject: Subject, knowledge: LegKnowledge, options: ClassifyOptions = DEFAULT_CLASSIFY): Classification {
	return wire(subject) ?? unfinished(subject) ?? content(subject, knowledge, options);
}

/** INVITE: the first message of a chat may stand beside its SDP (section 9). */
const BEARERS: ReadonlySet<string> = new Set(["SEND", "MESSAGE", "INVITE"]);

/** R1 to R3: what no client shows as a message. */
function wire(subject: Subject): Classification | undefined {
	const { method } = subject;
	const here = { what: "method", value: method };
	if (method === "REPORT")
		return plain("report", "high", "attach to its SEND by Message-ID and Byte-Range", fire("R1", "RFC 4975 §7.3.2", here));
	if (!BEARERS.has(method)) return plain("control", "high", "not shown", fire("R2", "RFC 4976, RFC 7701 §7", here));
	if (!subject.body) return plain("keepalive", "high", "hide", fire("R3", "RFC 4975 §7.1", here));
	return undefined;
}

/** R4 and R6: never judge half a header line. */
function unfinished(subject: Subject): Classification | undefined {
	const judged = subject.cpim === undefined ? subject.contentType !== undefined && !isCpim(subject) : subject.cpim.headersComplete;
	if (judged) return undefined;
	const missing = { what: "not received", value: missingHead(subject.cpim) };
	if (subject.state === "pending") return plain("incomplete", "none", "wait for the rest", fire("R4", "RFC 4975 §13", missing));
	if (subject.state === "lost") return plain("incomplete", "none", "keep the octets", fire("R6", "", missing));
	// A whole SEND with a body and no Content-Type (Q26).
	if (subject.contentType === undefined) return plain("malformed", "none", "show as broken", fire("C42", "RFC 4975 §7.1"));
	return undefined;
}

function missingHead(cpim: CpimMessage | undefined): string {
	if (cpim === undefined) return "the beginning";
	const missing = [cpim.from.length === 0 ? "From" : "", cpim.to.length === 0 ? "To" : ""].filter((name) => name !== "");
	return missing.length === 0 ? "the blank line" : missing.join(" and ");
}

function content(subject: Subject, knowledge: LegKnowledge, options: ClassifyOptions): Classification {
	const { cpim } = subject;
	if (cpim === undefined) return unwrapped(subject, knowledge);
	if (!cpim.from.some(usable) && !cpim.to.some(usable)) {
		const evidence = (what: string, addresses: readonly CpimAddress[]): Evidence[] =>
			addresses.map((address) => line(what, address.header));
		return plain(
			"malformed",
			"none",
			"show as broken",
			fire("R11", "RFC 4975 §13", ...evidence("From", cpim.from)),
			fire("R28", "RFC 4975 §13", ...evidence("To", cpim.to)),
		);
	}
	const inferred = inferKind(cpim, knowledge);
	if ((inferred?.kind ?? knowledge.kind ?? "one-to-one") === "one-to-one") return oneToOne(subject, cpim, knowledge, options, inferred);
	return conference(subject, cpim, knowledge, options, inferred);
}

/** R7 and R8. */
function unwrapped(subject: Subject, knowledge: LegKnowledge): Classification {
	const type = subject.contentType === undefined ? [] : [{ what: "Content-Type", value: subject.contentType }];
	if (knowledge.kind === "conference") {
		const base = plain(
			"unwrapped",
			"low",
			"show as from the server or an unknown sender",
			fire("R7", "CR 7.1.3.2.1-1, RFC 7701 §5.2", ...type),
		);
		return withDisposition({ ...base, audience: "all", payload: payloadOf(subject) }, subject);
	}
	const base = plain("one-to-one", peerConfidence(subject, knowledge), "normal", fire("R8", "RFC 4975", ...type));
	const result: Classification = {
		...base,
		conversation: knowledge.peer === undefined ? undefined : { thread: "one-to-one", uri: knowledge.peer.text },
		origin: subject.toClient === false ? "self" : "peer",
		audience: subject.toClient === false ? "peer" : "self",
		payload: payloadOf(subject),
	};
	return withPayload(result, subject);
}

/** Where no signalling of an MSRP session was seen, that it is one-to-one is but the usual case: absence proves nothing (section 3, I1). */
function peerConfidence({ method }: Subject, { kind }: LegKnowledge): Confidence {
	return kind === undefined && method === "SEND" ? "low" : "high";
}

/** R9, with what the payload rules say. */
function oneToOne(
	subject: Subject,
	cpim: CpimMessage,
	knowledge: LegKnowledge,
	options: ClassifyOptions,
	inferred: Inferred | undefined,
): Classification {
	const flags: Flag[] = inferred === undefined ? [] : [inferred.flag];
	const from = cpim.from[0];
	const checked = [...cpim.from.slice(0, 1).map(({ header }) => line("From", header)), ...cpim.to.map(({ header }) => line("To", header))];
	const firings = [...(inferred === undefined ? [] : [inferred.firing]), fire("R9", "RFC 4975 §13", ...checked)];
	const mine = usable(from) && knowledge.own.some((own) => compareIdentity(from.uri, own, options.level).level !== undefined);
	const outgoing = subject.toClient === false || (subject.toClient === undefined && mine);
	const base: Classification = {
		headline: "one-to-one",
		origin: outgoing ? "self" : "peer",
		audience: outgoing ? "peer" : "self",
		payload: payloadOf(subject),
		flags,
		confidence: peerConfidence(subject, knowledge),
		firings,
		hint: "normal",
		conversation: knowledge.peer === undefined ? undefined : { thread: "one-to-one", uri: knowledge.peer.text },
		models: [],
	};
	return withPayload(base, subject);
}

function conference(
	subject: Subject,
	cpim: CpimMessage,
	knowledge: LegKnowledge,
	options: ClassifyOptions,
	inferred: Inferred | undefined,
): Classification {
	const reference = referenceModel(options.rules);
	const run = (model: ClientModel): ModelResult => {
		const result = runModel(model, cpim, knowledge, options.level, subject.toClient);
		result.view.conversation = conversationOf(model, result.view, cpim, knowledge, subject.toClient);
		return result;
	};
	const own = run(reference);
	const { view } = own;
	const flags = [...own.flags];
	if (cpim.missingSeparator) flags.push("missing-separator");
	if (inferred !== undefined) flags.push(inferred.flag);
	if (ccNamesRoom(cpim, knowledge, options.level) && view.audience !== "all") flags.push("cc-group");
	const firings = [...(inferred === undefined ? [] : [inferred.firing]), ...own.firings];
	if (cpim.cc.length > 0) firings.push(fire("R27", "RFC 3862 §4.3", ...cpim.cc.map((cc) => line("cc", cc.header))));
	firings.push(fire("R34", "CR 7.1.3.3"));
	const base: Classification = {
		headline: view.headline,
		origin: view.origin,
		audience: view.audience,
		payload: payloadOf(subject),
		flags,
		confidence: inferred === undefined ? view.confidence : lower(view.confidence, inferred.cap),
		firings,
		hint: hintOf(view.headline, view.origin),
		conversation: view.conversation,
		models: [...MODELS.map((model) => run(model).view), { ...view, model: "reference" }],
	};
	return withPayload(base, subject);
}

/** `cr` reads only what the change request says, `legacy` only what was there before it; `both` is the reference. */
function referenceModel(rules: RuleSet): ClientModel {
	return rules === "cr" ? "literal" : rules === "legacy" ? "legacy" : "reference";
}

function ccNamesRoom(cpim: CpimMessage, knowledge: LegKnowledge, level: CompareLevel): boolean {
	const room = [...knowledge.contact, ...knowledge.session, ...knowledge.dialled, ...knowledge.invited];
	return cpim.cc.some((cc) => usable(cc) && (addressFocus(cc).is === "yes" || matchAny(cc.uri, room, level) !== undefined));
}

function hintOf(headline: Headline, origin: Origin): string {
	switch (headline) {
		case "system":
			return "notice of the room, not replyable";
		case "private-system":
			return "notice of the room to this user alone, not replyable";
		case "group":
			return origin === "self" ? "own message in the group" : "group message";
		case "private":
			return origin === "self" ? "own message, marked private" : "marked private (SHOULD differ from group messages)";
		case "ambiguous":
			return "group message with a warning: it is also addressed to single users";
		default:
			return "warn: sender or audience cannot be told";
	}
}

function isCpim(subject: Subject): boolean {
	return /^\s*message\/cpim\b/i.test(subject.contentType ?? "");
}

function plain(headline: Headline, confidence: Confidence, hint: string, ...firings: Firing[]): Classification {
	return {
		headline,
		origin: "unknown",
		audience: "unknown",
		payload: "other",
		flags: [],
		confidence,
		firings,
		hint,
		conversation: undefined,
		models: [],
	};
}
