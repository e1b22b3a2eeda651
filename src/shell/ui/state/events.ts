import type { Filter } from "../../../core/rules/filter/index.js";
import type { ActionName } from "../keys/actions.js";
import type { Key, SessionOrder, State } from "./state.js";

/** What is under the pointer, as the panel that drew it says. */
export interface Target {
	readonly key?: Key;
	readonly action?: ActionName;
	readonly argument?: string;
}

export type Event =
	/** `text` is what it types, "" for keys that type nothing */
	| { readonly kind: "key"; readonly key: string; readonly text: string }
	| { readonly kind: "action"; readonly action: ActionName; readonly argument?: string }
	| { readonly kind: "click"; readonly target: Target }
	| { readonly kind: "wheel"; readonly lines: number }
	| { readonly kind: "resize"; readonly width: number; readonly height: number }
	/** a search came to an end: the line it found, or nothing */
	| { readonly kind: "found"; readonly key: Key | undefined }
	| { readonly kind: "notice"; readonly text: string; readonly tone: "note" | "warn" | "error" | "success" };

/** A selection of what is shown, and how. */
export interface View {
	readonly filter: string;
	readonly columns: readonly string[];
	readonly order: SessionOrder;
	readonly reversed: boolean;
	readonly time: State["time"];
}

/** What a held message, a rule or a profile is told. */
export type LiveOrder =
	| { readonly what: "break"; readonly expression: string }
	| { readonly what: "break-remove" | "break-switch"; readonly id: number }
	| { readonly what: "resume" | "drop" | "duplicate" | "editor"; readonly id: number }
	| { readonly what: "resume-all" | "reload" }
	| { readonly what: "edit"; readonly id: number; readonly change: string; readonly mend: boolean }
	| { readonly what: "inject"; readonly text: string }
	| { readonly what: "rule" | "profile"; readonly name: string };

/** What the reducer wants done outside of the state. */
export type Effect =
	| { readonly kind: "quit" | "suspend" | "redraw" | "clear" }
	| { readonly kind: "filter"; readonly filter: Filter | undefined }
	| { readonly kind: "search"; readonly text: string; readonly backwards: boolean }
	| { readonly kind: "save-view"; readonly name: string; readonly view: View }
	| { readonly kind: "load-view" | "delete-view"; readonly name: string }
	| { readonly kind: "live"; readonly order: LiveOrder };

export interface Step {
	readonly state: State;
	readonly effects: readonly Effect[];
}

export function step(state: State, ...effects: Effect[]): Step {
	return { state, effects };
}
