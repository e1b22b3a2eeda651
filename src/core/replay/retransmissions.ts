import { cseq, topVia } from "../protocols/sip/index.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { readUnit } from "./unit.js";

/** RFC 3261 §17.1.1.1 and table 4, milliseconds */
export interface Timers {
	t1: number;
	t2: number;
}

export const RFC_TIMERS: Timers = { t1: 500, t2: 4000 };

/** Transactions remembered at once: far more than a conversation has open, so that a flood of requests cannot fill memory. */
const MOST = 10_000;

interface Transaction {
	/** what goes out again: the request, or the latest response */
	octets: Buffer | undefined;
	/** milliseconds between the last and the next time; 0: it is not sent again by itself */
	interval: number;
	due: number;
	/** timers B, F and H: nothing is sent any more; then it is forgotten */
	until: number;
	invite: boolean;
	client: boolean;
	/** of a client: the final response came; of a server: it was sent */
	final: boolean;
	/** of our INVITE: what its final response is answered with again */
	ack: Buffer | undefined;
}

/**
 * What RFC 3261 §17 has a SIP element do over UDP beside the messages themselves: requests go out again until they are answered
 * (timers A, B, E, F), final responses to INVITE until their ACK comes (G, H, and §13.3.1.4 for 2xx), and what the peer repeats is
 * answered again, and told only once. Without sockets and clock: times are milliseconds of any clock that does not go back.
 */
export class Retransmissions {
	readonly #timers: Timers;
	readonly #open = new Map<string, Transaction>();
	/** messages of the peer that were told → forgotten at */
	readonly #seen = new Map<string, number>();
	#repeats = 0;

	constructor(timers: Timers = RFC_TIMERS) {
		this.#timers = timers;
	}

	/** how often anything went out again */
	get repeats(): number {
		return this.#repeats;
	}

	/** A message of ours goes out now. */
	sent(octets: Buffer, at: number): void {
		const sip = view(octets);
		if (sip === undefined) return;
		this.#forget(at);
		const { t1 } = this.#timers;
		const until = at + 64 * t1;
		const invite = sip.method === "INVITE";
		if (sip.kind === "request") {
			if (sip.method === "ACK") {
				for (const one of this.#invites(sip, true)) one.ack = octets;
				return;
			}
			const one = { octets, interval: t1, due: at + t1, until, invite, client: true, final: false, ack: undefined };
			this.#remember(`client ${branch(sip)} ${sip.method} ${dialog(sip)}`, one);
			return;
		}
		const final = sip.status >= 200;
		const repeats = final && invite;
		const one = { octets, interval: repeats ? t1 : 0, due: at + t1, until, invite, client: false, final, ack: undefined };
		this.#remember(serverKey(sip), one);
	}

	/**
	 * A message of the peer came. "again": it is a repetition, which has been dealt with but for `send`, what is to be sent now.
	 */
	received(octets: Buffer, at: number): { news: boolean; send: Buffer[] } {
		const sip = view(octets);
		if (sip === undefined) return { news: !/^[\r\n\0 ]*$/.test(octets.toString("latin1", 0, 64)), send: [] };
		this.#forget(at);
		const key = identity(sip, octets);
		const again = this.#seen.has(key);
		if (!again) {
			if (this.#seen.size >= MOST) this.#seen.delete(this.#seen.keys().next().value!);
			this.#seen.set(key, at + 64 * this.#timers.t1);
		}
		const send = sip.kind === "request" ? this.#request(sip, again) : this.#response(sip, at, again);
		this.#repeats += send.length;
		return { news: !again, send };
	}

	/** What has to go out again by now. */
	due(at: number): Buffer[] {
		this.#forget(at);
		const out: Buffer[] = [];
		for (const one of this.#open.values()) {
			if (one.interval === 0 || one.due > at) continue;
			out.push(one.octets!);
			// Timer A has no upper limit (§17.1.1.2), E and G have T2.
			one.interval = one.client && one.invite ? one.interval * 2 : Math.min(one.interval * 2, this.#timers.t2);
			one.due = at + one.interval;
		}
		this.#repeats += out.length;
		return out;
	}

	/** When `due` has to be asked next; undefined: not before something is sent. */
	get next(): number | undefined {
		let next: number | undefined;
		for (const { interval, due, until } of this.#open.values()) {
			if (interval > 0 && due < until && (next === undefined || due < next)) next = due;
		}
		return next;
	}

	#request(sip: SipMessage, again: boolean): Buffer[] {
		if (sip.method === "ACK") {
			for (const one of this.#invites(sip, false)) if (one.final) one.interval = 0;
			return [];
		}
		const answer = again ? this.#open.get(serverKey(sip))?.octets : undefined;
		return answer === undefined ? [] : [answer];
	}

	#response(sip: SipMessage, at: number, again: boolean): Buffer[] {
		const one = this.#open.get(`client ${branch(sip)} ${sip.method} ${dialog(sip)}`);
		if (one === undefined) return [];
		if (sip.status >= 200) {
			one.final = true;
			one.interval = 0;
			return again && one.invite && one.ack !== undefined ? [one.ack] : [];
		}
		if (one.final) return [];
		if (one.invite) one.interval = 0;
		else if (one.interval > 0) {
			// §17.1.2.2: in "Proceeding" timer E fires every T2.
			one.interval = this.#timers.t2;
			one.due = at + this.#timers.t2;
		}
		return [];
	}

	/** INVITEs that an ACK is for: those of refusals share the branch, those of 2xx only Call-ID and number (§13.2.2.4). */
	*#invites(ack: SipMessage, client: boolean): Iterable<Transaction> {
		const ending = ` INVITE ${dialog(ack)}`;
		for (const [key, one] of this.#open) if (one.client === client && key.endsWith(ending)) yield one;
	}

	#remember(key: string, one: Transaction): void {
		this.#open.delete(key);
		if (this.#open.size >= MOST) this.#open.delete(this.#open.keys().next().value!);
		this.#open.set(key, one);
	}

	#forget(at: number): void {
		for (const [key, { until }] of this.#open) if (until <= at) this.#open.delete(key);
		for (const [key, until] of this.#seen) {
			if (until > at) break;
			this.#seen.delete(key);
		}
	}
}

function view(octets: Buffer): SipMessage | undefined {
	const unit = readUnit("sip", octets);
	return unit?.protocol === "sip" ? unit.sip : undefined;
}

function branch(sip: SipMessage): string {
	return topVia(sip)?.branch ?? "";
}

/** Call-ID and number of the request. */
function dialog(sip: SipMessage): string {
	return `${sip.get("call-id")} ${cseq(sip)?.number}`;
}

/** RFC 3261 §17.2.3 */
function serverKey(sip: SipMessage): string {
	const via = topVia(sip);
	return `server ${via?.branch} ${via?.host}:${via?.port ?? ""} ${sip.method} ${dialog(sip)}`;
}

/** The same for a message and its repetitions; forked answers differ by their tag, provisional ones by anything. */
function identity(sip: SipMessage, octets: Buffer): string {
	if (sip.kind === "request") return `${serverKey(sip)} ${sip.requestUri}`;
	if (sip.status < 200) return octets.toString("latin1");
	return `${branch(sip)} ${sip.method} ${dialog(sip)} ${sip.status} ${sip.get("to")}`;
}
