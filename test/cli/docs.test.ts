import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FIELD_GROUPS } from "../../src/core/fields/index.js";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import { staleDocs, writeDocs } from "../../src/shell/cli/docs.js";
import { generatedDocs } from "../../src/shell/cli/docs-pages.js";
import { createProgram, NO_ACTIONS } from "../../src/shell/cli/program.js";

test("the pages in docs/ say what the definitions say (else: npm run build && npm run docs)", () => {
	expect(staleDocs(fileURLToPath(new URL("../../docs", import.meta.url)))).toEqual([]);
});

describe("in an empty folder", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "mitmsrp-docs-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	test("writes what is missing, then only what differs", () => {
		const all = [...generatedDocs().keys()];
		expect(staleDocs(folder)).toEqual(all);
		expect(writeDocs(folder)).toEqual(all);
		expect(writeDocs(folder)).toEqual([]);
		const page = join(folder, "reference/cli.md");
		const text = readFileSync(page, "utf8");
		writeFileSync(page, "changed");
		expect(staleDocs(folder)).toEqual(["reference/cli.md"]);
		writeDocs(folder);
		expect(readFileSync(page, "utf8")).toBe(text);
	});
});

describe("completeness", () => {
	const docs = generatedDocs();

	test("every option, diagnostic and field has its row", () => {
		const cli = docs.get("reference/cli.md")!;
		for (const command of createProgram("", NO_ACTIONS).commands) {
			for (const option of command.options) expect(cli).toContain(`| \`${option.flags}\` |`);
		}
		const diagnostics = docs.get("reference/diagnostics.md")!;
		for (const id of Object.keys(DIAGNOSTICS)) expect(diagnostics).toContain(`| \`${id}\` |`);
		const fields = docs.get("reference/fields.md")!;
		for (const group of FIELD_GROUPS) for (const field of group.fields) expect(fields).toContain(`| \`${field.name}\` |`);
	});

	test("the schema names every field", () => {
		const schema = JSON.parse(docs.get("schema/entry.schema.json")!);
		const names = Object.keys(schema.$defs.entry.properties);
		for (const group of FIELD_GROUPS) for (const field of group.fields) expect(names).toContain(field.name);
	});
});
