import { hash, type Random, seeded } from "../model/random.js";
import { TOXICS } from "./kinds/index.js";
import type { Chunk, Ending, Onward, ToxicKind, ToxicSettings, Toxin } from "./types.js";

/** One toxic in the chain of one direction of one connection. */
interface Link extends Onward {
	settings: ToxicSettings;
	readonly kind: ToxicKind;
	readonly random: Random;
	/** from 0 to 1: it works on this connection where its toxicity is above this */
	readonly draw: number;
	/** undefined: this connection is spared */
	toxin: Toxin | undefined;
	/** when it is taken away */
	until: number | undefined;
}

/** Chunks that may wait in one toxic before the source is stopped: each costs memory beside its octets. */
const MOST_CHUNKS = 4096;

export interface ChainOptions {
	/** what is pushed are messages, never cut */
	whole: boolean;
	/** the source cannot be stopped: what comes while the chain is full is lost */
	lossy: boolean;
	/** of this direction of this connection */
	seed: number;
}

/** Takes what comes out of a chain. All times are in milliseconds. */
export interface ChainEnd {
	send(octets: Buffer, tag: unknown, offset: number, now: number): void;
	/** `by`: the toxic that ends it so, where the end that came was another one or none */
	end(how: Ending, now: number, by: ToxicSettings | undefined): void;
}

/**
 * The toxics of one direction of one connection, in order: octets go through the first, then the second, and so on. Toxics come and
 * go at any time; what waits in one that goes is given on at once. Pure: time comes with every call.
 */
export class ToxicChain {
	readonly #out: ChainEnd;
	readonly #options: ChainOptions;
	#links: Link[] = [];
	#over = false;
	/** how what came has ended */
	#came: Ending | undefined;
	#by: ToxicSettings | undefined;

	constructor(out: ChainEnd, options: ChainOptions) {
		this.#out = out;
		this.#options = options;
	}

	/** No toxic works here and nothing waits: octets may just as well go past it. */
	get idle(): boolean {
		return this.#over || this.#links.every((link) => link.toxin === undefined);
	}

	/** octets that wait */
	get held(): number {
		let held = 0;
		for (const { toxin } of this.#links) held += toxin?.held ?? 0;
		return held;
	}

	/** So much waits that the source should stop. */
	get full(): boolean {
		return this.#links.some(({ toxin, kind }) => toxin !== undefined && (toxin.held >= kind.window || toxin.waiting >= MOST_CHUNKS));
	}

	/** when `advance` is needed next */
	get wakeAt(): number | undefined {
		let at: number | undefined;
		for (const { toxin, until } of this.#links) {
			if (toxin?.wakeAt !== undefined) at = Math.min(at ?? toxin.wakeAt, toxin.wakeAt);
			if (until !== undefined) at = Math.min(at ?? until, until);
		}
		return at;
	}

	/** Octets (owned) and what belongs to them. */
	push(octets: Buffer, tag: unknown, now: number): void {
		if (!this.#options.lossy || !this.full) this.#into(0).push({ octets, at: now, tag, offset: 0 }, now);
	}

	end(how: Ending, now: number): void {
		this.#came ??= how;
		this.#into(0).end(how, now);
	}

	advance(now: number): void {
		// A toxic that passes its end on may end the connection, and all of this with it.
		for (const { toxin, until, settings } of [...this.#links]) {
			toxin?.advance(now);
			if (until !== undefined && until <= now) this.remove(settings, now);
		}
	}

	/** One more, behind all others; where there is one of that name and type it is changed. */
	add(settings: ToxicSettings, now: number): void {
		if (this.#find(settings) !== undefined) {
			this.change(settings, now);
			return;
		}
		const kind = TOXICS.get(settings.type)!;
		const random = seeded(hash(settings.seed ?? this.#options.seed, settings.name));
		const link: Link = {
			settings,
			kind,
			random,
			draw: random.next(),
			toxin: undefined,
			until: untilOf(settings, now),
			push: (chunk, at) => this.#into(this.#links.indexOf(link) + 1).push(chunk, at),
			end: (how, at) => {
				if (how !== this.#came) this.#by ??= link.settings;
				this.#into(this.#links.indexOf(link) + 1).end(how, at);
			},
		};
		this.#links.push(link);
		this.#begin(link, now);
	}

	/** Other attributes or another toxicity for the toxic of that name and type. */
	change(settings: ToxicSettings, now: number): void {
		const link = this.#find(settings);
		if (link === undefined) return;
		link.settings = settings;
		link.until = untilOf(settings, now);
		if (link.toxin === undefined) this.#begin(link, now);
		else if (link.draw < settings.toxicity) link.toxin.update(settings.attributes, now);
		else this.#end(link, now);
	}

	remove(settings: ToxicSettings, now: number): void {
		const link = this.#find(settings);
		if (link === undefined) return;
		this.#end(link, now);
		this.#links = this.#links.filter((one) => one !== link);
	}

	/** The connection is over. */
	clear(): void {
		this.#over = true;
		this.#links = [];
	}

	#find({ name, type }: ToxicSettings): Link | undefined {
		return this.#links.find(({ settings }) => settings.name === name && settings.type === type);
	}

	#begin(link: Link, now: number): void {
		if (this.#over || link.draw >= link.settings.toxicity) return;
		link.toxin = link.kind.begin(link.settings.attributes, { onward: link, random: link.random, whole: this.#options.whole }, now);
	}

	#end(link: Link, now: number): void {
		link.toxin?.remove(now);
		link.toxin = undefined;
	}

	/** The first toxic at work from there on, or what is behind the chain. */
	#into(index: number): Onward {
		for (let i = index; i < this.#links.length; i++) {
			const { toxin } = this.#links[i]!;
			if (toxin !== undefined) return toxin;
		}
		return this.#behind;
	}

	readonly #behind: Onward = {
		push: ({ octets, tag, offset }: Chunk, now) => {
			if (!this.#over) this.#out.send(octets, tag, offset, now);
		},
		end: (how, now) => {
			if (this.#over) return;
			this.clear();
			this.#out.end(how, now, this.#by);
		},
	};
}

function untilOf({ lasts }: ToxicSettings, now: number): number | undefined {
	return lasts === undefined ? undefined : now + lasts;
}
