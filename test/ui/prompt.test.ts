import { beforeAll, describe, expect, test } from "vitest";
import type { LiveWorld } from "../../src/shell/ui/app/world.js";
import { fieldNames } from "../../src/shell/ui/panels/columns.js";
import { completionsOf } from "../../src/shell/ui/state/complete.js";
import { editLine } from "../../src/shell/ui/state/line-editor.js";
import { Session, worldOf } from "./helper.js";

let world: LiveWorld;
beforeAll(async () => {
	world = await worldOf("captures/sylkserver-conference.pcapng");
});

function fresh(): Session {
	world.setFilter(undefined);
	return new Session(world, 100, 30);
}

describe("the filter line", () => {
	test("says what is wrong while it is typed, with the column, and marks it", () => {
		const session = fresh().keys("f").type("sip.Methot == 1");
		expect(session.text).toContain("✗ column 1: there is no field sip.Methot; did you mean sip.Method?");
		const faulty = session.drawn.at(-1)!.line.filter(({ tone }) => tone === "error");
		expect(faulty.map(({ text }) => text).join("")).toBe("sip.Methot");
	});

	test("completes fields, operators and values with Tab", () => {
		const session = fresh().keys("f").type("sip.Me").keys("tab");
		expect(session.state.prompt?.text).toBe("sip.Method");
		session.type(" ").keys("tab");
		expect(session.state.prompt?.text).toBe("sip.Method ==");
		session.keys("space").type('"SUB').keys("tab", "enter");
		expect(session.state.filter).toBe('sip.Method == "SUBSCRIBE"');
		expect(world.matching.numbers.length).toBeGreaterThan(0);
		for (const number of world.matching.numbers) expect(world.store.row(number)?.short).toMatch(/SUBSCRIBE/);
	});

	test("a wrong expression is not taken: the cursor stands at the fault", () => {
		const session = fresh().keys("f").type("sip && )").keys("enter");
		expect(session.state.filter).toBe("");
		expect(session.state.prompt?.at).toBe(7);
		session.keys("escape");
		expect(session.state.prompt).toBeUndefined();
	});

	test("the session list counts what matches, and hides sessions without any", () => {
		const session = fresh().keys("f").type('ip.src == 127.0.0.1 && sip.Method == "INVITE"').keys("enter");
		expect(session.lines[1]).toContain("match");
		session.keys("f", "C-u").type("entry == 1").keys("enter");
		expect(session.text).toContain("c1 ");
		expect(session.text).not.toMatch(/^c2/m);
	});

	test("what was entered before comes back", () => {
		const session = fresh().keys("f").type("sip").keys("enter", "f", "C-u").type("msrp").keys("enter", "f", "C-u", "up", "up");
		expect(session.state.prompt?.text).toBe("sip");
	});

	test("back clears it, and after that the program ends", () => {
		const session = fresh().keys("f").type("sip").keys("enter", "q");
		expect(session.state.filter).toBe("");
		expect(session.effects.some(({ kind }) => kind === "quit")).toBe(false);
		session.keys("q");
		expect(session.effects.at(-1)).toEqual({ kind: "quit" });
	});
});

describe("the command line", () => {
	test("does any action by name, with its argument", () => {
		const session = fresh().keys(":").type("theme contrast").keys("enter");
		expect(session.state.theme).toBe("contrast");
		session.keys(":").type("order divergences").keys("enter", ":").type("37").keys("enter");
		expect(session.state.order).toBe("divergences");
		expect(session.lines[1]).toMatch(/^ c\d /);
	});

	test("tells the nearest name of what there is not", () => {
		const session = fresh().keys(":").type("filtre sip").keys("enter");
		expect(session.text).toContain('there is no "filtre"; did you mean "filter"?');
	});

	test("an action of another panel says where it belongs", () => {
		const session = fresh().keys(":").type("fold").keys("enter");
		expect(session.text).toContain("fold is for: ladder");
	});

	test("completes names and arguments", () => {
		const names = completionsOf({ kind: "command", text: "mar", at: 3 }, world).items.map(({ text }) => text);
		expect(names.slice(0, 2)).toEqual(["mark", "marked-only"]);
		expect(completionsOf({ kind: "command", text: "theme c", at: 7 }, world).items.map(({ text }) => text)).toEqual(["contrast"]);
		expect(completionsOf({ kind: "command", text: 'filter sip.Method == "INV', at: 24 }, world).items[0]?.text).toBe('"INVITE"');
	});
});

