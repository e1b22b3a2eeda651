import { describe, expect, it } from "vitest";
import { DivergenceReport } from "../../src/core/explain/divergence-report.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import { example, S, Scene } from "../classify/contexts.js";

describe("divergences of a message in chunks", () => {
	it("every row has the addresses of the message, also where its chunk brought none", () => {
		const scene = new Scene("K2");
		scene.wire(example("ex10-chunked-system"));
		const report = new DivergenceReport();
		for (const entry of scene.drive.entries) report.entry(entry);
		const rows = report
			.text(PLAIN_PALETTE)
			.split("\n")
			.filter((line) => line.includes("→"));
		expect(rows.map((row) => row.includes(`<${S}> → <${S}>`))).toEqual([true, true]);
	});
});
