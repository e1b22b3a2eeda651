import { LineCounter, parseDocument } from "yaml";
import { nearest } from "../../../core/rules/filter/nearest.js";
import type { PanelName } from "../state/state.js";
import { ACTIONS, isAction } from "./actions.js";
import { type Binding, Keymap } from "./keymap.js";
import { KEY_SETS } from "./sets.js";

/** A key file that is not right; one line a fault, `file:line:column message`. */
export class KeyFileError extends Error {
	override readonly name = "KeyFileError";
}

const PANELS: readonly PanelName[] = ["sessions", "messages", "ladder", "detail", "compare", "help", "log", "held", "rules", "alg"];
const SPECIAL = "up|down|left|right|enter|escape|space|tab|backspace|insert|delete|home|end|pageup|pagedown|f1[0-2]?|f[2-9]";
const KEY = new RegExp(`^(?:(?:C-|M-|S-)*(?:${SPECIAL}|[a-z])|[\\x21-\\x7e\\u00a1-\\uffff])$`);

/** The keys of a set by its name. @throws KeyFileError */
export function keymapOf(set: string, more: readonly Binding[] = []): Keymap {
	const found = KEY_SETS.find(({ name }) => name === set);
	if (found === undefined)
		throw new KeyFileError(`there is no key set "${set}"; there are ${KEY_SETS.map(({ name }) => name).join(" and ")}`);
	return new Keymap(found.name, [...found.bindings, ...more]);
}

/**
 * A key file: keys to actions, in all panels or in some.
 *
 *     set: sngrep                # what it starts from; default: what --keys says
 *     keys:
 *       C-s: save-view
 *       x: filter im.class == "system"
 *     ladder:
 *       x: fold
 *
 * @throws KeyFileError with all faults
 */
export function parseKeyFile(text: string, file: string): { set: string | undefined; bindings: Binding[] } {
	const counter = new LineCounter();
	const document = parseDocument(text, { lineCounter: counter });
	const faults: string[] = [];
	const fault = (offset: number, words: string): void => {
		const { line, col } = counter.linePos(offset);
		faults.push(`${file}:${line}:${col} ${words}`);
	};
	for (const { pos, message } of document.errors) fault(pos[0], message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""));
	const bindings: Binding[] = [];
	let set: string | undefined;
	const top = faults.length === 0 ? pairs(document.contents) : [];
	if (top === undefined) fault(0, "a mapping is needed: keys: { x: filter }");
	for (const { name, at, value, valueAt } of top ?? []) {
		if (name === "set") {
			if (KEY_SETS.some((one) => one.name === scalar(value))) set = scalar(value);
			else fault(valueAt, `set: give ${KEY_SETS.map((one) => one.name).join(" or ")}`);
			continue;
		}
		const panel = PANELS.find((one) => one === name);
		if (panel === undefined && name !== "keys") {
			fault(at, `"${name}" is no panel; did you mean "${nearest(name, ["keys", "set", ...PANELS])}"?`);
			continue;
		}
		const keys = pairs(value);
		if (keys === undefined) fault(valueAt, `${name}: keys and their actions are needed`);
		for (const { name: key, at: keyAt, value: bound, valueAt: boundAt } of keys ?? []) {
			const [action = "", ...rest] = (scalar(bound) ?? "").split(" ");
			if (!KEY.test(key)) fault(keyAt, `"${key}" is no key; keys are written j, G, C-f, M-x, S-tab, f3, space, enter, pagedown`);
			else if (!isAction(action)) fault(boundAt, `"${action}" is no action; did you mean "${nearest(action, Object.keys(ACTIONS))}"?`);
			else
				bindings.push({
					key,
					action,
					...(rest.length === 0 ? {} : { argument: rest.join(" ") }),
					panels: panel === undefined ? PANELS : [panel],
				});
		}
	}
	if (faults.length > 0) throw new KeyFileError(faults.join("\n"));
	return { set, bindings };
}

interface Pair {
	name: string;
	at: number;
	value: unknown;
	valueAt: number;
}

/** The pairs of a YAML mapping; nothing where there is nothing; undefined where it is something else. */
function pairs(node: unknown): Pair[] | undefined {
	if (node === null || node === undefined || scalar(node) === "") return [];
	const { items } = node as { items?: { key: { value: unknown; range?: number[] }; value: { range?: number[] } | null }[] };
	if (items === undefined || items.some((item) => typeof item !== "object" || !("key" in item))) return undefined;
	return items.map(({ key, value }) => ({
		name: String(key.value),
		at: key.range?.[0] ?? 0,
		value,
		valueAt: value?.range?.[0] ?? key.range?.[0] ?? 0,
	}));
}

function scalar(node: unknown): string | undefined {
	const value = (node as { value?: unknown } | null)?.value;
	return value === undefined || typeof value === "object" ? (value === null ? "" : undefined) : String(value);
}
