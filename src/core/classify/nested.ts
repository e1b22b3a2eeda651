import { parseCpim } from "../protocols/cpim/index.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import { usable } from "./axes.js";
import { line } from "./firing.js";
import type { Evidence } from "./types.js";

/** Messages inside messages that are followed. */
const DEPTH = 8;
const NONE: Evidence[] = [];

/**
 * From of each message/cpim inside this one, outermost first: whom the sender says that it is from, and so on (R31).
 * Offsets count from the first octet of the outermost CPIM content, as everywhere.
 *
 * @param octets what the offsets of `cpim` count from; undefined when it has not been kept
 */
export function nestedFrom(cpim: CpimMessage | undefined, octets: Buffer | undefined): Evidence[] {
	if (cpim?.contentType !== "message/cpim" || octets === undefined) return NONE;
	const chain: Evidence[] = [];
	let outer = cpim;
	let base = 0;
	while (outer.contentType === "message/cpim" && outer.mimeComplete && chain.length < DEPTH) {
		const end = base + outer.contentEnd;
		base += outer.contentStart;
		const inner = parseCpim(octets, base, end, true);
		const from = inner.from[0];
		if (!usable(from)) break;
		const { start, end: to, ...rest } = line("who is said to have written", from.header);
		chain.push({ ...rest, start: base + (start ?? 0), end: base + (to ?? 0) });
		outer = inner;
	}
	return chain;
}
