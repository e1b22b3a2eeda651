import type { SipEntry } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import { parseNameAddr } from "../protocols/uri/index.js";
import { normalHost } from "./addresses.js";
import { Deadlines, FifoMap } from "./bounded.js";
import { type ContactFacts, contactOf } from "./contact.js";
import { DialogFinder, FORMING } from "./dialog-finder.js";
import { Call, type Dialog, type Leg, type Side, type Unacknowledged } from "./dialogs.js";
import { type Findings, valuePlace } from "./findings.js";
import { compareRequest, compareResponse } from "./hops.js";
import { OfferAnswer } from "./offer-answer.js";
import { checkCseq, checkRoute, checkTarget } from "./rules-dialog.js";
import { checkVia } from "./rules-via.js";
import type { SdpFacts } from "./sdp-facts.js";
import type { SessionFinder } from "./session-finder.js";
import type { Session } from "./sessions.js";
import { type SipFacts, sipFacts } from "./sip-facts.js";
import { SipTransactions, TIMER_B, type Transaction } from "./sip-transactions.js";
import { owned } from "./text.js";

/** Repetitions of a 2xx that prove that its ACK did not arrive, rather than that it was late (RFC 3261 §13.3.1.4). */
const UNANSWERED_REPEATS = 3;

/** SIP: transactions, dialogs, offers and answers of every Call-ID. */
export class SipTables {
	readonly #findings: Findings;
	readonly #finder: SessionFinder;
	readonly #transactions: SipTransactions;
	readonly #calls: FifoMap<string, Call>;
	readonly #acks: Deadlines<Unacknowledged>;
	readonly #ending: (dialog: Dialog, entry: SipEntry) => void;
	readonly rounds: OfferAnswer;
	readonly #dialogs: DialogFinder;
	/** ended dialogs that still keep what was said on their legs, for late messages */
	readonly #over: Deadlines<Dialog>;
	#lastCall = 0;
	#now = 0;

