import { NOT_SPOKEN } from "../../../core/fields/im.js";
import type { List } from "../store/lists.js";
import type { Row } from "../store/row.js";
import { windowHeight } from "./geometry.js";
import type { Key, Place, Screen, State } from "./state.js";
import type { World } from "./world.js";

/** Lines that are looked at to find a good one to begin with. */
const LOOKED = 5_000;

/** Position of the cursor in the list of a screen. */
export function cursorPosition(state: State, screen: Screen, list: List<Key>, world: World): number {
	if (list.length === 0 || !("place" in screen)) return 0;
	if (state.follow) return list.length - 1;
	const { cursor } = screen.place;
	return cursor === undefined ? startPosition(state, screen, list, world) : Math.min(list.position(cursor), list.length - 1);
}

/** First line of the window. */
export function windowTop(state: State, screen: Screen, list: List<Key>, world: World): number {
	if (!("place" in screen)) return 0;
	const height = windowHeight(state, screen);
	const cursor = cursorPosition(state, screen, list, world);
	const offset = state.follow ? height - 1 : Math.min(screen.place.offset, height - 1);
	return Math.max(0, Math.min(cursor - offset, list.length - height));
}

/** The place after the cursor moved to a position; the window moves as little as it can. */
export function placeAt(state: State, screen: Screen, list: List<Key>, world: World, position: number): Place {
	const to = Math.max(0, Math.min(position, list.length - 1));
	const height = windowHeight(state, screen);
	const top = windowTop(state, screen, list, world);
	const offset = Math.max(0, Math.min(to - top, height - 1));
	return { cursor: list.keyAt(to), offset };
}

/** Where one wants to begin: at what clients show differently, else at the first message. */
function startPosition(_state: State, screen: Screen, list: List<Key>, world: World): number {
	const most = Math.min(list.length, LOOKED);
	let best = 0;
	let rank = 0;
	for (let at = 0; at < most; at++) {
		const found = rankOf(screen, list.keyAt(at)!, world);
		if (found > rank) {
			best = at;
			rank = found;
		}
		if (rank === 3) break;
	}
	return best;
}

function rankOf(screen: Screen, key: Key, world: World): number {
	if (screen.panel === "sessions") {
		const session = world.store.sessions.get(String(key));
		if (session === undefined) return 0;
		return session.divergent > 0 ? 3 : session.messages > 0 ? 2 : session.msrp > 0 ? 1 : 0;
	}
	return screen.panel === "ladder" ? rowRank(world.store.row(Number(key))) : 0;
}

function rowRank(row: Row | undefined): number {
	if (row?.headline === undefined || NOT_SPOKEN.has(row.headline)) return 0;
	if (row.divergence !== undefined && row.divergence !== "note") return 3;
	return row.headline === "imdn" || row.headline === "composing" ? 1 : 2;
}
