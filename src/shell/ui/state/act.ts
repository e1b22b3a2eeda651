import { TIME_FORMATS } from "../../../core/export/time-format.js";
import { type ActionName, actionInfo } from "../keys/actions.js";
import { THEMES } from "../theme/themes.js";
import { actOnDetail } from "./act-detail.js";
import { actOnLive } from "./act-live.js";
import { setColumns, setFilter } from "./enter.js";
import { type Step, step } from "./events.js";
import { FAR, moveBy, moveFar, pageOf } from "./move.js";
import { openChosen } from "./open.js";
import { ask } from "./prompts.js";
import { openScreen, SESSION_ORDERS, type SessionOrder, type State, say, topScreen, withTop } from "./state.js";
import { rowOf } from "./subject.js";
import { running, type World } from "./world.js";

/** Does an action; `argument` is what stands behind its name in the command line. */
export function act(state: State, action: ActionName, argument: string | undefined, world: World): Step {
	const screen = topScreen(state);
	const { panels } = actionInfo(action);
	if (panels !== undefined && !panels.includes(screen.panel)) return step(say(state, `${action} is for: ${panels.join(", ")}`, "warn"));
	const given = argument?.trim() === "" ? undefined : argument?.trim();
	return (
		general(state, action, given, world) ??
		lists(state, action, given, world) ??
		actOnDetail(state, action, given, world) ??
		actOnLive(state, action, given, world) ??
		step(state)
	);
}

function general(state: State, action: ActionName, argument: string | undefined, world: World): Step | undefined {
	switch (action) {
		case "quit":
		case "suspend":
		case "redraw":
		case "clear":
			return step(action === "clear" ? { ...state, marks: new Set() } : state, { kind: action });
		case "back":
			return back(state, world);
		case "help":
		case "log":
			return step(topScreen(state).panel === action ? state : openScreen(state, { panel: action, scroll: action === "log" ? FAR : 0 }));
		case "command":
			return step(ask(state, "command"));
		case "filter":
			return argument === undefined ? step(ask(state, "filter", state.filter)) : setFilter(state, argument);
		case "filter-clear":
			return setFilter(state, "");
		case "search":
			if (argument === undefined) return step(ask(state, "search"));
			return step({ ...state, search: argument }, { kind: "search", text: argument, backwards: false });
		case "search-next":
		case "search-previous":
			if (state.search === "") return step(ask(state, "search"));
			return step(state, { kind: "search", text: state.search, backwards: action === "search-previous" });
		case "theme":
			return theme(state, argument);
		case "time":
			return time(state, argument);
		case "save-view":
			return argument === undefined ? step(ask(state, "save-view")) : step(state, { kind: "save-view", name: argument, view: state });
		case "view":
			if (argument !== undefined) return step(state, { kind: "load-view", name: argument });
			return step(world.views.length === 0 ? say(state, "no view was kept so far: save-view keeps this one") : ask(state, "load-view"));
		case "delete-view":
			return step(state, { kind: "delete-view", name: argument ?? "" });
		case "sessions":
			return step(openScreen({ ...state, screens: [] }, { panel: "sessions", place: sessionsPlace(state) }));
		case "messages":
			return step(openScreen(state, { panel: "messages", place: { cursor: rowOf(state, world)?.number, offset: 0 } }));
		case "held":
		case "rules":
		case "alg":
			return step(openScreen(state, { panel: action, place: { cursor: undefined, offset: 0 } }));
	}
	return undefined;
}

function sessionsPlace(state: State): { cursor: string | number | undefined; offset: number } {
	const known = state.screens.find(({ panel }) => panel === "sessions");
	return known !== undefined && "place" in known ? known.place : { cursor: undefined, offset: 0 };
}

/** Below the first screen there is the shell; traffic that runs is not cut off by one key too many. */
function back(state: State, world: World): Step {
	if (state.screens.length > 1)
		return step({ ...state, screens: state.screens.slice(0, -1), detail: { ...state.detail, scroll: 0, line: 0 } });
	if (state.filter !== "") return setFilter(state, "");
	if (running(world))
		return step(say(state, `connections go through here: ${world.keys.allKeysOf("quit")[0] ?? ":quit"} ends them`, "warn"));
	return step(state, { kind: "quit" });
}

