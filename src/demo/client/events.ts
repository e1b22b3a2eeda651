/** Lets tests and scripts wait for a state instead of for a time. */
export class Changes {
	readonly #waiting = new Set<() => void>();

	/** Something is different. */
	tell(): void {
		for (const look of [...this.#waiting]) look();
	}

	/**
	 * The first value of `look` that is not undefined, looked for now and after every change.
	 *
	 * @throws Error naming `what` after `milliseconds`
	 */
	until<T>(what: string, look: () => T | undefined, milliseconds = 5000): Promise<T> {
		const now = look();
		if (now !== undefined) return Promise.resolve(now);
		return new Promise((resolve, reject) => {
			const again = (): void => {
				const found = look();
				if (found === undefined) return;
				clearTimeout(timer);
				this.#waiting.delete(again);
				resolve(found);
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(again);
				reject(new Error(`waited ${milliseconds} ms in vain for ${what}`));
			}, milliseconds);
			this.#waiting.add(again);
		});
	}
}
