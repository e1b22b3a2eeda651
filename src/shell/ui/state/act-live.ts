import type { ActionName } from "../keys/actions.js";
import { proposal } from "../live/change.js";
import { chosenBreakpoint, chosenHeld, chosenKey } from "../live/lists.js";
import { type LiveOrder, type Step, step } from "./events.js";
import { ask } from "./prompts.js";
import { type State, say, topScreen } from "./state.js";
import type { World } from "./world.js";

const NOT_LIVE = "there is no live traffic here: mitmsrp proxy has";

/** Breakpoints and what they hold, rules and profiles. */
export function actOnLive(state: State, action: ActionName, argument: string | undefined, world: World): Step | undefined {
	const order = (what: LiveOrder): Step =>
		world.live === undefined ? step(say(state, NOT_LIVE, "warn")) : step(state, { kind: "live", order: what });
	switch (action) {
		case "breakpoint":
			if (world.live === undefined) return step(say(state, NOT_LIVE, "warn"));
			return argument === undefined ? step(ask(state, "breakpoint", state.filter)) : order({ what: "break", expression: argument });
		case "breakpoint-remove":
		case "breakpoint-switch": {
			const id = argument === undefined ? chosenBreakpoint(state, world)?.id : Number(argument);
			if (id === undefined) return step(say(state, "give the number of a breakpoint, or choose one in the list of held messages", "warn"));
			return order({ what: action === "breakpoint-remove" ? "break-remove" : "break-switch", id });
		}
		case "resume":
		case "drop":
		case "duplicate":
		case "editor": {
			const id = chosenHeld(state, world)?.id;
			return id === undefined ? step(say(state, "no held message is chosen", "warn")) : order({ what: action, id });
		}
		case "resume-all":
		case "reload":
			return order({ what: action });
		case "edit": {
			const held = chosenHeld(state, world);
			if (held === undefined) return step(say(state, "no held message is chosen", "warn"));
			if (argument !== undefined) return order({ what: "edit", id: held.id, change: argument, mend: state.mend });
			return step(ask(state, "edit", proposal(held), held.id));
		}
		case "mend":
			return step(say({ ...state, mend: !state.mend }, state.mend ? "lengths are left as they are by edits" : "lengths follow edits"));
		case "inject":
			if (world.live === undefined) return step(say(state, NOT_LIVE, "warn"));
			return argument === undefined ? step(ask(state, "inject")) : order({ what: "inject", text: argument });
		case "switch": {
			const { panel } = topScreen(state);
			const name = argument ?? chosenKey(state, world);
			if (name === undefined || (panel !== "rules" && panel !== "alg")) return step(say(state, "nothing to switch is chosen", "warn"));
			return order({ what: panel === "rules" ? "rule" : "profile", name });
		}
	}
	return undefined;
}
