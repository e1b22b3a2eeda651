import type { Endpoint, Flow } from "../model/flow.js";
import { append, Deadlines, FifoMap } from "./bounded.js";
import type { ContactFacts } from "./contact.js";
import type { Call, Dialog } from "./dialogs.js";
import type { Findings } from "./findings.js";
import type { SdpFacts } from "./sdp-facts.js";
import type { SipFacts } from "./sip-facts.js";
import { owned, word } from "./text.js";

/** 64*T1 with the T1 of RFC 3261 §17.1.1.1, in seconds: timers B, F and H, and how long a 2xx waits for its ACK. */
export const TIMER_B = 32;

/** Responses of one transaction that are remembered. */
const RESPONSES = 24;
/** Transactions of one Call-ID and CSeq number (forks, hops, CANCEL, ACK) that are remembered. */
const CHAIN = 64;
/** CSeq numbers are below 2^31; the lower bits tell those apart that are open together. */
const CSEQ_KEYS = 2 ** 20;
const NONE: readonly never[] = [];

/** What another hop must show unchanged. */
export interface HopFacts {
	contact: ContactFacts | undefined;
	sdp: SdpFacts | undefined;
	/** the leg of the live proxy that showed it; undefined for captures of others */
	flow?: Flow;
}

export interface SeenResponse {
	transaction: Transaction;
	status: number;
	toTag: string;
	entry: number;
	length: number;
	rseq: string;
	repeats: number;
	hop: HopFacts | undefined;
}

/** One request and its responses on one hop. */
export interface Transaction {
	call: Call;
	method: string;
	cseq: number;
	/** of the top Via */
	branch: string;
	sent: string;
	/** number of the request's entry */
	entry: number;
	flow: number;
	from: Endpoint;
	to: Endpoint;
	/** the request had no To tag */
	outside: boolean;
	/** seconds */
	last: number;
	/** status of the first response other than 100 to 199; 0 before */
	final: number;
	/** entry of that response; 0 before */
	finalEntry: number;
	/** an ACK to a refusal passed */
	acked: boolean;
	provisional: boolean;
	responses: readonly SeenResponse[];
	/** for the comparison of hops */
	hop: HopFacts | undefined;
	fromTag: string;
	toTag: string;
	/** NaN when there is none */
	maxForwards: number;
	/** the description in the request, where it is an offer */
	offer: SdpFacts | undefined;
	dialog: Dialog | undefined;
	/** younger, with the same Call-ID and CSeq number */
	next: Transaction | undefined;
}

/**
 * SIP transactions as an onlooker sees them. Responses belong to requests by branch and sent-by of the top Via and the
 * method (RFC 3261 §17.1.3), within one Call-ID and CSeq number, which also serves elements that reuse a branch or send none
 * (§17.2.3), and on one hop, because a transparent box shows the same branch on both its sides.
 */
export class SipTransactions {
	readonly #findings: Findings;
	/** oldest of each Call-ID and CSeq number */
	readonly #open: FifoMap<number, Transaction>;
	readonly #deadlines: Deadlines<Transaction>;
	readonly #timedOut: (transaction: Transaction) => void;

	/** `limit`: transactions remembered at once. `timedOut` is told of each sip.timeout. */
	constructor(limit: number, findings: Findings, timedOut: (transaction: Transaction) => void) {
		this.#findings = findings;
		this.#timedOut = timedOut;
		this.#open = new FifoMap(limit);
		this.#deadlines = new Deadlines(TIMER_B, limit);
	}

	/** The oldest open transaction with the Call-ID and CSeq number of a message; the others follow by `next`. */
	chain(call: Call, cseq: number): Transaction | undefined {
		return this.#open.get(keyOf(call, cseq));
	}

	/** The transaction that a request repeats, or a new one: then its `entry` is this one. */
	request(facts: SipFacts, call: Call): Transaction {
		const { entry, method, branch, sent } = facts;
		const key = keyOf(call, facts.cseq);
		const head = this.#open.get(key);
		let tail: Transaction | undefined;
		let length = 0;
		for (let at = head; at !== undefined; at = at.next) {
			if (matches(at, facts.cseq, method, branch, sent) && sameHop(at.from, at.to, entry.from, entry.to)) {
				at.last = facts.now;
				return at;
			}
			tail = at;
			length++;
		}
		const transaction: Transaction = {
			call,
			method: word(method),
			cseq: facts.cseq,
			branch: owned(branch),
			sent: word(sent),
			entry: entry.number,
			flow: entry.flow.id,
			from: entry.from,
			to: entry.to,
			outside: facts.toTag === "",
			last: facts.now,
			final: 0,
			finalEntry: 0,
			acked: false,
			provisional: false,
			responses: NONE,
			hop: undefined,
			fromTag: "",
			toTag: "",
			maxForwards: Number.NaN,
			offer: undefined,
			dialog: undefined,
			next: undefined,
		};
		if (tail === undefined) this.#open.set(key, transaction);
		else {
			tail.next = transaction;
			if (length >= CHAIN) this.#open.set(key, head!.next!);
		}
		this.#deadlines.add(transaction, facts.now);
		return transaction;
	}

