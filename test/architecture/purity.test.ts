import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const CORE = new URL("../../src/core/", import.meta.url).pathname;

/** Clocks and randomness that lint cannot name because they are members of an allowed global. */
const IMPURE = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bhrtime\b|\bglobalThis\b/;

function sources(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
}

describe("src/core is pure", () => {
	it("reads no clock and no randomness", () => {
		const hits = sources(CORE).flatMap((name) =>
			readFileSync(join(CORE, name), "utf8")
				.split("\n")
				.flatMap((line, index) => (IMPURE.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : [])),
		);
		expect(hits).toEqual([]);
	});

	it("is looked at: the scan finds the files", () => {
		expect(sources(CORE).length).toBeGreaterThan(50);
	});
});
