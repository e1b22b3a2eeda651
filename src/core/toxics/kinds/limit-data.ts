import { BaseToxin, WINDOW } from "../base.js";
import type { Chunk, ToxicKind } from "../types.js";

/** A message that does not fit into what is left is not cut: it is lost. Changing the limit does not change what was counted. */
class LimitData extends BaseToxin {
	#passed = 0;

	override push(chunk: Chunk, now: number): void {
		if (this.over) return;
		const left = Math.max(0, this.attributes["bytes"]! - this.#passed);
		const fits = chunk.octets.length <= left;
		const size = fits ? chunk.octets.length : this.whole ? 0 : left;
		this.#passed += size;
		if (size > 0) this.onward.push(fits ? chunk : { ...chunk, octets: chunk.octets.subarray(0, size) }, now);
		if (!fits || size === left) this.finish("close", now);
	}

	override advance(now: number): void {
		if (this.ending !== undefined) this.finish(this.ending, now);
	}
}

export const limitData: ToxicKind = {
	name: "limit_data",
	title: "The connection is closed when so many octets have passed.",
	attributes: { bytes: { unit: "octets", doc: "that pass before the connection is closed" } },
	window: WINDOW,
	begin: (attributes, surroundings) => new LimitData(attributes, surroundings),
};
