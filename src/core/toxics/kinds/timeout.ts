import { BaseToxin, WINDOW } from "../base.js";
import type { Attributes, Surroundings, ToxicKind } from "../types.js";

/**
 * What comes is dropped. The time runs from the beginning and again from all that comes, as toxiproxy has it. Octets are missing
 * when it is taken away, so the connection is then closed.
 */
class Timeout extends BaseToxin {
	constructor(attributes: Attributes, surroundings: Surroundings, now: number) {
		super(attributes, surroundings);
		this.#begin(now);
	}

	override push(_: unknown, now: number): void {
		if (!this.over) this.#begin(now);
	}

	override advance(now: number): void {
		if (this.ending !== undefined) this.finish(this.ending, now);
		else if (this.wakeAt !== undefined && now >= this.wakeAt) this.finish("close", now);
	}

	override update(attributes: Attributes, now: number): void {
		this.attributes = attributes;
		if (!this.over) this.#begin(now);
	}

	override remove(now: number): void {
		this.finish("close", now);
	}

	#begin(now: number): void {
		const timeout = this.attributes["timeout"]!;
		this.wakeAt = timeout > 0 ? now + timeout : undefined;
	}
}

export const timeout: ToxicKind = {
	name: "timeout",
	title: "Nothing arrives any more, and after a time the connection is closed.",
	attributes: { timeout: { unit: "ms", doc: "until the connection is closed; 0: it stays open" } },
	window: WINDOW,
	begin: (attributes, surroundings, now) => new Timeout(attributes, surroundings, now),
};
