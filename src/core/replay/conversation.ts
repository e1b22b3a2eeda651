import type { Endpoint } from "../model/flow.js";
import { compareUnits, type Difference } from "./compare.js";
import { Rekeying, type RekeyOptions } from "./rekey.js";
import { spliced } from "./splice.js";
import type { Plan, PlanLink, Step, Unit } from "./types.js";
import { isRequest, readUnit, summaryOf } from "./unit.js";

export interface StepResult {
	step: Step;
	state: "played" | "missing" | "not-sent";
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

/**
 * One run of a plan in lock-step, without sockets and clock: ask `next` what is to be sent, tell `sent` and `received`, until `done`.
 * A message goes out when everything that the recorded side had received before it has come.
 */
export class Conversation {
	readonly #plan: Plan;
	readonly #rekeying: Rekeying;
	readonly #raw: boolean;
	readonly #replacements: NonNullable<RekeyOptions["replacements"]>;
	readonly #results: StepResult[];
	readonly #unexpected: string[] = [];
	#stopped: string | undefined;
	/** index of the first step that is not over */
	#first = 0;

	constructor(plan: Plan, options: RekeyOptions & { raw?: boolean }) {
		this.#plan = plan;
		this.#raw = options.raw ?? false;
		this.#replacements = options.raw === true ? [] : (options.replacements ?? []);
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
			if (state === "played" || step.optional) continue;
			return step.action === "send" ? step : undefined;
		}
		return undefined;
	}

	/** What the peer has to send before anything goes on. */
	awaiting(): Step | undefined {
		return this.#results.find(({ step, state }) => state !== "played" && !step.optional)?.step;
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
		const recorded = this.#mapped(result.step.unit);
		result.differences = compareUnits(recorded, unit, (kind, text) => (this.#raw ? undefined : this.#rekeying.live(kind, text)));
		this.#over(result.step);
		return result.step;
	}

	/** What the peer is expected to say when text was replaced in what it got. */
	#mapped(unit: Unit): Unit {
		if (this.#replacements.length === 0) return unit;
		return readUnit(unit.protocol, spliced(unit.octets, unit.protocol, this.#replacements)) ?? unit;
	}

	stop(why: string): void {
		this.#stopped ??= why;
	}

	report(): Report {
		const steps = this.#results.filter(({ step, state }) => state === "played" || !step.optional);
		const same =
			this.#unexpected.length === 0 &&
			steps.every(({ state, differences }) => state === "played" && differences.every(({ matters }) => !matters));
		return { steps, unexpected: this.#unexpected, missing: this.#plan.missing, stopped: this.#stopped, same };
	}

	/** The recorded message of the peer that a live one stands for: the same status first, then any final answer to the same request. */
	#match(unit: Unit): StepResult | undefined {
		const open = this.#results.filter(({ step, state }) => step.action === "receive" && state !== "played");
		const fitting = open.filter(({ step }) => this.#fits(step.unit, unit));
		return (
			fitting.find(({ step }) => summaryOf(step.unit) === summaryOf(unit)) ?? fitting.find(({ step }) => !step.optional && final(unit))
		);
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

	#over(step: Step): void {
		const result = this.#results.find((one) => one.step === step);
		if (result !== undefined) result.state = "played";
		while (this.#results[this.#first]?.state === "played") this.#first++;
	}
}

function final(unit: Unit): boolean {
	return unit.protocol !== "sip" || unit.sip.kind === "request" || unit.sip.status >= 200;
}
