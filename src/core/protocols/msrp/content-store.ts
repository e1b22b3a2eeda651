/** Octets that all reassemblies of a pipeline may hold together. */
export class ContentBudget {
	readonly max: number;
	used = 0;

	constructor(max: number = 64 << 20) {
		this.max = max;
	}
}

/**
 * The first octets of one message, by position. Holds at most `limit` of them; what lies beyond, or finds no budget,
 * is lost, and so is, for good, everything after the first such octet.
 */
export class ContentStore {
	readonly #limit: number;
	readonly #budget: ContentBudget;
	#buf: Buffer = EMPTY;
	/** octets from position 1 on that are not lost */
	#good: number;

	constructor(limit: number, budget: ContentBudget) {
		this.#limit = limit;
		this.#budget = budget;
		this.#good = limit;
	}

	/** Stores buf[from, to), the first of which is the octet at `position` (from 0); the chunk had `length` octets. */
	put(position: number, buf: Buffer, from: number, to: number, length: number): void {
		const room = Math.min(to - from, this.#good - position);
		if (room > 0 && this.#reserve(position + room)) {
			buf.copy(this.#buf, position, from, from + room);
			if (length > to - from) this.#good = Math.min(this.#good, position + (to - from));
		} else if (length > 0) {
			this.#good = Math.min(this.#good, position);
		}
	}

	/** The first `contiguous` octets as far as they are held; owned by the caller from now on when `last`. */
	content(contiguous: number): Buffer {
		return this.#buf.subarray(0, Math.min(contiguous, this.#good));
	}

	release(): void {
		this.#budget.used -= this.#buf.length;
		this.#buf = EMPTY;
		this.#good = 0;
	}

	#reserve(length: number): boolean {
		if (length <= this.#buf.length) return true;
		const size = this.#buf.length === 0 ? length : Math.min(this.#limit, Math.max(length, this.#buf.length * 2));
		const more = size - this.#buf.length;
		if (this.#budget.used + more > this.#budget.max) return false;
		this.#budget.used += more;
		const grown = Buffer.allocUnsafe(size);
		this.#buf.copy(grown, 0);
		// Positions that no chunk has filled yet must not show old memory.
		grown.fill(0, this.#buf.length);
		this.#buf = grown;
		return true;
	}
}

const EMPTY = Buffer.alloc(0);
