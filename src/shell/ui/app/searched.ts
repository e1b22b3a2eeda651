import { classLabel } from "../../../core/export/class-label.js";
import { plainText } from "../draw/cells.js";
import { helpLines } from "../panels/help.js";
import { cursorPosition } from "../state/place.js";
import { type State, topScreen } from "../state/state.js";
import type { World } from "../state/world.js";
import { namesOf, worstOf } from "../store/sessions.js";
import type { Searched } from "./search.js";

/** What a search on the screen looks through, and where it begins. */
export function searchedOf(state: State, world: World): { lines: Searched; from: number } | undefined {
	const screen = topScreen(state);
	if (screen.panel === "detail") {
		const text = world.detailText(state, screen.number, state.width - 1);
		return { lines: { length: text.length, keyAt: (at) => at, textAt: (at) => plainText(text.at(at).line) }, from: state.detail.line };
	}
	if (screen.panel === "help") {
		const lines = helpLines(world, state.width - 1);
		return { lines: { length: lines.length, keyAt: (at) => at, textAt: (at) => plainText(lines[at]!) }, from: screen.scroll };
	}
	const list = world.list(state, screen);
	if (list === undefined || (screen.panel !== "sessions" && screen.panel !== "messages" && screen.panel !== "ladder")) return undefined;
	const textAt = (at: number): string => {
		const key = list.keyAt(at);
		return key === undefined ? "" : screen.panel === "sessions" ? sessionText(String(key), world) : rowText(Number(key), world);
	};
	return { lines: { length: list.length, keyAt: (at) => list.keyAt(at), textAt }, from: cursorPosition(state, screen, list, world) };
}

function sessionText(id: string, world: World): string {
	const session = world.store.sessions.get(id);
	return session === undefined ? "" : `${id} ${session.kind} ${namesOf(session)} ${worstOf(session)} ${[...session.codes].join(" ")}`;
}

function rowText(number: number, world: World): string {
	const row = world.store.row(number);
	if (row === undefined) return "";
	const { text, short, from, to, headline, codes, problem, session } = row;
	return `${short} ${text} ${from} ${to} ${headline === undefined ? "" : `${classLabel(headline)} ${headline}`} ${codes} ${problem?.id ?? ""} ${session}`;
}
