import { CLASS_HEADLINES } from "../../../core/export/class-label.js";
import { FILTER_GROUPS } from "../../../core/fields/filter/table.js";
import { FIELD_GROUPS } from "../../../core/fields/index.js";
import { SHORT_FORMS } from "../../../core/rules/filter/index.js";
import { ACTIONS } from "../keys/actions.js";
import { COLUMN_WORDS } from "../panels/columns.js";
import { THEMES } from "../theme/themes.js";
import { DETAIL_TABS, type Prompt, SESSION_ORDERS } from "./state.js";
import type { World } from "./world.js";

export interface Completion {
	readonly text: string;
	readonly words: string;
}

export interface Completions {
	/** units of the text that a completion takes the place of */
	readonly from: number;
	readonly to: number;
	readonly items: readonly Completion[];
}

const NONE: Completions = { from: 0, to: 0, items: [] };
const MOST = 200;

const OPERATORS: readonly Completion[] = [
	{ text: "==", words: "equal" },
	{ text: "!=", words: "not equal" },
	{ text: "contains", words: "has this text in it" },
	{ text: "matches", words: "regular expression" },
	{ text: "in", words: "one of: {a, b}" },
	{ text: ">", words: "more than" },
	{ text: "<", words: "less than" },
	{ text: "&&", words: "and" },
	{ text: "||", words: "or" },
];
const JOINERS: readonly Completion[] = OPERATORS.slice(-2);

const FIELDS: readonly Completion[] = FILTER_GROUPS.flatMap(({ fields }) =>
	fields.map(({ name, type, description }) => ({ text: name, words: `${type}: ${description}` })),
);
const JSON_FIELDS: readonly Completion[] = FIELD_GROUPS.flatMap(({ fields }) =>
	fields.map(({ name, description }) => ({ text: name, words: description })),
);
const SHORTS: readonly Completion[] = Object.entries(SHORT_FORMS).map(([name, { words }]) => ({ text: name, words }));
const COMMANDS: readonly Completion[] = Object.entries(ACTIONS).map(([name, info]) => ({
	text: "argument" in info ? `${name} ` : name,
	words: info.words,
}));

const SIP_METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "REFER", "UPDATE", "INFO"];
const MSRP_METHODS = ["SEND", "REPORT", "AUTH", "NICKNAME"];

/** What can stand at the cursor of a prompt. */
export function completionsOf(prompt: Pick<Prompt, "kind" | "text" | "at">, world: World): Completions {
	switch (prompt.kind) {
		case "filter":
		case "breakpoint":
			return filterCompletions(prompt.text, prompt.at, 0, world);
		case "columns":
			return word(prompt.text, prompt.at, /[^\s,]*$/, columnItems());
		case "load-view":
			return word(prompt.text, prompt.at, /.*$/, named(world.views, "kept view"));
		case "command":
			return commandCompletions(prompt.text, prompt.at, world);
		default:
			return NONE;
	}
}

function columnItems(): Completion[] {
	const known = Object.entries(COLUMN_WORDS).map(([text, words]) => ({ text, words }));
	const more = [...JSON_FIELDS, ...FIELDS].filter(({ text }) => !Object.hasOwn(COLUMN_WORDS, text));
	return [...known, ...new Map(more.map((one) => [one.text, one])).values()];
}

function named(names: readonly string[], words: string): Completion[] {
	return names.map((text) => ({ text, words }));
}

function commandCompletions(text: string, at: number, world: World): Completions {
	const space = text.indexOf(" ");
	if (space < 0 || at <= space) return word(text, at, /[a-z-]*$/, COMMANDS);
	const from = space + 1;
	switch (text.slice(0, space)) {
		case "filter":
		case "breakpoint":
			return filterCompletions(text, at, from, world);
		case "columns":
			return word(text, at, /[^\s,]*$/, columnItems());
		case "theme":
			return word(
				text,
				at,
				/\S*$/,
				THEMES.map(({ name, words }) => ({ text: name, words })),
			);
		case "order":
			return word(text, at, /\S*$/, named(SESSION_ORDERS, "order of sessions"));
		case "tab":
			return word(text, at, /\S*$/, named(DETAIL_TABS, "tab of the details"));
		case "time":
			return word(text, at, /\S*$/, named(["relative", "absolute", "delta", "epoch"], "time column"));
		case "view":
		case "delete-view":
			return word(text, at, /\S*$/, named(world.views, "kept view"));
		default:
			return NONE;
	}
}

/** Fields where a test begins, operators behind a field, values behind an operator. */
function filterCompletions(text: string, at: number, start: number, world: World): Completions {
	const before = text.slice(start, at);
	const value = /([A-Za-z_][\w.-]*)\s*(==|!=|===|contains|in\s*\{[^}]*?)\s*("[^"]*|[\w-]*)$/.exec(before);
	if (value !== null) {
		const values = valuesOf(value[1]!, world).map((one) => ({ text: `"${one}"`, words: value[1]! }));
		return replacing(at - value[3]!.length, at, value[3]!.replace(/^"/, ""), values, (item) => item.text.slice(1));
	}
	const operator = /(?:^|[\s(!])([A-Za-z_][\w.-]*)\s+(\S*)$/.exec(before);
	if (operator !== null && FIELDS.some((field) => field.text === operator[1])) {
		return replacing(at - operator[2]!.length, at, operator[2]!, OPERATORS);
	}
	if (/["})]$/.test(before)) return NONE;
	if (/(?:"[^"]*"|\d|\})\s+(\S*)$/.test(before)) return word(text, at, /\S*$/, JOINERS);
	return word(text, at, /~?[\w.-]*$/, [...FIELDS, ...SHORTS]);
}

/** Values that are known beforehand, else those of the sessions. */
function valuesOf(field: string, world: World): readonly string[] {
	if (field === "im.class" || field.startsWith("im.models.") || field === "im.truth") return CLASS_HEADLINES;
	if (/^sip\.(CSeq\.)?[mM]ethod$/.test(field)) return SIP_METHODS;
	if (/^msrp\.method$/.test(field)) return MSRP_METHODS;
	if (field === "protocol") return ["sip", "msrp", "tls", "websocket", "tcp", "unparsed", "keepalive"];
	return field === "session" ? [...world.store.sessions.keys()].slice(0, MOST) : [];
}

function word(text: string, at: number, pattern: RegExp, items: readonly Completion[]): Completions {
	const typed = pattern.exec(text.slice(0, at))?.[0] ?? "";
	return replacing(at - typed.length, at, typed, items);
}

/** Those that begin with what was typed, then those that have it inside. */
function replacing(
	from: number,
	to: number,
	typed: string,
	items: readonly Completion[],
	name: (item: Completion) => string = ({ text }) => text,
): Completions {
	const wanted = typed.toLowerCase();
	const begin = items.filter((item) => name(item).toLowerCase().startsWith(wanted));
	const inside = wanted === "" ? [] : items.filter((item) => !begin.includes(item) && name(item).toLowerCase().includes(wanted));
	return { from, to, items: [...begin, ...inside].slice(0, MOST) };
}
