import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/core/export/width.js";
import { fitLine, lineWidth, plainText, skipColumns, span, wrapLine } from "../../src/shell/ui/draw/cells.js";
import { drawable } from "../../src/shell/ui/draw/graphemes.js";
import { Painter } from "../../src/shell/ui/terminal/painter.js";
import { depthOf, nearest256, Styles } from "../../src/shell/ui/theme/sgr.js";
import { THEMES } from "../../src/shell/ui/theme/themes.js";

const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "ä", "漢", "👍", "👨‍👩‍👧", "e\u0301", "🇩🇪", "1️⃣", "❤️", "─") });
const line = fc.array(text.map((one) => span(one)));

describe("lines", () => {
	test("are exactly as wide as they have to be", () => {
		fc.assert(
			fc.property(line, fc.integer({ min: 1, max: 60 }), (spans, width) => {
				expect(lineWidth(fitLine(spans, width))).toBe(width);
			}),
		);
	});

	test("wrapped, none is too wide and nothing but spaces is lost", () => {
		fc.assert(
			fc.property(line, fc.integer({ min: 6, max: 40 }), (spans, width) => {
				const lines = wrapLine(spans, width);
				for (const one of lines) expect(lineWidth(one)).toBeLessThanOrEqual(width);
				const bare = (value: string): string => value.replaceAll(" ", "");
				expect(bare(lines.map(plainText).join(""))).toBe(bare(drawable(plainText(spans))));
			}),
		);
	});

	test("a cut line ends with an ellipsis, also where the cut falls between two spans", () => {
		expect(plainText(fitLine([span("abc"), span("def")], 3))).toBe("ab…");
		expect(plainText(fitLine([span("abc"), span("")], 3))).toBe("abc");
		expect(plainText(fitLine([span("漢字")], 3))).toBe("漢…");
	});

	test("columns that are scrolled away", () => {
		expect(plainText(skipColumns([span("abc"), span("def")], 4))).toBe("ef");
		expect(plainText(skipColumns([span("漢字x")], 2))).toBe("字x");
	});
});

describe("stand-ins for what terminals draw at different widths", () => {
	test.each([
		["👨‍👩‍👧 family", "👨+ family"],
		["👍🏽", "👍+"],
		["🇩🇪", "DE"],
		["1️⃣", "[1]"],
		["❤️", "❤"],
		["漢字 é", "漢字 é"],
	])("%j is drawn as %j", (given, shown) => {
		expect(drawable(given)).toBe(shown);
	});

	test("a letter under a heap of marks is one letter", () => {
		expect(drawable(`a${"\u0301".repeat(200)}b`)).toBe("a+b");
	});
});

describe("colours", () => {
	test("depth: NO_COLOR wins, then COLORTERM, then TERM", () => {
		expect(depthOf({ NO_COLOR: "1", COLORTERM: "truecolor" }, "auto")).toBe("none");
		expect(depthOf({ NO_COLOR: "", COLORTERM: "truecolor" }, "auto")).toBe("true");
		expect(depthOf({ TERM: "screen-256color" }, "auto")).toBe("256");
		expect(depthOf({ TERM: "xterm" }, "auto")).toBe("16");
		expect(depthOf({ NO_COLOR: "1", TERM: "xterm" }, "always")).toBe("16");
		expect(depthOf({ COLORTERM: "truecolor" }, "never")).toBe("none");
	});

	test("256: the nearest of cube and greys", () => {
		expect(nearest256("#ff0000")).toBe(196);
		expect(nearest256("#000000")).toBe(16);
		expect(nearest256("#808080")).toBe(244);
	});

	test.each(THEMES.map((theme) => [theme.name, theme] as const))(
		"theme %s: without colours selection, evidence and hits are still told apart",
		(_, theme) => {
			const plain = new Styles(theme, "none");
			const grounds = (["plain", "selected", "evidence"] as const).map((ground) => plain.sgr("text", ground));
			expect(new Set(grounds).size).toBe(3);
			for (const sgr of grounds) expect(sgr).not.toMatch(/[34]8;|;3\d|;4\d/);
		},
	);

	test("contrast: every tone is at least 7 to 1 on black (WCAG AAA)", () => {
		const contrast = THEMES.find(({ name }) => name === "contrast")!;
		for (const [tone, { colour }] of Object.entries(contrast.tones)) {
			const ratio = (luminance(colour!.hex) + 0.05) / 0.05;
			expect(ratio, tone).toBeGreaterThan(7);
		}
	});
});

function luminance(hex: string): number {
	const [r, g, b] = [1, 3, 5].map((at) => {
		const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe("painting", () => {
	const styles = new Styles(THEMES[0]!, "16");

	test("only lines that changed are written", () => {
		const painter = new Painter(styles);
		expect(painter.paint([[span("one")], [span("two")]])).toBe("\x1b[0m\x1b[2J\x1b[1;1H\x1b[0mone\x1b[2;1H\x1b[0mtwo\x1b[0m");
		expect(painter.paint([[span("one")], [span("TWO")]])).toBe("\x1b[2;1H\x1b[0mTWO\x1b[0m");
		expect(painter.paint([[span("one")], [span("TWO")]])).toBe("");
		painter.forget();
		expect(painter.paint([[span("one")]])).toContain("\x1b[2J");
	});

	test("behind a character of doubtful width the column is set anew", () => {
		expect(new Painter(styles).paint([[span("a漢b")]])).toContain("a漢\x1b[4Gb");
		expect(new Painter(styles).paint([[span("│ä→b")]])).toContain("│ä→b");
	});

	test("what is written moves as many columns as the line is wide", () => {
		fc.assert(
			fc.property(line, (spans) => {
				const fitted = fitLine(spans, 30);
				const out = new Painter(styles).paint([fitted]).replace(/\x1b\[[\d;]*[mHJG]/g, "");
				expect(displayWidth(out)).toBe(30);
			}),
		);
	});
});
