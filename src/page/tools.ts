import type { LadderData } from "../core/report/data.js";
import { make } from "./dom.js";
import type { LadderView } from "./ladder-view.js";
import { parseQuery } from "./query.js";

export interface Tools {
	/** takes all filters off */
	clear(): void;
	/** says something beside the filter */
	say(text: string): void;
}

/** The filter line, the classes as switches, folding. */
export function addTools(root: HTMLElement, data: LadderData, view: LadderView): Tools {
	const input = make("input", {
		type: "search",
		"aria-label": "Filter messages",
		"aria-describedby": "filter-result",
		placeholder: "Filter: words, -word, #16, class:priv, session:c2, is:divergent",
		spellcheck: "false",
		autocomplete: "off",
	});
	const result = make("output", { id: "filter-result", "aria-live": "polite" });
	const classes = [...new Set(data.rows.flatMap(({ c }) => c ?? []))].sort();
	const chosen = new Set<string>();
	let divergent = false;
	const apply = (): void => {
		const query = parseQuery(input.value, data);
		input.setAttribute("aria-invalid", String(query.fault !== undefined));
		result.className = query.fault === undefined ? "" : "fault";
		if (query.fault !== undefined) {
			result.textContent = query.fault;
			return;
		}
		const { test } = query;
		view.filter(
			(row) => (chosen.size === 0 || (row.c !== undefined && chosen.has(row.c))) && (!divergent || row.d !== undefined) && test(row),
		);
		const more = data.omitted === 0 ? "" : `; ${data.omitted} more are not in this report`;
		result.textContent = `${view.shown} of ${data.rows.length} messages${more}`;
	};
	const toggles: HTMLButtonElement[] = [];
	const toggle = (text: string, change: (on: boolean) => void): HTMLButtonElement => {
		const button = make("button", { type: "button", "aria-pressed": "false" }, text);
		button.addEventListener("click", () => {
			const on = button.getAttribute("aria-pressed") !== "true";
			button.setAttribute("aria-pressed", String(on));
			change(on);
			apply();
		});
		toggles.push(button);
		return button;
	};
	const classGroup = make("div", { class: "group", role: "group", "aria-label": "Only these classes" });
	for (const name of classes) {
		classGroup.append(
			toggle(name, (on) => {
				if (on) chosen.add(name);
				else chosen.delete(name);
			}),
		);
	}
	const action = (text: string, act: () => void): HTMLButtonElement => {
		const button = make("button", { type: "button" }, text);
		button.addEventListener("click", act);
		return button;
	};
	root.append(
		input,
		toggle("Only divergent", (on) => {
			divergent = on;
		}),
		classGroup,
		action("Fold all", () => view.foldAll(true)),
		action("Unfold all", () => view.foldAll(false)),
		result,
	);
	root.hidden = false;
	let waiting: number | undefined;
	input.addEventListener("input", () => {
		clearTimeout(waiting);
		waiting = setTimeout(apply, 60);
	});
	apply();
	const clear = (): void => {
		input.value = "";
		chosen.clear();
		divergent = false;
		for (const button of toggles) button.setAttribute("aria-pressed", "false");
		apply();
	};
	return {
		clear,
		say: (text) => {
			result.textContent = text;
		},
	};
}
