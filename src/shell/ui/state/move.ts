import { panelHeight, windowHeight } from "./geometry.js";
import { cursorPosition, placeAt } from "./place.js";
import { type Key, type Screen, type State, topScreen, withTop } from "./state.js";
import type { World } from "./world.js";

/** Moves the cursor of a list, or the window over a text, by lines. */
export function moveBy(state: State, lines: number, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") return scrollDetail(state, lines);
	if (screen.panel === "help" || screen.panel === "compare")
		return withTop(state, { ...screen, scroll: Math.max(0, screen.scroll + lines) });
	const list = world.list(state, screen);
	if (list === undefined) return state;
	return moveToPosition(state, screen, cursorPosition(state, screen, list, world) + lines, world);
}

export function moveToPosition(state: State, screen: Screen, position: number, world: World): State {
	const list = world.list(state, screen);
	if (list === undefined || !("place" in screen)) return state;
	const place = placeAt(state, screen, list, world, position);
	// Whoever looks at something else than the newest line does not want to be taken away from it.
	const follow = state.follow && position >= list.length - 1;
	const cursor = place.cursor === screen.place.cursor;
	return withTop({ ...state, follow, detail: cursor ? state.detail : { ...state.detail, scroll: 0, line: 0 } }, {
		...screen,
		place,
	} as Screen);
}

/** To a line by its key. */
export function moveTo(state: State, key: Key, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") return { ...state, detail: { ...state.detail, line: Number(key), scroll: scrollTo(state, Number(key)) } };
	if (screen.panel === "help" || screen.panel === "compare") return withTop(state, { ...screen, scroll: Number(key) });
	const list = world.list(state, screen);
	return list === undefined ? state : moveToPosition(state, screen, list.position(key), world);
}

/** First and last are far away: panels stop at the end of what they have. */
export const FAR = Number.MAX_SAFE_INTEGER;

export function moveFar(state: State, direction: -1 | 1, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") {
		const to = direction < 0 ? 0 : FAR;
		return { ...state, detail: { ...state.detail, scroll: to, line: to } };
	}
	if (screen.panel === "help" || screen.panel === "compare") return withTop(state, { ...screen, scroll: direction < 0 ? 0 : FAR });
	return moveToPosition(state, screen, direction < 0 ? 0 : (world.list(state, screen)?.length ?? 0) - 1, world);
}

export function pageOf(state: State): number {
	return Math.max(1, windowHeight(state, topScreen(state)) - 1);
}

/** The line with the cursor, in tabs that have one, goes along with the window. */
function scrollDetail(state: State, lines: number): State {
	const { detail } = state;
	const line = Math.max(0, detail.line + lines);
	if (detail.tab === "decoded") return { ...state, detail: { ...detail, line, scroll: scrollTo(state, line) } };
	return { ...state, detail: { ...detail, scroll: Math.max(0, detail.scroll + lines), line } };
}

function scrollTo(state: State, line: number): number {
	const height = Math.max(1, panelHeight(state) - DETAIL_HEADING);
	const { scroll } = state.detail;
	return line < scroll ? line : line >= scroll + height ? line - height + 1 : scroll;
}

/** rows above the text of a detail: what it is, and the tabs */
export const DETAIL_HEADING = 2;
