import type { Carrier, Entry, EntryLinks, EventEntry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { Direction, Flow, FlowSink } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import type { ContentBudget, MsrpAssembler } from "../protocols/msrp/index.js";
import type { KeyLog } from "../protocols/tls/types.js";
import type { HepFlows } from "./hep-flows.js";

export interface LateProblem {
	entry: number;
	problem: Problem;
}

/** What every flow of a pipeline shares. */
export interface PipelineContext {
	limits: Limits;
	keyLog: KeyLog;
	/** true when an SDP body announced MSRP at this address and port */
	expectsMsrp(address: string, port: number): boolean;
	/** hands a finished entry on: numbers it, ties it to its session, delivers it */
	emit(entry: Entry): void;
	/** opens a flow that a packet of another flow carried (HEP) */
	openFlow(flow: Flow): FlowSink;
	/** ids of flows that no link layer numbered: negative, so that they never meet */
	nextFlowId(): number;
	/** number that the next entry will get */
	nextEntry(): number;
	/** a finding about an entry that was handed on before */
	late(findings: readonly LateProblem[]): void;
	/** assemblers with messages under way: the clock has to look at them */
	readonly assembling: Set<MsrpAssembler>;
	/** octets that all assemblers may hold together */
	readonly contentBudget: ContentBudget;
	/** octets held by connections of which it is not yet known what they speak */
	readonly undecided: { octets: number };
	/** unpacks messages that capture agents sent */
	readonly hep: HepFlows;
}

/**
 * One direction's clock: when the octets of the frame under construction began to arrive.
 * Before a feed, `began` is the moment of the first octet not yet part of a frame; after the first frame
 * of a feed every later frame began in that same feed.
 */
export class FrameClock {
	#began: Moment = { sec: 0, nsec: 0, packet: 0 };
	#now: Moment = { sec: 0, nsec: 0, packet: 0 };
	/** stream offset up to which frames were reported */
	#reported = 0;
	/** stream offset fed so far */
	#fed = 0;

	feeding(octets: number, at: Moment): void {
		this.#now = at;
		if (this.#reported >= this.#fed) set(this.#began, at);
		this.#fed += octets;
	}

	/** The first octet's moment of the frame that is being reported now; to be called once per frame. */
	began(frameEnd: number): Moment {
		const began = { sec: this.#began.sec, nsec: this.#began.nsec, packet: this.#began.packet };
		this.#reported = frameEnd;
		set(this.#began, this.#now);
		return began;
	}

	get now(): Moment {
		return this.#now;
	}
}

/** A copy of a lent moment. */
export function copyNow(at: Moment): Moment {
	return { sec: at.sec, nsec: at.nsec, packet: at.packet };
}

function set(target: Moment, from: Moment): void {
	target.sec = from.sec;
	target.nsec = from.nsec;
	target.packet = from.packet;
}

/** The part that all kinds of entries have; `emit` fills in the number. */
export function entryBase(
	flow: Flow,
	dir: Direction,
	over: Carrier,
	at: Moment,
	began: Moment,
	offset: number,
	length: number,
	problems: Problem[],
) {
	const links: EntryLinks = {};
	return {
		number: 0,
		at: { sec: at.sec, nsec: at.nsec, packet: at.packet },
		began,
		flow,
		dir,
		from: dir === 0 ? flow.a : flow.b,
		to: dir === 0 ? flow.b : flow.a,
		over,
		offset,
		length,
		problems,
		links,
	} satisfies Omit<SipEntry, "protocol" | "sip"> & Omit<MsrpEntry, "protocol" | "msrp"> & Omit<EventEntry, "protocol" | "text">;
}
