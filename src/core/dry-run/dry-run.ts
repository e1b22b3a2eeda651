import type { ClassifierOptions, Verdict } from "../classify/classifier.js";
import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import { copyMoment, type Moment } from "../model/time.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { RelayHub } from "../relay/hub.js";
import type { Action, MsrpUnit, RelayStage, SipUnit } from "../relay/stage.js";
import { earlier, isBefore, later } from "../relay/time.js";
import type { Relay } from "../relay/types.js";
import { type Fired, type RuleLogLine, type RuleSet, RuleStage } from "../rules/index.js";

export interface DryRunOptions {
	seed: number;
	/** classify both what came and what would have gone on */
	classify?: Omit<ClassifierOptions, "limits"> | undefined;
	limits?: Partial<Limits>;
	/** a rule fired on the message of that entry of the capture; 0 where there is none (a connection that opens) */
	onFired?(fired: Fired, entry: number): void;
	onLog?(line: RuleLogLine): void;
	/** a message as it came; lent */
	onBefore?(entry: Entry): void;
	/** a message as it would have gone on; lent */
	onAfter?(after: AfterEntry): void;
}

/** A message as it would have gone on. */
export interface AfterEntry {
	/** numbers are those of a capture with what went on; what rules did to it is in `rewritten` */
	entry: Entry;
	/** entry of the capture that it came of; undefined: a rule put it there */
	number: number | undefined;
	/** what clients make of the message as it came */
	before: Verdict | undefined;
}

/** Octets of a message that are looked at, and may be held. */
const INSPECT = 8 << 20;
const HELD = 64 << 20;
/** Seconds that what waits at the end of the capture is given. */
const PATIENCE = 3600;
/** Turns of the clock at the end. */
const MOST_TURNS = 10_000;
const NAMELESS = "";

/**
 * A capture as if rules had stood in its path: every message goes through the relay that the live proxy has, with the same stage.
 * Fed with all entries in order. Two pipelines are told what came and what went on, each as if it were a capture of its own.
 *
 * Of a recording of this proxy the client's legs are played; messages of which the capture has only a part are left out.
 */
export class DryRun {
	readonly stage: RuleStage;
	/** messages that were left out, because the capture has only a part of them */
	skipped = 0;
	/** messages that could not have come, because rules had ended their connection */
	cutOff = 0;
	readonly #options: DryRunOptions;
	readonly #hub: RelayHub;
	readonly #before: Pipeline;
	readonly #after: Pipeline;
	readonly #relays = new Map<Flow, Relay>();
	/** directions that rules have ended */
	readonly #ended = new Map<Flow, [boolean, boolean]>();
	/** relays that want to be told of the time */
	readonly #waiting = new Set<Relay>();
	readonly #now: Moment = { sec: 0, nsec: 0, packet: 0 };
	/** entry of the capture, by number of the entry about the message as it came */
	readonly #numbers: number[] = [];
	#current = 0;
	/** what a caller's function threw; to be thrown where the caller can see it, not taken for a fault of the decoder */
	#thrown: { error: unknown } | undefined;

