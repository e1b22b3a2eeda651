import { PROFILES } from "../../../core/alg/index.js";
import type { Breakpoint, HeldMessage } from "../../../core/breakpoints/types.js";
import { cursorPosition } from "../state/place.js";
import { type Key, type Screen, type State, topScreen } from "../state/state.js";
import type { World } from "../state/world.js";
import { type List, textList } from "../store/lists.js";
import type { LiveControls } from "./types.js";

/** What the panes for live traffic list: held messages and breakpoints, rules, ALG profiles; each line has a key. */
export function liveList(live: LiveControls, panel: "held" | "rules" | "alg"): List<Key> {
	return textList(keysOf(live, panel)) as List<Key>;
}

function keysOf({ breakpoints, rules }: LiveControls, panel: "held" | "rules" | "alg"): string[] {
	switch (panel) {
		case "held":
			return [...breakpoints.held.map(({ id }) => `held ${id}`), ...breakpoints.breakpoints.map(({ id }) => `point ${id}`)];
		case "rules":
			return rules.list().map(({ name }) => name);
		case "alg":
			return PROFILES.map(({ name }) => name);
	}
}

/** The line with the cursor in a pane. */
export function chosenKey(state: State, world: World, screen: Screen = topScreen(state)): string | undefined {
	if (screen.panel !== "held" && screen.panel !== "rules" && screen.panel !== "alg") return undefined;
	const list = world.list(state, screen);
	const key = list === undefined || list.length === 0 ? undefined : list.keyAt(cursorPosition(state, screen, list, world));
	return key === undefined ? undefined : String(key);
}

/** The held message that an action is about: the one with the cursor, or the one whose details are shown. */
export function chosenHeld(state: State, world: World): HeldMessage | undefined {
	const screen = topScreen(state);
	const held = world.live?.breakpoints.held ?? [];
	if (screen.panel === "detail") return held.find(({ entry }) => entry.number === screen.number);
	const key = chosenKey(state, world);
	return held.find(({ id }) => key === `held ${id}`);
}

/** The breakpoint with the cursor, or the one that holds the message with it. */
export function chosenBreakpoint(state: State, world: World): Breakpoint | undefined {
	const key = chosenKey(state, world);
	return chosenHeld(state, world)?.breakpoint ?? world.live?.breakpoints.breakpoints.find(({ id }) => key === `point ${id}`);
}
