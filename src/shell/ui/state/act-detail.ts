import type { ActionName } from "../keys/actions.js";
import { setFilter } from "./enter.js";
import { type Step, step } from "./events.js";
import { moveTo } from "./move.js";
import { cursorPosition } from "./place.js";
import { DETAIL_TABS, type DetailTab, openScreen, type State, say, topScreen, withTop } from "./state.js";
import { nextTab, rowOf, tabOf } from "./subject.js";
import type { World } from "./world.js";

const SIDEWAYS = 16;

export function actOnDetail(state: State, action: ActionName, argument: string | undefined, world: World): Step | undefined {
	const screen = topScreen(state);
	switch (action) {
		case "tab":
		case "tab-before":
			return tab(state, argument, action === "tab" ? 1 : -1, world);
		case "why":
		case "decoded":
		case "raw":
		case "hex":
		case "diff":
		case "checks":
			return step(withTab(state, action));
		case "left":
		case "right": {
			if (screen.panel !== "detail") return undefined;
			const by = action === "left" ? -1 : 1;
			const { left } = state.detail;
			if (!state.wrap && (by > 0 || left > 0)) {
				return step({ ...state, detail: { ...state.detail, left: Math.max(0, left + by * SIDEWAYS) } });
			}
			return tab(state, undefined, by, world);
		}
		case "wrap":
			return step(
				say(
					{ ...state, wrap: !state.wrap, detail: { ...state.detail, left: 0 } },
					state.wrap ? "long lines are scrolled sideways" : "long lines are wrapped",
				),
			);
		case "next":
		case "previous":
			return neighbour(state, action === "next" ? 1 : -1, world);
		case "go":
			return go(state, Number(argument?.replace(/^#/, "")), world);
		case "answered": {
			const entry = rowOf(state, world)?.entry;
			const to = entry?.links.answers ?? entry?.links.repeats;
			return to === undefined ? step(say(state, "it answers and repeats nothing", "warn")) : go(state, to, world);
		}
		case "next-divergence":
			return nextLike(state, world, "divergence");
		case "next-finding":
			return nextLike(state, world, "problem");
		case "filter-field": {
			if (screen.panel !== "detail") return undefined;
			const expression = tabOf(state, rowOf(state, world)) === "decoded" ? world.treeFilter(state, screen.number) : undefined;
			return expression === undefined
				? step(say(state, "the cursor of the decoded view is on no field that can be filtered by", "warn"))
				: setFilter(state, expression);
		}
	}
	return undefined;
}

function tab(state: State, argument: string | undefined, by: number, world: World): Step {
	if (argument !== undefined) {
		const found = DETAIL_TABS.find((one) => one === argument);
		return step(found === undefined ? say(state, `tabs: ${DETAIL_TABS.join(", ")}`, "warn") : withTab(state, found));
	}
	return step(withTab(state, nextTab(tabOf(state, rowOf(state, world)), by)));
}

function withTab(state: State, chosen: DetailTab): State {
	return { ...state, detail: { tab: chosen, scroll: 0, left: 0, line: 0 } };
}

/** The next or the last message of the list that the details were opened from. */
function neighbour(state: State, by: number, world: World): Step {
	const screen = topScreen(state);
	const below = state.screens.at(-2);
	if (screen.panel !== "detail" || below === undefined || (below.panel !== "ladder" && below.panel !== "messages")) return step(state);
	const list = world.list(state, below)!;
	const to = cursorPosition(state, below, list, world) + by;
	if (to < 0 || to >= list.length) return step(say(state, by < 0 ? "this is the first message" : "this is the last message"));
	const moved = moveTo({ ...state, screens: state.screens.slice(0, -1) }, list.keyAt(to)!, world);
	const row = rowOf(moved, world);
	if (row === undefined) return step(state);
	return step(openScreen({ ...moved, detail: { ...state.detail, scroll: 0, line: 0 } }, { ...screen, number: row.number }));
}

function go(state: State, number: number, world: World): Step {
	const row = Number.isSafeInteger(number) ? world.store.row(number) : undefined;
	if (row === undefined)
		return step(say(state, Number.isNaN(number) ? "give the number of a message" : `#${number} is not (or no longer) kept`, "warn"));
	const screen = topScreen(state);
	if (screen.panel === "detail") return step(withTop({ ...state, detail: { ...state.detail, scroll: 0, line: 0 } }, { ...screen, number }));
	if (screen.panel === "ladder" && screen.session === row.session) return step(moveTo({ ...state, follow: false }, number, world));
	if (screen.panel === "messages") return step(moveTo({ ...state, follow: false }, number, world));
	return step(
		openScreen({ ...state, follow: false }, { panel: "ladder", session: row.session, place: { cursor: number, offset: 2 }, lane: 0 }),
	);
}

function nextLike(state: State, world: World, what: "divergence" | "problem"): Step {
	const screen = topScreen(state);
	const list = world.list(state, screen);
	if (list === undefined) return step(state);
	const from = cursorPosition(state, screen, list, world);
	for (let at = from + 1; at < list.length; at++) {
		const row = world.store.row(Number(list.keyAt(at)));
		const hit = what === "problem" ? row?.problem !== undefined : row?.divergence !== undefined && row.divergence !== "note";
		if (hit) return step(moveTo({ ...state, follow: false }, list.keyAt(at)!, world));
	}
	return step(say(state, what === "problem" ? "no further finding below" : "no further message below that clients show differently"));
}
