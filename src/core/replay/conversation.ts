import type { Endpoint } from "../model/flow.js";
import { compareUnits, type Difference } from "./compare.js";
import { orderOf } from "./order.js";
import { Rekeying, type RekeyOptions } from "./rekey.js";
import { spliced } from "./splice.js";
import type { Plan, PlanLink, Step, Unit } from "./types.js";
import { expectsMsrpAnswer, isRequest, readUnit, summaryOf, transactionOf } from "./unit.js";

export interface StepResult {
	step: Step;
	/** "skipped": left out by whoever steps through the run; "absent": did not come, as it did not in the capture */
	state: "played" | "missing" | "not-sent" | "skipped" | "absent";
	differences: Difference[];
}

export interface Report {
	steps: StepResult[];
	/** live messages that the capture has no counterpart for */
	unexpected: string[];
	/** what cannot be played, from the plan */
	missing: readonly string[];
	/** why it ended early */
	stopped: string | undefined;
	/** everything was played, and nothing that matters differs */
	same: boolean;
}

/** Recorded messages that a live one is compared with, to find the one that it stands for. */
const MOST_COMPARED = 16;

/**
 * One run of a plan in lock-step, without sockets and clock: ask `next` what is to be sent, tell `sent` and `received`, until `done`.
 * A message goes out when everything that the recorded side had received before it has come.
 */
export class Conversation {
	readonly #plan: Plan;
	readonly #rekeying: Rekeying;
	readonly #raw: boolean;
	readonly #results: StepResult[];
	readonly #unexpected: string[] = [];
	#stopped: string | undefined;
	/** index of the first step that is not over */
	#first = 0;

	constructor(plan: Plan, options: RekeyOptions & { raw?: boolean }) {
		this.#plan = plan;
		this.#raw = options.raw ?? false;
		this.#rekeying = new Rekeying(options);
		this.#results = plan.steps.map((step) => ({ step, state: step.action === "send" ? "not-sent" : "missing", differences: [] }));
	}

	bind(link: PlanLink, own: Endpoint, peer: Endpoint): void {
		this.#rekeying.bind(link, own, peer);
	}

	/** Where the played side takes connections now, in place of where it took them in the capture. */
	listening(recorded: Endpoint, live: Endpoint): void {
		this.#rekeying.listening(recorded, live);
	}

	/** The message to send now; undefined while an answer of the peer is awaited, and at the end. */
	next(): Step | undefined {
		if (this.#stopped !== undefined) return undefined;
		for (let i = this.#first; i < this.#results.length; i++) {
			const { step, state } = this.#results[i]!;
			if (isOver(state) || step.optional) continue;
			return step.action === "send" ? step : undefined;
		}
		return undefined;
	}

	/** What the peer has to send before anything goes on. */
	awaiting(): Step | undefined {
		return this.#results.find(({ step, state }) => !isOver(state) && !step.optional)?.step;
	}

	get done(): boolean {
		return this.#stopped !== undefined || this.awaiting() === undefined;
	}

	/** The octets of a step of ours; `own` is this end of the connection. */
	compose(step: Step, own: Endpoint): Buffer {
		return this.#raw ? step.unit.octets : this.#rekeying.outgoing(step.unit, own);
	}

	sent(step: Step): void {
		this.#over(step);
	}

	/** The live URI for a recorded MSRP URI. */
	msrpUri(recorded: string): string {
		return this.#rekeying.live("msrp-uri", recorded) ?? recorded;
	}

	/** Whether the capture has what this message of the peer says: the same status, or the same method. */
	foresees(protocol: "sip" | "msrp", octets: Buffer): boolean {
		const unit = readUnit(protocol, octets);
		const step = unit === undefined ? undefined : this.#match(unit)?.step;
		return unit !== undefined && step !== undefined && summaryOf(step.unit) === summaryOf(unit);
	}

	/** A whole message of the peer; answers the step that it stands for. */
	received(protocol: "sip" | "msrp", octets: Buffer): Step | undefined {
		const unit = readUnit(protocol, octets);
		if (unit === undefined) {
			this.#unexpected.push(`${octets.length} octets that are no ${protocol.toUpperCase()} message`);
			return undefined;
		}
		const result = this.#match(unit);
		if (result === undefined) {
			// A provisional response that the capture lacks decides nothing.
			if (unit.protocol !== "sip" || unit.sip.kind === "request" || unit.sip.status >= 200) this.#unexpected.push(summaryOf(unit));
			return undefined;
		}
		this.#rekeying.incoming(result.step.unit, unit);
		result.differences = [...this.#differences(result.step, unit), ...this.#overtaken(result.step)];
		this.#over(result.step);
		return result.step;
	}

	/** Another difference between what came and the capture, of the kind that octets do not show. */
	differs(step: Step, difference: Difference): void {
		this.#results.find((one) => one.step === step)?.differences.push(difference);
	}

	/** A message of ours is left out, or one of the peer waited for no longer: what belongs to it is neither. */
	skip(step: Step): void {
		this.#over(step, "skipped");
		if (!isRequest(step.unit)) return;
		const whole = exchangeOf(step.unit);
		for (const result of this.#results) {
			if (!isOver(result.state) && exchangeOf(result.step.unit) === whole) this.#over(result.step, "skipped");
		}
	}

	/** A message of the peer that the capture does not have did not come: the run goes on without it. */
	absent(step: Step): void {
		this.#over(step, "absent");
	}

	/** A message came before one that came before it in the capture, and both have an order. */
	#overtaken(step: Step): Difference[] {
		const order = step.implied === undefined ? orderOf(step) : undefined;
		if (order === undefined) return [];
		for (const { step: other, state } of this.#results.slice(this.#first)) {
			if (other === step) break;
			if (isOver(state) || other.action !== "receive" || other.implied !== undefined || orderOf(other) !== order) continue;
			return [{ what: "order", recorded: `after #${other.entry}`, live: `before #${other.entry}`, matters: true }];
		}
		return [];
	}

	#differences({ unit, implied }: Step, live: Unit): Difference[] {
		if (implied === undefined)
			return compareUnits(this.#mapped(unit), live, (kind, text) => (this.#raw ? undefined : this.#rekeying.live(kind, text)));
		const [recorded, now] = [summaryOf(unit), summaryOf(live)];
		return implied === "any" || recorded === now
			? []
			: [{ what: isRequest(unit) ? "method" : "status", recorded, live: now, matters: true }];
	}

	/** What the peer is expected to say when text was replaced in what it got. */
	#mapped(unit: Unit): Unit {
		const replacements = this.#raw ? [] : this.#rekeying.replacements;
		if (replacements.length === 0) return unit;
		return readUnit(unit.protocol, spliced(unit.octets, unit.protocol, replacements)) ?? unit;
	}

