import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Entry } from "../model/entry.js";
import type { DiagnosticId, Severity } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { append, FifoMap } from "./bounded.js";
import type { Dialog } from "./dialogs.js";
import { owned } from "./text.js";
import type { FocusEvidence, MediaSummary, SessionKind, SessionSummary } from "./types.js";

const RANK: Record<Severity, number> = { chat: 1, note: 2, warn: 3, error: 4 };

/** What is listed of a session has bounds, so that one that never ends does not grow. */
const LISTED = 64;
const OUTSTANDING = 1024;
const NONE: readonly never[] = [];

/** One call, subscription or chat, with the MSRP that belongs to it. */
export class Session {
	participants: readonly string[] = NONE;
	callIds: readonly string[] = NONE;
	dialogs: readonly Dialog[] = NONE;
	focus: readonly FocusEvidence[] = NONE;
	media: readonly MediaSummary[] = NONE;
	/** the first 64 */
	flows: readonly number[] = NONE;
	/** MSRP connections that are open now */
	openFlows = 0;
	last: Moment;
	ended = false;
	sip = 0;
	msrp = 0;
	/** MSRP messages of which octets or a requested REPORT are still to come, by chat key; undefined when there never were any */
	outstanding: Map<string, "octets" | "report"> | undefined;
	worst: Severity | undefined;

	constructor(
		readonly id: string,
		public kind: SessionKind,
		readonly began: Moment,
		readonly fromStart: boolean,
	) {
		this.last = began;
	}

	/** Is it over? Every dialog ended and every MSRP connection closed. */
	settle(): void {
		this.ended = this.openFlows === 0 && this.dialogs.every(({ state }) => state === "terminated");
	}

	participant(uri: string): void {
		if (uri === "" || this.participants.length >= LISTED || this.participants.includes(uri)) return;
		this.participants = append(this.participants, owned(uri));
	}

	/** `callId` must be owned. */
	callId(callId: string): void {
		if (this.callIds.length < LISTED) this.callIds = append(this.callIds, callId);
	}

	flow(id: number): void {
		if (this.flows.length < LISTED && !this.flows.includes(id)) this.flows = append(this.flows, id);
	}

	dialog(dialog: Dialog): void {
		if (this.dialogs.length < LISTED) this.dialogs = append(this.dialogs, dialog);
	}

	addFocus(evidence: FocusEvidence): void {
		if (this.focus.length >= LISTED) return;
		const known = this.focus.some(({ uri, from, to }) => uri === evidence.uri && from === evidence.from && to === evidence.to);
		if (!known) this.focus = append(this.focus, evidence);
	}

	/** Notes what is still to come of a message; undefined when nothing is. */
	expect(chat: string, what: "octets" | "report" | undefined): void {
		if (what === undefined) {
			this.outstanding?.delete(chat);
			return;
		}
		this.outstanding ??= new Map();
		if (this.outstanding.size < OUTSTANDING || this.outstanding.has(chat)) this.outstanding.set(chat, what);
	}

	addMedia(media: MediaSummary): void {
		this.media = append(this.media.length >= LISTED ? this.media.slice(1) : this.media, media);
	}

	/** Takes an entry into account. */
	count(entry: Entry): void {
		this.last = entry.at;
		if (entry.protocol === "sip") this.sip++;
		else if (entry.protocol === "msrp") this.msrp++;
		for (const problem of entry.problems) this.found(problem.id);
	}

	found(id: DiagnosticId): void {
		const { severity } = DIAGNOSTICS[id];
		if (this.worst === undefined || RANK[severity] > RANK[this.worst]) this.worst = severity;
	}

	summary(): SessionSummary {
		return {
			id: this.id,
			kind: this.kind,
			participants: [...this.participants],
			callIds: [...this.callIds],
			dialogs: this.dialogs.map((dialog) => dialog.summary()),
			began: { ...this.began },
			last: { ...this.last },
			ended: this.ended,
			fromStart: this.fromStart,
			counts: { sip: this.sip, msrp: this.msrp },
			focus: this.focus.map((evidence) => ({ ...evidence })),
			media: this.media.map((media) => ({ ...media })),
			msrpFlows: [...this.flows],
			worst: this.worst,
		};
	}
}

/** All sessions by id, the oldest forgotten beyond the limit. */
export class SessionStore {
	readonly #byId: FifoMap<string, Session>;
	#last = 0;

	constructor(limit: number) {
		this.#byId = new FifoMap(limit);
	}

	open(kind: SessionKind, entry: Entry, fromStart: boolean): Session {
		const session = new Session(`c${++this.#last}`, kind, { ...entry.began }, fromStart);
		this.#byId.set(session.id, session);
		return session;
	}

	get(id: string): Session | undefined {
		return this.#byId.get(id);
	}

	all(): IterableIterator<Session> {
		return this.#byId.values();
	}
}