	/** `ending` is told of the request that ends a dialog. */
	constructor(limits: Limits, findings: Findings, finder: SessionFinder, ending: (dialog: Dialog, entry: SipEntry) => void) {
		this.#findings = findings;
		this.#finder = finder;
		this.#dialogs = new DialogFinder(findings);
		this.#ending = ending;
		this.#transactions = new SipTransactions(limits.openTransactions, findings, (transaction) => {
			if (transaction.dialog?.state === "attempt") this.#end(transaction.dialog);
		});
		this.rounds = new OfferAnswer(findings, limits.sessions);
		this.#calls = new FifoMap(limits.sessions, (call) => {
			for (const dialog of call.dialogs) this.rounds.end(dialog);
		});
		this.#acks = new Deadlines(TIMER_B, limits.openTransactions);
		this.#over = new Deadlines(TIMER_B, limits.sessions);
	}

	/** Links one message. Returns its session. */
	entry(entry: SipEntry): Session | undefined {
		const facts = sipFacts(entry);
		if (facts === undefined) return undefined;
		this.#now = facts.now;
		const call = this.#calls.get(facts.callId) ?? this.#open(facts);
		entry.links.session = call.session.id;
		if (entry.sip.kind === "request") this.#request(facts, call);
		else this.#response(facts, call);
		return call.session;
	}

	advance(now: number): void {
		this.#transactions.advance(now);
		this.#forget(now);
		for (let at = this.#acks.next(now); at !== undefined; at = this.#acks.next(now)) {
			if (!at.acked && (at.visible || at.repeats >= UNANSWERED_REPEATS)) {
				const sent = at.repeats === 0 ? "" : `, sent ${at.repeats + 1} times`;
				this.#findings.late(at.entry, "sip.ack-missing", `no ACK to CSeq ${at.cseq} for ${TIMER_B} s${sent}`);
				at.dialog.call.session.found("sip.ack-missing");
			}
			if (at.dialog.unacknowledged === at) at.dialog.unacknowledged = undefined;
		}
	}

	/** Forgets the legs of dialogs that have been over for a while. */
	#forget(now: number): void {
		for (let dialog = this.#over.next(now); dialog !== undefined; dialog = this.#over.next(now)) {
			if (dialog.state === "terminated") dialog.clear();
		}
	}

	#open(facts: SipFacts): Call {
		const fromStart = facts.entry.sip.kind === "request" && facts.toTag === "" && facts.method !== "CANCEL" && facts.method !== "ACK";
		const session = this.#finder.find(facts, fromStart);
		const call = new Call(++this.#lastCall, owned(facts.callId), session, fromStart);
		session.callId(call.callId);
		this.#calls.set(call.callId, call);
		return call;
	}

	#request(facts: SipFacts, call: Call): void {
		const { entry, method } = facts;
		const { links } = entry;
		if (method === "CANCEL") {
			const transaction = this.#transactions.request(facts, call);
			const dialog = this.#transactions.invite(facts, call)?.dialog ?? call.attempt(facts.fromTag) ?? call.firstOf(facts.fromTag);
			transaction.dialog = dialog;
			if (dialog !== undefined) links.dialog = dialog.id;
			if (transaction.entry !== entry.number) this.#repeated(entry, transaction.entry);
			return;
		}
		const invite = method === "ACK" ? this.#transactions.invite(facts, call) : undefined;
		if (method === "ACK") this.#transactions.acknowledge(facts, call);
		const transaction = this.#transactions.request(facts, call);
		if (transaction.entry !== entry.number) {
			if (transaction.dialog !== undefined) links.dialog = transaction.dialog.id;
			this.#repeated(entry, transaction.entry);
			return;
		}
		const hopByHop = invite !== undefined && invite.final >= 300;
		// Without the cookie a branch need not be unique (RFC 2543).
		if (invite !== undefined && !hopByHop && invite.final > 0 && /^z9hG4bK/i.test(facts.branch)) {
			this.#findings.on(entry, "sip.ack-branch-reused", `as in entry ${invite.entry}`, valuePlace(entry.sip.row("via")));
		}
		const dialog = hopByHop ? invite.dialog : this.#dialogs.ofRequest(facts, call);
		transaction.dialog = dialog;
		if (dialog === undefined && !hopByHop && call.dialogs.length === 0) call.session.ended = false;
		if (dialog === undefined || hopByHop) {
			if (dialog !== undefined) links.dialog = dialog.id;
			if (!hopByHop && COMPARED.has(method)) {
				const hop = { contact: contactOf(entry.sip), sdp: undefined };
				compareRequest(this.#findings, facts, this.#transactions.chain(call, facts.cseq), transaction, hop);
			}
			return;
		}
		links.dialog = dialog.id;
		const side = dialog.side(facts.fromTag);
		const leg = dialog.leg(entry.from, entry.to, side);
		const inside = facts.toTag !== "";
		if (inside) {
			if (method !== "ACK") checkCseq(this.#findings, facts, leg.sides[side]);
			checkTarget(this.#findings, facts, leg, side);
			checkRoute(this.#findings, facts, leg, side);
		} else {
			leg.sides[side].cseq = facts.cseq;
			if (dialog.state === "terminated") dialog.state = "attempt";
		}
		const contact = TARGET.has(method) ? this.#contact(facts, call.session, leg, side) : undefined;
		const sdp = this.rounds.request(facts, { dialog, leg, side }, transaction);
		if (COMPARED.has(method)) {
			compareRequest(this.#findings, facts, this.#transactions.chain(call, facts.cseq), transaction, { contact, sdp });
		}
		if (!inside && method === "INVITE") this.#finder.dialled(call.session, entry);
		if (method === "ACK") this.#acknowledged(dialog, facts);
		if (method === "BYE" && dialog.state !== "terminated") {
			this.#ending(dialog, entry);
			this.#end(dialog);
		}
		if (method === "NOTIFY" && /^\s*terminated/i.test(entry.sip.get("subscription-state") ?? "") && dialog.method !== "INVITE") {
			if (inside) this.#end(dialog);
		}
		if (dialog.state !== "terminated") call.session.ended = false;
	}

	#response(facts: SipFacts, call: Call): void {
		const { entry } = facts;
		const { status } = entry.sip;
		const seen = this.#transactions.response(facts, call);
		if (seen === undefined) {
			const dialog = facts.toTag === "" ? undefined : call.find(facts.fromTag, facts.toTag);
			if (dialog !== undefined) entry.links.dialog = dialog.id;
			return;
		}
		const { transaction } = seen;
		entry.links.answers = transaction.entry;
		const dialog = this.#dialogs.ofResponse(facts, call, transaction);
		if (dialog !== undefined) entry.links.dialog = dialog.id;
		if (seen.entry !== entry.number) {
			const waiting = dialog?.unacknowledged;
			if (waiting?.entry === seen.entry) waiting.repeats++;
			this.#repeated(entry, seen.entry);
			return;
		}
		checkVia(this.#findings, facts, transaction);
		let contact: ContactFacts | undefined;
		let sdp: SdpFacts | undefined;
		if (status > 100 && status < 300 && dialog !== undefined) {
			const side: Side = dialog.side(facts.fromTag) === 0 ? 1 : 0;
			const leg = dialog.leg(entry.from, entry.to, side);
			if (transaction.outside && FORMING.has(facts.method)) leg.recordRoute = entry.sip.all("record-route");
			if (TARGET.has(facts.method)) contact = this.#contact(facts, call.session, leg, side);
			sdp = this.rounds.response(facts, { dialog, leg, side }, transaction);
			if (status >= 200 && facts.method === "INVITE") this.#accepted(dialog, facts, leg);
		} else if (status > 100 && COMPARED.has(facts.method)) contact = contactOf(entry.sip);
		if (status > 100 && COMPARED.has(facts.method) && facts.method !== "REGISTER") {
			compareResponse(this.#findings, facts, this.#transactions.chain(call, facts.cseq), seen, { contact, sdp });
		}
		if (status >= 200) this.#finished(facts, call, transaction, dialog);
	}

	/** Takes note of the sender's Contact on this leg. */
	#contact(facts: SipFacts, session: Session, leg: Leg, side: Side): ContactFacts | undefined {
		const { entry, method } = facts;
		const sender = leg.sides[side];
		const contact = contactOf(entry.sip, sender.contact);
		if (contact === undefined) return undefined;
		if (contact !== sender.contact) {
			sender.previous = sender.contact;
			sender.contact = contact;
			sender.changedAt = facts.now;
		}
		if (contact.focus) {
			if (sender.focusEntry === 0) this.#finder.focus(session, contact, entry);
			sender.focusEntry = entry.number;
		} else if (sender.focusEntry > 0 && (method === "INVITE" || method === "UPDATE")) {
			this.#findings.on(entry, "sip.isfocus-lost", `Contact of entry ${sender.focusEntry} has it`, valuePlace(entry.sip.row("contact")));
			sender.focusEntry = 0;
		}
		return contact;
	}

	#accepted(dialog: Dialog, facts: SipFacts, leg: Leg): void {
		const { entry } = facts;
		const waiting = dialog.unacknowledged;
		if (waiting !== undefined && waiting.cseq === facts.cseq) {
			// The same 2xx on the next hop.
			waiting.visible ||= this.#ackPasses(facts, leg);
			return;
		}
		const next = { dialog, cseq: facts.cseq, entry: entry.number, visible: this.#ackPasses(facts, leg), repeats: 0, acked: false };
		dialog.unacknowledged = next;
		this.#acks.add(next, facts.now);
	}

	/**
	 * Must the ACK of a 2xx pass here too? It does when the 2xx is on its last hop and the ACK's first hop (first Record-Route
	 * from the caller's end, else the Contact) is the host that this 2xx came from.
	 */
	#ackPasses(facts: SipFacts, leg: Leg): boolean {
		const { sip, from } = facts.entry;
		if (sip.all("via").length !== 1) return false;
		const route = leg.recordRoute?.at(-1);
		const next = route === undefined ? contactOf(sip)?.uri : parseNameAddr(route).uri;
		return next !== undefined && normalHost(next.host) === normalHost(from.address);
	}

	#acknowledged(dialog: Dialog, facts: SipFacts): void {
		const waiting = dialog.unacknowledged;
		if (waiting?.cseq === facts.cseq) waiting.acked = true;
	}

	#finished(facts: SipFacts, call: Call, transaction: Transaction, dialog: Dialog | undefined): void {
		const { status } = facts.entry.sip;
		if (dialog !== undefined) {
			if (status >= 300 && transaction.outside && facts.method === dialog.method && dialog.tags[1] === "") this.#end(dialog);
			else if (status >= 300 && transaction.outside && facts.method === "INVITE" && dialog.state === "early") this.#endEarly(call, dialog);
			else if (!transaction.outside && (status === 481 || (status === 408 && facts.method !== "NOTIFY"))) this.#end(dialog);
			else if (status < 300 && facts.method === "SUBSCRIBE" && /^\s*0+\s*$/.test(facts.entry.sip.get("expires") ?? "")) this.#end(dialog);
		} else if (call.dialogs.length === 0) call.session.ended = true;
	}

	/** A final refusal ends all early dialogs of the request (RFC 3261 §12.3). */
	#endEarly(call: Call, dialog: Dialog): void {
		for (const early of call.dialogs) if (early.state === "early" && early.tags[0] === dialog.tags[0]) this.#end(early);
	}

	#end(dialog: Dialog): void {
		if (dialog.state === "terminated") return;
		dialog.state = "terminated";
		this.rounds.end(dialog);
		dialog.call.session.settle();
		this.#over.add(dialog, this.#now);
	}

	#repeated(entry: SipEntry, first: number): void {
		entry.links.repeats = first;
		this.#findings.on(entry, "sip.retransmission", `of entry ${first}`);
	}
}

/** Methods whose Contact is the target of later requests (RFC 3261 §12.2, RFC 3311 §5.1, RFC 6665 §4.4.1). */
const TARGET = new Set(["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"]);
/** Methods that are compared before and after a box. */
const COMPARED = new Set(["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER", "REGISTER"]);