	/** The INVITE transaction that an ACK for a non-2xx response or a CANCEL belongs to. */
	invite(facts: SipFacts, call: Call): Transaction | undefined {
		const { from, to } = facts.entry;
		for (let at = this.chain(call, facts.cseq); at !== undefined; at = at.next) {
			if (matches(at, facts.cseq, "INVITE", facts.branch, facts.sent) && sameHop(at.from, at.to, from, to)) return at;
		}
		return undefined;
	}

	/** An ACK on the hop of a refused INVITE, also with a branch of its own as older callers give it (RFC 3261 §17.1.1.3). */
	acknowledge(facts: SipFacts, call: Call): void {
		const { from, to } = facts.entry;
		for (let at = this.chain(call, facts.cseq); at !== undefined; at = at.next) {
			if (at.method === "INVITE" && at.cseq === facts.cseq && sameHop(at.from, at.to, from, to)) at.acked = true;
		}
	}

	/** The same response as it was seen before, or a new one: then its `entry` is this one. undefined when nothing asked for it. */
	response(facts: SipFacts, call: Call): SeenResponse | undefined {
		const transaction = this.#answered(facts, call);
		if (transaction === undefined) return undefined;
		const { entry, toTag } = facts;
		const { status, length } = entry.sip;
		transaction.last = facts.now;
		if (status < 200) transaction.provisional = true;
		else if (transaction.final === 0) {
			transaction.final = status;
			transaction.finalEntry = entry.number;
		}
		const rseq = status > 100 && status < 200 ? (entry.sip.get("rseq") ?? "") : "";
		for (const seen of transaction.responses) {
			if (seen.status === status && seen.toTag === toTag && seen.length === length && seen.rseq === rseq) {
				seen.repeats++;
				return seen;
			}
		}
		const known = transaction.dialog?.tags;
		const tag = known?.[1] === toTag ? known[1] : known?.[0] === toTag ? known[0] : owned(toTag);
		const seen = { transaction, status, toTag: tag, entry: entry.number, length, rseq: owned(rseq), repeats: 0, hop: undefined };
		if (transaction.responses.length < RESPONSES) transaction.responses = append(transaction.responses, seen);
		return seen;
	}

	/** Of several hops with one branch, the one that fits the addresses best. */
	#answered(facts: SipFacts, call: Call): Transaction | undefined {
		const { from, to, flow } = facts.entry;
		let only: Transaction | undefined;
		let several = false;
		let best: Transaction | undefined;
		let bestScore = 0;
		for (let at = this.chain(call, facts.cseq); at !== undefined; at = at.next) {
			if (!matches(at, facts.cseq, facts.method, facts.branch, facts.sent)) continue;
			several = only !== undefined;
			only = at;
			let score = at.from.address === to.address && at.to.address === from.address ? 2 : 0;
			if (score > 0 && at.to.port === from.port) score++;
			if (score > 0 && at.from.port === to.port) score++;
			if (at.flow === flow.id && sameEndpoint(at.from, to)) score += 4;
			if (score > bestScore) {
				best = at;
				bestScore = score;
			}
		}
		return best ?? (several ? undefined : only);
	}

	/** Time-outs, and forgetting what is over. */
	advance(now: number): void {
		for (let at = this.#deadlines.next(now); at !== undefined; at = this.#deadlines.next(now)) {
			const waits = at.final === 0 && at.method !== "ACK";
			if (waits && !(at.method === "INVITE" && at.provisional)) {
				this.#findings.late(
					at.entry,
					"sip.timeout",
					`${at.method} without ${at.provisional ? "a final" : "any"} response for ${TIMER_B} s`,
				);
				this.#timedOut(at);
				this.#forget(at);
			} else if (waits || now - at.last < TIMER_B) this.#deadlines.add(at, now);
			else {
				if (at.final >= 300 && at.method === "INVITE" && !at.acked) {
					this.#findings.late(at.finalEntry, "sip.ack-missing", `no ACK to the ${at.final} to CSeq ${at.cseq} for ${TIMER_B} s`);
					at.call.session.found("sip.ack-missing");
				}
				this.#forget(at);
			}
		}
	}

	#forget(transaction: Transaction): void {
		const key = keyOf(transaction.call, transaction.cseq);
		const head = this.#open.get(key);
		if (head === transaction) {
			if (head.next === undefined) this.#open.delete(key);
			else this.#open.set(key, head.next);
			return;
		}
		for (let at = head; at !== undefined; at = at.next) if (at.next === transaction) at.next = transaction.next;
	}
}

function keyOf(call: Call, cseq: number): number {
	return call.serial * CSEQ_KEYS + (cseq & (CSEQ_KEYS - 1));
}

function matches(at: Transaction, cseq: number, method: string, branch: string, sent: string): boolean {
	return at.cseq === cseq && at.branch === branch && at.method === method && at.sent === sent;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
	return a.port === b.port && a.address === b.address;
}

/**
 * Is (from, to) the hop of (firstFrom, firstTo)? The addresses tell, because ports may change with every TCP connection;
 * where one machine talks to itself only the ports can.
 */
function sameHop(firstFrom: Endpoint, firstTo: Endpoint, from: Endpoint, to: Endpoint): boolean {
	if (firstFrom.address !== from.address || firstTo.address !== to.address) return false;
	return from.address !== to.address || (firstFrom.port === from.port && firstTo.port === to.port);
}
