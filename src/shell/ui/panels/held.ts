import { span } from "../draw/cells.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn, filled } from "./drawn.js";

/** Held messages with their age, and the breakpoints that hold them. */
export function heldPanel(_state: State, _screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (world.live === undefined)
		return filled([drawn([], width), drawn([span("  there is no live traffic here: mitmsrp proxy has", "dim")], width)], width, height);
	return filled([], width, height);
}
