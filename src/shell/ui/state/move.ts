import { panelHeight, windowHeight } from "./geometry.js";
import { cursorPosition, placeAt } from "./place.js";
import { type DetailPlace, type Key, type Screen, type State, topScreen, withTop } from "./state.js";
import { tabOf } from "./subject.js";
import type { World } from "./world.js";

/** rows above the text of a detail: what it is, and the tabs */
const DETAIL_HEADING = 2;
/** further than anything goes */
export const FAR = Number.MAX_SAFE_INTEGER;

/** Moves the cursor of a list, or the window over a text, by lines. */
export function moveBy(state: State, lines: number, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") {
		const { line, scroll } = boundedDetail(state, screen.number, state.detail, world);
		return { ...state, detail: detailAt(state, screen.number, line + lines, scroll + lines, world) };
	}
	if ("scroll" in screen) return scrollTo(state, screen, Math.min(screen.scroll, lastScroll(state, screen, world)) + lines, world);
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
	const same = place.cursor === screen.place.cursor;
	return withTop({ ...state, follow, detail: same ? state.detail : { ...state.detail, scroll: 0, line: 0 } }, {
		...screen,
		place,
	} as Screen);
}

/** To a line by its key: of texts, its number. */
export function moveTo(state: State, key: Key, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") {
		const detail = boundedDetail(state, screen.number, state.detail, world);
		return { ...state, detail: { ...detail, line: Number(key), scroll: inSight(Number(key), detail.scroll, detailRows(state)) } };
	}
	if ("scroll" in screen) return scrollTo(state, screen, Number(key), world);
	const list = world.list(state, screen);
	return list === undefined ? state : moveToPosition(state, screen, list.position(key), world);
}

export function moveFar(state: State, direction: -1 | 1, world: World): State {
	const screen = topScreen(state);
	if (screen.panel === "detail") {
		const to = direction < 0 ? 0 : FAR;
		return { ...state, detail: detailAt(state, screen.number, to, to, world) };
	}
	if ("scroll" in screen) return scrollTo(state, screen, direction < 0 ? 0 : FAR, world);
	return moveToPosition(state, screen, direction < 0 ? 0 : (world.list(state, screen)?.length ?? 0) - 1, world);
}

export function pageOf(state: State): number {
	const screen = topScreen(state);
	return Math.max(1, (screen.panel === "detail" ? detailRows(state) : windowHeight(state, screen)) - 1);
}

function scrollTo(state: State, screen: Extract<Screen, { scroll: number }>, to: number, world: World): State {
	return withTop(state, { ...screen, scroll: Math.max(0, Math.min(to, lastScroll(state, screen, world))) });
}

function lastScroll(state: State, screen: Screen, world: World): number {
	return Math.max(0, world.textLength(state, screen) - windowHeight(state, screen));
}

function detailRows(state: State): number {
	return Math.max(1, panelHeight(state) - DETAIL_HEADING);
}

/** The tree has a line with a cursor, which the window follows; other tabs only scroll. */
function detailAt(state: State, number: number, line: number, scroll: number, world: World): DetailPlace {
	const { detail } = state;
	const bounded = boundedDetail(state, number, { ...detail, line, scroll }, world);
	if (tabOf(state, world.store.row(number)) !== "decoded") return { ...bounded, line: bounded.scroll };
	const before = boundedDetail(state, number, detail, world).scroll;
	return { ...bounded, scroll: inSight(bounded.line, before, detailRows(state)) };
}

function boundedDetail(state: State, number: number, detail: DetailPlace, world: World): DetailPlace {
	const length = world.detailText(state, number, state.width - 1).length;
	const line = Math.max(0, Math.min(detail.line, length - 1));
	return { ...detail, line, scroll: Math.max(0, Math.min(detail.scroll, length - detailRows(state))) };
}

function inSight(line: number, scroll: number, rows: number): number {
	return line < scroll ? line : line >= scroll + rows ? line - rows + 1 : scroll;
}
