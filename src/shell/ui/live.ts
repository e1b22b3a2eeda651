import type { BreakpointStage } from "../../core/breakpoints/stage.js";
import type { LiveOrder } from "./state/events.js";
import type { Key, Screen, State } from "./state/state.js";
import type { World } from "./state/world.js";
import type { List } from "./store/lists.js";

/** What can be done with live traffic while it flows. */
export interface LiveControls {
	readonly breakpoints?: BreakpointStage;
	heldCount(): number;
	list(panel: "held" | "rules" | "alg"): List<Key>;
	entryOf(state: State, screen: Screen, world: World): number | undefined;
	chosenHeld(state: State, world: World): number | undefined;
	chosenBreakpoint(state: State, world: World): number | undefined;
	chosenSwitch(state: State, screen: Screen, world: World): string | undefined;
	editProposal(id: number): string;
	/** the octets of a held message, as it would go on */
	octetsOf(id: number): Buffer;
	/** lets it go on with other octets */
	resumeWith(id: number, octets: Buffer, mend: boolean): string;
	/** Does what was asked for; gives what to say about it, or throws an error with a message for the user. */
	order(order: LiveOrder): string;
}
