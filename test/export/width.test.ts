import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { displayWidth, isSingle, truncate } from "../../src/core/export/width.js";

const EVERY = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

describe("texts whose width is their length", () => {
	it("every character that is taken for one column is one, also between others", () => {
		const single = EVERY.filter(isSingle);
		expect(single.length).toBeGreaterThan(200);
		for (const character of single) {
			expect(stringWidth(character), `U+${character.charCodeAt(0).toString(16)}`).toBe(1);
			expect(stringWidth(`a${character}─${character}b`)).toBe(5);
		}
	});

	it("everything else is measured: wide, joining and invisible characters", () => {
		for (const text of ["漢", "한", "😀", "👩‍👧", "e\u0301", "\u200b", "◽", "☎️", "\u00ad", "\x1b[0m"])
			expect(isSingle(text), text).toBe(false);
		expect(displayWidth("漢a")).toBe(3);
		expect(displayWidth("│漢│")).toBe(4);
	});

	it("they are cut like others", () => {
		expect(truncate("├── alice → bob", 8)).toBe("├── ali…");
		expect(truncate("├── alice", 9)).toBe("├── alice");
		expect(truncate("漢字漢字", 5)).toBe("漢字…");
		expect(truncate("──", 0)).toBe("");
	});
});
