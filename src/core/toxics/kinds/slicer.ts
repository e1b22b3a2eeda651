import type { Random } from "../../model/random.js";
import { BaseToxin, WINDOW } from "../base.js";
import type { Attributes, Chunk, Surroundings, ToxicKind } from "../types.js";

/** Halves what waits, roughly, until the pieces are small enough; so sizes are even from the first piece to the last. */
class Slicer extends BaseToxin {
	readonly #random: Random;
	/** what is still to be halved of the chunk that waits longest: sizes, the next one last */
	#sizes: number[] = [];
	/** when the next piece may go on */
	#next = Number.NEGATIVE_INFINITY;

	constructor(attributes: Attributes, surroundings: Surroundings) {
		super(attributes, surroundings);
		this.#random = surroundings.random;
	}

	override push(chunk: Chunk, now: number): void {
		if (this.queue.length === 0) this.#next = Math.max(this.#next, now);
		super.push(chunk, now);
	}

	override advance(now: number): void {
		while (this.queue.length > 0) {
			if (now < this.#next) {
				this.wakeAt = this.#next;
				return;
			}
			this.#next += this.attributes["delay"]! / 1000;
			this.give(this.#size(this.queue[0]!.octets.length), now);
		}
		this.wakeAt = undefined;
		if (this.ending !== undefined) this.finish(this.ending, now);
	}

	override update(attributes: Attributes, now: number): void {
		this.#sizes = [];
		this.#next = Math.min(this.#next, now);
		super.update(attributes, now);
	}

	#size(length: number): number {
		if (this.whole) return length;
		const { average_size: average, size_variation: variation } = this.attributes as { average_size: number; size_variation: number };
		const sizes = this.#sizes;
		if (sizes.length === 0) sizes.push(length);
		for (;;) {
			const size = sizes.pop()!;
			if (size - average <= variation || size < 2) return size;
			const varied = Math.floor(size / 2) + (variation > 0 ? this.#random.below(2 * variation) - variation : 0);
			const left = Math.min(size - 1, Math.max(1, varied));
			sizes.push(size - left, left);
		}
	}
}

export const slicer: ToxicKind = {
	name: "slicer",
	title: "Octets arrive in small pieces, with a pause after each.",
	attributes: {
		average_size: { unit: "octets", doc: "of a piece, on average; at least 1" },
		size_variation: { unit: "octets", doc: "pieces are larger or smaller by up to so much; less than average_size" },
		delay: { unit: "µs", doc: "pause after each piece" },
	},
	window: WINDOW,
	check({ average_size: average, size_variation: variation }) {
		if (average! < 1) return "average_size must be at least 1";
		return variation! < average! ? undefined : "size_variation must be less than average_size";
	},
	begin: (attributes, surroundings) => new Slicer(attributes, surroundings),
};
