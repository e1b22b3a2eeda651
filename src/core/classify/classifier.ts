import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import { parseCpim } from "../protocols/cpim/index.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import { FifoMap, RecentMap } from "../session/bounded.js";
import { AlikeVerdicts, mayBeAlike } from "./alike.js";
import { usable } from "./axes.js";
import { type Classification, classify, type Subject } from "./classify.js";
import { compareIdentity } from "./compare.js";
import { divergences, type Truth } from "./divergence.js";
import { identityConflict, identityUse } from "./identity-watch.js";
import { KnowledgeBase } from "./knowledge/base.js";
import type { CallKnowledge, GivenFacts } from "./knowledge/call.js";
import { runModel } from "./models.js";
import { RewriteSuspicion } from "./suspicion.js";
import type { ClientModel, Conversation, Divergence, Headline, LegKnowledge, ModelView, RuleSet } from "./types.js";

export interface ClassifierOptions {
	limits: Limits;
	level?: CompareLevel;
	rules?: RuleSet;
	given?: GivenFacts;
}

/** What is shown about one message: the reference client's view, what is true, and where clients part ways. */
export interface Verdict extends Classification {
	/** undefined where only one leg was seen */
	truth: Truth | undefined;
	truthHeadline: Headline | undefined;
	divergences: readonly Divergence[];
	/** what this leg knew; shared between messages, never changed */
	knowledge: LegKnowledge;
	toClient: boolean | undefined;
	/**
	 * What clients would show if this leg's signalling were that of the server's leg; undefined where that is the same for all of them,
	 * and where only one leg was seen
	 */
	unrewritten?: readonly { model: ClientModel; headline: Headline; conversation: Conversation | undefined }[];
	/** verdicts after each chunk of this message that was seen by now, the first 256: entry and headline */
	history: readonly { entry: number; headline: Headline }[];
}

interface Chat {
	history: { entry: number; headline: Headline }[];
	verdict: Verdict;
}

interface Sent {
	truth: Truth;
}

/** Messages remembered to recognise their copies on other legs. */
const SENT = 4096;
/** Chunks of one message whose verdicts are listed: a file may have millions. */
const STEPS = 256;

/** Gives every message its verdict. Fed with every entry in order, after the session tables have linked it. */
export class Classifier {
	readonly #level: CompareLevel;
	readonly #rules: RuleSet;
	readonly #base: KnowledgeBase;
	readonly #chats: RecentMap<string, Chat>;
	readonly #alike: FifoMap<string, AlikeVerdicts>;
	readonly #sent = new RecentMap<string, Sent>(SENT);
	readonly #suspicion: FifoMap<string, RewriteSuspicion>;
	/** sessions: the version of the knowledge that was looked at for disagreeing identities; -1 once they were reported */
	readonly #conflicts: FifoMap<string, number>;

	constructor(options: ClassifierOptions) {
		this.#level = options.level ?? "uri";
		this.#rules = options.rules ?? "both";
		this.#base = new KnowledgeBase(options.limits, options.given ?? {});
		this.#chats = new RecentMap(options.limits.msrpOpenMessages);
		this.#alike = new FifoMap(options.limits.sessions);
		this.#suspicion = new FifoMap(options.limits.sessions);
		this.#conflicts = new FifoMap(options.limits.sessions);
	}

	/** Learns from SIP, judges messages. The verdict of what is no message is undefined. */
	entry(entry: Entry): Verdict | undefined {
		if (entry.protocol === "sip") {
			this.#base.sip(entry);
			return entry.sip.kind === "request" && entry.sip.method === "MESSAGE" ? this.#sipMessage(entry) : undefined;
		}
		if (entry.protocol !== "msrp" || entry.msrp.kind !== "request") return undefined;
		return this.#msrp(entry);
	}

