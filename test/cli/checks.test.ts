import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { CLAUSE_CHECKS } from "../../src/core/checks/clauses/index.js";
import { clauseSchema } from "../../src/core/explain/clause-json.js";
import type { Entry } from "../../src/core/model/entry.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { generatedDocs } from "../../src/shell/cli/docs-pages.js";
import { S, S0, Scene } from "../classify/contexts.js";
import { mitmsrp } from "./process.js";

const CAPTURE = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));
const ALICE = "sip:alice@example.com";
const lines = (text: string) => text.split("\n").slice(0, -1);

function broken(): Entry[] {
	const scene = new Scene("K4");
	scene.cpim(S0, S);
	scene.send(`From: "\x1b[2J" <${ALICE}>;isfocus\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`);
	return scene.drive.entries;
}

function clean(): Entry[] {
	const scene = new Scene("K1");
	scene.cpim(S, S);
	return scene.drive.entries;
}

describe("analyze --checks", () => {
	test("text: a line a check, evidence, sessions, count", async () => {
		const { code, out } = await mitmsrp(["analyze", "--checks", "--color", "never", "x"], { entries: broken() });
		expect(code).toBe(0);
		const rows = lines(out);
		expect(rows[0]).toBe("check result       pass  viol.   info  unkn.    n/a  level     what");
		expect(rows[1]).toBe(
			"C01   violation       -      1      -      -      1  MUST      CPIM From of the focus has the URI parameter isfocus",
		);
		expect(rows.slice(1, 46).map((row) => row.slice(0, 3))).toEqual(CLAUSE_CHECKS.map(({ id }) => id));
		const at = rows.indexOf("C01 CPIM From of the focus has the URI parameter isfocus");
		expect(rows.slice(at, at + 4)).toEqual([
			"C01 CPIM From of the focus has the URI parameter isfocus",
			"  CR 7.1.3.3 (SV, MUST)",
			`  violation #3 (with #2) c1 by the switch: From is the room's <${S0}> (contact), without isfocus`,
			`      From: <${S0}>`,
		]);
		expect(out).toContain(`      From: "\\x1b[2J" <${ALICE}>;isfocus\n`);
		expect(out).not.toContain("\x1b");
		expect(out).toContain("\nviolations by session\n  c1     C01, C03, C27, C31\n\n");
		expect(rows.at(-1)).toBe("45 checks: 13 pass, 4 violation, 4 unknown, 24 n/a; 4 violations in all");
	});

	test("width and colour as asked for", async () => {
		const { out } = await mitmsrp(["analyze", "--checks", "--color", "always", "--width", "90", "x"], { entries: clean() });
		const first = lines(out)[1]!;
		expect(first).toContain("\x1b[32mpass");
		expect(first.replace(/\x1b\[\d+m/g, "")).toBe(
			"C01   pass            1      -      -      -      -  MUST      CPIM From of the focus has…",
		);
	});

	test("--json: a line a check that the schema allows", async () => {
		const validate = new Ajv2020({ allErrors: true }).compile(clauseSchema());
		for (const entries of [broken(), clean(), []]) {
			const { out } = await mitmsrp(["analyze", "--checks", "--json", "x"], { entries });
			const rows = lines(out).map((line) => JSON.parse(line));
			expect(rows.map(({ id }) => id)).toEqual(CLAUSE_CHECKS.map(({ id }) => id));
			for (const row of rows) expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
		}
		const { out } = await mitmsrp(["analyze", "--checks", "--json", "x"], { entries: broken() });
		const row = JSON.parse(lines(out)[0]!);
		expect(row).toMatchObject({ event: "check", id: "C01", result: "violation", counts: { violation: 1 } });
		expect(row.findings[0]).toEqual({
			session: "c1",
			result: "violation",
			entries: [3, 2],
			text: `From is the room's <${S0}> (contact), without isfocus`,
			excerpt: `From: <${S0}>`,
			attribution: "switch",
		});
		expect(row.sessions.c1.result).toBe("violation");
		expect(validate({ ...row, result: "maybe" })).toBe(false);
		expect(validate({ ...row, more: 1 })).toBe(false);
	});

	test.each([
		[["--fail-on", "violation"], broken, 1],
		[["--fail-on", "violation"], clean, 0],
		[["--fail-on", "violation", "--checks"], broken, 1],
		[["--fail-on", "violation", "--summary"], broken, 1],
		[["--fail-on", "violation", "--rule-set", "legacy", "--session", "c9"], broken, 0],
		[["--checks"], broken, 0],
	])("%j: exit code", async (argv, entries, expected) => {
		expect((await mitmsrp(["analyze", ...argv, "x"], { entries: entries() })).code).toBe(expected);
	});

	test("--junit: a suite with a case for each check, only with --checks", async () => {
		const { written } = await mitmsrp(["analyze", "--checks", "--junit", "j.xml", "x"], { entries: broken() });
		const xml = written.get("j.xml")!;
		expect(xml).toContain('<testsuite name="checks" tests="45" failures="4" errors="0" skipped="28">');
		expect(xml).toContain(
			`<failure message="CR 7.1.3.3: 1 violation">#3 #2 c1: From is the room&apos;s &lt;${S0}&gt; (contact), without isfocus: From: &lt;${S0}&gt;</failure>`,
		);
		expect(xml).toContain('<testcase name="C25 CPIM has From and To" classname="mitmsrp.checks"/>');
		expect(xml).not.toContain("\x1b");
		const without = await mitmsrp(["analyze", "--junit", "j.xml", "x"], { entries: broken() });
		expect(without.written.get("j.xml")).not.toContain('name="checks"');
	});

	test.each([
		[["--checks", "--no-classify"], "cannot be used with option"],
		[["--checks", "--summary"], "cannot be used with option"],
		[["--checks", "--ladder"], "cannot be used with option"],
		[["--checks", "--chains"], "cannot be used with option"],
		[["--no-classify", "--fail-on", "violation"], "need the classification that --no-classify switches off"],
	])("%j is refused", async (argv, message) => {
		const { code, err } = await mitmsrp(["analyze", ...argv, "x"]);
		expect({ code, told: err.includes(message) }).toEqual({ code: 2, told: true });
	});

	test("a real chat room, one session: its INVITE teaches even where only messages are chosen", async () => {
		const { out } = await mitmsrp(["analyze", CAPTURE, "--checks", "--json", "--from", "1"], { analyze: analyzeCapture });
		const rows = lines(out).map((line) => JSON.parse(line));
		expect(rows.find(({ id }) => id === "C32").counts.pass).toBeGreaterThan(0);
		expect(rows.find(({ id }) => id === "C32").counts["n/a"]).toBe(0);
	});

	test("the reference page has every check", () => {
		const page = generatedDocs().get("reference/checks.md")!;
		for (const { id } of CLAUSE_CHECKS) expect(page).toContain(`| ${id} |`);
		expect(JSON.parse(generatedDocs().get("schema/checks.schema.json")!)).toEqual(clauseSchema());
	});
});
