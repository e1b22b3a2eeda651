import { compileFilter, FilterError } from "../../../core/rules/filter/index.js";
import { nearest } from "../../../core/rules/filter/nearest.js";
import { ACTIONS, isAction } from "../keys/actions.js";
import { fieldNames } from "../panels/columns.js";
import { act } from "./act.js";
import { type Step, step } from "./events.js";
import { ask } from "./prompts.js";
import { DEFAULT_COLUMNS, type Prompt, type PromptKind, type State, say } from "./state.js";
import type { World } from "./world.js";

/** What becomes of a line that was entered. */
export function enterPrompt(state: State, prompt: Prompt, world: World): Step {
	const text = prompt.text.trim();
	switch (prompt.kind) {
		case "filter":
			return setFilter(state, text);
		case "search":
			return text === "" ? step(state) : step({ ...state, search: text }, { kind: "search", text, backwards: false });
		case "columns":
			return setColumns(state, text);
		case "save-view":
			return text === "" ? step(state) : step(state, { kind: "save-view", name: text, view: state });
		case "load-view":
			return text === "" ? step(state) : step(state, { kind: "load-view", name: text });
		case "command":
			return command(state, prompt.text, world);
		case "breakpoint":
			if (text === "") return step(state);
			return broken(state, "breakpoint", text) ?? step(state, { kind: "live", order: { what: "break", expression: text } });
		case "inject":
			return text === "" ? step(state) : step(state, { kind: "live", order: { what: "inject", text: prompt.text } });
		case "edit":
			return step(state, { kind: "live", order: { what: "edit", id: prompt.about ?? 0, change: prompt.text, mend: state.mend } });
	}
}

function command(state: State, text: string, world: World): Step {
	const line = text.trim();
	if (line === "") return step(state);
	if (/^\d+$/.test(line)) return act(state, "go", line, world);
	const space = line.indexOf(" ");
	const name = space < 0 ? line : line.slice(0, space);
	const argument = space < 0 ? undefined : line.slice(space + 1);
	const short = SHORT[name] ?? name;
	if (isAction(short)) return act(state, short, argument, world);
	return step(say(state, `there is no "${name}"; did you mean "${nearest(name, Object.keys(ACTIONS))}"?`, "warn"));
}

/** What fingers type after a colon anyway. */
const SHORT: Readonly<Record<string, string>> = { q: "quit", h: "help", f: "filter" };

/** An expression that is not right stays in the prompt, with the cursor where the fault is. */
export function setFilter(state: State, text: string): Step {
	if (text === "") return step({ ...state, filter: "" }, { kind: "filter", filter: undefined });
	const wrong = broken(state, "filter", text);
	if (wrong !== undefined) return wrong;
	return step({ ...state, filter: text, follow: state.follow }, { kind: "filter", filter: compileFilter(text) });
}

function broken(state: State, kind: PromptKind, text: string): Step | undefined {
	try {
		compileFilter(text);
		return undefined;
	} catch (error) {
		if (!(error instanceof FilterError)) throw error;
		const asked = ask(state, kind, text);
		return step({ ...asked, prompt: { ...asked.prompt!, at: Math.min(text.length, error.column - 1) } });
	}
}

export function setColumns(state: State, text: string): Step {
	const names = text.split(/[\s,]+/).filter((name) => name !== "");
	const known = fieldNames();
	const unknown = names.find((name) => !known.has(name));
	if (unknown !== undefined) {
		const words = `there is no column "${unknown}"; did you mean "${nearest(unknown, [...known])}"?`;
		return step(say(state, words, "warn"));
	}
	return step({ ...state, columns: names.length === 0 ? DEFAULT_COLUMNS : [...new Set(names)] });
}
