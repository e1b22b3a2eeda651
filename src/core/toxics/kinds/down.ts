import { BaseToxin, WINDOW } from "../base.js";
import type { Attributes, Surroundings, ToxicKind } from "../types.js";

/** What comes is lost. The reset is left to `advance`: whoever opens a connection is not told of its end while opening it. */
class Down extends BaseToxin {
	constructor(attributes: Attributes, surroundings: Surroundings, now: number) {
		super(attributes, surroundings);
		this.wakeAt = now;
	}

	override push(): void {}

	override end(): void {}

	override advance(now: number): void {
		this.finish("reset", now);
	}
}

export const down: ToxicKind = {
	name: "down",
	title: "Nobody is there: connections are reset at once, open ones and new ones.",
	attributes: {},
	window: WINDOW,
	begin: (attributes, surroundings, now) => new Down(attributes, surroundings, now),
};
