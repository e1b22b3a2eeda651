import type { CloseHow, Direction, Flow } from "../model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { type Moment, seconds } from "../model/time.js";
import { Chain } from "../protocols/msrp/chain.js";
import { FifoMap } from "./bounded.js";
import { Connection, type MsrpEvent, note, type Transaction } from "./msrp-connection.js";
import { MsrpHops } from "./msrp-hops.js";
import { failureReport, type SentMessage, SentMessages } from "./msrp-sent.js";
import { MsrpSilence } from "./msrp-silence.js";
import { msrpKey } from "./msrp-uri.js";
import { owned } from "./text.js";
import type { Late } from "./types.js";

export type { MsrpEvent } from "./msrp-connection.js";

/** RFC 4975 §7.1.1: seconds that the sender waits after its last octet */
const RESPONSE_WAIT = 30;
/** What was sent in so many seconds after a refusal may have been on its way before it arrived. */
const CROSSING = 0.3;
/** Transactions that are remembered after their time, for responses that come late. */
const REMEMBERED = 10_000;
/** Open transactions of other connections among which the request of a stray response is looked for. */
const LOOK_BACK = 256;

/** What the two-sided view adds to a frame. */
export interface MsrpMatch {
	/** number of the entry that this response or REPORT answers */
	answers: number | undefined;
	problems: Problem[];
}

/**
 * Requests and their responses, messages and their REPORTs, on every MSRP connection of a capture (RFC 4975 §5.4, §7).
 * Time is an input: `advance` and `close` return what could only be known later, each for an earlier entry.
 * Silence or strangeness is no fault where the capture may have missed the other half: after gaps, or mid-stream.
 */
export class MsrpConnectionTable {
	readonly #limits: Limits;
	readonly #connections: FifoMap<number, Connection>;
	/** waiting for a response, oldest first */
	readonly #open = new Chain<Transaction>();
	readonly #timedOut = new Chain<Transaction>();
	readonly #sent: SentMessages;
	readonly #hops: MsrpHops;
	readonly #silence: MsrpSilence;
	#late: Late[] = [];

	constructor(limits: Limits = DEFAULT_LIMITS) {
		this.#limits = limits;
		this.#connections = new FifoMap(limits.flows, (connection) => this.#drop(connection));
		this.#sent = new SentMessages(limits);
		this.#hops = new MsrpHops(limits);
		this.#silence = new MsrpSilence(limits);
	}

	/** A connection that is known to be for MSRP before anything is sent on it. */
	opened(flow: Flow, at: Moment): void {
		this.#silence.opened(flow, seconds(at));
	}

	/** Octets of a frame arrived that is not whole yet: the side is not silent. */
	heard(flow: Flow, dir: Direction): void {
		if (dir === 0) this.#silence.broken(flow);
	}

	/** A frame, in the order of the capture. Its findings, and what it answers. */
	frame(event: MsrpEvent): MsrpMatch {
		const { flow, dir, msrp } = event;
		const connection = this.#connection(flow);
		const now = seconds(event.at);
		const began = seconds(event.began);
		const problems: Problem[] = [];
		let answers: number | undefined;
		this.#sent.settle(connection, dir, began, this.#late);
		if (msrp.kind === "request") answers = this.#request(connection, event, now, began, problems);
		else if (msrp.complete) answers = this.#response(connection, event, now, problems);
		if (!connection.heard[dir]) this.#firstOf(connection, event, began, now);
		this.#sent.settle(connection, dir, Number.POSITIVE_INFINITY, this.#late);
		return { answers, problems };
	}

	/** The capture lacks octets that `dir` sent: what they were is not known. */
	gap(flow: Flow, dir: Direction): void {
		this.#connection(flow).gaps[dir]++;
	}

	/** The connection is over, in both directions. Returns all late findings that are due. */
	close(flow: Flow, at: Moment, how: CloseHow): Late[] {
		this.#expire(seconds(at));
		this.#silence.closed(flow, seconds(at), this.#late);
		const connection = this.#connections.get(flow.id);
		if (connection !== undefined) {
			this.#sent.close(connection, how === "fin" || how === "rst", this.#late);
			if (connection.early !== undefined) this.#accuseEarly(connection);
			this.#connections.delete(flow.id);
			this.#drop(connection);
		}
		return this.#take();
	}

