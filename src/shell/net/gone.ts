/** Tells who waits for something that it is not wanted any more. An AbortController is too much for every connection. */
export class Gone {
	aborted = false;
	#told: (() => void) | undefined;

	/** Once; later calls do nothing. */
	abort(): void {
		if (this.aborted) return;
		this.aborted = true;
		this.#told?.();
	}

	/** Who is told, at most one at a time; undefined: nobody any more. */
	tell(told: (() => void) | undefined): void {
		this.#told = told;
	}
}
