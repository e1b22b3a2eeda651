import { act } from "./act.js";
import { enterPrompt } from "./enter.js";
import { type Event, type Step, step, type Target } from "./events.js";
import { moveBy, moveTo } from "./move.js";
import { promptKey } from "./prompts.js";
import { type State, say, topScreen } from "./state.js";
import type { World } from "./world.js";

/** What an event makes of the state, and what is to be done outside of it. Pure: the world is only asked. */
export function reduce(state: State, event: Event, world: World): Step {
	switch (event.kind) {
		case "key":
			return key(state, event.key, event.text, world);
		case "action":
			return act(fresh(state), event.action, event.argument, world);
		case "click":
			return click(state, event.target, world);
		case "wheel":
			return state.prompt === undefined ? step(moveBy(fresh(state), event.lines, world)) : step(state);
		case "resize":
			return step({ ...state, width: event.width, height: event.height });
		case "found":
			return step(event.key === undefined ? say(state, `not found: ${state.search}`, "warn") : moveTo(state, event.key, world));
		case "notice":
			return step(say(state, event.text, event.tone));
	}
}

/** A message is shown until something is done. */
function fresh(state: State): State {
	return state.notice === undefined ? state : { ...state, notice: undefined };
}

function key(state: State, name: string, text: string, world: World): Step {
	const { prompt } = state;
	if (prompt !== undefined) {
		const done = promptKey(state, prompt, name, text, world);
		return done.kind === "entered" ? enterPrompt(done.state, done.prompt, world) : step(done.state);
	}
	const now = fresh(state);
	const binding = world.keys.find(topScreen(now).panel, name);
	if (binding === undefined) return step(now);
	return act(now, binding.action, binding.argument, world);
}

function click(state: State, target: Target, world: World): Step {
	if (state.prompt !== undefined) return step(state);
	const now = fresh(state);
	if (target.action !== undefined) return act(now, target.action, target.argument, world);
	if (target.key === undefined) return step(now);
	const screen = topScreen(now);
	const chosen = "place" in screen && !now.follow && screen.place.cursor === target.key;
	return chosen ? act(now, "open", undefined, world) : step(moveTo(now, target.key, world));
}
