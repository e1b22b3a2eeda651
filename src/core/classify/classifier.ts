import type { Entry, MsrpEntry, PlainHead, SipEntry } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import { parseCpim } from "../protocols/cpim/index.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import { FifoMap, RecentMap } from "../session/bounded.js";
import { AlikeVerdicts, CopyKeys, isPlainText, mayBeAlike } from "./alike.js";
import { isAnonymousUri, usable } from "./axes.js";
import { type Chat, inherit, note, stateOf, worthAnotherLook } from "./chunks.js";
import { type Classification, classify, type Subject } from "./classify.js";
import { divergences, type Truth } from "./divergence.js";
import { fire, line } from "./firing.js";
import { identityConflict, identityUse } from "./identity-watch.js";
import { addressFocus } from "./isfocus.js";
import { KnowledgeBase } from "./knowledge/base.js";
import type { CallKnowledge, GivenFacts } from "./knowledge/call.js";
import { runModel } from "./models.js";
import { nestedFrom } from "./nested.js";
import { payloadOf } from "./payload.js";
import { sessionDivergences } from "./session-divergence.js";
import { mayBeRewritten, RewriteSuspicion } from "./suspicion.js";
import { headlineFor, suspectSpoof, truthOf } from "./truth.js";
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
	unrewritten?: readonly { model: ClientModel; headline: Headline; conversation: Conversation | undefined }[] | undefined;
	/** verdicts after each chunk of this message that was seen by now, the first 256: entry and headline */
	history: readonly { entry: number; headline: Headline }[];
}

/** A message on its sender's own leg: what is true of its copies, put into words only when one comes. */
class Sent {
	readonly audience: Truth["audience"];
	readonly #session: string;
	readonly #entry: number | undefined;
	/** the copies of a room with many participants share it */
	#truth: Truth | undefined;

	constructor(audience: Truth["audience"], session: string, entry: MsrpEntry | undefined) {
		this.audience = audience;
		this.#session = session;
		this.#entry = entry?.number;
	}

	get truth(): Truth {
		if (this.#truth === undefined) {
			const where = this.#entry === undefined ? "" : `, entry ${this.#entry}`;
			this.#truth = { origin: "participant", audience: this.audience, proof: `sent on session ${this.#session}${where}` };
		}
		return this.#truth;
	}
}

/** Messages remembered to recognise their copies on other legs. */
const SENT = 4096;

/** Gives every message its verdict. Fed with every entry in order, after the session tables have linked it. */
export class Classifier {
	readonly #level: CompareLevel;
	readonly #rules: RuleSet;
	readonly #base: KnowledgeBase;
	readonly #chats: RecentMap<string, Chat>;
	readonly #alike: FifoMap<string, AlikeVerdicts>;
	readonly #sent = new RecentMap<string, Sent>(SENT);
	readonly #copyKeys = new CopyKeys();
	readonly #suspicion: FifoMap<string, RewriteSuspicion>;
	/** sessions: the version of the knowledge that was looked at for disagreeing identities; -1 once they were reported */
	readonly #conflicts: FifoMap<string, number>;
	/** sessions in which it was said that the roster is not known */
	readonly #hinted: FifoMap<string, true>;

	constructor(options: ClassifierOptions) {
		this.#level = options.level ?? "uri";
		this.#rules = options.rules ?? "both";
		this.#base = new KnowledgeBase(options.limits, options.given ?? {});
		this.#chats = new RecentMap(options.limits.msrpOpenMessages);
		this.#alike = new FifoMap(options.limits.sessions);
		this.#suspicion = new FifoMap(options.limits.sessions);
		this.#conflicts = new FifoMap(options.limits.sessions);
		this.#hinted = new FifoMap(options.limits.sessions);
	}

	/** Learns from SIP, judges messages. The verdict of what is no message is undefined. */
	entry(entry: Entry): Verdict | undefined {
		if (entry.protocol === "sip") {
			this.#base.sip(entry);
			return entry.sip.kind === "request" && carriesMessage(entry) ? this.#sipMessage(entry) : undefined;
		}
		if (entry.protocol !== "msrp" || entry.msrp.kind !== "request") return undefined;
		return this.#msrp(entry);
	}

