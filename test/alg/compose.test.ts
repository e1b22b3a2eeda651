import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits, composeEdits } from "../../src/core/alg/compose.js";
import type { AlgEdit } from "../../src/core/alg/types.js";

/** Ordered edits without overlap on a text of that length. */
function edits(length: number, name: string, cuts: readonly number[], texts: readonly string[]): AlgEdit[] {
	const places = cuts.map((cut) => cut % (length + 1)).sort((a, b) => a - b);
	const list: AlgEdit[] = [];
	for (let i = 0; i + 1 < places.length; i += 2) {
		const before = list.at(-1);
		if (before !== undefined && places[i]! <= before.end && places[i] === places[i + 1]) continue;
		list.push({ start: places[i]!, end: places[i + 1]!, octets: Buffer.from(texts[i % texts.length]!), part: "x", profile: name, why: "" });
	}
	return list;
}

describe("two lists of edits made one", () => {
	it("do the same in one go, in order, without overlap", () => {
		const cuts = fc.array(fc.nat(200), { maxLength: 12 });
		const texts = fc.array(fc.string({ maxLength: 6, unit: "grapheme-ascii" }), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(fc.string({ maxLength: 40, unit: "grapheme-ascii" }), cuts, texts, cuts, texts, (text, a, ta, b, tb) => {
				const octets = Buffer.from(text);
				const first = edits(octets.length, "one", a, ta);
				const middle = applyEdits(octets, first);
				const second = edits(middle.length, "two", b, tb);
				const both = composeEdits(octets, first, second);
				expect(applyEdits(octets, both).toString()).toBe(applyEdits(middle, second).toString());
				for (let i = 1; i < both.length; i++) expect(both[i]!.start).toBeGreaterThanOrEqual(both[i - 1]!.end);
			}),
			{ numRuns: 3000 },
		);
	});

	it("says who worked on what", () => {
		const octets = Buffer.from("one two three");
		const first: AlgEdit[] = [{ start: 4, end: 7, octets: Buffer.from("TWO!"), part: "p", profile: "a", why: "first" }];
		const second: AlgEdit[] = [
			{ start: 7, end: 8, octets: Buffer.from("?"), part: "q", profile: "b", why: "second" },
			{ start: 9, end: 14, octets: Buffer.from("3"), part: "r", profile: "b", why: "third" },
		];
		expect(composeEdits(octets, first, second)).toEqual([
			{ start: 4, end: 7, octets: Buffer.from("TWO?"), part: "p, q", profile: "a+b", why: "first; second" },
			{ start: 8, end: 13, octets: Buffer.from("3"), part: "r", profile: "b", why: "third" },
		]);
	});
});
