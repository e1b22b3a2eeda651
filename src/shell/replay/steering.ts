import { EventEmitter } from "node:events";
import { BreakpointStage } from "../../core/breakpoints/stage.js";
import { RewritingCounter, type RewritingTally } from "../../core/export/rewriting-tally.js";
import type { FilterContext } from "../../core/fields/filter/types.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import { AlgSwitch } from "../../core/relay/alg-switch.js";
import type { RelayStage } from "../../core/relay/stage.js";
import { NO_RULES, RuleDesk, RuleStage } from "../../core/rules/index.js";
import type { Decision, Gate, Pending } from "./gate.js";

interface Events {
	entry: [entry: Entry];
	late: [entryNumber: number, problem: Problem];
}

/** A replay that is watched and steered while it runs, as a proxy can be: breakpoints, rules and ALG profiles between it and its peer. */
export class Steering extends EventEmitter<Events> {
	readonly breakpoints: BreakpointStage;
	readonly rules: RuleDesk;
	readonly stages: readonly RelayStage[];
	readonly #alg: AlgSwitch;
	readonly #counter = new RewritingCounter();
	connections = 0;

	/** @throws AlgNameError */
	constructor(options: { rules?: RuleStage | undefined; seed: number; alg?: readonly string[] | undefined }) {
		super();
		const context: FilterContext = {};
		const rules = options.rules ?? new RuleStage(NO_RULES, { seed: options.seed, context });
		this.breakpoints = new BreakpointStage({ context });
		this.rules = new RuleDesk(rules);
		this.#alg = new AlgSwitch(options.alg);
		this.stages = [this.breakpoints, rules, this.#alg];
	}

	get alg(): RewritingTally & { profiles: readonly string[] } {
		const { rewritten, verdicts, models } = this.#counter;
		return { profiles: this.#alg.profiles, rewritten, verdicts, models };
	}

	/** Other profiles from the next message on; gives the number of open connections. @throws AlgNameError */
	setAlg(profiles: readonly string[]): number {
		this.#alg.set(profiles);
		this.#counter.reset();
		return this.connections;
	}

	/** To be told every entry of the run, in order. */
	entry(entry: Entry): void {
		this.#counter.entry(entry);
		this.emit("entry", entry);
	}

	/** Holds every message that this side of the run sends. */
	step(side: "client" | "server"): void {
		this.breakpoints.add(`direction == ${side === "client" ? 0 : 1}`, { name: "step" });
	}

	/** Nobody waits in vain for what cannot come as long as a message is held. */
	readonly gate: Gate = async ({ kind }: Pending): Promise<Decision | undefined> => {
		if (kind === "send") return { kind: "go" };
		return this.breakpoints.held.length > 0 ? { kind: "go" } : undefined;
	};

	/** For `ReplayOptions.onDropped`. */
	onDropped(listener: (octets: Buffer) => void): void {
		this.breakpoints.onChange((change) => {
			if (change.kind === "dropped") listener(change.held.before);
		});
	}

	/** What is held goes on, and nothing is held any more. */
	release(): void {
		for (const { id } of this.breakpoints.breakpoints) this.breakpoints.enable(id, false);
		this.breakpoints.resumeAll();
	}
}
