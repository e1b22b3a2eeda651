import type { Entry } from "../model/entry.js";
import type { CloseHow, Flow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import { type Moment, seconds } from "../model/time.js";
import { Findings } from "./findings.js";
import { ImdnIndex } from "./imdn-index.js";
import { Keepalives } from "./keepalives.js";
import { MsrpTables } from "./msrp-tables.js";
import { MsrpConnectionTable } from "./msrp-transactions.js";
import { SessionFinder } from "./session-finder.js";
import { type Session, SessionStore } from "./sessions.js";
import { SipTables } from "./sip-tables.js";
import type { Late, SessionSummary } from "./types.js";

/**
 * Ties entries together: transactions, dialogs, MSRP sessions, messages, notifications. Fed with every entry in order.
 * Memory is bounded by the limits `sessions`, `openTransactions` and `flows`; beyond them the oldest is forgotten.
 */
export class SessionTables {
	readonly #findings = new Findings();
	readonly #store: SessionStore;
	readonly #sip: SipTables;
	readonly #msrp: MsrpTables;
	readonly #connections: MsrpConnectionTable;
	readonly #imdn: ImdnIndex;
	readonly #keepalives: Keepalives;
	/** the latest moment seen */
	#now = 0;

	constructor(limits: Limits) {
		this.#store = new SessionStore(limits.sessions);
		const finder = new SessionFinder(this.#store, limits.sessions);
		this.#sip = new SipTables(limits, this.#findings, finder, (dialog, entry) => {
			const { outstanding } = dialog.call.session;
			if (outstanding === undefined || outstanding.size === 0 || dialog.method === "SUBSCRIBE" || dialog.method === "REFER") return;
			const waits = [...outstanding].slice(0, 8).map(([chat, what]) => `${chat} (${what})`);
			this.#findings.on(entry, "session.bye-with-open-messages", `${outstanding.size} outstanding: ${waits.join(", ")}`);
			outstanding.clear();
		});
		const { media, waiting } = this.#sip.rounds;
		this.#msrp = new MsrpTables(limits, this.#findings, this.#store, media, waiting);
		this.#connections = new MsrpConnectionTable(limits);
		this.#keepalives = new Keepalives(this.#findings, limits.flows);
		this.#imdn = new ImdnIndex(this.#findings, limits.openTransactions);
	}

	/**
	 * Sets `entry.links`, appends to `entry.problems` what the entry shows, and returns what it shows about earlier entries.
	 * To be called once per entry, in order of their numbers, when the checks of the message itself are done.
	 */
	entry(entry: Entry): Late[] {
		const now = seconds(entry.at);
		if (now > this.#now) this.#now = now;
		let session: Session | undefined;
		switch (entry.protocol) {
			case "sip":
				session = this.#sip.entry(entry);
				if (session !== undefined && entry.sip.kind === "request" && entry.sip.method === "MESSAGE") {
					this.#imdn.entry(entry, session, false);
				}
				break;
			case "msrp": {
				const { answers, problems } = this.#connections.frame(entry);
				for (const problem of problems) entry.problems.push(problem);
				session = this.#msrp.entry(entry, answers, now);
				if (session !== undefined) this.#imdn.entry(entry, session, session.fromStart && this.#msrp.complete(entry.flow));
				break;
			}
			default:
				if (entry.problems.some(({ id }) => id === "tcp.gap")) this.#connections.gap(entry.flow, entry.dir);
				this.#msrp.connection(entry.flow, entry);
				if (entry.protocol === "keepalive") this.#keepalives.event(entry, now);
		}
		session?.count(entry);
		return this.#findings.take();
	}

	/** A connection was opened. Optional: without it nothing is known of one that stays silent. */
	openFlow(flow: Flow): void {
		this.#msrp.connection(flow);
	}

	/** Both directions of a flow are over. */
	closeFlow(flow: Flow, how: CloseHow, at: Moment): Late[] {
		const late = this.#connections.close(flow, at, how);
		this.#msrp.late(late);
		this.#msrp.closed(flow, seconds(at));
		this.#keepalives.closed(flow.id);
		return join(late, this.#findings.take());
	}

	/** Time has passed. */
	advance(at: Moment): Late[] {
		const now = seconds(at);
		if (now > this.#now) this.#now = now;
		this.#sip.advance(this.#now);
		this.#msrp.advance(this.#now);
		this.#keepalives.advance(this.#now);
		const late = this.#connections.advance(at);
		this.#msrp.late(late);
		return join(late, this.#findings.take());
	}

	/** The input is over: what was due by then is reported, what was not due yet is not. */
	finish(at?: Moment): Late[] {
		return this.advance(at ?? { sec: Math.floor(this.#now), nsec: Math.floor((this.#now % 1) * 1e9), packet: 0 });
	}

	/** An SDP that both sides agreed on has MSRP listen at this address and port. */
	expectsMsrp(address: string, port: number): boolean {
		// Where MSRP comes over WebSocket (RFC 7977) it begins with HTTP.
		return this.#sip.rounds.media.listener(address, port).some(({ media, side }) => media.sides[side].own.transport !== "ws");
	}

	/** In order of their ids; those beyond the limit are gone. */
	*sessions(): Iterable<SessionSummary> {
		for (const session of this.#store.all()) yield session.summary();
	}

	session(id: string): SessionSummary | undefined {
		return this.#store.get(id)?.summary();
	}
}

function join(a: Late[], b: Late[]): Late[] {
	return a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];
}