test("columns from any field", () => {
	const session = fresh().keys("L", ":").type("columns number cpim.from.uri nonsense").keys("enter");
	expect(session.text).toContain('there is no column "nonsense"');
	session.keys(":").type("columns number sip.Call-ID summary").keys("enter");
	expect(session.lines[1]).toMatch(/^ +# sip\.Call-ID +summary/);
	expect(session.text).toContain("35c1e247-eefd-4e02-8c4b…");
});

test("fields that only filters know are columns too, and are completed", () => {
	const session = fresh()
		.event({ kind: "resize", width: 220, height: 30 })
		.keys("L", "-", ":")
		.type("columns number sip.from.user sip.tag frame.time_relative msrp.setup-method im.models.legac");
	session.keys("tab", "enter");
	expect(session.lines[1]).toMatch(/^ +# sip\.from\.user +sip\.tag +frame\.time_relative +msrp\.setup-method +im\.models\.legacy/);
	const [, , first] = session.lines;
	expect(first).toMatch(/^ +1 bob .* 18\.118109\d{3} /);
});

test("every field that there is can be a column", () => {
	const session = fresh().keys("L");
	for (const name of fieldNames()) {
		session.event({ kind: "action", action: "columns", argument: name });
		expect(session.state.columns).toEqual([name]);
		expect(session.text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]|\[object/);
	}
});

test("the decoded tree: groups shut and open, and a field becomes a filter", () => {
	const session = fresh().keys("enter", "enter", "2");
	expect(session.text).toContain("▾ Message");
	session.keys("enter");
	expect(session.text).toContain("▸ Message");
	session.keys("enter", "/").type("im.class:").keys("enter");
	session.event({ kind: "found", key: session.lines.findIndex((line) => line.includes("im.class:")) });
	expect(session.state.detail.tab).toBe("decoded");
});

describe("editing a line", () => {
	test.each([
		["abc", 3, "backspace", "ab", 2],
		["abc", 0, "backspace", "abc", 0],
		["abc", 1, "delete", "ac", 1],
		["abc", 2, "home", "abc", 0],
		["one two ", 8, "C-w", "one ", 4],
		["one two", 3, "C-k", "one", 3],
		["one two", 4, "C-u", "two", 0],
		["a👨‍👩‍👧b", 9, "left", "a👨‍👩‍👧b", 1],
		["a👨‍👩‍👧b", 9, "backspace", "ab", 1],
	])("%j at %i, %s", (text, at, key, after, cursor) => {
		expect(editLine({ text, at }, key, "")).toEqual({ text: after, at: cursor });
	});

	test("control characters are not typed", () => {
		expect(editLine({ text: "", at: 0 }, "x", "\x1b[31m")).toBeUndefined();
	});
});

test("keys of sngrep: F3 searches, F7 filters, t chooses columns", async () => {
	const session = new Session(await worldOf("captures/sylkserver-conference.pcapng", undefined, "sngrep"), 100, 30);
	session.keys("f7");
	expect(session.state.prompt?.kind).toBe("filter");
	session.keys("escape", "f3");
	expect(session.state.prompt?.kind).toBe("search");
	session.keys("escape", "t");
	expect(session.state.prompt?.kind).toBe("columns");
	session.keys("escape", "enter", "space");
	expect(session.state.marks.size).toBe(1);
});
