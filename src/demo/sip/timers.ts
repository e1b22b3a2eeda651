/** Timers of RFC 3261 §17.1.1.1 in milliseconds; tests make T1 small. */
export interface SipTimers {
	t1: number;
	t2: number;
}

export const DEFAULT_TIMERS: Readonly<SipTimers> = { t1: 500, t2: 4000 };

/** Calls `again` after `first`, then after twice as long and so on up to `most`, and `over` after `limit` in all. */
export class Repeater {
	#timer: NodeJS.Timeout | undefined;
	#limit: NodeJS.Timeout | undefined;

	constructor(
		readonly again: (() => void) | undefined,
		readonly over: () => void,
		first: number,
		readonly most: number,
		limit: number,
	) {
		if (again !== undefined) this.#next(first);
		this.#limit = setTimeout(() => {
			this.stop();
			over();
		}, limit);
		// Whoever waits for an answer holds the process; the clock alone does not.
		this.#limit.unref();
	}

	/** No more repetitions; the limit stays. */
	quiet(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	stop(): void {
		this.quiet();
		clearTimeout(this.#limit);
		this.#limit = undefined;
	}

	#next(wait: number): void {
		this.#timer = setTimeout(() => {
			this.again?.();
			this.#next(Math.min(wait * 2, this.most));
		}, wait);
		this.#timer.unref();
	}
}
