import type { Endpoint } from "../model/flow.js";
import { Deadlines, FifoMap } from "./bounded.js";
import type { ContactFacts } from "./contact.js";
import type { Dialog } from "./dialogs.js";
import type { Findings } from "./findings.js";
import type { SdpFacts } from "./sdp-facts.js";
import type { SipFacts } from "./sip-facts.js";
import { transactionKey } from "./sip-facts.js";
import { owned } from "./text.js";

/** 64*T1 with the T1 of RFC 3261 §17.1.1.1, in seconds: timers B, F and H, and how long a 2xx waits for its ACK. */
export const TIMER_B = 32;

/** Responses of one transaction that are remembered. */
const RESPONSES = 24;

/** What another hop must show unchanged. */
export interface HopFacts {
	contact: ContactFacts | undefined;
	sdp: SdpFacts | undefined;
}

interface SeenResponse {
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
	key: string;
	method: string;
	cseq: number;
	fromTag: string;
	toTag: string;
	/** number of the request's entry */
	entry: number;
	flow: number;
	from: Endpoint;
	to: Endpoint;
	/** seconds */
	began: number;
	last: number;
	/** set when hops are compared; NaN when there is none */
	maxForwards: number;
	/** a response other than 100 to 199 came; its status */
	final: number;
	responses: SeenResponse[];
	provisional: boolean;
	hop: HopFacts | undefined;
	/** the description in the request, where it is an offer */
	offer: SdpFacts | undefined;
	dialog: Dialog | undefined;
	/** the same transaction key on another hop */
	next: Transaction | undefined;
	/** called when the transaction is forgotten */
	release: (() => void) | undefined;
}

/** SIP transactions as an onlooker sees them: on every hop, requests and responses by RFC 3261 §17.1.3. */
export class SipTransactions {
	readonly #findings: Findings;
	readonly #open: FifoMap<string, Transaction>;
	readonly #deadlines: Deadlines<Transaction>;
	readonly #timedOut: (transaction: Transaction) => void;

	/** `limit`: transactions remembered at once. `timedOut` is told of each sip.timeout. */
	constructor(limit: number, findings: Findings, timedOut: (transaction: Transaction) => void) {
		this.#findings = findings;
		this.#timedOut = timedOut;
		this.#open = new FifoMap(limit, (head) => {
			for (let at: Transaction | undefined = head; at !== undefined; at = at.next) at.release?.();
		});
		this.#deadlines = new Deadlines(TIMER_B, limit);
	}

	/** Finds the transaction that a request repeats, or opens one. */
	request(facts: SipFacts): { transaction: Transaction; repeated: boolean } {
		const { entry } = facts;
		const key = transactionKey(facts, facts.method);
		const head = this.#open.get(key);
		for (let at = head; at !== undefined; at = at.next) {
			if (sameHop(at.from, at.to, entry.from, entry.to)) {
				at.last = facts.now;
				return { transaction: at, repeated: true };
			}
		}
		const transaction: Transaction = {
			key,
			method: owned(facts.method),
			cseq: facts.cseq,
			fromTag: owned(facts.fromTag),
			toTag: owned(facts.toTag),
			entry: entry.number,
			flow: entry.flow.id,
			from: entry.from,
			to: entry.to,
			began: facts.now,
			last: facts.now,
			maxForwards: -1,
			final: 0,
			responses: [],
			provisional: false,
			hop: undefined,
			offer: undefined,
			dialog: undefined,
			next: undefined,
			release: undefined,
		};
		if (head === undefined) this.#open.set(key, transaction);
		else {
			transaction.next = head.next;
			head.next = transaction;
		}
		this.#deadlines.add(transaction, facts.now);
		return { transaction, repeated: false };
	}

	/** The INVITE transaction that an ACK for a non-2xx response or a CANCEL belongs to. */
	invite(facts: SipFacts): Transaction | undefined {
		const head = this.#open.get(transactionKey(facts, "INVITE"));
		for (let at = head; at !== undefined; at = at.next) if (sameHop(at.from, at.to, facts.entry.from, facts.entry.to)) return at;
		return undefined;
	}

	/** The transaction that a response belongs to, and the same response if it was there before. */
	response(facts: SipFacts): { transaction: Transaction; seen: SeenResponse; repeated: boolean } | undefined {
		const transaction = this.#answered(facts);
		if (transaction === undefined) return undefined;
		const { entry } = facts;
		const { status } = entry.sip;
		transaction.last = facts.now;
		if (status >= 200) transaction.final ||= status;
		else transaction.provisional = true;
		const rseq = status > 100 && status < 200 ? (entry.sip.get("rseq") ?? "") : "";
		for (const seen of transaction.responses) {
			if (seen.status === status && seen.toTag === facts.toTag && seen.length === entry.sip.length && seen.rseq === rseq) {
				seen.repeats++;
				return { transaction, seen, repeated: true };
			}
		}
		const seen: SeenResponse = {
			status,
			toTag: owned(facts.toTag),
			entry: entry.number,
			length: entry.sip.length,
			rseq: owned(rseq),
			repeats: 0,
			hop: undefined,
		};
		if (transaction.responses.length < RESPONSES) transaction.responses.push(seen);
		return { transaction, seen, repeated: false };
	}

	#answered(facts: SipFacts): Transaction | undefined {
		const { from, to, flow } = facts.entry;
		const head = this.#open.get(transactionKey(facts, facts.method));
		if (head?.next === undefined) return head;
		let best: Transaction | undefined;
		let bestScore = 0;
		for (let at: Transaction | undefined = head; at !== undefined; at = at.next) {
			let score = at.from.address === to.address && at.to.address === from.address ? 2 : 0;
			if (score > 0 && at.to.port === from.port) score++;
			if (score > 0 && at.from.port === to.port) score++;
			if (at.flow === flow.id && sameEndpoint(at.from, to)) score += 4;
			if (score > bestScore) {
				best = at;
				bestScore = score;
			}
		}
		return best;
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
			else this.#forget(at);
		}
	}

	#forget(transaction: Transaction): void {
		transaction.release?.();
		const head = this.#open.get(transaction.key);
		if (head === transaction) {
			if (head.next === undefined) this.#open.delete(transaction.key);
			else this.#open.set(transaction.key, head.next);
			return;
		}
		for (let at = head; at !== undefined; at = at.next) if (at.next === transaction) at.next = transaction.next;
	}
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