	/** Time passes. Returns all late findings that are due. */
	advance(at: Moment): Late[] {
		const now = seconds(at);
		this.#expire(now);
		this.#silence.advance(now, this.#late);
		return this.#late.length === 0 ? NONE : this.#take();
	}

	#take(): Late[] {
		const late = this.#late;
		this.#late = [];
		return late;
	}

	#connection(flow: Flow): Connection {
		let connection = this.#connections.get(flow.id);
		if (connection === undefined) {
			connection = new Connection(flow);
			this.#connections.set(flow.id, connection);
		}
		return connection;
	}

	#request(connection: Connection, event: MsrpEvent, now: number, began: number, problems: Problem[]): number | undefined {
		const { msrp, dir } = event;
		this.#hops.request(connection, event, problems);
		const session = connection.path[dir]?.session ?? "";
		const refused = connection.dead?.get(session);
		if (refused !== undefined && began > refused + CROSSING)
			note(problems, "msrp.send-after-481", `${(began - refused).toFixed(1)} s later`);
		let answers: number | undefined;
		let message: SentMessage | undefined;
		if (msrp.method === "SEND" && msrp.complete) {
			message = this.#sent.send(connection, event);
			if (message?.stopped !== undefined && msrp.flag !== "#" && began > message.stopped + CROSSING) {
				note(problems, "msrp.chunk-after-413", message.messageId);
			}
		} else if (msrp.method === "REPORT" && msrp.complete) answers = this.#sent.report(connection, event, now, problems);
		this.#begin(connection, event, now, session, message, problems);
		connection.note(owned(msrp.transactionId), message?.messageId ?? owned(msrp.messageId ?? ""));
		return answers;
	}

	#begin(
		connection: Connection,
		event: MsrpEvent,
		now: number,
		session: string,
		message: SentMessage | undefined,
		problems: Problem[],
	): void {
		const { msrp, dir } = event;
		const failure = msrp.method === "SEND" ? failureReport(msrp) : "yes";
		const transaction: Transaction = {
			connection,
			dir,
			id: owned(msrp.transactionId),
			entry: event.number,
			method: msrp.method,
			failureReport: failure,
			expectsResponse: msrp.complete && msrp.method !== "REPORT" && failure === "yes",
			firstFrom: msrp.fromPath[0],
			session,
			message,
			due: now + RESPONSE_WAIT,
			gaps: connection.gaps[dir === 0 ? 1 : 0],
			timedOut: false,
			same: undefined,
			before: undefined,
			after: undefined,
		};
		connection.transactions[dir] ??= new Map();
		const known = connection.transactions[dir];
		const first = known.get(transaction.id);
		if (first === undefined) known.set(transaction.id, transaction);
		else if (first.timedOut) {
			this.#forget(first);
			known.set(transaction.id, transaction);
		} else {
			if (first.expectsResponse) note(problems, "msrp.duplicate-transaction-id", transaction.id);
			let last = first;
			while (last.same !== undefined) last = last.same;
			last.same = transaction;
		}
		this.#open.push(transaction);
		if (this.#open.size > this.#limits.openTransactions) {
			const oldest = this.#open.first!;
			oldest.connection.forgotten[oldest.dir] = true;
			this.#forget(oldest);
		}
	}

	#response(connection: Connection, event: MsrpEvent, now: number, problems: Problem[]): number | undefined {
		const { msrp } = event;
		const dir: Direction = event.dir === 0 ? 1 : 0;
		const transaction = connection.transactions[dir]?.get(msrp.transactionId);
		if (transaction === undefined) {
			const elsewhere = this.#elsewhere(connection, event);
			if (elsewhere !== undefined) {
				note(problems, "msrp.response-wrong-connection", `the request went over flow ${elsewhere.connection.flow.id}`);
				this.#forget(elsewhere);
				return elsewhere.entry;
			}
			if (!connection.mayHaveMissed(dir)) note(problems, "msrp.response-unknown-transaction", msrp.transactionId);
			return undefined;
		}
		this.#forget(transaction);
		this.#judge(transaction, event, now, problems);
		return transaction.entry;
	}

	#judge(transaction: Transaction, { msrp }: MsrpEvent, now: number, problems: Problem[]): void {
		const { connection, message } = transaction;
		if (transaction.method === "REPORT") note(problems, "msrp.response-to-report", transaction.id);
		else if (msrp.status !== 200) note(problems, "msrp.error-response", `${msrp.status} ${msrp.comment}`.trim());
		else if (transaction.failureReport !== "yes")
			note(problems, "msrp.response-unexpected", `Failure-Report is ${transaction.failureReport}`);
		const to = msrp.toPath[0];
		if (to !== undefined && transaction.firstFrom !== undefined && !sameUri(to, transaction.firstFrom)) {
			note(problems, "msrp.response-path-mismatch", `To-Path ${to}, request came from ${transaction.firstFrom}`);
		}
		if (msrp.status === 200) return;
		if (message !== undefined) {
			message.reported = true;
			if (msrp.status === 413) message.stopped ??= now;
		}
		if (msrp.status === 481 && transaction.session !== "") {
			connection.dead ??= new Map();
			if (connection.dead.size < this.#limits.sessions && !connection.dead.has(transaction.session))
				connection.dead.set(transaction.session, now);
		}
	}

	/** An open request on another connection that this response fits in id and path; looked for among the latest. */
	#elsewhere(connection: Connection, { msrp }: MsrpEvent): Transaction | undefined {
		const to = msrp.toPath[0];
		if (to === undefined) return undefined;
		let left = LOOK_BACK;
		for (let one = this.#open.last; one !== undefined && left > 0; one = one.before, left--) {
			if (one.id !== msrp.transactionId || one.connection === connection || one.firstFrom === undefined) continue;
			if (sameUri(to, one.firstFrom)) return one;
		}
		return undefined;
	}

	/** Takes a transaction out of all tables; a younger one with its id moves up. */
	#forget(transaction: Transaction): void {
		(transaction.timedOut ? this.#timedOut : this.#open).remove(transaction);
		const known = transaction.connection.transactions[transaction.dir]!;
		const first = known.get(transaction.id);
		if (first === transaction) {
			if (transaction.same === undefined) known.delete(transaction.id);
			else known.set(transaction.id, transaction.same);
			return;
		}
		for (let one = first; one !== undefined; one = one.same) if (one.same === transaction) one.same = transaction.same;
	}

	#expire(now: number): void {
		for (let one = this.#open.first; one !== undefined && one.due <= now; one = this.#open.first) {
			this.#open.remove(one);
			one.timedOut = true;
			this.#timedOut.push(one);
			if (this.#timedOut.size > REMEMBERED) {
				const oldest = this.#timedOut.first!;
				oldest.connection.forgotten[oldest.dir] = true;
				this.#forget(oldest);
			}
			if (!one.expectsResponse || one.gaps !== one.connection.gaps[one.dir === 0 ? 1 : 0]) continue;
			this.#late.push({ entry: one.entry, problem: { id: "msrp.response-timeout", offset: 0, length: 0, detail: one.id } });
		}
	}

	/** RFC 4975 §5.4: the passive side does not know the session before the first request, unless TLS told it. */
	#firstOf(connection: Connection, { dir, msrp, number, over, flow }: MsrpEvent, began: number, now: number): void {
		connection.heard[dir] = true;
		this.heard(flow, dir);
		if (dir === 0) {
			if (connection.early !== undefined && began > connection.early.at) this.#accuseEarly(connection);
			connection.early = undefined;
		} else if (msrp.kind === "request" && !connection.heard[0] && over === "tcp" && flow.openerKnown && !connection.mayHaveMissed(0)) {
			connection.early = { entry: number, at: now };
		}
	}

	#accuseEarly(connection: Connection): void {
		if (connection.mayHaveMissed(0)) return;
		this.#late.push({ entry: connection.early!.entry, problem: { id: "msrp.passive-sent-first", offset: 0, length: 0 } });
		connection.early = undefined;
	}

	#drop(connection: Connection): void {
		connection.closed = true;
		this.#hops.release(connection);
		this.#sent.close(connection, false, []);
		for (const known of connection.transactions) {
			for (let one of known?.values() ?? []) {
				for (;;) {
					const next = one.same;
					this.#forget(one);
					if (next === undefined) break;
					one = next;
				}
			}
		}
	}
}

const NONE: Late[] = Object.freeze([]) as unknown as Late[];

/** RFC 4975 §6.1. */
function sameUri(a: string, b: string): boolean {
	if (a === b) return true;
	const one = msrpKey(a)?.key;
	return one !== undefined && one === msrpKey(b)?.key;
}
