import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { jsonCaptureProblem, jsonEntry, jsonLate } from "../../src/core/export/json.js";
import { entrySchema } from "../../src/core/export/schema.js";
import { Stats } from "../../src/core/export/stats.js";
import { statsJson } from "../../src/core/export/stats-text.js";
import { chat } from "./samples.js";

const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(entrySchema());

describe("entry schema", () => {
	test("every kind of line is valid", () => {
		const stats = new Stats();
		for (const entry of chat()) stats.entry(entry);
		const problem = { id: "tcp.gap", offset: 1, length: 2, detail: "x" } as const;
		const lines = [
			...chat().flatMap((entry) => [0, 1, 2].map((verbosity) => jsonEntry(entry, { verbosity }))),
			jsonLate(1, problem),
			jsonCaptureProblem(problem),
			statsJson(stats.result()),
		];
		for (const line of lines) expect(validate(JSON.parse(line)), `${line}${JSON.stringify(validate.errors)}`).toBe(true);
	});

	test.each([
		["an unknown member", { nonsense: 1 }],
		["a wrong type", { "sip.Status-Code": "200" }],
		["an unknown finding", { problems: [{ id: "no.such", severity: "error", offset: 0, length: 0, clause: "" }] }],
		["a bare time", { "frame.time_epoch": "12.5" }],
	])("%s is not", (_, change) => {
		const line = JSON.parse(jsonEntry(chat()[0]!));
		expect(validate({ ...line, ...change })).toBe(false);
	});
});
