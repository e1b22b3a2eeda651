import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goldens, OCTETS, run, update, WHOLE } from "./golden.js";

/** Where the octets of a step are cut, as shares of its length. */
const shares = fc.array(fc.integer({ min: 0, max: 9999 }), { maxLength: 12 });

if (process.env.UPDATE_GOLDENS) for (const golden of goldens()) update(golden);

describe("goldens", () => {
	for (const golden of goldens()) {
		describe(`${golden.file}: ${golden.title}`, () => {
			it("whole", () => {
				expect(golden.steps.length).toBeGreaterThan(0);
				expect(run(golden, WHOLE)).toBe(golden.log);
			});

			it("octet by octet", () => {
				expect(run(golden, OCTETS)).toBe(golden.log);
			});

			it("at random cuts", () => {
				fc.assert(
					fc.property(shares, (cuts) => {
						const cut = (size: number) => {
							const places = [...new Set(cuts.map((share) => Math.floor((share * size) / 10_000)))].sort((a, b) => a - b);
							return [...places, size].map((place, index) => place - (places[index - 1] ?? 0));
						};
						expect(run(golden, cut)).toBe(golden.log);
					}),
					{ numRuns: 25 },
				);
			});
		});
	}
});
