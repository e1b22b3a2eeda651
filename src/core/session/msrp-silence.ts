import type { Flow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { Late } from "./types.js";

/** RFC 4975 §5.4 "immediately"; this project gives it so many seconds. */
const INITIAL_SEND_WAIT = 10;

/** Connections for MSRP on which the side that opened them has sent nothing yet. */
export class MsrpSilence {
	readonly #limit: number;
	/** flow to the second of its opening; oldest first */
	readonly #since = new Map<number, number>();

	constructor(limits: Limits) {
		this.#limit = limits.flows;
	}

	opened(flow: Flow, now: number): void {
		if (flow.openerKnown && !flow.midStream && this.#since.size < this.#limit) this.#since.set(flow.id, now);
	}

	broken(flow: Flow): void {
		this.#since.delete(flow.id);
	}

	closed(flow: Flow, now: number, late: Late[]): void {
		this.#check(flow.id, now, late);
		this.#since.delete(flow.id);
	}

	advance(now: number, late: Late[]): void {
		if (this.#since.size === 0) return;
		for (const flow of this.#since.keys()) if (!this.#check(flow, now, late)) break;
	}

	/** False when this flow, and so every later one, has time left. */
	#check(flow: number, now: number, late: Late[]): boolean {
		const since = this.#since.get(flow);
		if (since === undefined) return true;
		if (now - since < INITIAL_SEND_WAIT) return false;
		this.#since.delete(flow);
		const detail = `flow ${flow}, silent for ${(now - since).toFixed(1)} s`;
		late.push({ entry: 0, problem: { id: "msrp.no-initial-send", offset: 0, length: 0, detail } });
		return true;
	}
}
