import { compileFilter, FilterError } from "../../../core/rules/filter/index.js";
import { completionsOf } from "./complete.js";
import { editLine } from "./line-editor.js";
import type { Prompt, PromptKind, State } from "./state.js";
import type { World } from "./world.js";

const LABELS: Readonly<Record<PromptKind, string>> = {
	filter: "filter: ",
	search: "/",
	command: ":",
	columns: "columns: ",
	"save-view": "keep this view as: ",
	"load-view": "view: ",
	breakpoint: "hold: ",
	inject: "inject: ",
	edit: "change: ",
};
const REMEMBERED = 100;

export function ask(state: State, kind: PromptKind, text = "", about?: number): State {
	const prompt: Prompt = {
		kind,
		label: LABELS[kind],
		text,
		at: text.length,
		past: -1,
		chosen: -1,
		typed: undefined,
		...(about === undefined ? {} : { about }),
	};
	return { ...state, prompt, notice: undefined };
}

/** What is wrong with what is typed so far; undefined where nothing is, or nothing can be. */
export function promptFault(prompt: Prompt): { column: number; length: number; text: string } | undefined {
	const expression = expressionOf(prompt);
	if (expression === undefined || expression.text.trim() === "") return undefined;
	try {
		compileFilter(expression.text);
		return undefined;
	} catch (error) {
		if (!(error instanceof FilterError)) throw error;
		return { column: error.column + expression.from, length: error.length, text: error.message };
	}
}

function expressionOf({ kind, text }: Prompt): { from: number; text: string } | undefined {
	if (kind === "filter" || kind === "breakpoint") return { from: 0, text };
	const command = kind === "command" ? /^(?:filter|breakpoint) /.exec(text) : null;
	return command === null ? undefined : { from: command[0].length, text: text.slice(command[0].length) };
}

export type PromptStep =
	| { readonly kind: "typing"; readonly state: State }
	| { readonly kind: "entered"; readonly state: State; readonly prompt: Prompt }
	| { readonly kind: "given-up"; readonly state: State };

/** What a key does while something is typed. */
export function promptKey(state: State, prompt: Prompt, key: string, typed: string, world: World): PromptStep {
	const typing = (change: Partial<Prompt>): PromptStep => ({
		kind: "typing",
		state: { ...state, prompt: { ...prompt, chosen: -1, typed: undefined, ...change } },
	});
	switch (key) {
		case "escape":
		case "C-c":
		case "C-g":
			return { kind: "given-up", state: { ...state, prompt: undefined } };
		case "enter":
		case "C-j":
			return { kind: "entered", state: remember({ ...state, prompt: undefined }, prompt), prompt };
		case "tab":
			return complete(state, prompt, 1, world);
		case "S-tab":
			return complete(state, prompt, -1, world);
		case "up":
		case "C-p":
			return older(state, prompt, 1, typing);
		case "down":
		case "C-n":
			return older(state, prompt, -1, typing);
	}
	if (key === "backspace" && prompt.text === "") return { kind: "given-up", state: { ...state, prompt: undefined } };
	const edited = editLine(prompt, key, typed);
	return edited === undefined ? { kind: "typing", state } : typing(edited);
}

function complete(state: State, prompt: Prompt, by: number, world: World): PromptStep {
	const typed = prompt.typed ?? { text: prompt.text, at: prompt.at };
	const { from, to, items } = completionsOf({ kind: prompt.kind, ...typed }, world);
	if (items.length === 0) return { kind: "typing", state };
	const chosen = prompt.chosen < 0 && by < 0 ? items.length - 1 : (prompt.chosen + by + items.length) % items.length;
	const { text } = items[chosen]!;
	const one = items.length === 1;
	return {
		kind: "typing",
		state: {
			...state,
			prompt: {
				...prompt,
				text: typed.text.slice(0, from) + text + typed.text.slice(to),
				at: from + text.length,
				chosen: one ? -1 : chosen,
				typed: one ? undefined : typed,
			},
		},
	};
}

function older(state: State, prompt: Prompt, by: number, typing: (change: Partial<Prompt>) => PromptStep): PromptStep {
	const known = state.past[prompt.kind] ?? [];
	const past = Math.max(-1, Math.min(prompt.past + by, known.length - 1));
	const text = past < 0 ? "" : known[known.length - 1 - past]!;
	return past === prompt.past ? typing({}) : typing({ past, text, at: text.length });
}

function remember(state: State, { kind, text }: Prompt): State {
	if (text.trim() === "") return state;
	const known = (state.past[kind] ?? []).filter((one) => one !== text);
	return { ...state, past: { ...state.past, [kind]: [...known, text].slice(-REMEMBERED) } };
}

/** Lists of completions are shown for these from the first letter on. */
export function suggests({ kind, chosen, text }: Prompt): boolean {
	return (
		chosen >= 0 ||
		((kind === "filter" || kind === "breakpoint" || kind === "command" || kind === "columns") && text !== "") ||
		kind === "load-view"
	);
}
