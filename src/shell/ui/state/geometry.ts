import type { Screen, State } from "./state.js";

/** From here on details stand beside the list. */
const WIDE = 130;
/** From here on there is room for a preview below the list. */
const TALL = 16;
const PREVIEW = 4;
/** bar at the top, line at the bottom */
const FRAME = 2;

/** Rows of a panel. */
export function panelHeight(state: State): number {
	return Math.max(1, state.height - FRAME);
}

/** Columns of the details beside a list; 0 where they do not stand there. */
export function sideWidth(state: State, screen: Screen): number {
	if (!state.side || state.width < WIDE || (screen.panel !== "ladder" && screen.panel !== "messages")) return 0;
	return Math.max(48, Math.floor(state.width * 0.4));
}

/** Rows of the preview below a list, its rule included; 0 where there is none. */
export function previewHeight(state: State, screen: Screen): number {
	if (screen.panel !== "ladder" && screen.panel !== "messages") return 0;
	return sideWidth(state, screen) === 0 && state.height >= TALL ? PREVIEW : 0;
}

/** Rows above the lines of a list. */
export function headingHeight(screen: Screen): number {
	return screen.panel === "ladder" || screen.panel === "compare" ? 2 : 1;
}

/** Lines of a list, or of a text, that are shown at once. */
export function windowHeight(state: State, screen: Screen): number {
	return Math.max(1, panelHeight(state) - headingHeight(screen) - previewHeight(state, screen));
}
