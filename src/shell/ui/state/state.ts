import type { TimeFormat } from "../../../core/export/time-format.js";
import type { Tone } from "../draw/cells.js";

export type Key = number | string;

/** Where one is in a list: the line with the cursor, and how far below the top of the window it stands. */
export interface Place {
	/** undefined: wherever the panel puts it first */
	readonly cursor: Key | undefined;
	readonly offset: number;
}

export const DETAIL_TABS = ["why", "decoded", "raw", "hex", "diff", "checks"] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

/** How the details of a message are looked at; the same for every message, so that one can go from one to the next. */
export interface DetailPlace {
	/** undefined: why for what clients show, else decoded */
	readonly tab: DetailTab | undefined;
	readonly scroll: number;
	/** columns scrolled sideways */
	readonly left: number;
	/** line with the cursor, of the decoded tree */
	readonly line: number;
}

export type Screen =
	| { readonly panel: "sessions"; readonly place: Place }
	| { readonly panel: "messages"; readonly place: Place }
	| { readonly panel: "ladder"; readonly session: string; readonly place: Place; readonly lane: number }
	| { readonly panel: "detail"; readonly number: number; readonly from: "messages" | "ladder" | "held" }
	| { readonly panel: "compare"; readonly before: number; readonly after: number; readonly scroll: number }
	| { readonly panel: "help" | "log"; readonly scroll: number }
	| { readonly panel: "held"; readonly place: Place }
	| { readonly panel: "rules"; readonly place: Place }
	| { readonly panel: "alg"; readonly place: Place };

export type PanelName = Screen["panel"];

export type PromptKind = "filter" | "search" | "command" | "columns" | "save-view" | "load-view" | "breakpoint" | "inject" | "edit";

/** The line at the bottom while something is typed. */
export interface Prompt {
	readonly kind: PromptKind;
	readonly label: string;
	readonly text: string;
	/** in UTF-16 units of `text` */
	readonly at: number;
	/** which of what was entered before is shown; -1: none */
	readonly past: number;
	/** which of the completions is chosen; -1: none yet */
	readonly chosen: number;
	/** what was typed before a completion took its place */
	readonly typed: { readonly text: string; readonly at: number } | undefined;
	/** what it is about, where that is not the whole screen: id of a held message */
	readonly about?: number;
}

export const SESSION_ORDERS = ["first", "last", "worst", "divergences", "messages"] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

export interface Notice {
	readonly text: string;
	readonly tone: Tone;
}

/** All that the user can change. What the traffic changes is in the world. */
export interface State {
	readonly width: number;
	readonly height: number;
	/** the last one is shown */
	readonly screens: readonly Screen[];
	readonly prompt: Prompt | undefined;
	readonly notice: Notice | undefined;
	readonly filter: string;
	readonly search: string;
	/** new lines move the cursor along */
	readonly follow: boolean;
	readonly marks: ReadonlySet<number>;
	readonly markedOnly: boolean;
	readonly order: SessionOrder;
	readonly reversed: boolean;
	/** names of columns or fields */
	readonly columns: readonly string[];
	readonly time: TimeFormat;
	readonly folded: boolean;
	readonly wrap: boolean;
	/** details beside the ladder and the list, where there is room */
	readonly side: boolean;
	readonly detail: DetailPlace;
	/** groups of the decoded tree that are shut */
	readonly shut: ReadonlySet<string>;
	readonly theme: string;
	/** lengths follow edits of held messages */
	readonly mend: boolean;
	/** what was entered at prompts, newest last */
	readonly past: Readonly<Partial<Record<PromptKind, readonly string[]>>>;
}

export const DEFAULT_COLUMNS: readonly string[] = ["number", "time", "session", "protocol", "class", "from", "to", "summary", "finding"];

export function initialState(width: number, height: number): State {
	return {
		width,
		height,
		screens: [{ panel: "sessions", place: { cursor: undefined, offset: 0 } }],
		prompt: undefined,
		notice: undefined,
		filter: "",
		search: "",
		follow: false,
		marks: new Set(),
		markedOnly: false,
		order: "first",
		reversed: false,
		columns: DEFAULT_COLUMNS,
		time: "relative",
		folded: true,
		wrap: true,
		side: true,
		detail: { tab: undefined, scroll: 0, left: 0, line: 0 },
		shut: new Set(),
		theme: "dark",
		mend: true,
		past: {},
	};
}

export function topScreen(state: State): Screen {
	return state.screens.at(-1)!;
}

export function withTop(state: State, screen: Screen): State {
	return { ...state, screens: [...state.screens.slice(0, -1), screen] };
}

/** Opens a screen on top; a screen of the same kind that is open already is gone back to. */
export function openScreen(state: State, screen: Screen): State {
	const open = state.screens.findIndex(({ panel }) => panel === screen.panel);
	return { ...state, screens: [...(open < 0 ? state.screens : state.screens.slice(0, open)), screen] };
}

export function say(state: State, text: string, tone: Tone = "note"): State {
	return { ...state, notice: { text, tone } };
}
