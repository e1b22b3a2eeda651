import { BaseToxin, WINDOW } from "../base.js";
import type { Ending, ToxicKind } from "../types.js";

class SlowClose extends BaseToxin {
	#ended = 0;

	override end(how: Ending, now: number): void {
		this.#ended = now;
		super.end(how, now);
	}

	override advance(now: number): void {
		while (this.queue.length > 0) this.give(this.queue[0]!.octets.length, now);
		if (this.ending === undefined || this.over) return;
		const due = this.#ended + this.attributes["delay"]!;
		if (now < due) this.wakeAt = due;
		else this.finish(this.ending, now);
	}
}

export const slowClose: ToxicKind = {
	name: "slow_close",
	title: "The end of the connection arrives later.",
	attributes: { delay: { unit: "ms", doc: "delay of the end" } },
	window: WINDOW,
	begin: (attributes, surroundings) => new SlowClose(attributes, surroundings),
};