	constructor(set: RuleSet, options: DryRunOptions) {
		this.#options = options;
		const { seed, classify } = options;
		const limits = { ...options.limits, inspect: INSPECT };
		const shared = { limits, ...(classify === undefined ? {} : { classify }) };
		this.stage = new RuleStage(set, {
			seed,
			entries: true,
			onFired: (fired) => options.onFired?.(fired, this.#numbers[fired.entry.number] ?? 0),
			...(options.onLog === undefined ? {} : { onLog: options.onLog }),
		});
		this.#hub = new RelayHub({ stages: [this.stage, TAGS], limits, relayLimits: { octets: HELD } });
		this.#before = new Pipeline({
			...shared,
			onEntry: (entry) => {
				this.#numbers[entry.number] = this.#current;
				this.#tell(() => options.onBefore?.(entry));
			},
		});
		this.#after = new Pipeline({ ...shared, onEntry: (entry) => this.#went(entry) });
	}

	/** An entry of the capture, in order. */
	entry(entry: Entry): void {
		if (entry.flow.leg === "server") return;
		this.#until(entry.at);
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
		const octets = octetsOf(entry);
		if (octets === undefined) {
			this.skipped++;
			return;
		}
		const relay = this.#relay(entry);
		if (this.#ended.get(entry.flow)?.[entry.dir] === true) {
			this.cutOff++;
			return;
		}
		this.#current = entry.number;
		if (relay.active(entry.dir)) relay.feed(entry.dir, octets, 0, octets.length, entry.at);
		else relay.passed(entry.dir, octets, 0, octets.length, entry.at);
		this.#watch(relay);
		this.#throw();
	}

	/** The capture is over: what waits goes on in its time. */
	finish(): void {
		const end = later(this.#now, PATIENCE);
		for (let turn = 0; turn < MOST_TURNS; turn++) {
			const at = this.#next();
			if (at === undefined || isBefore(end, at)) break;
			this.#advance(isBefore(at, this.#now) ? this.#now : at);
		}
		for (const relay of this.#relays.values()) relay.close(0, "end-of-capture", this.#now);
		this.#before.finish();
		this.#after.finish();
		this.#throw();
	}

	#tell(call: () => void): void {
		try {
			call();
		} catch (error) {
			this.#thrown ??= { error };
		}
	}

	#throw(): void {
		const thrown = this.#thrown;
		this.#thrown = undefined;
		if (thrown !== undefined) throw thrown.error;
	}

	#relay({ flow, over, at }: SipEntry | MsrpEntry): Relay {
		let relay = this.#relays.get(flow);
		if (relay === undefined) {
			relay = this.#open(flow, over === "exported" || over === "udp" || over === "tcp" ? {} : { carrier: over }, at);
			this.#relays.set(flow, relay);
		}
		return relay;
	}

	/** Two legs of the relay, and a flow in each pipeline: one is told what came in on either leg, the other what went out. */
	#open(captured: Flow, carried: Pick<Flow, "carrier">, at: Moment): Relay {
		const { annotate: _annotate, leg: _leg, ...plain } = captured;
		const base: Flow = { ...plain, ...carried, midStream: false, began: copyMoment(at) };
		const legs = { client: { ...base, leg: "client" as const }, server: { ...base, leg: "server" as const } };
		const came: Flow = { ...base };
		const went: Flow = { ...base };
		came.annotate = (entry) => {
			const leg: Flow = entry.dir === 0 ? legs.client : legs.server;
			// As on a live connection: rules may ask by which leg a message came.
			entry.flow = leg;
			leg.annotate?.(entry);
		};
		went.annotate = (entry) => {
			const leg: Flow = entry.dir === 0 ? legs.server : legs.client;
			leg.annotate?.(entry);
		};
		const sinks = { came: this.#before.openFlow(came), went: this.#after.openFlow(went) };
		const relay: Relay = this.#hub.connect(
			{ ...legs, openFlow: (flow) => legSink(sinks, flow.leg === "client" ? 0 : 1) },
			// What goes out is told to its leg already.
			{
				send: () => {},
				close: (dir, how) => {
					const before = this.#ended.get(captured) ?? [false, false];
					this.#ended.set(captured, [before[0] || dir === 0 || how === "rst", before[1] || dir === 1 || how === "rst"]);
				},
				wake: () => this.#waiting.add(relay),
			},
		);
		return relay;
	}

	#went(entry: Entry): void {
		const { rewritten } = entry;
		const number = rewritten?.received === undefined ? undefined : this.#numbers[rewritten.received];
		if (rewritten !== undefined) {
			const stages = rewritten.stages.filter(({ by }) => by !== NAMELESS);
			entry.rewritten = stages.length === 0 ? undefined : { ...rewritten, stages, received: number };
		}
		this.#tell(() => this.#options.onAfter?.({ entry, number, before: rewritten?.verdict }));
	}

	/** Time goes on to the next entry of the capture. */
	#until(at: Moment): void {
		for (let turn = 0; turn < MOST_TURNS; turn++) {
			const next = this.#next();
			if (next === undefined || isBefore(at, next)) break;
			this.#advance(isBefore(next, this.#now) ? this.#now : next);
		}
		if (!isBefore(at, this.#now)) Object.assign(this.#now, copyMoment(at));
	}

	#next(): Moment | undefined {
		let next: Moment | undefined;
		for (const relay of this.#waiting) next = earlier(next, relay.wakeAt);
		return next;
	}

	#advance(to: Moment): void {
		Object.assign(this.#now, { sec: to.sec, nsec: to.nsec });
		const now = copyMoment(this.#now);
		for (const relay of [...this.#waiting]) {
			relay.advance(now);
			this.#watch(relay);
		}
	}

	#watch(relay: Relay): void {
		if (relay.wakeAt === undefined) this.#waiting.delete(relay);
		else this.#waiting.add(relay);
	}
}

/** Names every message as it passes, so that what goes on can be told to be the one that came. */
const TAGS: RelayStage = {
	name: "tags",
	touches: () => true,
	sip: (_unit: SipUnit): Action => ({ authors: [{ by: NAMELESS, edits: [] }] }),
	msrp: (unit: MsrpUnit): Action => (unit.whole ? { authors: [{ by: NAMELESS, edits: [] }] } : { whole: true }),
};

/** All octets of the message; undefined when the capture lacks some. Copied: the relay may keep them. */
function octetsOf(entry: SipEntry | MsrpEntry): Buffer | undefined {
	const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
	if (!frame.complete || frame.end - frame.start !== frame.length) return undefined;
	return Buffer.from(frame.bytes.subarray(frame.start, frame.end));
}

/** One leg: its octets in direction `incoming` came, those of the other one go on. */
function legSink({ came, went }: { came: FlowSink; went: FlowSink }, incoming: Direction): FlowSink {
	const side = (dir: Direction): FlowSink => (dir === incoming ? came : went);
	return {
		data: (dir, buf, start, end, at) => side(dir).data(dir, buf, start, end, at),
		gap: (dir, length, at) => side(dir).gap(dir, length, at),
		close: (dir: Direction, how: CloseHow, at) => side(dir).close(dir, how, at),
		problem: (dir, id, detail, at) => went.problem(dir, id, detail, at),
		interested: () => true,
	};
}
