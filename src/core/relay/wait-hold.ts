import type { Action, Hold } from "./stage.js";

/** A hold that has not begun, waits, or is over. */
export class WaitHold implements Hold {
	over = false;
	#go: ((action: Action | undefined) => void) | undefined;

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
		this.over = true;
		this.#go = undefined;
	}
}