	#sipMessage(entry: SipEntry): Verdict {
		const call = this.#base.callOf(entry.links.session);
		const subject: Subject = {
			method: "MESSAGE",
			body: entry.sip.bodyLength > 0,
			contentType: entry.sip.get("content-type"),
			disposition: entry.sip.get("content-disposition"),
			state: entry.sip.complete ? "complete" : "lost",
			cpim: entry.cpim,
			payload: entry.payload,
			toClient: undefined,
		};
		return this.#judge(subject, call, entry.links.session ?? "", undefined);
	}

	#msrp(entry: MsrpEntry): Verdict {
		const { msrp, message } = entry;
		const session = entry.links.session ?? "";
		const call = this.#base.callOf(entry.links.session);
		const toClient = call.toClient(msrp.toPath.at(-1), msrp.fromPath.at(-1));
		const chunked = msrp.method === "SEND" && message !== undefined && (message.chunks.length > 1 || message.state === "open");
		const key = chunked ? `${session}${toClient} ${msrp.messageId}` : "";
		const before = chunked ? this.#chats.get(key) : undefined;
		if (before !== undefined && before.verdict.headline !== "incomplete" && message?.state !== "complete") {
			// R5: what the first octets settled stays, until all octets tell what kind of content it is.
			if (before.history.length < STEPS) before.history.push({ entry: entry.number, headline: before.verdict.headline });
			return before.verdict;
		}
		const partial = message !== undefined && message.state === "open" && isCpim(message.contentType);
		const cpim = partial ? parseCpim(message.content, 0, message.content.length, false) : entry.cpim;
		const subject: Subject = {
			method: msrp.method,
			body: msrp.bodyOffset >= 0 || msrp.contentType !== undefined,
			contentType: message?.contentType ?? msrp.contentType,
			disposition: msrp.get("content-disposition"),
			state: message === undefined || message.state === "complete" ? "complete" : message.state === "open" ? "pending" : "lost",
			cpim,
			payload: partial ? undefined : entry.payload,
			toClient,
		};
		let verdict = this.#judge(subject, call, session, entry);
		if (chunked) {
			const history = before?.history ?? [];
			if (history.length < STEPS) history.push({ entry: entry.number, headline: verdict.headline });
			verdict = { ...verdict, history };
			this.#chats.set(key, { history, verdict });
		}
		return verdict;
	}

	#judge(subject: Subject, call: CallKnowledge, session: string, entry: MsrpEntry | undefined): Verdict {
		const { cpim } = subject;
		const from = cpim?.from[0];
		if (cpim !== undefined && call.isConference && cpim.to.some((to) => usable(to) && to.uriText === "sip:anonymous@anonymous.invalid"))
			call.anonymousTo();
		const copyKey = entry !== undefined && call.isConference ? copyKeyOf(subject) : undefined;
		const copy = subject.toClient === true && copyKey !== undefined ? this.#sent.get(copyKey) : undefined;
		const alike = copy === undefined && mayBeAlike(subject) ? this.#alikeOf(session, call) : undefined;
		let verdict = alike?.find(subject);
		if (verdict === undefined) {
			verdict = this.#work(subject, call, copy?.truth);
			alike?.keep(subject, verdict);
		}
		if (subject.toClient === false && copyKey !== undefined && usable(from)) {
			// The sender's own leg tells what its copies on other legs are (truth of section 6).
			this.#sent.set(copyKey, {
				truth: {
					origin: "participant",
					audience: verdict.audience,
					proof: `sent on session ${session}${entry === undefined ? "" : `, entry ${entry.number}`}`,
				},
			});
		}
		if (verdict.models.length > 0) {
			const view = verdict.models.find((item) => item.model === "reference");
			// In grace, replaced identities still count until the first message that uses the new one.
			if (view !== undefined && identityUse(view, verdict.knowledge.contact) === "new") call.settleContacts();
			verdict = this.#conflict(verdict, call, session);
		}
		return this.#suspect(verdict, subject, session);
	}

	/** Q7: identities of the room that disagree are said once a session, on the first message after that is known. */
	#conflict(verdict: Verdict, call: CallKnowledge, session: string): Verdict {
		const looked = this.#conflicts.get(session);
		if (looked === -1 || looked === call.version || verdict.knowledge.kind !== "conference") return verdict;
		const firing = identityConflict(verdict.knowledge, call.twoLegs ? call.leg("server") : undefined);
		this.#conflicts.set(session, firing === undefined ? call.version : -1);
		if (firing === undefined) return verdict;
		return { ...verdict, flags: [...verdict.flags, "identity-conflict"], firings: [...verdict.firings, firing] };
	}

	#work(subject: Subject, call: CallKnowledge, sentTruth: Truth | undefined): Verdict {
		const knowledge = call.leg("client");
		const verdict = classify(subject, knowledge, { level: this.#level, rules: this.#rules });
		const base: Verdict = {
			...verdict,
			truth: undefined,
			truthHeadline: undefined,
			divergences: [],
			knowledge,
			toClient: subject.toClient,
			history: [],
		};
		if (subject.cpim === undefined || verdict.models.length === 0) return base;
		const seen = verdict.models.find((item) => item.model === "reference");
		if (seen !== undefined && identityUse(seen, knowledge.contact) === "old") base.flags = [...base.flags, "identity-changed"];
		const server = call.twoLegs ? call.leg("server") : undefined;
		const other = server === undefined ? undefined : classify(subject, server, { level: this.#level, rules: this.#rules }).models;
		if (other?.some((view, n) => !sameShown(view, verdict.models[n])))
			base.unrewritten = other.map(({ model, headline, conversation }) => ({ model, headline, conversation }));
		const truth = sentTruth ?? this.#truth(subject, subject.cpim, knowledge, server);
		const octet = this.#level === "octet" ? undefined : runModel("legacy", subject.cpim, knowledge, "octet", subject.toClient).view;
		base.truth = truth;
		base.truthHeadline = truth === undefined ? undefined : headlineFor(truth, verdict);
		const serverContact = server?.contact[0]?.uri.text;
		base.divergences = [
			...divergences({ verdict, knowledge, truth, serverContact, octet }),
			...sessionDivergences(verdict, knowledge, server, subject, subject.cpim, this.#level),
		];
		if (truth !== undefined) {
			const view = base.models.find((item) => item.model === "reference");
			if (view !== undefined)
				base.models = [
					...base.models,
					{ ...view, model: "truth", origin: truth.origin, audience: truth.audience, headline: base.truthHeadline ?? "unknown" },
				];
		}
		return base;
	}

	/** Truth where the other leg of the same call was seen, or where the message left a client. */
	#truth(subject: Subject, cpim: CpimMessage, knowledge: LegKnowledge, server: LegKnowledge | undefined): Truth | undefined {
		if (knowledge.kind !== "conference") return undefined;
		if (subject.toClient === false) {
			const there = runModel("reference", cpim, withFacts(server ?? knowledge, undefined), this.#level, false).view;
			// An address that nobody on that leg knows is no proof of a private message.
			const audience = there.audience === "private" && there.confidence === "low" ? "unknown" : there.audience;
			// Whoever sends on a client's leg is no room, whatever From says.
			return { origin: there.origin === "self" ? "self" : "participant", audience, proof: "sent by the client" };
		}
		if (server === undefined) return undefined;
		const view = runModel("reference", cpim, withFacts(knowledge, server), this.#level, subject.toClient).view;
		return {
			origin: view.origin,
			audience: view.audience,
			proof: `Contact on the server's leg${server.contact[0] === undefined ? "" : `, entry ${server.contact[0].entry}`}`,
		};
	}

	#alikeOf(session: string, call: CallKnowledge): AlikeVerdicts {
		let known = this.#alike.get(session);
		if (known === undefined || known.version !== call.version) {
			known = new AlikeVerdicts(call.version);
			this.#alike.set(session, known);
		}
		return known;
	}

	/** R35, where truth does not know better (Q5). */
	#suspect(verdict: Verdict, subject: Subject, session: string): Verdict {
		if (verdict.truth !== undefined || subject.cpim === undefined || verdict.models.length === 0) return verdict;
		let suspicion = this.#suspicion.get(session);
		if (suspicion === undefined) {
			suspicion = new RewriteSuspicion();
			this.#suspicion.set(session, suspicion);
		}
		const uri = suspicion.look(subject.cpim, verdict);
		if (uri === undefined) return verdict;
		return {
			...verdict,
			flags: [...verdict.flags, "suspected-rewrite"],
			firings: [...verdict.firings, { rule: "R35", clause: "", evidence: [{ what: "may be the session identity", value: uri }] }],
		};
	}
}

function isCpim(type: string | undefined): boolean {
	return type !== undefined && /^\s*message\/cpim\b/i.test(type);
}

function sameShown(a: ModelView, b: ModelView | undefined): boolean {
	return a.headline === b?.headline && a.conversation?.thread === b.conversation?.thread && a.conversation?.uri === b.conversation?.uri;
}

/**
 * What a message and its copies on other legs have in common. Two messages of the same second, sender, addressees and length
 * are taken for one: the truth about them is the same.
 */
function copyKeyOf({ cpim, state }: Subject): string | undefined {
	if (cpim?.dateTime === undefined || state !== "complete") return undefined;
	let key = `${cpim.contentEnd} ${cpim.dateTime} ${cpim.from[0]?.header.raw}`;
	for (const to of cpim.to) key += to.header.raw;
	return key;
}

/** The client's knowledge with the room's identities of the server's leg added. */
function withFacts(knowledge: LegKnowledge, server: LegKnowledge | undefined): LegKnowledge {
	return server === undefined ? knowledge : { ...knowledge, contact: [...server.contact, ...knowledge.contact] };
}

function headlineFor(truth: Truth, verdict: Classification): Headline {
	if (verdict.headline === "composing" || verdict.headline === "imdn") return verdict.headline;
	if (truth.audience === "unknown" || truth.origin === "unknown") return "unknown";
	if (truth.origin === "system") return truth.audience === "all" ? "system" : "private-system";
	return truth.audience === "all" ? "group" : "private";
}

/** DC1 (Q18) and DS1: what the leg does to the client rather than the message to its reader. */
function sessionDivergences(
	verdict: Classification,
	knowledge: LegKnowledge,
	server: LegKnowledge | undefined,
	subject: Subject,
	cpim: CpimMessage,
	level: CompareLevel,
): Divergence[] {
	const found: Divergence[] = [];
	const proven = server?.contactIsFocus === true || verdict.firings.some((firing) => firing.rule === "R12" || firing.rule === "R10");
	if (knowledge.contactIsFocus === false && proven) {
		found.push({
			code: "DC1",
			severity: "warn",
			text: `the Contact on the client's leg has no header parameter isfocus${server?.contactIsFocus === true ? ", the one on the server's leg has" : ""}`,
			cause: "Contact header parameters removed",
		});
	}
	if (subject.toClient === false && server !== undefined) {
		for (const to of cpim.to.filter(usable)) {
			const here = knowledge.contact.find((fact) => compareIdentity(to.uri, fact, level).level !== undefined);
			const there = server.contact.some((fact) => compareIdentity(to.uri, fact, level).level !== undefined);
			if (here !== undefined && !there) {
				found.push({
					code: "DS1",
					severity: "error",
					text: `To <${to.uriText}> is the Contact that the client was given; the server's leg knows <${server.contact[0]?.uri.text ?? ""}>`,
					cause: `Contact rewritten: <${server.contact[0]?.uri.text ?? ""}> became <${here.uri.text}>`,
				});
			}
		}
	}
	return found;
}
