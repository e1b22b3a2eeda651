import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { nearest } from "../../src/core/rules/filter/nearest.js";
import { parseTime } from "../../src/shell/cli/values.js";
import { mitmsrp } from "./process.js";

const manifest = createRequire(import.meta.url)("../../package.json") as { version: string };

describe("usage", () => {
	test("--version and --help go to standard output with code 0", async () => {
		expect(await mitmsrp(["--version"])).toMatchObject({ code: 0, out: `${manifest.version}\n`, err: "" });
		const help = await mitmsrp(["--help"]);
		expect(help).toMatchObject({ code: 0, err: "" });
		expect(help.out).toContain("analyze [options] [file]");
		const analyze = await mitmsrp(["analyze", "--help"]);
		expect(analyze).toMatchObject({ code: 0, err: "" });
		expect(analyze.out).toContain("tcpdump -i any -U -w - | mitmsrp analyze -");
		expect(analyze.out).toContain("Exit codes: 0 clean, 1 damaged input");
	});

	test.each([
		[["analyze", "--jsno", "x"], "error: unknown option '--jsno'\n(Did you mean --json?)"],
		[["analyse", "x"], "error: unknown command 'analyse'\n(Did you mean analyze?)"],
		[["analyze", "--ladder=svg", "x"], "argument 'svg' is invalid. Allowed choices are text, mermaid."],
		[["analyze", "--json", "--ladder", "x"], "cannot be used with option"],
		[["analyze", "--summary", "--ladder=text", "x"], "cannot be used with option"],
		[["analyze", "--limit", "0", "x"], "argument '0' is invalid. Give a whole number from 1."],
		[["analyze", "--from", "noon", "x"], "argument 'noon' is invalid. Give seconds since the first packet (12.5)"],
		[["analyze", "--disable", "sip.mising-header", "x"], "There is no such diagnostic. Did you mean sip.missing-header?"],
		[["analyze", "--disable", "nope.*", "x"], "There is no such diagnostic."],
		[["analyze", "--fail-on", "note", "x"], "Allowed choices are error, warning, divergence, violation."],
		[["analyze", "x", "y"], "too many arguments"],
	])("%j", async (argv, message) => {
		const { code, out, err, asked } = await mitmsrp(argv);
		expect(code).toBe(2);
		expect(out).toBe("");
		expect(err).toContain(message);
		expect(asked).toBeUndefined();
	});

	test("without a command the help is shown, as an error", async () => {
		const { code, err } = await mitmsrp([]);
		expect(code).toBe(2);
		expect(err).toContain("Usage: mitmsrp");
	});

	test("standard input that is a terminal", async () => {
		expect(await mitmsrp(["analyze"], { stdinIsTTY: true })).toMatchObject({
			code: 2,
			err: "mitmsrp: give a capture file, or pipe one in (mitmsrp analyze --help)\n",
		});
	});

	test("what the analysis is asked for", async () => {
		const { asked } = await mitmsrp(["analyze", "--follow", "--keylog", "a", "--keylog", "b", "x"]);
		expect(asked?.path).toBe("x");
		expect(asked?.request).toMatchObject({ follow: true, keyLogs: ["a", "b"] });
		expect((await mitmsrp(["analyze"])).asked).toMatchObject({ path: "-", request: { follow: false, keyLogs: [] } });
	});
});

describe("values", () => {
	test.each([
		["0", { relative: true, sec: 0, nsec: 0 }],
		["12.5", { relative: true, sec: 12, nsec: 500_000_000 }],
		["1700000000.000000001", { relative: false, sec: 1700000000, nsec: 1 }],
		["2023-11-14", { relative: false, sec: 1699920000, nsec: 0 }],
		["2023-11-14T22:13", { relative: false, sec: 1699999980, nsec: 0 }],
		["2023-11-14T22:13:20.25Z", { relative: false, sec: 1700000000, nsec: 250_000_000 }],
		["2023-11-15 00:13:20+02:00", { relative: false, sec: 1700000000, nsec: 0 }],
	])("parseTime(%j)", (text, expected) => {
		expect(parseTime(text)).toEqual(expected);
	});

	test.each(["", "-1", "1e3", "2023-13-01", "2023-11-14T25:00", "12:00", "1.0000000001"])("parseTime(%j) is refused", (text) => {
		expect(() => parseTime(text)).toThrow("Give seconds");
	});

	test("nearest", () => {
		expect(nearest("jason", ["json", "ladder"])).toBe("json");
		expect(nearest("x".repeat(100_000), ["a", "b"])).toBe("a");
	});
});
