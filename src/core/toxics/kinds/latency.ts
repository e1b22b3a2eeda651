import type { Random } from "../../model/random.js";
import { BaseToxin } from "../base.js";
import type { Attributes, Surroundings, ToxicKind } from "../types.js";

/** Counted from when octets came into the chain, so that what waited elsewhere, in a toxic that is slow, counts too. */
class Latency extends BaseToxin {
	readonly #random: Random;
	/** when what waits longest is due; undefined: nobody has thrown the dice for it yet */
	#due: number | undefined;

	constructor(attributes: Attributes, surroundings: Surroundings) {
		super(attributes, surroundings);
		this.#random = surroundings.random;
	}

	override advance(now: number): void {
		while (this.queue.length > 0) {
			this.#due ??= this.queue[0]!.at + this.#delay();
			if (now < this.#due) {
				this.wakeAt = this.#due;
				return;
			}
			// A second toxic of this kind adds its delay to this one's.
			const chunk = this.queue[0]!;
			this.queue[0] = { ...chunk, at: Math.max(chunk.at, this.#due) };
			this.#due = undefined;
			this.give(chunk.octets.length, now);
		}
		this.wakeAt = undefined;
		if (this.ending !== undefined) this.finish(this.ending, now);
	}

	override update(attributes: Attributes, now: number): void {
		this.#due = undefined;
		super.update(attributes, now);
	}

	#delay(): number {
		const { latency, jitter } = this.attributes as { latency: number; jitter: number };
		return jitter > 0 ? latency + this.#random.below(2 * jitter) - jitter : latency;
	}
}

export const latency: ToxicKind = {
	name: "latency",
	title: "Everything arrives later, by so many milliseconds, more or less.",
	attributes: {
		latency: { unit: "ms", doc: "delay" },
		jitter: { unit: "ms", doc: "the delay is more or less by up to so much" },
	},
	// What is under way on a long line: a stop of the source would make it a slow one.
	window: 4 << 20,
	begin: (attributes, surroundings) => new Latency(attributes, surroundings),
};
