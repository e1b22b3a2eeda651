import type { BreakpointStage } from "../../../core/breakpoints/stage.js";
import type { RewritingTally } from "../../../core/export/rewriting-tally.js";
import type { RuleDesk } from "../../../core/rules/index.js";
import type { LiveOrder } from "../state/events.js";

/** The parts of a running proxy that can be steered: `ControlledProxy` is one. */
export interface Steered {
	readonly breakpoints: BreakpointStage;
	readonly rules: RuleDesk;
	readonly alg: RewritingTally & { readonly profiles: readonly string[] };
	setAlg(profiles: readonly string[]): number;
	readonly connections: number;
}

/** What can be asked of a running proxy, and done with it. */
export interface LiveControls extends Steered {
	/** Does what was asked for; gives what to say about it. @throws Error with a message for the user */
	order(order: LiveOrder): string;
	/** Lets a held message go on with other octets. @throws as `order` */
	resumeWith(id: number, octets: Buffer, mend: boolean): string;
}
