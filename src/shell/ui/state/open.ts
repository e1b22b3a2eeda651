import { chosenBreakpoint, chosenHeld, chosenKey } from "../live/lists.js";
import { type Step, step } from "./events.js";
import { cursorPosition } from "./place.js";
import { openScreen, type State, topScreen, withTop } from "./state.js";
import { rowOf, tabOf } from "./subject.js";
import type { World } from "./world.js";

/** Enter: one level deeper. */
export function openChosen(state: State, world: World): Step {
	const screen = topScreen(state);
	const detail = { ...state.detail, scroll: 0, line: 0, left: 0 };
	switch (screen.panel) {
		case "sessions": {
			const list = world.list(state, screen);
			const id = list?.keyAt(cursorPosition(state, screen, list, world));
			if (id === undefined) return step(state);
			const kept = withTop(state, { ...screen, place: { ...screen.place, cursor: id } });
			return step(openScreen(kept, { panel: "ladder", session: String(id), place: { cursor: undefined, offset: 2 }, lane: 0 }));
		}
		case "messages":
		case "ladder": {
			const row = rowOf(state, world);
			if (row === undefined) return step(state);
			const list = world.list(state, screen)!;
			const cursor = list.keyAt(cursorPosition(state, screen, list, world));
			const kept = withTop(state, { ...screen, place: { ...screen.place, cursor } });
			return step(openScreen({ ...kept, follow: false, detail }, { panel: "detail", number: row.number, from: screen.panel }));
		}
		case "detail": {
			const row = world.store.row(screen.number);
			const group = tabOf(state, row) === "decoded" ? world.treeGroup(state, screen.number) : undefined;
			if (group === undefined) return step(state);
			const shut = new Set(state.shut);
			if (!shut.delete(group)) shut.add(group);
			return step({ ...state, shut });
		}
		case "held": {
			const held = chosenHeld(state, world);
			if (held === undefined) return switchChosen(state, world);
			return step(openScreen({ ...state, detail }, { panel: "detail", number: held.entry.number, from: "held" }));
		}
		case "rules":
		case "alg":
			return switchChosen(state, world);
		default:
			return step(state);
	}
}

/** Enter on something that is on or off. */
function switchChosen(state: State, world: World): Step {
	const { panel } = topScreen(state);
	const point = panel === "held" ? chosenBreakpoint(state, world) : undefined;
	if (point !== undefined) return step(state, { kind: "live", order: { what: "break-switch", id: point.id } });
	const name = chosenKey(state, world);
	if (name === undefined || panel === "held") return step(state);
	return step(state, { kind: "live", order: { what: panel === "rules" ? "rule" : "profile", name } });
}
