import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeHtml, escapeTerminal, escapeTerminalLines } from "../../src/core/export/escape.js";
import { cell, centre, displayWidth, truncate } from "../../src/core/export/width.js";

const HOSTILE = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

describe("escapeTerminal", () => {
	test.each([
		["plain ~ text", "plain ~ text"],
		["Grüße 古 «ok»", "Grüße 古 «ok»"],
		["\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"],
		["a\tb\r\nc\0", "a\\tb\\r\\nc\\x00"],
		["\x7f\x80\x9b", "\\x7f\\x80\\x9b"],
		["user\u202egnp.exe", "user\\u202egnp.exe"],
		["a\u200bb\ufeffc\u00add", "a\\u200bb\\ufeffc\\xadd"],
		["\ud800x\udc00", "\\ud800x\\udc00"],
		["x\u{e0041}", "x\\u{e0041}"],
		["line\u2028para\u2029", "line\\u2028para\\u2029"],
		["\u3164", "\\u3164"],
	])("%j", (text, expected) => {
		expect(escapeTerminal(text)).toBe(expected);
	});

	test("emoji sequences stay whole, loose joiners and selectors do not", () => {
		expect(escapeTerminal("👨‍👩‍👧 ❤️ 👍🏽")).toBe("👨‍👩‍👧 ❤️ 👍🏽");
		expect(escapeTerminal("a\u200db\u{1f600}\u200d")).toBe("a\\u200db\u{1f600}\\u200d");
		expect(escapeTerminal("a\ufe0f")).toBe("a\\ufe0f");
	});

	test("nothing that moves, hides or reverses is left in any text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				const shown = escapeTerminal(text);
				expect(shown.replaceAll("\u200d", "")).not.toMatch(HOSTILE);
				expect(Buffer.from(shown, "utf8").toString("utf8")).toBe(shown);
				expect(escapeTerminal(shown)).toBe(shown);
			}),
		);
	});

	test("blocks keep line feeds only", () => {
		expect(escapeTerminalLines("a\r\nb\nc\rd\x1b")).toBe("a\nb\nc\\rd\\x1b");
	});
});

test("escapeHtml", () => {
	expect(escapeHtml(`<b onclick='x' y="\`">&\u202e\0</b>`)).toBe(
		"&lt;b onclick=&#39;x&#39; y=&quot;&#96;&quot;&gt;&amp;\\u202e\\x00&lt;/b&gt;",
	);
});

describe("width", () => {
	test.each([
		["abc", 3, "abc"],
		["abcd", 3, "ab…"],
		["abcd", 1, "…"],
		["abcd", 0, ""],
		["古古古", 6, "古古古"],
		["古古古", 5, "古古…"],
		["古古古", 4, "古…"],
		["👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"],
		["é́é́é́", 2, "é́…"],
		["abcd", Number.POSITIVE_INFINITY, "abcd"],
	])("truncate(%j, %d)", (text, columns, expected) => {
		expect(truncate(text, columns)).toBe(expected);
	});

	test("a pile of combining marks is cut", () => {
		expect(truncate(`ab${"\u0301".repeat(5000)}c`, 10)).toBe("a…");
	});

	test("truncate never exceeds its columns", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 30 }), (text, columns) => {
				expect(displayWidth(truncate(escapeTerminal(text), columns))).toBeLessThanOrEqual(columns);
			}),
		);
	});

	test("cell and centre", () => {
		expect(cell("古", 4)).toBe("古  ");
		expect(cell("abcdef", 4)).toBe("abc…");
		expect(centre("ab", 7, "-")).toBe("--ab---");
	});
});
