import type { Entry, MsrpEntry } from "../model/entry.js";
import type { Flow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import { addressScope, normalHost } from "./addresses.js";
import { append, type Deadlines, FifoMap, RecentMap } from "./bounded.js";
import type { Side } from "./dialogs.js";
import type { Findings } from "./findings.js";
import type { MediaTable, MsrpMedia } from "./media.js";
import { MsrpTies, type Pair } from "./msrp-ties.js";
import { CONNECT_WAIT } from "./offer-answer.js";
import { checkConnection, checkInitialSend, INITIAL_SEND_WAIT } from "./rules-connection.js";
import { checkSend, type SendState } from "./rules-media.js";
import type { Session, SessionStore } from "./sessions.js";
import { owned } from "./text.js";
import type { Late } from "./types.js";

/** One MSRP message, all chunks on all legs. */
interface Chat extends SendState {
	id: string;
	/** its last chunk on each connection that it passed, the first eight */
	legs: readonly { flow: number; last: number }[];
	reportAsked: boolean;
}

const NONE: Chat["legs"] = [];

/** Who speaks to whom: a pair, and which side of it sends. */
interface Route {
	pair: Pair;
	sender: Side;
}

/** A connection that carried MSRP. */
interface MsrpFlow {
	flow: Flow;
	/** by To-Path and From-Path as written (rightmost URIs) */
	routes: FifoMap<string, Route>;
	sessions: FifoMap<Session, true>;
	lastTo: string;
	lastFrom: string;
	last: Route | undefined;
	openerSpoke: boolean;
	gap: boolean;
}

/** A connection that has shown no MSRP. */
interface Unclaimed {
	flow: Flow;
	/** nothing at all was seen on it since it was opened */
	silent: boolean;
}

const LEGS = 8;
/** Session pairs remembered for one connection. */
const ROUTES = 4096;
/** Connections without MSRP that may yet be what an SDP spoke of. */
const UNCLAIMED = 4096;

/** MSRP: which session and which message every frame belongs to, and whether it keeps to SDP. */
export class MsrpTables {
	readonly #findings: Findings;
	readonly #media: MediaTable;
	readonly #waiting: Deadlines<MsrpMedia>;
	readonly #ties: MsrpTies;
	readonly #flows: FifoMap<number, MsrpFlow>;
	readonly #chats: RecentMap<string, Chat>;
	readonly #links: RecentMap<number, { session: Session; chat: string | undefined }>;
	readonly #unclaimed: FifoMap<number, Unclaimed>;
	readonly #unclaimedByPort = new Map<number, Set<Flow>>();
	#lastChat = 0;

	constructor(limits: Limits, findings: Findings, store: SessionStore, media: MediaTable, waiting: Deadlines<MsrpMedia>) {
		this.#findings = findings;
		this.#media = media;
		this.#waiting = waiting;
		this.#ties = new MsrpTies(limits, store, media);
		this.#flows = new FifoMap(limits.flows, ({ sessions }) => {
			for (const session of sessions.keys()) left(session);
		});
		this.#chats = new RecentMap(limits.msrpRemembered);
		this.#links = new RecentMap(limits.msrpRemembered);
		this.#unclaimed = new FifoMap(UNCLAIMED, ({ flow }) => this.#dropUnclaimed(flow));
	}

	/** Links one frame. `answers`: the entry that it answers, as the transaction table found. Returns its session. */
	entry(entry: MsrpEntry, answers: number | undefined, now: number): Session | undefined {
		if (answers !== undefined) entry.links.answers = answers;
		const flow = this.#flow(entry.flow);
		return entry.msrp.kind === "response" ? this.#response(entry, flow, answers) : this.#request(entry, flow, now);
	}

	/** The capture shows this connection from its SYN on and without gaps. */
	complete(flow: Flow): boolean {
		return flow.openerKnown && !flow.midStream && this.#flows.get(flow.id)?.gap === false;
	}

	#response(entry: MsrpEntry, flow: MsrpFlow, answers: number | undefined): Session | undefined {
		const known = answers === undefined ? undefined : this.#links.get(answers);
		const session = known?.session ?? flow.last?.pair.session;
		if (session !== undefined) entry.links.session = session.id;
		if (known?.chat !== undefined) {
			entry.links.chat = known.chat;
			// What was refused is settled: neither octets nor a REPORT will follow.
			if (entry.msrp.status !== 200) known.session.expect(known.chat, undefined);
		}
		return session;
	}

	#request(entry: MsrpEntry, flow: MsrpFlow, now: number): Session | undefined {
		const { msrp, links } = entry;
		const route = this.#route(entry, flow);
		if (route === undefined) return undefined;
		const { pair, sender } = route;
		const { session } = pair;
		links.session = session.id;
		if (entry.dir === 0 && !flow.openerSpoke) {
			flow.openerSpoke = true;
			if (flow.flow.openerKnown && pair.media !== undefined && !pair.media.indirect && flow.sessions.size === 1) {
				checkInitialSend(this.#findings, entry, flow.flow);
			}
		}
		if (msrp.messageId !== undefined && (msrp.method === "SEND" || msrp.method === "REPORT")) {
			if (msrp.method === "SEND") this.#send(entry, pair, sender, now);
			else this.#report(entry, pair, sender);
		}
		this.#links.set(entry.number, { session, chat: links.chat });
		return session;
	}

	#send(entry: MsrpEntry, pair: Pair, sender: Side, now: number): void {
		const { msrp, links } = entry;
		const key = `${pair.id}${sender === 0 ? ">" : "<"}${msrp.messageId}`;
		let chat = this.#chats.get(key);
		if (chat === undefined) {
			chat = { id: `m${++this.#lastChat}`, legs: NONE, reportAsked: false, typeChecked: false, tooLong: false };
			this.#chats.set(key, chat);
		}
		const leg = chat.legs.find(({ flow }) => flow === entry.flow.id);
		if (leg !== undefined) leg.last = entry.number;
		else if (chat.legs.length < LEGS) chat.legs = append(chat.legs, { flow: entry.flow.id, last: entry.number });
		links.chat = chat.id;
		if (msrp.bodyOffset < 0) return;
		if (msrp.get("success-report")?.trim().toLowerCase() === "yes") chat.reportAsked = true;
		pair.session.expect(chat.id, msrp.flag === "+" ? "octets" : msrp.flag === "$" && chat.reportAsked ? "report" : undefined);
		if (pair.media !== undefined) checkSend(this.#findings, entry, pair.media, pair.mediaSide(sender), chat, now);
	}

	#report(entry: MsrpEntry, pair: Pair, sender: Side): void {
		const { msrp, links } = entry;
		const chat = this.#chats.get(`${pair.id}${sender === 0 ? "<" : ">"}${msrp.messageId}`);
		if (chat === undefined) return;
		links.chat = chat.id;
		const leg = chat.legs.find(({ flow }) => flow === entry.flow.id) ?? chat.legs.at(-1);
		if (leg !== undefined) links.answers ??= leg.last;
		if (pair.session.outstanding?.get(chat.id) === "report") pair.session.expect(chat.id, undefined);
	}

	#route(entry: MsrpEntry, flow: MsrpFlow): Route | undefined {
		const { toPath, fromPath } = entry.msrp;
		const to = toPath[toPath.length - 1];
		const from = fromPath[fromPath.length - 1];
		if (to === undefined || from === undefined) return flow.last;
		if (flow.last !== undefined && to === flow.lastTo && from === flow.lastFrom) return flow.last;
		const key = `${to} ${from}`;
		let route = flow.routes.get(key);
		if (route === undefined) {
			route = this.#tie(entry, flow, to, from);
			if (route === undefined) return flow.last;
			flow.routes.set(key, route);
		}
		flow.lastTo = owned(to);
		flow.lastFrom = owned(from);
		flow.last = route;
		return route;
	}

	#tie(entry: MsrpEntry, flow: MsrpFlow, to: string, from: string): Route | undefined {
		const tie = this.#ties.tie(entry, to, from);
		if (tie === undefined) return undefined;
		const { pair } = tie;
		const { media, session } = pair;
		if (flow.sessions.get(session) === undefined) {
			flow.sessions.set(session, true);
			session.flow(entry.flow.id);
			session.openFlows++;
			session.ended = false;
		}
		// A pair is judged with its first request on a connection, in whichever direction.
		if (media !== undefined && tie.by !== undefined && pair.judged !== entry.flow.id) {
			pair.judged = entry.flow.id;
			checkConnection(this.#findings, entry, media, tie.sender, tie.by, tie.to);
			media.record.flow ??= entry.flow.id;
		}
		return { pair, sender: tie.first };
	}

	#flow(flow: Flow): MsrpFlow {
		let known = this.#flows.get(flow.id);
		if (known === undefined) {
			known = {
				flow,
				routes: new FifoMap(ROUTES),
				sessions: new FifoMap(ROUTES, (_, session) => left(session)),
				lastTo: "",
				lastFrom: "",
				last: undefined,
				openerSpoke: false,
				gap: false,
			};
			this.#flows.set(flow.id, known);
			if (this.#unclaimed.get(flow.id) !== undefined) {
				this.#unclaimed.delete(flow.id);
				this.#dropUnclaimed(flow);
			}
		}
		return known;
	}

	/** A connection was opened, or something that is no message was seen on it. */
	connection(flow: Flow, event?: Entry): void {
		if (flow.transport !== "tcp") return;
		const known = this.#flows.get(flow.id);
		if (known !== undefined) {
			if (event?.problems.some(({ id }) => id === "tcp.gap")) known.gap = true;
			return;
		}
		const before = this.#unclaimed.get(flow.id);
		if (before !== undefined) {
			before.silent &&= event === undefined;
			return;
		}
		this.#unclaimed.set(flow.id, { flow, silent: event === undefined });
		const { port } = flow.b;
		const there = this.#unclaimedByPort.get(port);
		if (there === undefined) this.#unclaimedByPort.set(port, new Set([flow]));
		else there.add(flow);
	}

	#dropUnclaimed(flow: Flow): void {
		const there = this.#unclaimedByPort.get(flow.b.port);
		there?.delete(flow);
		if (there?.size === 0) this.#unclaimedByPort.delete(flow.b.port);
	}

	/** The connection is over, at `now` seconds. */
	closed(flow: Flow, now: number): void {
		const known = this.#flows.get(flow.id);
		if (known === undefined) {
			if (flow.openerKnown && this.#unclaimed.get(flow.id)?.silent) this.#closedSilent(flow, now);
			return;
		}
		this.#flows.delete(flow.id);
		for (const session of known.sessions.keys()) left(session);
	}

	/** A connection to where exactly one side listened, without a frame. */
	#closedSilent(flow: Flow, now: number): void {
		const found = this.#media.listener(flow.b.address, flow.b.port);
		const media = found.length === 1 ? found[0]!.media : undefined;
		if (media === undefined || media.record.flow !== undefined || media.indirect) return;
		const lasted = now - flow.began.sec - flow.began.nsec / 1e9;
		if (lasted <= INITIAL_SEND_WAIT) return;
		this.#findings.late(media.answer, "msrp.no-initial-send", `connection of ${flow.a.address} was silent for ${lasted.toFixed(1)} s`);
		media.session.found("msrp.no-initial-send");
	}

	/** Counts findings that came later for the sessions of their entries. */
	late(findings: readonly Late[]): void {
		for (const { entry, problem } of findings) this.#links.get(entry)?.session.found(problem.id);
	}

	advance(now: number): void {
		for (let media = this.#waiting.next(now); media !== undefined; media = this.#waiting.next(now)) {
			const { index, session } = media;
			if (!media.live || session.media.some((other) => other.index === index && other.flow !== undefined)) continue;
			if (this.#mayBeOn(media)) continue;
			this.#findings.late(media.answer, "session.no-media-connection", `m-line ${index + 1}, none for ${CONNECT_WAIT} s`);
			session.found("session.no-media-connection");
		}
	}

	/** Is there a connection to one of its listeners whose content is not known? */
	#mayBeOn(media: MsrpMedia): boolean {
		for (const side of [0, 1] as const) {
			const listener = media.listener(side);
			if (listener === undefined) continue;
			for (const flow of this.#unclaimedByPort.get(listener.port) ?? []) {
				if (addressScope(listener.host) === "name" || normalHost(flow.b.address) === listener.host) return true;
			}
		}
		return false;
	}
}

/** A connection carries the session no more. */
function left(session: Session): void {
	session.openFlows--;
	session.settle();
}
