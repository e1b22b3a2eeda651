import { BaseToxin, WINDOW } from "../base.js";
import type { Attributes, Chunk, ToxicKind } from "../types.js";

/** Octets go on in pieces that take no longer than this, in milliseconds. */
const LONGEST = 100;

/** A piece goes on when the line has carried all of it. */
class Bandwidth extends BaseToxin {
	/** the line has carried everything before */
	#free = Number.NEGATIVE_INFINITY;
	/** of the piece that is being carried */
	#size = 0;
	#due: number | undefined;

	override push(chunk: Chunk, now: number): void {
		if (this.queue.length === 0) this.#free = Math.max(this.#free, now);
		super.push(chunk, now);
	}

	override advance(now: number): void {
		const rate = this.attributes["rate"]!;
		while (this.queue.length > 0) {
			if (rate === 0) {
				this.wakeAt = undefined;
				return;
			}
			if (this.#due === undefined) {
				const { length } = this.queue[0]!.octets;
				// 1 KB/s is one octet a millisecond.
				this.#size = this.whole ? length : Math.min(length, Math.max(1, Math.floor(rate * LONGEST)));
				this.#due = this.#free + this.#size / rate;
			}
			if (now < this.#due) {
				this.wakeAt = this.#due;
				return;
			}
			this.#free = this.#due;
			this.#due = undefined;
			this.give(this.#size, now);
		}
		this.wakeAt = undefined;
		if (this.ending !== undefined) this.finish(this.ending, now);
	}

	override update(attributes: Attributes, now: number): void {
		this.#due = undefined;
		this.#free = now;
		super.update(attributes, now);
	}
}

export const bandwidth: ToxicKind = {
	name: "bandwidth",
	title: "The line carries so many kilobytes a second and no more.",
	attributes: { rate: { unit: "KB/s", doc: "thousand octets a second; 0: nothing passes" } },
	window: WINDOW,
	begin: (attributes, surroundings) => new Bandwidth(attributes, surroundings),
};
