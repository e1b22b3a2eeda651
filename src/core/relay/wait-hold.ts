import type { Action, Hold, HoldLimit } from "./stage.js";

/** A hold that has not begun, waits, or is over. */
export class WaitHold implements Hold {
	over = false;
	/** seconds that this wait may last; undefined: as the relay's limits say */
	readonly seconds: number | undefined;
	readonly #lost: (() => void) | undefined;
	#go: ((action: Action | undefined) => void) | undefined;

	constructor({ seconds, lost }: HoldLimit = {}) {
		this.seconds = seconds;
		this.#lost = lost;
	}

	release(action?: Action): void {
		if (this.over) return;
		this.over = true;
		this.#go?.(action);
	}

	/** The message waits now; `go` is called when it is released. */
	wait(go: (action: Action | undefined) => void): void {
		this.#go = go;
	}

	/** The wait has ended some other way. */
	expire(): void {
		if (this.over) return;
		this.over = true;
		this.#go = undefined;
		this.#lost?.();
	}
}
