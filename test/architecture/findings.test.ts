import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DIAGNOSTICS } from "../../src/index.js";

const root = new URL("../../", import.meta.url).pathname;

/** All test code and the torture index, without the lists that name every finding anyway. */
function testText(): string {
	const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter(
		(name) =>
			name.endsWith(".test.ts") || name === "data/msrp/index.json" || (name.endsWith("vectors.ts") && !name.includes("node_modules")),
	);
	return files.map((name) => readFileSync(join(root, "test", name), "utf8")).join("\n");
}

describe("findings", () => {
	const text = testText();

	for (const id of Object.keys(DIAGNOSTICS)) {
		it(`${id} is in a test`, () => {
			expect(text.includes(id)).toBe(true);
		});
	}

	it("each has a summary and a severity", () => {
		for (const [id, definition] of Object.entries(DIAGNOSTICS)) {
			expect(id).toMatch(/^[a-z]+\.[a-z0-9-]+$/);
			expect(definition.summary.length).toBeGreaterThan(3);
			expect(["error", "warn", "note", "chat"]).toContain(definition.severity);
		}
	});
});
