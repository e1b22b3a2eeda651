import type { ClassifyOptions } from "../../../core/classify/classify.js";
import type { Keymap } from "../keys/keymap.js";
import type { LiveControls } from "../live/types.js";
import type { Text } from "../panels/detail/types.js";
import type { Ladder } from "../store/ladder.js";
import type { List } from "../store/lists.js";
import type { Matching } from "../store/matching.js";
import type { Store } from "../store/store.js";
import type { Key, Screen, State } from "./state.js";

/** Where the entries come from, and how far that is. */
export interface SourceStatus {
	/** file name, or the hops */
	title: string;
	/** "reading 43 %", "following", "live", "ended" */
	phase: string;
	/** something that the user has to know: the capture is damaged */
	warning?: string;
}

/** Somebody's connections end with the program. */
export function running({ live, source }: Pick<World, "live" | "source">): boolean {
	return live !== undefined && source.phase === "live";
}

/** All that is shown and that the traffic changes. Panels and the reducer only ask; what they may change is said by effects. */
export interface World {
	readonly store: Store;
	readonly matching: Matching;
	readonly keys: Keymap;
	readonly source: SourceStatus;
	readonly live: LiveControls | undefined;
	readonly classify: ClassifyOptions;
	/** for ages of held messages */
	readonly now: { sec: number; nsec: number };
	/** what was said meanwhile, safe for terminals */
	readonly log: readonly string[];
	/** names of saved views */
	readonly views: readonly string[];
	/** the list that a screen shows a window of; undefined where it shows none */
	list(state: State, screen: Screen): List<Key> | undefined;
	ladder(state: State, session: string): Ladder | undefined;
	/** a search is under way */
	readonly searching: boolean;
	/** the text of the tab that is chosen for a message whose octets are kept */
	detailText(state: State, number: number, width: number): Text;
	/** lines of a screen that is a text */
	textLength(state: State, screen: Screen): number;
	/** the group, or the filter for the field, on the line with the cursor of the decoded tree */
	treeGroup(state: State, number: number): string | undefined;
	treeFilter(state: State, number: number): string | undefined;
}
