import { type Position, plus } from "./byte-range.js";

/** Holes in one message beyond which a chunk is not recorded any more. */
const MAX_RANGES = 1024;

/** Which octets of a message have arrived: disjoint ranges in order, both ends included. */
export class RangeSet {
	readonly #starts: Position[] = [];
	readonly #ends: Position[] = [];

	/** the last octet of the run that begins at 1; 0 when octet 1 is missing */
	get contiguous(): Position {
		return this.#starts.length > 0 && this.#starts[0]! <= 1 ? this.#ends[0]! : 0;
	}

	/** the last octet that has arrived; 0 when none has */
	get last(): Position {
		return this.#ends[this.#ends.length - 1] ?? 0;
	}

	/** Adds first..last (nothing when last < first). True when one of the octets had arrived before. */
	add(first: Position, last: Position): boolean {
		if (last < first) return false;
		const starts = this.#starts;
		const ends = this.#ends;
		const before = plus(first, -1);
		const after = plus(last, 1);
		let i = this.#firstEndingAtOrAfter(before);
		if (i === starts.length || starts[i]! > after) {
			if (starts.length < MAX_RANGES) {
				starts.splice(i, 0, first);
				ends.splice(i, 0, last);
			}
			return false;
		}
		let overlap = false;
		let from = first;
		let to = last;
		const at = i;
		for (; i < starts.length && starts[i]! <= after; i++) {
			if (starts[i]! <= last && ends[i]! >= first) overlap = true;
			if (starts[i]! < from) from = starts[i]!;
			if (ends[i]! > to) to = ends[i]!;
		}
		starts.splice(at, i - at, from);
		ends.splice(at, i - at, to);
		return overlap;
	}

	#firstEndingAtOrAfter(position: Position): number {
		let low = 0;
		let high = this.#ends.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.#ends[middle]! < position) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
