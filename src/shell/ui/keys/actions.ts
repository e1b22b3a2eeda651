import type { PanelName } from "../state/state.js";

/** Where an action can be done; undefined: everywhere. */
export interface ActionInfo {
	readonly group: "General" | "Moving" | "Lists" | "Details" | "Held messages" | "Rules and ALG";
	readonly words: string;
	/** what `:name …` takes after the name */
	readonly argument?: string;
	readonly panels?: readonly PanelName[];
}

const DETAILS: readonly PanelName[] = ["detail", "ladder", "messages"];
const ROWS: readonly PanelName[] = ["messages", "ladder", "detail"];

/** Everything that can be done, by the name that the command line (`:`) and key files use. Help, completion and key maps follow from it. */
export const ACTIONS = {
	help: { group: "General", words: "this list of keys" },
	back: { group: "General", words: "back to where one came from" },
	quit: { group: "General", words: "end" },
	suspend: { group: "General", words: "to the shell; fg comes back" },
	redraw: { group: "General", words: "draw everything anew" },
	command: { group: "General", words: "type any of these by name" },
	filter: { group: "General", words: "show only what matches an expression", argument: "[expression]" },
	"filter-clear": { group: "General", words: "show everything again" },
	search: { group: "General", words: "search in what is shown", argument: "[text]" },
	"search-next": { group: "General", words: "next hit" },
	"search-previous": { group: "General", words: "hit before" },
	theme: { group: "General", words: "other colours: dark, light, contrast", argument: "[name]" },
	time: { group: "General", words: "time column: relative, absolute, delta, epoch", argument: "[format]" },
	"save-view": { group: "General", words: "keep filter, columns and order under a name", argument: "[name]" },
	view: { group: "General", words: "filter, columns and order that were kept", argument: "[name]" },
	"delete-view": { group: "General", words: "forget a view that was kept", argument: "name" },
	sessions: { group: "General", words: "list of sessions" },
	messages: { group: "General", words: "list of all messages" },
	held: { group: "General", words: "held messages and breakpoints" },
	rules: { group: "General", words: "rules" },
	alg: { group: "General", words: "ALG profiles" },
	log: { group: "General", words: "what was said meanwhile" },
	up: { group: "Moving", words: "line up" },
	down: { group: "Moving", words: "line down" },
	"page-up": { group: "Moving", words: "page up" },
	"page-down": { group: "Moving", words: "page down" },
	top: { group: "Moving", words: "first line" },
	bottom: { group: "Moving", words: "last line" },
	left: { group: "Moving", words: "tab before, lanes or text to the left" },
	right: { group: "Moving", words: "next tab, lanes or text to the right" },
	go: { group: "Moving", words: "to the message with this number", argument: "number" },
	"next-divergence": { group: "Moving", words: "next message that clients show differently", panels: ["messages", "ladder"] },
	"next-finding": { group: "Moving", words: "next message with an error or a warning", panels: ["messages", "ladder"] },
	open: { group: "Lists", words: "open: session, message, group of the tree" },
	follow: { group: "Lists", words: "stay at the newest line", panels: ["messages", "ladder", "sessions"] },
	mark: { group: "Lists", words: "mark or unmark the message", panels: ROWS },
	"marked-only": { group: "Lists", words: "show only marked messages" },
	"unmark-all": { group: "Lists", words: "take all marks away" },
	compare: { group: "Lists", words: "compare with the marked message (or two marked ones)", panels: ROWS },
	order: { group: "Lists", words: "order of sessions: first, last, worst, divergences, messages", argument: "[order]" },
	reverse: { group: "Lists", words: "order of sessions the other way round", panels: ["sessions"] },
	columns: { group: "Lists", words: "columns of the message list: names, or any field", argument: "[names]" },
	fold: { group: "Lists", words: "chunks of one message in one line, or each", panels: ["ladder"] },
	side: { group: "Lists", words: "details beside the list, where there is room", panels: ["messages", "ladder"] },
	clear: { group: "Lists", words: "forget what was seen so far" },
	tab: { group: "Details", words: "next tab: why, decoded, raw, hex, diff, checks", argument: "[name]", panels: DETAILS },
	"tab-before": { group: "Details", words: "tab before", panels: DETAILS },
	why: { group: "Details", words: "why clients show it as they do", panels: DETAILS },
	decoded: { group: "Details", words: "fields", panels: DETAILS },
	raw: { group: "Details", words: "octets as text", panels: DETAILS },
	hex: { group: "Details", words: "octets", panels: DETAILS },
	diff: { group: "Details", words: "before and after rewriting", panels: DETAILS },
	checks: { group: "Details", words: "findings and clauses", panels: DETAILS },
	next: { group: "Details", words: "next message", panels: ["detail"] },
	previous: { group: "Details", words: "message before", panels: ["detail"] },
	"filter-field": { group: "Details", words: "filter by the field with the cursor", panels: ["detail"] },
	answered: { group: "Details", words: "to the message that it answers or repeats", panels: ROWS },
	wrap: { group: "Details", words: "long lines wrapped, or scrolled sideways", panels: DETAILS },
	breakpoint: { group: "Held messages", words: "hold messages that match", argument: "[expression]" },
	"breakpoint-remove": { group: "Held messages", words: "take a breakpoint away", argument: "[number]" },
	"breakpoint-switch": { group: "Held messages", words: "breakpoint on or off", argument: "[number]" },
	resume: { group: "Held messages", words: "let it go on", panels: ["held", "detail"] },
	"resume-all": { group: "Held messages", words: "let all go on" },
	drop: { group: "Held messages", words: "let it not go on", panels: ["held", "detail"] },
	duplicate: { group: "Held messages", words: "let it go on twice", panels: ["held", "detail"] },
	edit: {
		group: "Held messages",
		words: "change it and let it go on: text=…, start=…, header NAME=…, cpim NAME=…",
		argument: "[change]",
		panels: ["held", "detail"],
	},
	editor: { group: "Held messages", words: "change its octets in $EDITOR and let it go on", panels: ["held", "detail"] },
	mend: { group: "Held messages", words: "lengths follow edits, or are left wrong" },
	reload: { group: "Rules and ALG", words: "read configuration and rule files again" },
	inject: { group: "Held messages", words: "send octets of one's own: CONNECTION client|server TEXT, or @FILE", argument: "[what]" },
	switch: { group: "Rules and ALG", words: "rule or profile on or off", argument: "[name]", panels: ["rules", "alg"] },
} as const satisfies Record<string, ActionInfo>;

export type ActionName = keyof typeof ACTIONS;

export function isAction(name: string): name is ActionName {
	return Object.hasOwn(ACTIONS, name);
}

export function actionInfo(name: ActionName): ActionInfo {
	return ACTIONS[name];
}