function theme(state: State, argument: string | undefined): Step {
	const at = THEMES.findIndex(({ name }) => name === state.theme);
	const found = argument === undefined ? THEMES[(at + 1) % THEMES.length]! : THEMES.find(({ name }) => name === argument);
	if (found === undefined) return step(say(state, `themes: ${THEMES.map(({ name }) => name).join(", ")}`, "warn"));
	return step(say({ ...state, theme: found.name }, `theme: ${found.name}, ${found.words}`));
}

function time(state: State, argument: string | undefined): Step {
	const at = TIME_FORMATS.indexOf(state.time);
	const found = argument === undefined ? TIME_FORMATS[(at + 1) % TIME_FORMATS.length]! : TIME_FORMATS.find((one) => one === argument);
	if (found === undefined) return step(say(state, `time formats: ${TIME_FORMATS.join(", ")}`, "warn"));
	return step(say({ ...state, time: found }, `time column: ${found}`));
}

function lists(state: State, action: ActionName, argument: string | undefined, world: World): Step | undefined {
	const screen = topScreen(state);
	switch (action) {
		case "up":
			return step(moveBy(state, -1, world));
		case "down":
			return step(moveBy(state, 1, world));
		case "page-up":
			return step(moveBy(state, -pageOf(state), world));
		case "page-down":
			return step(moveBy(state, pageOf(state), world));
		case "top":
			return step(moveFar(state, -1, world));
		case "bottom":
			return step(moveFar(state, 1, world));
		case "open":
			return openChosen(state, world);
		case "follow":
			return step(say({ ...state, follow: !state.follow }, state.follow ? "not following" : "following the newest line"));
		case "mark":
			return mark(state, world);
		case "marked-only":
			return step(
				say({ ...state, markedOnly: !state.markedOnly }, state.markedOnly ? "all messages" : `marked messages only: ${state.marks.size}`),
			);
		case "unmark-all":
			return step({ ...state, marks: new Set(), markedOnly: false });
		case "compare":
			return compare(state, world);
		case "order":
			return order(state, argument);
		case "reverse":
			return step({ ...state, reversed: !state.reversed });
		case "columns":
			return argument === undefined ? step(ask(state, "columns", `${state.columns.join(" ")} `)) : setColumns(state, argument);
		case "fold":
			return step(say({ ...state, folded: !state.folded }, state.folded ? "each chunk is a line" : "chunks of one message are one line"));
		case "side":
			return step({ ...state, side: !state.side });
		case "left":
		case "right":
			if (screen.panel !== "ladder") return undefined;
			return step(withTop(state, { ...screen, lane: Math.max(0, screen.lane + (action === "left" ? -1 : 1)) }));
	}
	return undefined;
}

function mark(state: State, world: World): Step {
	const row = rowOf(state, world);
	if (row === undefined) return step(state);
	const marks = new Set(state.marks);
	if (!marks.delete(row.number)) marks.add(row.number);
	return step(topScreen(state).panel === "detail" ? { ...state, marks } : moveBy({ ...state, marks }, 1, world));
}

function compare(state: State, world: World): Step {
	const row = rowOf(state, world);
	const others = [...state.marks].filter((number) => number !== row?.number).sort((a, b) => a - b);
	if (row === undefined || others.length === 0)
		return step(say(state, "mark a message first (mark), then compare another one with it", "warn"));
	const both = state.marks.has(row.number) || others.length === 1 ? [others.at(-1)!, row.number] : others.slice(-2);
	const [before, after] = both.sort((a, b) => a - b) as [number, number];
	return step(openScreen(state, { panel: "compare", before, after, scroll: 0 }));
}

function order(state: State, argument: string | undefined): Step {
	const at = SESSION_ORDERS.indexOf(state.order);
	const found = argument === undefined ? SESSION_ORDERS[(at + 1) % SESSION_ORDERS.length]! : SESSION_ORDERS.find((one) => one === argument);
	if (found === undefined) return step(say(state, `orders: ${SESSION_ORDERS.join(", ")}`, "warn"));
	return step(say({ ...state, order: found }, `sessions by: ${ORDER_WORDS[found]}`));
}

const ORDER_WORDS: Readonly<Record<SessionOrder, string>> = {
	first: "their first message",
	last: "their last message",
	worst: "their worst finding",
	divergences: "messages that clients show differently",
	messages: "number of messages",
};