	stop(why: string): void {
		this.#stopped ??= why;
	}

	report(): Report {
		const steps = this.#results.filter(({ step, state }) => isOver(state) || !step.optional);
		const same =
			this.#unexpected.length === 0 &&
			steps.every(({ state, differences }) => isOver(state) && differences.every(({ matters }) => !matters));
		return { steps, unexpected: this.#unexpected, missing: this.#plan.missing, stopped: this.#stopped, same };
	}

	/** The recorded message of the peer that a live one stands for: the same status first, then any final answer to the same request. */
	#match(unit: Unit): StepResult | undefined {
		const open = this.#results.filter(({ step, state }) => step.action === "receive" && !isOver(state));
		// An answer that the capture has belongs to a request that is to be answered.
		const answerable = unit.protocol === "sip" || !isRequest(unit) || expectsMsrpAnswer(unit.msrp);
		const fitting = open.filter(({ step }) => (answerable || step.implied === undefined) && this.#fits(step.unit, unit));
		const same = fitting.filter(({ step }) => summaryOf(step.unit) === summaryOf(unit));
		return this.#nearest(same, unit) ?? fitting.find(({ step }) => !step.optional && final(unit));
	}

	/** Of several that a message may stand for: the first of those that differ least. */
	#nearest(results: readonly StepResult[], unit: Unit): StepResult | undefined {
		if (results.length < 2) return results[0];
		let best: StepResult | undefined;
		let fewest = Number.POSITIVE_INFINITY;
		for (const result of results.slice(0, MOST_COMPARED)) {
			const count = this.#differences(result.step, unit).filter(tells).length;
			if (count >= fewest) continue;
			[best, fewest] = [result, count];
			if (count === 0) break;
		}
		return best;
	}

	#fits(recorded: Unit, live: Unit): boolean {
		if (recorded.protocol !== live.protocol || isRequest(recorded) !== isRequest(live)) return false;
		if (recorded.protocol === "sip" && live.protocol === "sip") {
			if (recorded.sip.method !== live.sip.method) return false;
			const callId = this.#raw ? recorded.sip.get("call-id") : this.#rekeying.live("call-id", recorded.sip.get("call-id") ?? "");
			if (callId !== undefined) return callId === live.sip.get("call-id");
			return isRequest(recorded) || this.#raw;
		}
		if (recorded.protocol !== "msrp" || live.protocol !== "msrp") return false;
		if (recorded.msrp.kind === "request") {
			const path = recorded.msrp.toPath[0];
			const expected = path === undefined || this.#raw ? path : this.#rekeying.live("msrp-uri", path);
			return recorded.msrp.method === live.msrp.method && (expected === undefined || expected === live.msrp.toPath[0]);
		}
		const id = this.#raw ? recorded.msrp.transactionId : this.#rekeying.live("transaction", recorded.msrp.transactionId);
		return id === live.msrp.transactionId;
	}

	#over(step: Step, state: StepResult["state"] = "played"): void {
		const result = this.#results.find((one) => one.step === step);
		if (result !== undefined) result.state = state;
		for (let next = this.#results[this.#first]; next !== undefined && isOver(next.state); next = this.#results[this.#first]) this.#first++;
	}
}

/** It tells one message of a run from another: what is new with every run does not. */
function tells({ what, matters, recorded, live }: Difference): boolean {
	if (!matters || what === "call-id") return false;
	const bare = (text: string): string => text.replace(/;\s*tag=[^;]*/i, "");
	return (what !== "from" && what !== "to") || bare(recorded) !== bare(live);
}

/** Nothing is awaited of it any more. */
function isOver(state: StepResult["state"]): boolean {
	return state !== "missing" && state !== "not-sent";
}

/** The same for a request, its answers and, in SIP, the ACK to them. */
function exchangeOf(unit: Unit): string {
	const whole = transactionOf(unit);
	return unit.protocol === "sip" ? `sip ${whole.replace(/ \S*$/, "")} ${unit.sip.method === "CANCEL"}` : `msrp ${whole}`;
}

function final(unit: Unit): boolean {
	return unit.protocol !== "sip" || unit.sip.kind === "request" || unit.sip.status >= 200;
}
