import type { CloseHow, Direction, Flow, FlowSink, OpenFlow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import { hash } from "../model/random.js";
import { copyMoment, type Moment } from "../model/time.js";
import { detect } from "../pipeline/detect.js";
import type { ToxicChange, ToxicSet, ToxicSubject } from "../toxics/set.js";
import type { ToxicSettings } from "../toxics/types.js";
import type { LaneContext } from "./context.js";
import { Lane } from "./lane.js";
import { Leg } from "./leg.js";
import type { RelayLimits } from "./limits.js";
import { MsrpMemory } from "./mend-frame.js";
import { MessageFramer } from "./message-framer.js";
import { MsrpFramer } from "./msrp-framer.js";
import { OutQueue } from "./out-queue.js";
import { Outlet } from "./outlet.js";
import { OwnTransactions } from "./own.js";
import { SipFramer } from "./sip-framer.js";
import type { Hold, HoldLimit, RelayConnection, RelayProtocol, RelayStage } from "./stage.js";
import { earlier, isBefore } from "./time.js";
import type { CloseCode, Relay, RelaySink } from "./types.js";
import { WaitHold } from "./wait-hold.js";

export interface ConnectionSetup {
	id: number;
	client: Flow;
	server: Flow;
	openFlow: OpenFlow;
	/** from the client to the server */
	stages: readonly RelayStage[];
	limits: Limits;
	relayLimits: RelayLimits;
	/** where no stage can touch anything one leg is decoded for both */
	once: boolean;
	/** what is done to all octets of this hop's connections, behind the stages */
	toxics?: ToxicSet | undefined;
	/** of everything that is left to chance */
	seed: number;
	onClosed(): void;
}

/** What has become of a connection before there was anything to do to it. */
export interface SoFar {
	legs: readonly [Leg, Leg | undefined];
	/** the end of this direction was passed on */
	ended: readonly [boolean, boolean];
	now: Moment;
}

/** One connection through the relay: two lanes, two legs, and what the stages see of it. */
export class RelayedConnection implements Relay, RelayConnection, LaneContext, ToxicSubject {
	readonly id: number;
	readonly client: Flow;
	readonly server: Flow;
	readonly limits: Limits;
	readonly relayLimits: RelayLimits;
	readonly memory = new MsrpMemory();
	readonly own: OwnTransactions;
	readonly now: Moment;
	protocol: RelayProtocol | undefined;
	readonly #setup: ConnectionSetup;
	readonly #sink: RelaySink;
	readonly #legs: readonly [Leg, Leg | undefined];
	readonly #outlets: readonly [Outlet, Outlet];
	readonly #lanes: readonly [Lane, Lane];
	readonly #stages: readonly [readonly RelayStage[], readonly RelayStage[]];
	readonly #faulty = new Set<RelayStage>();
	readonly #messages: boolean;
	/** one message may be SIP and the next one MSRP: WebSocket, whose sub-protocol the relay does not see */
	readonly #either: boolean;
	/** it is known what is spoken, or that it is nothing of ours */
	#decided = false;
	/** there was a toxic at some time; asked once a chunk, where looking at each direction would cost */
	#poisoned = false;
	#over = false;
	readonly #ended: [boolean, boolean] = [false, false];
	/** the end of this direction was passed on */
	readonly #passedOn: [boolean, boolean] = [false, false];

	get connection(): RelayConnection {
		return this;
	}

	constructor(setup: ConnectionSetup, sink: RelaySink, before?: SoFar) {
		this.#setup = setup;
		this.id = setup.id;
		this.client = setup.client;
		this.server = setup.server;
		this.limits = setup.limits;
		this.own = new OwnTransactions(setup.limits);
		this.relayLimits = setup.relayLimits;
		this.now = copyMoment(before?.now ?? setup.client.began);
		this.#sink = sink;
		this.#stages = [setup.stages, [...setup.stages].reverse()];
		this.#messages = carriesMessages(setup);
		this.#either = this.#messages && setup.client.transport !== "udp";
		const [client, server] = before?.legs ?? legsOf(setup);
		this.#legs = [client, server];
		if (before !== undefined) {
			this.#ended = [...before.ended];
			this.#passedOn = [...before.ended];
		}
		const back = server === undefined ? undefined : client;
		this.#outlets = [this.#outlet(0, server), this.#outlet(1, back)];
		this.#lanes = [this.#lane(0, client), this.#lane(1, server ?? client)];
		setup.toxics?.subscribe(this, this.now);
		for (const stage of setup.stages) stage.opened?.(this);
	}

	get held(): number {
		return this.#lanes[0].held + this.#lanes[1].held + this.#outlets[0].held + this.#outlets[1].held;
	}

	get wakeAt(): Moment | undefined {
		let at = earlier(this.#lanes[0].wakeAt, this.#lanes[1].wakeAt);
		if (this.#poisoned) for (const outlet of this.#outlets) at = earlier(at, outlet.wakeAt);
		for (const stage of this.#setup.stages) if (stage.wakeAt !== undefined) at = earlier(at, stage.wakeAt(this));
		return at;
	}

	active(dir: Direction): boolean {
		return !this.#over && (this.shaping(dir) || this.#touched(dir));
	}

	shaping(dir: Direction): boolean {
		return this.#poisoned && this.#outlets[dir].shaping;
	}

	full(dir: Direction): boolean {
		return this.#poisoned && this.#outlets[dir].full;
	}

	/** A stage may hold or change octets of that direction, or something waits there. */
	#touched(dir: Direction): boolean {
		if (this.#lanes[dir].busy || this.own.waits(dir)) return true;
		if (this.#decided && this.protocol === undefined) return false;
		const protocol = this.#either ? undefined : this.protocol;
		for (const stage of this.#stages[dir]) if (stage.touches(this, dir, protocol)) return true;
		return false;
	}

	passed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#at(at);
		this.#came(dir, buf, start, end, at);
		// The octets are out already, so the leg that they went out on is told here and not by the lane.
		const outgoing = this.#legs[dir === 0 ? 1 : 0];
		if (this.#legs[1] !== undefined) outgoing?.data(dir, buf, start, end, at);
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#at(at);
		if (this.#touched(dir)) {
			this.#lanes[dir].feed(buf, start, end, at, false);
			return;
		}
		// Only toxics are at work: the octets go to them as they are, and what is told of them comes before what they become.
		const outlet = this.#outlets[dir];
		outlet.park();
		outlet.send(Buffer.from(buf.subarray(start, end)), at);
		this.#came(dir, buf, start, end, at);
		outlet.unpark();
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		this.#at(at);
		if (this.#over) return;
		if (how === "fin") {
			if (this.#ended[dir]) return;
			this.#ended[dir] = true;
			(dir === 0 ? this.#legs[0] : (this.#legs[1] ?? this.#legs[0])).close(dir, how, at);
			this.#lanes[dir].end(at);
			return;
		}
		this.#finish();
		this.#sink.close(dir, "rst");
		for (const leg of this.#legs) leg?.close(dir, how, at);
	}

	advance(now: Moment): void {
		this.#at(now);
		if (this.#over) return;
		for (const stage of this.#setup.stages) this.#guarded(stage, () => stage.advance?.(this, now));
		for (const lane of this.#lanes) lane.advance(now);
		if (this.#poisoned) for (const outlet of this.#outlets) outlet.advance(now);
	}

	toxicChanged(change: ToxicChange, now: Moment): void {
		this.#at(now);
		if (this.#over) return;
		this.#poisoned = true;
		this.#outlets[change.toxic.stream === "upstream" ? 0 : 1].toxicChanged(change, now);
		this.wake();
	}

	// What stages may do.

	inject(dir: Direction, octets: Buffer, delay = 0, by?: string): void {
		if (!this.#over) this.#lanes[dir].course.inject(octets, delay, by);
	}

	end(dir: Direction, how: "fin" | "rst", code?: CloseCode): void {
		if (this.#over) return;
		if (how === "fin") this.#lanes[dir].course.out.close("fin", this.now, code);
		else this.reset(dir);
	}

	hold(limit?: HoldLimit): Hold {
		return new WaitHold(limit);
	}

	wake(): void {
		if (!this.#over) this.#sink.wake?.();
	}

	toxic(how: ToxicChange["how"], toxic: ToxicSettings): void {
		this.toxicChanged({ how, toxic }, this.now);
	}

	report(dir: Direction, id: Parameters<FlowSink["problem"]>[1], detail: string): void {
		this.#legs[0].problem(dir, id, detail, this.now);
	}

	// What lanes need.

	stages(dir: Direction): readonly RelayStage[] {
		return this.#stages[dir];
	}

	reset(dir: Direction): void {
		this.#lanes[dir].course.out.resetAfter(this.now);
	}

	decide(buf: Buffer, start: number, end: number): boolean {
		const spoken = detect(buf, start, end, true);
		if (spoken === "maybe") return false;
		this.#decided = true;
		this.protocol = spoken === "sip" || spoken === "msrp" ? spoken : undefined;
		for (const lane of this.#lanes) this.#speak(lane);
		return true;
	}

	fault(stage: RelayStage, error: unknown): void {
		if (this.#faulty.has(stage)) return;
		this.#faulty.add(stage);
		this.report(0, "relay.stage-fault", `${stage.name}: ${error instanceof Error ? error.message : String(error)}`);
	}

	#speak(lane: Lane): void {
		const { limits } = this;
		if (this.protocol === "sip") lane.speak((sink) => new SipFramer(sink, limits, false));
		else if (this.protocol === "msrp") lane.speak((sink) => new MsrpFramer(sink, limits, false));
		else lane.speak(undefined);
	}

	/** Octets of that direction that have gone on, or go on beside the lane. */
	#came(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		const lane = this.#lanes[dir];
		if (lane.tracked || this.#injected(dir)) lane.feed(buf, start, end, at, true);
		else (dir === 0 ? this.#legs[0] : (this.#legs[1] ?? this.#legs[0])).data(dir, buf, start, end, at);
	}

	#injected(dir: Direction): boolean {
		for (const stage of this.#setup.stages) if (stage.injects?.(this, dir) === true) return true;
		return false;
	}

	#outlet(dir: Direction, outgoing: Leg | undefined): Outlet {
		const sink: RelaySink = {
			send: (to, octets, as) => this.#sink.send(to, octets, as),
			close: (to, how, code) => {
				if (this.#over) return;
				this.#passedOn[to] = true;
				if (how === "rst" || (this.#passedOn[0] && this.#passedOn[1])) this.#finish();
				this.#sink.close(to, how, code);
				if (how === "rst") for (const leg of this.#legs) leg?.close(to, how, this.now);
			},
		};
		const { client, server, seed } = this.#setup;
		return new Outlet(dir, sink, outgoing, {
			whole: this.#messages,
			lossy: (dir === 0 ? client : server).transport === "udp",
			seed: hash(seed, this.id, dir),
			ends: ({ name, type }, how) =>
				this.report(
					dir,
					"relay.toxic",
					`${type}${name === `${type}_upstream` || name === `${type}_downstream` ? "" : ` (${name})`} ${how === "reset" ? "reset" : "closed"} the connection`,
				),
			cut: () => {
				this.#lanes[dir === 0 ? 1 : 0].end(this.now);
				this.#sink.shut?.();
			},
		});
	}

	#lane(dir: Direction, incoming: Leg): Lane {
		const lane = new Lane(dir, this, incoming, new OutQueue(this.#outlets[dir]));
		if (this.#messages) {
			this.#decided = !this.#either;
			if (!this.#either) this.protocol ??= "sip";
			const tell = (protocol: RelayProtocol): void => {
				this.protocol ??= protocol;
			};
			lane.speak((to) => new MessageFramer(to, this.limits, tell));
		}
		return lane;
	}

	#at(at: Moment): void {
		if (isBefore(at, this.now)) return;
		this.now.sec = at.sec;
		this.now.nsec = at.nsec;
	}

	#guarded(stage: RelayStage, run: () => void): void {
		try {
			run();
		} catch (error) {
			this.fault(stage, error);
		}
	}

	#finish(): void {
		if (this.#over) return;
		this.#over = true;
		for (const lane of this.#lanes) lane.abandon();
		for (const outlet of this.#outlets) outlet.clear();
		this.#setup.toxics?.unsubscribe(this);
		for (const stage of this.#setup.stages) this.#guarded(stage, () => stage.closed?.(this));
		this.#setup.onClosed();
	}
}

/** The legs of a connection, opened. */
export function legsOf({ client, server, openFlow, once }: ConnectionSetup): [Leg, Leg | undefined] {
	return [new Leg(client, openFlow), once ? undefined : new Leg(server, openFlow)];
}

/** Every call of `data` of its legs is one message. */
export function carriesMessages({ client, server }: Pick<ConnectionSetup, "client" | "server">): boolean {
	return [client, server].some(({ transport, carrier }) => transport === "udp" || carrier === "ws" || carrier === "wss");
}
