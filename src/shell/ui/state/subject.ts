import type { Row } from "../store/row.js";
import { cursorPosition } from "./place.js";
import { DETAIL_TABS, type DetailTab, type Screen, type State, topScreen } from "./state.js";
import type { World } from "./world.js";

/** The row that an action is about: the one with the cursor, or the one whose details are shown. */
export function rowOf(state: State, world: World, screen: Screen = topScreen(state)): Row | undefined {
	if (screen.panel === "detail") return world.store.row(screen.number);
	if (screen.panel !== "messages" && screen.panel !== "ladder") return undefined;
	const list = world.list(state, screen);
	if (list === undefined || list.length === 0) return undefined;
	const position = cursorPosition(state, screen, list, world);
	if (screen.panel === "messages") return world.store.row(Number(list.keyAt(position)));
	// Of folded chunks the last one has the whole message.
	const arrow = world.ladder(state, screen.session)?.arrows[position];
	return arrow === undefined ? undefined : (world.store.row(arrow.last) ?? world.store.row(arrow.number));
}

/** The tab that is shown for a row: why for what clients show, unless one was chosen. */
export function tabOf(state: State, row: Row | undefined): DetailTab {
	return state.detail.tab ?? (row === undefined || row.headline !== undefined ? "why" : "decoded");
}

export function nextTab(tab: DetailTab, by: number): DetailTab {
	return DETAIL_TABS[(DETAIL_TABS.indexOf(tab) + by + DETAIL_TABS.length) % DETAIL_TABS.length]!;
}
