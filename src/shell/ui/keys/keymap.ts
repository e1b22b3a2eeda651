import type { PanelName } from "../state/state.js";
import { type ActionName, actionInfo } from "./actions.js";

/** A key, and what it does: in some panels, or in all where no panel says otherwise. */
export interface Binding {
	/** "j", "G", "space", "enter", "C-f", "M-x", "f3", "pagedown", "S-tab" */
	readonly key: string;
	readonly action: ActionName;
	readonly argument?: string;
	readonly panels?: readonly PanelName[];
}

export interface KeySet {
	readonly name: string;
	readonly words: string;
	readonly bindings: readonly Binding[];
}

/** Bindings by panel and key. */
export class Keymap {
	readonly name: string;
	readonly bindings: readonly Binding[];
	readonly #by = new Map<string, Binding>();

	/** Of two bindings of the same key for the same panel the later one counts. */
	constructor(name: string, bindings: readonly Binding[]) {
		this.name = name;
		this.bindings = bindings;
		for (const binding of bindings) {
			for (const panel of binding.panels ?? actionInfo(binding.action).panels ?? ["*"]) this.#by.set(`${panel} ${binding.key}`, binding);
		}
	}

	find(panel: PanelName, key: string): Binding | undefined {
		return this.#by.get(`${panel} ${key}`) ?? this.#by.get(`* ${key}`);
	}

	/** The keys of an action in a panel, as they are shown. */
	keysOf(action: ActionName, panel: PanelName): string[] {
		return this.bindings
			.filter((one) => one.action === action && one.argument === undefined && this.find(panel, one.key) === one)
			.map(({ key }) => keyLabel(key));
	}

	/** All keys of an action, whatever the panel. */
	allKeysOf(action: ActionName): string[] {
		return [...new Set(this.bindings.filter((one) => one.action === action).map(({ key }) => keyLabel(key)))];
	}
}

const LABELS: Readonly<Record<string, string>> = {
	up: "↑",
	down: "↓",
	left: "←",
	right: "→",
	enter: "Enter",
	escape: "Esc",
	space: "Space",
	tab: "Tab",
	"S-tab": "S-Tab",
	pageup: "PgUp",
	pagedown: "PgDn",
	home: "Home",
	end: "End",
};

export function keyLabel(key: string): string {
	const known = LABELS[key];
	if (known !== undefined) return known;
	if (/^f\d+$/.test(key)) return key.toUpperCase();
	return key.replace(/^C-([a-z])$/, (_, letter: string) => `^${letter.toUpperCase()}`);
}
