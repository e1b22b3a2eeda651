import { span } from "../draw/cells.js";
import { panelHeight, previewHeight, sideWidth } from "../state/geometry.js";
import { type PanelName, type Screen, type State, topScreen } from "../state/state.js";
import { rowOf } from "../state/subject.js";
import type { World } from "../state/world.js";
import { algPanel } from "./alg.js";
import { topBar } from "./bar.js";
import { bottomLine, promptPopup } from "./bottom.js";
import { comparePanel } from "./compare.js";
import { detailPanel } from "./detail.js";
import { type Drawn, drawn, filled, sideBySide } from "./drawn.js";
import { heldPanel } from "./held.js";
import { helpPanel } from "./help.js";
import { ladderPanel } from "./ladder.js";
import { logPanel } from "./log.js";
import { messagesPanel } from "./messages.js";
import { preview } from "./preview.js";
import { rulesPanel } from "./rules.js";
import { sessionsPanel } from "./sessions.js";

/** A panel: the state to lines, `height` of them, each `width` columns. Nothing else is read or changed. */
export type Panel = (state: State, screen: Screen, world: World, width: number, height: number) => Drawn[];

const PANELS: Readonly<Record<PanelName, Panel>> = {
	sessions: sessionsPanel,
	messages: messagesPanel,
	ladder: ladderPanel,
	detail: (state, screen, world, width, height) =>
		screen.panel === "detail" ? detailPanel(state, screen.number, world, width, height) : [],
	compare: comparePanel,
	help: helpPanel,
	log: logPanel,
	held: heldPanel,
	rules: rulesPanel,
	alg: algPanel,
};

const SMALLEST = { width: 20, height: 5 };

/** The whole screen. */
export function compose(state: State, world: World): Drawn[] {
	const { width, height } = state;
	if (width < SMALLEST.width || height < SMALLEST.height) {
		return filled([drawn([span("too small", "warn")], width)], width, height);
	}
	const screen = topScreen(state);
	const rows = panelHeight(state);
	const side = sideWidth(state, screen);
	const below = previewHeight(state, screen);
	const listWidth = side === 0 ? width : width - side - 1;
	let body = PANELS[screen.panel](state, screen, world, listWidth, rows - below);
	if (below > 0) body = [...body, ...preview(rowOf(state, world), width, below)];
	if (side > 0) body = sideBySide(body, listWidth, asideOf(state, screen, world, side, rows));
	const lines = [topBar(state, world, width), ...body.slice(0, rows), bottomLine(state, world, width)];
	const popup = promptPopup(state, world, width).slice(0, height - 2);
	lines.splice(lines.length - 1 - popup.length, popup.length, ...popup);
	return lines;
}

function asideOf(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const row = rowOf(state, world, screen);
	return row === undefined ? filled([], width, height) : detailPanel(state, row.number, world, width, height, true);
}
