import type { Direction } from "../model/flow.js";
import type { Rewriting } from "../model/rewriting.js";
import { copyMoment, type Moment } from "../model/time.js";
import { type ChainEnd, ToxicChain } from "../toxics/chain.js";
import type { ToxicChange } from "../toxics/set.js";
import { millisecondsOf, momentOf } from "../toxics/time.js";
import type { Ending, ToxicSettings } from "../toxics/types.js";
import type { Leg } from "./leg.js";
import type { Carriage, CloseCode, RelaySink } from "./types.js";

/** A message begins `at` octets into what goes out, and this was done to it. */
export interface Annotated {
	at: number;
	rewriting: Rewriting | undefined;
}

interface Tag {
	rewritings: readonly Annotated[];
	as: Carriage | undefined;
}

export interface OutletOptions {
	/** what goes out are messages, never cut */
	whole: boolean;
	/** the source of what goes out cannot be stopped */
	lossy: boolean;
	seed: number;
	/** Toxics have closed the connection: nothing more comes from either end. */
	cut(): void;
	/** A toxic closes or resets the connection. */
	ends(toxic: ToxicSettings, how: Ending): void;
}

const NOTHING: readonly Annotated[] = [];

/**
 * The last of one direction: octets go to the sink, past toxics where there are any, and the leg that they go out on is told when
 * they do. So what a toxic delays, cuts or loses is seen as the receiver sees it.
 */
export class Outlet {
	readonly #dir: Direction;
	readonly #sink: RelaySink;
	readonly #leg: Leg | undefined;
	readonly #options: OutletOptions;
	#chain: ToxicChain | undefined;
	/** the moment that belongs to the chain's milliseconds */
	#now: Moment | undefined;
	#code: CloseCode | undefined;
	/** octets wait until `unpark`, so that who sent them can tell of them first */
	#parked: (() => void)[] | undefined;

	constructor(dir: Direction, sink: RelaySink, leg: Leg | undefined, options: OutletOptions) {
		this.#dir = dir;
		this.#sink = sink;
		this.#leg = leg;
		this.#options = options;
	}

	/** Toxics are at work here. */
	get shaping(): boolean {
		return this.#chain !== undefined && !this.#chain.idle;
	}

	/** The source is to stop. */
	get full(): boolean {
		return this.#chain?.full === true;
	}

	get held(): number {
		return this.#chain?.held ?? 0;
	}

	get wakeAt(): Moment | undefined {
		const at = this.#chain?.wakeAt;
		return at === undefined ? undefined : momentOf(at);
	}

	/** Octets (owned) go out, or into the chain. */
	send(octets: Buffer, now: Moment, rewritings: readonly Annotated[] = NOTHING, as?: Carriage): void {
		if (this.#parked !== undefined) this.#parked.push(() => this.#send(octets, now, rewritings, as));
		else this.#send(octets, now, rewritings, as);
	}

	/** The end comes after what was sent; `reset` too. */
	end(how: Ending, now: Moment, code?: CloseCode): void {
		this.#code = code;
		if (this.shaping) this.#chained(now, (chain, at) => chain.end(how, at));
		else this.#end(how, now);
	}

	/** What is sent until `unpark` waits for that. */
	park(): void {
		this.#parked ??= [];
	}

	unpark(): void {
		const parked = this.#parked ?? [];
		this.#parked = undefined;
		for (const send of parked) send();
	}

	advance(now: Moment): void {
		if (this.#chain !== undefined) this.#chained(now, (chain, at) => chain.advance(at));
	}

	toxicChanged({ how, toxic }: ToxicChange, now: Moment): void {
		if (how === "add") this.#chain ??= this.#makeChain();
		this.#chained(now, (chain, at) => {
			chain[how](toxic, at);
		});
	}

	/** The connection is over. */
	clear(): void {
		this.#chain?.clear();
		this.#parked = undefined;
	}

	#send(octets: Buffer, now: Moment, rewritings: readonly Annotated[], as: Carriage | undefined): void {
		if (this.shaping) this.#chained(now, (chain, at) => chain.push(octets, { rewritings, as } satisfies Tag, at));
		else this.#out(octets, now, rewritings, as);
	}

	#out(octets: Buffer, now: Moment, rewritings: readonly Annotated[], as: Carriage | undefined): void {
		this.#sink.send(this.#dir, octets, as);
		if (this.#leg === undefined) return;
		let told = 0;
		for (const { at, rewriting } of rewritings) {
			if (at > told) this.#leg.data(this.#dir, octets, told, at, now);
			if (rewriting !== undefined) this.#leg.expect(this.#dir, rewriting);
			told = at;
		}
		this.#leg.data(this.#dir, octets, told, octets.length, now);
	}

	#end(how: Ending, now: Moment): void {
		this.#sink.close(this.#dir, how === "reset" ? "rst" : "fin", this.#code);
		this.#leg?.close(this.#dir, how === "reset" ? "rst" : "fin", copyMoment(now));
		if (how === "close") this.#options.cut();
	}

	#chained(now: Moment, run: (chain: ToxicChain, at: number) => void): void {
		const before = this.#now;
		this.#now = copyMoment(now);
		run(this.#chain!, millisecondsOf(now));
		this.#now = before;
	}

	#makeChain(): ToxicChain {
		const end: ChainEnd = {
			send: (octets, tag, offset) => {
				const { rewritings, as } = tag as Tag;
				const last = offset + octets.length;
				const here = rewritings.filter(({ at }) => at >= offset && at < last).map((one) => ({ ...one, at: one.at - offset }));
				this.#out(octets, this.#now!, here, as);
			},
			end: (how, _, by) => {
				if (by !== undefined) this.#options.ends(by, how);
				this.#end(how, this.#now!);
			},
		};
		const { whole, lossy, seed } = this.#options;
		return new ToxicChain(end, { whole, lossy, seed });
	}
}
