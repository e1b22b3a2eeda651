import { segments } from "../draw/graphemes.js";
import type { Prompt } from "./state.js";

type Editable = Pick<Prompt, "text" | "at">;

/** What a key does to a line that is typed; undefined where it is not for editing. */
export function editLine({ text, at }: Editable, key: string, typed: string): Editable | undefined {
	switch (key) {
		case "left":
		case "C-b":
			return { text, at: at - lastOf(text.slice(0, at)).length };
		case "right":
		case "C-f":
			return { text, at: at + (segments(text.slice(at))[0]?.length ?? 0) };
		case "home":
		case "C-a":
			return { text, at: 0 };
		case "end":
		case "C-e":
			return { text, at: text.length };
		case "backspace":
			return removed(text, at - lastOf(text.slice(0, at)).length, at);
		case "delete":
		case "C-d":
			return removed(text, at, at + (segments(text.slice(at))[0]?.length ?? 0));
		case "C-u":
			return removed(text, 0, at);
		case "C-k":
			return removed(text, at, text.length);
		case "C-w":
		case "M-backspace":
			return removed(text, at - (/\S*\s*$/.exec(text.slice(0, at))?.[0].length ?? 0), at);
	}
	if (typed === "" || /[\x00-\x1f\x7f]/.test(typed)) return undefined;
	return { text: text.slice(0, at) + typed + text.slice(at), at: at + typed.length };
}

function removed(text: string, from: number, to: number): Editable {
	return { text: text.slice(0, from) + text.slice(to), at: from };
}

function lastOf(text: string): string {
	return segments(text).at(-1) ?? "";
}
