import { fitLine, type Line, span, wrapLine } from "../draw/cells.js";
import { ACTIONS, type ActionInfo, type ActionName } from "../keys/actions.js";
import { keyLabel } from "../keys/keymap.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

const KEYS = 20;
const NAME = 20;

/** Every action with its keys, and what it does. */
export function helpPanel(_state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (screen.panel !== "help") return [];
	const text = helpLines(world, width - 1);
	const rows = Math.max(1, height - 1);
	const top = Math.max(0, Math.min(screen.scroll, text.length - rows));
	const lines = [drawn([span(` Keys: ${world.keys.name}`, "title"), span("   any action can be typed after : by its name", "dim")], width)];
	for (let at = 0; at < rows && top + at < text.length; at++) {
		const bar = thumb(at, top, text.length, rows);
		lines.push({ line: [...fitLine(text[top + at]!, width - bar.length), ...bar] });
	}
	return filled(lines, width, height);
}

export function helpLines(world: Pick<World, "keys">, width: number): Line[] {
	const names = Object.keys(ACTIONS) as ActionName[];
	const groups = [...new Set(names.map((name) => ACTIONS[name].group))];
	const lines: Line[] = [];
	for (const group of groups) {
		lines.push([], [span(` ${group}`, "title")]);
		for (const name of names) {
			const info: ActionInfo = ACTIONS[name];
			if (info.group !== group) continue;
			const keys = world.keys.allKeysOf(name).join(" ");
			const where = info.panels === undefined || info.panels.length > 3 ? "" : ` (${info.panels.join(", ")})`;
			const head = [
				span(`  ${keys.padEnd(KEYS)} `, "key"),
				span(`:${`${name}${info.argument === undefined ? "" : ` ${info.argument}`}`.padEnd(NAME)} `, "session"),
			];
			lines.push(...wrapLine([...head, span(info.words), span(where, "dim")], width, KEYS + NAME + 5));
		}
	}
	const own = world.keys.bindings.filter(({ argument }) => argument !== undefined);
	if (own.length > 0) {
		lines.push([], [span(" With an argument", "title")]);
		for (const { key, action, argument } of own)
			lines.push([span(`  ${keyLabel(key).padEnd(KEYS)} `, "key"), span(`:${action} ${argument}`, "session")]);
	}
	lines.push([], [span(" While typing", "title")]);
	for (const [keys, words] of TYPING) lines.push([span(`  ${keys.padEnd(KEYS)} `, "key"), span(words)]);
	lines.push([], [span(" Signs", "title")]);
	for (const [sign, words] of SIGNS) lines.push([span(`  ${sign.padEnd(KEYS)} `, "strong"), span(words)]);
	return lines;
}

const TYPING: readonly (readonly [string, string])[] = [
	["Tab S-Tab", "next completion, completion before"],
	["↑ ↓", "what was entered before"],
	["Enter", "done"],
	["Esc ^C", "leave it"],
	["^A ^E ^U ^K ^W", "begin, end, delete to the begin, to the end, the word"],
];

const SIGNS: readonly (readonly [string, string])[] = [
	["SYS P-SYS", "system message, to all or to one user"],
	["GRP 1-1 PRIV", "group message, one-to-one, private message"],
	["TYPING IMDN RPT", "typing indicator, disposition notification, MSRP report"],
	["UNWRAP AMBIG BAD", "without CPIM, ambiguous, broken"],
	["✗ ! ·", "error, warning, note: of findings, and of clients that differ (DO, DA, DC, DS)"],
	["≠", "changed on its way, with who did it"],
	["×3", "that many chunks, or equal answers to them, in one line"],
	["●", "marked"],
];
