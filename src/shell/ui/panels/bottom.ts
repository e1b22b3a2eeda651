import { escapeTerminal } from "../../../core/export/escape.js";
import { displayWidth, truncate } from "../../../core/export/width.js";
import { fitLine, type Line, type Span, span, type Tone } from "../draw/cells.js";
import type { ActionName } from "../keys/actions.js";
import { completionsOf } from "../state/complete.js";
import { promptFault, suggests } from "../state/prompts.js";
import { type PanelName, type Prompt, type State, topScreen } from "../state/state.js";
import { running, type World } from "../state/world.js";
import { type Drawn, drawn, type Zone } from "./drawn.js";

const SUGGESTED = 8;
const QUIT: readonly [ActionName, string] = ["quit", "quit"];

/** What is said for each panel, in order of importance; those that do not fit are left out. */
const HINTS: Readonly<Record<PanelName, readonly (readonly [ActionName, string])[]>> = {
	sessions: [
		["open", "ladder"],
		["filter", "filter"],
		["search", "search"],
		["messages", "all messages"],
		["order", "order"],
		["follow", "follow"],
		["help", "help"],
		["back", "quit"],
	],
	messages: [
		["open", "details"],
		["filter", "filter"],
		["search", "search"],
		["columns", "columns"],
		["next-divergence", "next difference"],
		["mark", "mark"],
		["compare", "compare"],
		["follow", "follow"],
		["help", "help"],
		["back", "back"],
	],
	ladder: [
		["open", "details"],
		["next-divergence", "next difference"],
		["filter", "filter"],
		["search", "search"],
		["mark", "mark"],
		["compare", "compare"],
		["fold", "chunks"],
		["tab", "tab"],
		["help", "help"],
		["back", "back"],
	],
	detail: [
		["tab", "tab"],
		["next", "next"],
		["previous", "before"],
		["search", "search"],
		["filter-field", "filter by field"],
		["answered", "what it answers"],
		["wrap", "wrap"],
		["mark", "mark"],
		["help", "help"],
		["back", "back"],
	],
	compare: [
		["wrap", "wrap"],
		["help", "help"],
		["back", "back"],
	],
	help: [
		["search", "search"],
		["back", "back"],
	],
	log: [
		["help", "help"],
		["back", "back"],
	],
	held: [
		["resume", "resume"],
		["drop", "drop"],
		["edit", "edit"],
		["editor", "editor"],
		["duplicate", "twice"],
		["breakpoint", "hold more"],
		["open", "details"],
		["resume-all", "resume all"],
		["inject", "inject"],
		["help", "help"],
		["back", "back"],
	],
	rules: [
		["switch", "on or off"],
		["help", "help"],
		["back", "back"],
	],
	alg: [
		["switch", "on or off"],
		["help", "help"],
		["back", "back"],
	],
};

/** The line at the bottom: what is typed, what there is to say, or keys. */
export function bottomLine(state: State, world: World, width: number): Drawn {
	const { prompt, notice } = state;
	if (prompt !== undefined) return { line: promptLine(prompt, width) };
	if (notice !== undefined) return drawn([span(` ${notice.text}`, notice.tone)], width, "bar");
	if (world.searching) return drawn([span(` looking for ${state.search} …`, "note")], width, "bar");
	return hints(state, world, width);
}

function hints(state: State, world: World, width: number): Drawn {
	const { panel } = topScreen(state);
	const spans: Span[] = [];
	const zones: Zone[] = [];
	let at = 0;
	// Help and the way back are always there.
	const out = state.screens.length === 1 && running(world);
	const all = out ? HINTS[panel].map((one) => (one[0] === "back" ? QUIT : one)) : HINTS[panel];
	const last = all.slice(-2);
	const reserved = last.reduce((sum, [action, words]) => sum + hintWidth(action, words, panel, world), 0);
	const put = ([action, words]: readonly [ActionName, string], room: number): void => {
		const key = world.keys.keysOf(action, panel)[0];
		const columns = hintWidth(action, words, panel, world);
		if (key === undefined || at + columns > room) return;
		const text = action === "back" && state.screens.length > 1 ? "back" : words;
		spans.push(span(` ${key}`, "key"), span(` ${text} `, "dim"));
		zones.push({ from: at, to: at + columns, action });
		at += columns;
	};
	for (const one of all.slice(0, -2)) put(one, width - reserved);
	for (const one of last) put(one, width);
	return { ...drawn(spans, width, "bar"), zones };
}

function hintWidth(action: ActionName, words: string, panel: PanelName, world: World): number {
	const key = world.keys.keysOf(action, panel)[0];
	return key === undefined ? 0 : displayWidth(key) + words.length + 3;
}

function promptLine(prompt: Prompt, width: number): Line {
	const label = prompt.label;
	const fault = promptFault(prompt);
	const room = Math.max(8, width - label.length - 1);
	// What is left of the cursor stays in sight.
	const before = escapeTerminal(prompt.text.slice(0, prompt.at));
	const skip = Math.max(0, before.length - room + 8);
	const marked: [number, number] = fault === undefined ? [-1, -1] : [fault.column - 1, fault.column - 1 + fault.length];
	const spans: Span[] = [span(label, "key")];
	if (skip > 0) spans.push(span("…", "dim"));
	for (let at = skip; at < prompt.text.length; ) {
		const size = prompt.text.codePointAt(at)! > 0xffff ? 2 : 1;
		const text = escapeTerminal(prompt.text.slice(at, at + size));
		const tone: Tone = at >= marked[0] && at < marked[1] ? "error" : "text";
		spans.push(span(text, tone, at === prompt.at ? "cursor" : "plain"));
		at += size;
	}
	if (prompt.at >= prompt.text.length) spans.push(span(" ", "text", "cursor"));
	return fitLine(spans, width);
}

/** Lines above the bottom: what is wrong with the expression, and what could stand here. */
export function promptPopup(state: State, world: World, width: number): Drawn[] {
	const { prompt } = state;
	if (prompt === undefined) return [];
	const lines: Drawn[] = [];
	const typed = prompt.typed ?? prompt;
	const { items } = suggests(prompt) ? completionsOf({ kind: prompt.kind, text: typed.text, at: typed.at }, world) : { items: [] };
	const whole = items.length === 1 && items[0]!.text === typed.text;
	if (items.length > 0 && !whole) {
		const top = Math.max(0, Math.min(prompt.chosen - SUGGESTED + 2, items.length - SUGGESTED));
		const shown = items.slice(top, top + SUGGESTED);
		const name = Math.min(Math.floor(width / 2), Math.max(...shown.map(({ text }) => text.length)) + 2);
		for (const [at, { text, words }] of shown.entries()) {
			const ground = top + at === prompt.chosen ? "popupSelected" : "popup";
			lines.push(drawn([span(` ${truncate(text, name - 1).padEnd(name)}`, "key"), span(words, "dim")], width, ground));
		}
		if (items.length > SUGGESTED) lines.push(drawn([span(` ${items.length} in all`, "dim")], width, "popup"));
	}
	const fault = promptFault(prompt);
	if (fault !== undefined)
		lines.push(drawn([span(` ✗ column ${fault.column}: `, "error"), span(escapeTerminal(fault.text))], width, "popup"));
	return lines;
}
