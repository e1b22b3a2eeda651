import { describe, expect, test } from "vitest";
import { plainText } from "../../src/shell/ui/draw/cells.js";
import { ACTIONS, type ActionInfo, type ActionName } from "../../src/shell/ui/keys/actions.js";
import { KeyFileError, keymapOf, parseKeyFile } from "../../src/shell/ui/keys/key-file.js";
import { KEY_SETS } from "../../src/shell/ui/keys/sets.js";
import { helpLines } from "../../src/shell/ui/panels/help.js";

/** Done by name only: they need an argument, or are seldom wanted. */
const WITHOUT_KEY: readonly ActionName[] = ["filter-clear", "theme", "delete-view", "go", "breakpoint-remove", "breakpoint-switch"];

describe.each(KEY_SETS.map(({ name }) => name))("key set %s", (name) => {
	const keys = keymapOf(name);

	test("help lists every action, with its keys", () => {
		const text = helpLines({ keys }, 120).map(plainText).join("\n");
		for (const action of Object.keys(ACTIONS)) expect(text).toMatch(new RegExp(`:${action}(?: |$)`, "m"));
	});

	test("every action that needs no name has a key", () => {
		const without = (Object.keys(ACTIONS) as ActionName[]).filter((action) => keys.allKeysOf(action).length === 0);
		expect(without.filter((action) => !WITHOUT_KEY.includes(action) && !(name === "sngrep" && SNGREP_WITHOUT.includes(action)))).toEqual(
			[],
		);
	});

	test("what is bound anew for some panels is meant to be: no other key of a panel is bound twice", () => {
		const hidden: string[] = [];
		const seen = new Map<string, string>();
		for (const { key, action, panels } of keys.bindings) {
			const info: ActionInfo = ACTIONS[action];
			for (const panel of panels ?? info.panels ?? ["*"]) {
				const before = seen.get(`${panel} ${key}`);
				if (before !== undefined) hidden.push(`${panel} ${key}: ${before}, ${action}`);
				seen.set(`${panel} ${key}`, action);
			}
		}
		expect(hidden).toEqual(name === "mitmproxy" ? ["detail =: compare, filter-field"] : []);
	});
});

/** sngrep has no such thing, and the keys are taken. */
const SNGREP_WITHOUT: readonly ActionName[] = ["answered", "mend"];

describe("key files", () => {
	test("rebind keys in all panels or in some, with arguments, on top of a set", () => {
		const { set, bindings } = parseKeyFile(
			'set: sngrep\nkeys:\n  C-s: save-view\n  x: filter im.class == "system"\nladder:\n  x: fold\n',
			"keys.yaml",
		);
		const keys = keymapOf(set!, bindings);
		expect(keys.find("sessions", "C-s")?.action).toBe("save-view");
		expect(keys.find("messages", "x")).toMatchObject({ action: "filter", argument: 'im.class == "system"' });
		expect(keys.find("ladder", "x")?.action).toBe("fold");
		expect(keys.find("sessions", "f7")?.action).toBe("filter");
	});

	test("all faults at once, with line and column and what would be right", () => {
		const text = "set: emacs\nkeys:\n  CTRL-x: quit\n  y: quite\nleder:\n  x: fold\n";
		expect(() => parseKeyFile(text, "keys.yaml")).toThrow(
			new KeyFileError(
				[
					"keys.yaml:1:6 set: give mitmproxy or sngrep",
					'keys.yaml:3:3 "CTRL-x" is no key; keys are written j, G, C-f, M-x, S-tab, f3, space, enter, pagedown',
					'keys.yaml:4:6 "quite" is no action; did you mean "quit"?',
					'keys.yaml:5:1 "leder" is no panel; did you mean "ladder"?',
				].join("\n"),
			),
		);
	});

	test("an empty file changes nothing; one that is no mapping is refused", () => {
		expect(parseKeyFile("", "k")).toEqual({ set: undefined, bindings: [] });
		expect(() => parseKeyFile("- a\n- b\n", "k")).toThrow("k:1:1 a mapping is needed");
		expect(() => parseKeyFile("keys: {a: [", "k")).toThrow(/^k:1:\d+ /);
	});
});
