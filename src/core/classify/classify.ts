import type { Payload } from "../model/entry.js";
import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import { isAnonymousUri, usable } from "./axes.js";
import { compareIdentity, lower, matchAny } from "./compare.js";
import { conversationOf } from "./conversation.js";
import { addressFocus } from "./isfocus.js";
import { type ModelResult, runModel } from "./models.js";
import type {
	Audience,
	ClientModel,
	Confidence,
	Conversation,
	Evidence,
	Firing,
	Flag,
	Headline,
	IdentityFact,
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

/** R1 to R3: what no client shows as a message. */
function wire(subject: Subject): Classification | undefined {
	const { method } = subject;
	if (method === "REPORT") return plain("report", "high", "attach to its SEND by Message-ID and Byte-Range", fire("R1", "RFC 4975 §7.3.2"));
	if (method !== "SEND" && method !== "MESSAGE") return plain("control", "high", "not shown", fire("R2", "RFC 4976, RFC 7701 §7"));
	if (!subject.body) return plain("keepalive", "high", "hide", fire("R3", "RFC 4975 §7.1"));
	return undefined;
}

/** R4 and R6: never judge half a header line. */
function unfinished(subject: Subject): Classification | undefined {
	const judged = subject.cpim === undefined ? subject.contentType !== undefined && !isCpim(subject) : subject.cpim.headersComplete;
	if (judged) return undefined;
	if (subject.state === "pending") return plain("incomplete", "none", "wait for the rest", fire("R4", "RFC 4975 §13"));
	if (subject.state === "lost") return plain("incomplete", "none", "keep the octets", fire("R6", ""));
	// A whole SEND with a body and no Content-Type (Q26).
	if (subject.contentType === undefined) return plain("malformed", "none", "show as broken", fire("C42", "RFC 4975 §7.1"));
	return undefined;
}

function content(subject: Subject, knowledge: LegKnowledge, options: ClassifyOptions): Classification {
	const { cpim } = subject;
	if (cpim === undefined) return unwrapped(subject, knowledge);
	if (!cpim.from.some(usable) && !cpim.to.some(usable)) {
		return plain("malformed", "none", "show as broken", fire("R11", "RFC 4975 §13"), fire("R28", "RFC 4975 §13"));
	}
	const inferred = inferKind(cpim, knowledge);
	if ((inferred?.kind ?? knowledge.kind ?? "one-to-one") === "one-to-one") return oneToOne(subject, cpim, knowledge, options, inferred);
	return conference(subject, cpim, knowledge, options, inferred);
}

/** R7 and R8. */
function unwrapped(subject: Subject, knowledge: LegKnowledge): Classification {
	if (knowledge.kind === "conference") {
		const base = plain("unwrapped", "low", "show as from the server or an unknown sender", fire("R7", "CR 7.1.3.2.1-1, RFC 7701 §5.2"));
		return { ...base, audience: "all", payload: payloadOf(subject), models: [] };
	}
	const base = plain("one-to-one", "high", "normal", fire("R8", "RFC 4975"));
	return {
		...base,
		conversation: knowledge.peer === undefined ? undefined : { thread: "one-to-one", uri: knowledge.peer.text },
		origin: subject.toClient === false ? "self" : "peer",
		audience: subject.toClient === false ? "peer" : "self",
		payload: payloadOf(subject),
	};
}

interface Inferred {
	kind: "conference" | "one-to-one";
	cap: Confidence;
	flag: Flag;
	firing: Firing;
}

/** R10: no signalling evidence of a conference, but the addresses say something. */
function inferKind(cpim: CpimMessage, knowledge: LegKnowledge): Inferred | undefined {
	if (knowledge.kind === "conference") return undefined;
	const addresses = [...cpim.from.slice(0, 1), ...cpim.to].filter(usable);
	const focused = addresses.filter((address) => addressFocus(address).is === "yes");
	const from = cpim.from[0];
	const parties = [...(knowledge.peer === undefined ? [] : [fact(knowledge.peer)]), ...knowledge.own];
	if (focused.length === 0) return strangers(cpim, knowledge, parties);
	if (usable(from) && focused.includes(from)) {
		const bare = { ...from.uri, params: from.uri.params.filter((param) => param.name.toLowerCase() !== "isfocus") };
		const peer = matchAny(bare, parties, "uri");
		if (peer !== undefined) {
			return { kind: "one-to-one", cap: "high", flag: "spoof-suspect", firing: fire("R10", "", { what: "From", value: from.uriText }) };
		}
	}
	if (knowledge.kind === "one-to-one" && focused.every((address) => matchAny(address.uri, parties, "aor") !== undefined)) return undefined;
	return {
		kind: "conference",
		cap: "medium",
		flag: "conference-inferred",
		firing: fire("R10", "", ...focused.map((address) => ({ what: "isfocus in", value: address.uriText }))),
	};
}

/** R10: neither From nor To is one of the two who speak; the anonymous URI says nothing. */
function strangers(cpim: CpimMessage, knowledge: LegKnowledge, parties: readonly IdentityFact[]): Inferred | undefined {
	const from = cpim.from[0];
	const to = cpim.to.filter(usable);
	if (knowledge.peer === undefined || knowledge.own.length === 0 || !usable(from) || to.length === 0) return undefined;
	const strange = (address: CpimAddress): boolean =>
		!isAnonymousUri(address.uri) &&
		matchAny(address.uri, parties, "number") === undefined &&
		// Gateways and phones write the same user at another host [D].
		!parties.some(({ uri }) => uri.user !== undefined && uri.user.toLowerCase() === address.uri.user?.toLowerCase());
	if (!strange(from) || !to.every(strange)) return undefined;
	return {
		kind: "conference",
		cap: "low",
		flag: "conference-inferred",
		firing: fire(
			"R10",
			"",
			{ what: "From is no party of the dialog", value: from.uriText },
			...to.map((address) => ({ what: "To is no party of the dialog", value: address.uriText })),
		),
	};
}

function fact(uri: Uri): IdentityFact {
	return { uri, provenance: "to", entry: 0, confidence: "high" };
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
	const firings = [...(inferred === undefined ? [] : [inferred.firing]), fire("R9", "RFC 4975 §13")];
	const from = cpim.from[0];
	const mine = usable(from) && knowledge.own.some((own) => compareIdentity(from.uri, own, options.level).level !== undefined);
	const outgoing = subject.toClient === false || (subject.toClient === undefined && mine);
	const base: Classification = {
		headline: "one-to-one",
		origin: outgoing ? "self" : "peer",
		audience: outgoing ? "peer" : "self",
		payload: payloadOf(subject),
		flags,
		confidence: "high",
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
	if (cpim.cc.length > 0)
		firings.push(
			fire(
				"R27",
				"RFC 3862 §4.3",
				...cpim.cc.map((cc) => ({ what: "cc", value: cc.header.raw, start: cc.header.start, end: cc.header.end })),
			),
		);
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

/** R29 to R33: what the payload says wins over the headline. */
function withPayload(base: Classification, subject: Subject): Classification {
	const result = { ...base };
	switch (base.payload) {
		case "composing":
			result.headline = "composing";
			result.hint = base.origin === "system" ? "show no typing indicator" : "typing indicator of From";
			result.firings = [...base.firings, fire("R29", "CR 7.1.3.5, RFC 3994")];
			if (base.origin === "system") result.flags = [...base.flags, "composing-from-focus"];
			break;
		case "imdn": {
			const disposition = subject.cpim?.contentDisposition?.toLowerCase() ?? "";
			result.headline = "imdn";
			result.hint = "update the message that it names";
			result.confidence = lower(base.confidence === "none" ? "none" : "high", disposition.startsWith("notification") ? "high" : "medium");
			result.confidence = lower(result.confidence, base.confidence);
			result.firings = [...base.firings, fire("R30", "RFC 5438 §9")];
			break;
		}
		case "nested":
			result.flags = [...base.flags, "nested"];
			result.confidence = lower(base.confidence, "medium");
			result.hint = "show who asserts whom";
			result.firings = [...base.firings, fire("R31", "RFC 4975 §14")];
			break;
		case "external":
			result.hint = "show address, size and expiry; fetch on user action only";
			result.firings = [...base.firings, fire("R33", "CR 7.1.3.2-3, RFC 4483 §5")];
			break;
	}
	const disposition = (subject.disposition ?? subject.cpim?.contentDisposition)?.toLowerCase();
	if (disposition !== undefined && base.payload !== "imdn" && !/^(?:render|inline)\b/.test(disposition)) {
		result.flags = [...result.flags, "attachment"];
		result.firings = [...result.firings, fire("R32", "CR 7.1.3.2, RFC 2183 §2.8", { what: "Content-Disposition", value: disposition })];
	}
	return result;
}

function payloadOf(subject: Subject): PayloadClass {
	if (subject.cpim?.contentType === "message/cpim") return "nested";
	switch (subject.payload?.kind) {
		case "composing":
			return "composing";
		case "imdn":
			return "imdn";
		case "external":
			return "external";
		default:
			return subject.payload === undefined ? "other" : "content";
	}
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
	return { headline, origin: "unknown", audience: "unknown", payload: "other", flags: [], confidence, firings, hint, models: [] };
}

function fire(rule: string, clause: string, ...evidence: Evidence[]): Firing {
	return { rule, clause, evidence };
}
