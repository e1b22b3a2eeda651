import { BaseToxin, WINDOW } from "../base.js";
import type { Ending, ToxicKind } from "../types.js";

/** The time runs from the first octets, or the end, that come; those are lost. */
class ResetPeer extends BaseToxin {
	#since: number | undefined;

	override push(_: unknown, now: number): void {
		this.#begin(now);
	}

	override end(_: Ending, now: number): void {
		this.#begin(now);
	}

	override advance(now: number): void {
		if (this.#since === undefined || this.over) return;
		const due = this.#since + this.attributes["timeout"]!;
		if (now < due) this.wakeAt = due;
		else this.finish("reset", now);
	}

	override remove(now: number): void {
		if (this.#since !== undefined) this.finish("reset", now);
	}

	#begin(now: number): void {
		this.#since ??= now;
		this.advance(now);
	}
}

export const resetPeer: ToxicKind = {
	name: "reset_peer",
	title: "The connection is reset when the first octets come, or some time after.",
	attributes: { timeout: { unit: "ms", doc: "until the reset, from the first octets on; 0: at once" } },
	window: WINDOW,
	begin: (attributes, surroundings) => new ResetPeer(attributes, surroundings),
};
