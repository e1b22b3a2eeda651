import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyzeCapture } from "../../src/index.js";
import { filterPage } from "../../src/shell/cli/filter-page.js";
import { mitmsrp } from "../cli/process.js";

const CAPTURE = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));
const run = (...argv: string[]) => mitmsrp(argv, { analyze: analyzeCapture });

interface Line {
	entry?: number;
	event?: string;
	[name: string]: unknown;
}

async function lines(...argv: string[]): Promise<Line[]> {
	const { out } = await run("analyze", CAPTURE, "--json", ...argv);
	return out
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Line);
}

describe("analyze --filter on a capture", () => {
	it.each([
		['msrp.method == "SEND"', (line: Line) => line["msrp.method"] === "SEND"],
		[
			"sip.Status-Code >= 200 and sip.CSeq.method == INVITE",
			(line: Line) => Number(line["sip.Status-Code"]) >= 200 && line["sip.CSeq.method"] === "INVITE",
		],
		["im.class in {group, private}", (line: Line) => line["im.class"] === "group" || line["im.class"] === "private"],
		["im.divergence", (line: Line) => line["im.divergence"] !== undefined],
		["conference.users", (line: Line) => line["conference.users"] !== undefined],
		[
			'cpim.from.uri contains "bob"',
			(line: Line) => ((line["cpim.from.uri"] as string[] | undefined) ?? []).some((uri) => uri.includes("bob")),
		],
		["problem", (line: Line) => line["problems"] !== undefined],
		["frame.number > 100 && length < 300", (line: Line) => Number(line["frame.number"]) > 100 && Number(line["length"]) < 300],
	])("%s: exactly what JSON says", async (expression, wanted) => {
		const all = (await lines()).filter(({ event }) => event === undefined);
		const expected = all.filter(wanted).map(({ entry }) => entry);
		const found = (await lines("--filter", expression)).filter(({ event }) => event === undefined).map(({ entry }) => entry);
		expect(expected.length).toBeGreaterThan(0);
		expect(expected.length).toBeLessThan(all.length);
		expect(found).toEqual(expected);
	});

	it.each([["--summary"], ["--ladder"], ["--chains"], ["--divergences"], ["--json", "--stats"], ["-v"], ["--checks"]])(
		"works with %s %s",
		async (...argv) => {
			const { code } = await run("analyze", CAPTURE, "--filter", "im.class == group || sip", ...argv.filter((word) => word !== undefined));
			expect(code).toBe(0);
		},
	);

	it("with --summary counts only what matches", async () => {
		const { out } = await run("analyze", CAPTURE, "--json", "--summary", "--filter", "~m SEND");
		const summary = JSON.parse(out) as { entries: number; msrp_requests: Record<string, number> };
		expect(summary.entries).toBe(summary.msrp_requests["SEND"]);
	});

	it("what is wrong is shown with its column; nothing is read", async () => {
		const { code, err, asked } = await mitmsrp(["analyze", "x", "--filter", "sip.Metod == INVITE"]);
		expect(code).toBe(2);
		expect(err).toContain("column 1: there is no field sip.Metod; did you mean sip.Method?");
		expect(err).toContain("^~~~~~~~~");
		expect(asked).toBeUndefined();
	});

	it("im. fields need the classification", async () => {
		const { code, err } = await mitmsrp(["analyze", "x", "--no-classify", "--filter", "im.class == group"]);
		expect(code).toBe(2);
		expect(err).toContain("need the classification that --no-classify switches off");
	});

	it("says so when nothing matches", async () => {
		const { err } = await run("analyze", CAPTURE, "--filter", "sip.Method == NOTHING");
		expect(err).toContain("no message was chosen by --session, --filter, --from and --to");
	});
});

describe("explain --filter", () => {
	it("chooses among what matches", async () => {
		const { out, code } = await run("explain", CAPTURE, "--filter", 'im.class == "group" && cpim.from.uri contains "bob"');
		expect(code).toBe(0);
		expect(out).toContain("bob");
	});

	it("says so when nothing matches", async () => {
		const { err, code } = await run("explain", CAPTURE, "--filter", "sip.Method == NOTHING");
		expect(code).toBe(1);
		expect(err).toContain("matches --filter");
	});
});

it("the reference page has every field, function and short form once", () => {
	const page = filterPage();
	for (const name of ["sip.Method", "msrp.setup-frame", "cpim.from.isfocus", "im.divergence", "leg", "frame.time_relative"]) {
		expect(page.split(`| \`${name}\` |`).length).toBe(2);
	}
	for (const name of ["upper(field)", "count(field)", "~m REGEX", "~c NUMBER", "~q"]) expect(page).toContain(`| \`${name}\` |`);
});