	#sipMessage(entry: SipEntry): Verdict {
		const call = this.#base.callOf(entry.links.session);
		const { method } = entry.sip;
		const subject: Subject = {
			method,
			body: entry.sip.bodyLength > 0,
			contentType: entry.sip.get("content-type"),
			disposition: entry.sip.get("content-disposition"),
			state: entry.sip.complete ? "complete" : "lost",
			cpim: entry.cpim,
			payload: entry.payload,
			chain: nestedFrom(entry.cpim, entry.cpimBytes),
			// Who calls writes the message beside the SDP; the client is the caller unless the room calls.
			toClient: method === "INVITE" ? call.focusEnd === 0 : undefined,
		};
		return this.#judge(subject, call, entry.links.session ?? "", undefined);
	}

	#msrp(entry: MsrpEntry): Verdict {
		const { msrp, message } = entry;
		const session = entry.links.session ?? "";
		const call = this.#base.callOf(entry.links.session);
		const toClient = call.toClient(msrp.toPath.at(-1), msrp.fromPath.at(-1));
		const disposition = msrp.get("content-disposition");
		const bare =
			message === undefined && msrp.bodyOffset < 0 && msrp.complete && msrp.contentType === undefined && disposition === undefined;
		if (bare) {
			// A REPORT, or a SEND without content.
			const known = this.#alikeOf(session, call).findBare(msrp.method, toClient);
			if (known !== undefined) return known.verdict;
		}
		const chunked = msrp.method === "SEND" && message !== undefined && (message.chunks.length > 1 || message.state === "open");
		const head = !chunked && msrp.method === "SEND" && entry.head !== undefined && isPlainText(entry.head) ? entry.head : undefined;
		if (head !== undefined) {
			const verdict = this.#likeBefore(head, toClient, call, session, entry);
			if (verdict !== undefined) return verdict;
		}
		const key = chunked ? `${entry.flow.id}.${entry.dir} ${msrp.messageId} ${msrp.fromPath.join(" ")}` : "";
		const before = chunked && message.chunkCount > 1 ? this.#chats.get(key) : undefined;
		const settled = before !== undefined && before.verdict.headline !== "incomplete" && before.payloadKnown;
		// R5: what the first octets settled stays. Only the whole content tells for certain what kind of content it is.
		if (before !== undefined && message?.state === "open" && (settled || !worthAnotherLook(before, message)))
			return inherit(before, entry.number);
		const partial = message !== undefined && message.state !== "complete" && isCpim(message.contentType) && message.content.length > 0;
		const cpim = partial ? parseCpim(message.content, 0, message.content.length, false) : entry.cpim;
		const subject: Subject = {
			method: msrp.method,
			// Of a head that was cut off nobody knows what it would have announced.
			body: msrp.bodyOffset >= 0 || msrp.contentType !== undefined || !msrp.complete,
			contentType: message?.contentType ?? msrp.contentType,
			// Later chunks need not repeat it.
			disposition: disposition ?? before?.disposition,
			// Cut off, or with a Byte-Range that cannot be: it is a piece of no message.
			state: message === undefined && (!msrp.complete || msrp.bodyOffset >= 0) ? "lost" : stateOf(message),
			cpim,
			payload: partial ? undefined : entry.payload,
			chain: partial ? [] : nestedFrom(cpim, cpim?.contentType === "message/cpim" ? entry.cpimBytes : undefined),
			toClient,
		};
		if (settled && payloadOf(subject) === before.verdict.payload) return inherit(before, entry.number);
		let verdict = this.#judge(subject, call, session, entry);
		if (chunked) {
			const history = before?.history ?? [];
			note(history, entry.number, verdict.headline);
			verdict = { ...verdict, history };
			const payloadKnown = cpim?.mimeComplete ?? true;
			this.#chats.set(key, { history, verdict, disposition: subject.disposition, payloadKnown, looked: message.content.length });
		}
		return verdict;
	}

	/** The verdict of a plain text from and to whom this session had one before, without decoding it; what `#judge` would give. */
	#likeBefore(head: PlainHead, toClient: boolean | undefined, call: CallKnowledge, session: string, entry: MsrpEntry): Verdict | undefined {
		const plain = this.#alikeOf(session, call).findPlain(head, toClient);
		if (plain === undefined) return undefined;
		const copyKey = call.isConference ? this.#copyKeys.ofPlain(head, plain, toClient === false) : undefined;
		const sent = toClient === true && copyKey !== undefined ? this.#sent.get(copyKey) : undefined;
		if (sent !== undefined) {
			// The copy of a message is judged by what is true of that message: of all copies alike but for where the proof is.
			const copy = plain.copies?.get(sent.audience);
			return copy === undefined ? undefined : { ...copy, truth: sent.truth };
		}
		const known = plain.judged;
		if (known === undefined || (known.verdict.truth === undefined && mayBeRewritten(known.verdict))) return undefined;
		if (copyKey !== undefined) {
			if (toClient === false && known.namesSender) this.#sent.set(copyKey, new Sent(known.verdict.audience, session, entry));
		}
		return known.verdict;
	}

	#judge(subject: Subject, call: CallKnowledge, session: string, entry: MsrpEntry | undefined): Verdict {
		const copyKey = entry !== undefined && call.isConference ? this.#copyKeys.of(subject, subject.toClient === false) : undefined;
		const copy = subject.toClient === true && copyKey !== undefined ? this.#sent.get(copyKey) : undefined;
		const comparable = copy === undefined && mayBeAlike(subject);
		let known = comparable ? this.#alikeOf(session, call).find(subject) : undefined;
		const alike = known !== undefined;
		if (known === undefined) {
			// It may bring a new version of what the call knows.
			if (call.isConference && subject.cpim?.to.some((to) => usable(to) && isAnonymousUri(to.uri)) === true) call.anonymousTo();
			known = { verdict: this.#work(subject, call, copy?.truth), namesSender: usable(subject.cpim?.from[0]) };
			if (comparable) this.#alikeOf(session, call).keep(subject, known);
		}
		if (comparable && entry?.head !== undefined && subject.method === "SEND" && isPlainText(entry.head))
			this.#alikeOf(session, call).keepPlain(entry.head, subject.toClient, known);
		// The firings of a spoofed system message quote the proof.
		if (
			copy !== undefined &&
			entry?.head !== undefined &&
			known.verdict.origin !== "system" &&
			mayBeAlike(subject) &&
			isPlainText(entry.head)
		)
			this.#alikeOf(session, call).keepCopy(entry.head, copy.audience, known.verdict);
		if (comparable && entry !== undefined && !subject.body && subject.cpim === undefined && subject.disposition === undefined)
			this.#alikeOf(session, call).keepBare(subject.method, subject.toClient, known);
		let { verdict } = known;
		if (subject.toClient === false && copyKey !== undefined && known.namesSender) {
			// The sender's own leg tells what its copies on other legs are (truth of section 6).
			this.#sent.set(copyKey, new Sent(verdict.audience, session, entry));
		}
		// What a message teaches about its session was learned from the one it is alike to.
		if (!alike && verdict.models.length > 0) {
			const view = verdict.models.find((item) => item.model === "reference");
			// In grace, replaced identities still count until the first message that uses the new one.
			if (view !== undefined && identityUse(view, verdict.knowledge.contact) === "new") call.settleContacts();
			this.#selfAsserted(verdict, subject, call, entry);
			if (entry !== undefined && namesRoom(subject, verdict)) call.infer(entry.number);
			verdict = this.#hint(this.#conflict(verdict, call, session), session);
		}
		return this.#suspect(verdict, subject, session);
	}

	/** I2 e: the room's own word, where nothing speaks against it and nothing else told the same. */
	#selfAsserted({ origin, flags, firings }: Verdict, { cpim }: Subject, call: CallKnowledge, entry: MsrpEntry | undefined): void {
		const from = cpim?.from[0];
		if (entry === undefined || origin !== "system" || flags.includes("spoof-suspect") || !usable(from)) return;
		const told = call.hops.length === 0 || firings.some(({ rule }) => rule === "R13");
		if (!told && addressFocus(from).is === "yes") call.selfAsserted(from.uriText, entry.number);
	}

	/** Q22: what would settle whether strangers take part, once a session. */
	#hint(verdict: Verdict, session: string): Verdict {
		if (!verdict.flags.includes("unlisted") || verdict.knowledge.roster.length > 0 || this.#hinted.get(session) === true) return verdict;
		this.#hinted.set(session, true);
		return { ...verdict, hint: `${verdict.hint}; a NOTIFY of the conference event or --roster would tell whether the sender takes part` };
	}

	/** Q7: identities of the room that disagree are said once a session, on the first message after that is known. */
	#conflict(verdict: Verdict, call: CallKnowledge, session: string): Verdict {
		const looked = this.#conflicts.get(session);
		if (looked === -1 || looked === call.version || verdict.knowledge.kind !== "conference") return verdict;
		const firing = identityConflict(call.leg("client"), call.twoLegs ? call.leg("server") : undefined);
		this.#conflicts.set(session, firing === undefined ? call.version : -1);
		if (firing === undefined) return verdict;
		return { ...verdict, flags: [...verdict.flags, "identity-conflict"], firings: [...verdict.firings, firing] };
	}

	#work(subject: Subject, call: CallKnowledge, sentTruth: Truth | undefined): Verdict {
		const knowledge = call.leg("client");
		const verdict = classify(subject, knowledge, { level: this.#level, rules: this.#rules });
		// Member by member: to spread it and add to the copy takes longer than all the models.
		const base: Verdict = {
			headline: verdict.headline,
			origin: verdict.origin,
			audience: verdict.audience,
			payload: verdict.payload,
			flags: verdict.flags,
			confidence: verdict.confidence,
			firings: verdict.firings,
			hint: verdict.hint,
			conversation: verdict.conversation,
			models: verdict.models,
			truth: undefined,
			truthHeadline: undefined,
			divergences: [],
			knowledge,
			toClient: subject.toClient,
			history: [],
			unrewritten: undefined,
		};
		if (subject.cpim === undefined || verdict.models.length === 0) return base;
		const seen = verdict.models.find((item) => item.model === "reference");
		if (seen !== undefined && identityUse(seen, knowledge.contact) === "old") base.flags = [...base.flags, "identity-changed"];
		const server = call.twoLegs ? call.leg("server") : undefined;
		const other = server === undefined ? undefined : classify(subject, server, { level: this.#level, rules: this.#rules }).models;
		if (other?.some((view, n) => !sameShown(view, verdict.models[n])))
			base.unrewritten = other.map(({ model, headline, conversation }) => ({ model, headline, conversation }));
		const truth = sentTruth ?? truthOf(subject, subject.cpim, knowledge, server, this.#level);
		if (truth !== undefined && verdict.origin === "system" && truth.origin !== "system" && truth.origin !== "unknown")
			suspectSpoof(base, truth);
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
		const to = suspicion.look(subject.cpim, verdict);
		if (to === undefined) return verdict;
		return {
			...verdict,
			flags: [...verdict.flags, "suspected-rewrite"],
			firings: [...verdict.firings, fire("R35", "", line("may be the session identity", to.header))],
		};
	}
}

/** R10 fired on isfocus: what strangers' addresses suggest is too weak to be remembered. */
function namesRoom({ cpim }: Subject, { flags }: Verdict): boolean {
	if (cpim === undefined || !flags.includes("conference-inferred")) return false;
	return [...cpim.from.slice(0, 1), ...cpim.to].some((address) => usable(address) && addressFocus(address).is === "yes");
}

/** MESSAGE (RFC 3428), and an INVITE that brings the first message of the chat beside its SDP (section 9). */
function carriesMessage({ sip, cpim }: SipEntry): boolean {
	return sip.method === "MESSAGE" || (sip.method === "INVITE" && cpim !== undefined);
}

function isCpim(type: string | undefined): boolean {
	return type !== undefined && /^\s*message\/cpim\b/i.test(type);
}

function sameShown(a: ModelView, b: ModelView | undefined): boolean {
	return a.headline === b?.headline && a.conversation?.thread === b.conversation?.thread && a.conversation?.uri === b.conversation?.uri;
}
