import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/core/model/entry.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { ALICE, BOB, S, Scene, X } from "../explain/scene.js";
import { mitmsrp } from "./process.js";

const CAPTURE = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));
const lines = (text: string) => text.split("\n").slice(0, -1);

function diverging(): Entry[] {
	const scene = new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
	scene.send(S, S);
	scene.send(ALICE, S);
	scene.send(ALICE, BOB);
	return scene.entries;
}

function agreeing(): Entry[] {
	const scene = new Scene(`<${S}>;isfocus`);
	scene.send(S, S);
	return scene.entries;
}

describe("when messages are classified", () => {
	test.each([
		[[], true],
		[["-v"], true],
		[["--json"], true],
		[["--chains"], true],
		[["--divergences"], true],
		[["--no-classify"], false],
		[["--json", "--no-classify"], false],
		[["--summary"], false],
		[["--ladder"], false],
		[["--boxes"], false],
		[["--summary", "--fail-on", "divergence"], true],
		[["--summary", "--fail-on", "error"], false],
		[["--summary", "--junit", "j.xml"], true],
	])("%j: %s", async (argv, expected) => {
		const { asked } = await mitmsrp(["analyze", ...argv, "x"]);
		expect(asked?.request.classify !== undefined).toBe(expected);
	});

	test.each([
		[["--divergences", "--no-classify"], "cannot be used with option"],
		[["--divergences", "--summary"], "cannot be used with option"],
		[["--chains", "--json"], "cannot be used with option"],
		[["--no-classify", "--fail-on", "divergence"], "need the classification that --no-classify switches off"],
		[["--no-classify", "--junit", "j.xml"], "need the classification that --no-classify switches off"],
	])("%j is refused", async (argv, message) => {
		const { code, err, asked } = await mitmsrp(["analyze", ...argv, "x"]);
		expect(code).toBe(2);
		expect(err).toContain(message);
		expect(asked).toBeUndefined();
	});
});

describe("--divergences", () => {
	test("text: by cause, count last", async () => {
		const { code, out } = await mitmsrp(["analyze", "--divergences", "x"], { entries: diverging() });
		expect(code).toBe(0);
		expect(lines(out)[0]).toBe(`cause: Contact rewritten: <${S}> became <${X}>`);
		expect(lines(out).at(-1)).toBe("2 of 3 CPIM messages of conferences diverge: DA1 2, DO1 1 (0 errors, 3 warnings, 0 notes)");
	});

	test("JSON: only those lines", async () => {
		const { out } = await mitmsrp(["analyze", "--divergences", "--json", "x"], {
			entries: diverging(),
			late: [[5, { id: "tcp.gap", offset: 0, length: 0 }]],
		});
		expect(lines(out).map((line) => [JSON.parse(line).entry, JSON.parse(line)["im.divergence"]])).toEqual([
			[5, ["DO1", "DA1"]],
			[6, ["DA1"]],
		]);
	});

	test("none", async () => {
		const { out } = await mitmsrp(["analyze", "--divergences", "x"], { entries: agreeing() });
		expect(out).toBe("no divergence: every kind of client shows each of the 1 CPIM messages of conferences alike\n");
	});
});

describe("--fail-on divergence, --junit", () => {
	test("exit codes", async () => {
		const code = async (entries: Entry[], argv: string[] = []) =>
			(await mitmsrp(["analyze", "--summary", "--fail-on", "divergence", ...argv, "x"], { entries })).code;
		expect(await code(diverging())).toBe(1);
		expect(await code(agreeing())).toBe(0);
		expect(await code(diverging(), ["--session", "c9"])).toBe(0);
	});

	test("the file", async () => {
		const { code, written } = await mitmsrp(["analyze", "--summary", "--junit", "j.xml", "x"], { entries: diverging() });
		expect(code).toBe(0);
		expect(written.get("j.xml")).toContain('<testsuites name="mitmsrp" tests="1" failures="1" errors="0" skipped="0">\n');
		expect(await mitmsrp(["analyze", "--junit", "no/j.xml", "x"])).toMatchObject({
			code: 2,
			err: "mitmsrp: no/j.xml: cannot be written (ENOENT)\n",
		});
	});
});

test("--chains", async () => {
	const { out } = await mitmsrp(["analyze", "--chains", "x"], { entries: agreeing() });
	expect(lines(out)).toEqual([
		"    #        time sess class  response              REPORT                IMDN delivered        IMDN displayed        message",
		"    3    0.000000 c1   SYS    MISSING               -                     -                     -                     sess-7f3a → sess-7f3a: text/plain «Hello»",
		"1 chat message; missing: 1 response",
	]);
});

describe("explain", () => {
	test("the first that diverges, else the first with CPIM", async () => {
		const scene = new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
		scene.send(ALICE, BOB);
		const first = await mitmsrp(["explain", "x"], { entries: scene.entries });
		expect(first.code).toBe(0);
		expect(lines(first.out)[0]).toBe("#5: MSRP SEND of session c1 at 0.050000 s, to the client");
		scene.send(S, S);
		const second = await mitmsrp(["explain", "x"], { entries: scene.entries });
		expect(lines(second.out)[0]).toMatch(/^#6: MSRP SEND of session c1/);
		expect(second.err).toBe("");
	});

	test("--entry, with what came back for it", async () => {
		const { out } = await mitmsrp(["explain", "--entry", "7", "x"], { entries: diverging() });
		expect(lines(out)[0]).toMatch(/^#7: MSRP SEND/);
		expect(lines(out).slice(-5)).toEqual([
			"What came back for #7",
			"  ! response: missing, though it was asked for.",
			"  REPORT: not asked for.",
			"  IMDN delivered: not asked for.",
			"  IMDN displayed: not asked for.",
		]);
	});

	test.each([
		["99", "mitmsrp: there is no #99 in x: it has 7 entries\n"],
		["1", "mitmsrp: #1 is no message that clients show: INVITE sip:conf-factory@im.example.com (sdp: MSRP)\n"],
	])("--entry %s: the candidates", async (number, sentence) => {
		const { code, out, err } = await mitmsrp(["explain", "--entry", number, "x"], { entries: diverging() });
		expect({ code, out }).toEqual({ code: 1, out: "" });
		expect(lines(err).map((line) => `${line}\n`)[0]).toBe(sentence);
		expect(lines(err).slice(1)).toEqual([
			"messages that can be explained:",
			"      #5 SYS !DO1 DA1   SEND mtran1 1-137/137 $ message/cpim — sess-7f3a → sess-7f3a: text/plain «Hello»",
			"      #6 GRP !DA1       SEND mtran2 1-116/116 $ message/cpim — alice → sess-7f3a: text/plain «Hello»",
			"      #7 PRIV           SEND mtran3 1-93/93 $ message/cpim — alice → bob: text/plain «Hello»",
		]);
	});

	test("nothing to explain", async () => {
		expect(await mitmsrp(["explain", "x"])).toMatchObject({ code: 1, out: "", err: "mitmsrp: no CPIM message in x\n" });
		expect(await mitmsrp(["explain"], { stdinIsTTY: true })).toMatchObject({ code: 2 });
	});

	test("--markdown", async () => {
		const { out } = await mitmsrp(["explain", "--markdown", "x"], { entries: diverging() });
		expect(lines(out).slice(0, 7)).toEqual([
			"## entry 5: `MSRP SEND` of session c1 at 0.050000 s, to the client",
			"",
			"### Verdict",
			"",
			"- A compliant client on this leg shows a system message.",
			"  - Class system, from the room itself to everybody, confidence high; rendering: notice of the room, not replyable.",
			`  - Filed under the room \`<${X}>\`; by a client that compares identities under the private thread with \`<${S}>\`; by a client that looks for isfocus under the room \`<${S}>\`; by either kind of client under the room \`<${S}>\`, had nothing rewritten the signalling.`,
		]);
		expect(out).toContain(
			`- **warn** DO1: a client that compares identities misses a system message that isfocus shows. Cause: \`Contact rewritten: <${S}> became <${X}>\`.\n`,
		);
	});
});

describe("a real chat room whose server knows no isfocus in CPIM", () => {
	const real = (argv: string[]) => mitmsrp([argv[0]!, CAPTURE, ...argv.slice(1)], { analyze: analyzeCapture });

	test("its notices are system messages for who compares, private ones for who looks for isfocus", async () => {
		const { out } = await real(["analyze", "--json", "--divergences"]);
		const rows = lines(out).map((line) => JSON.parse(line));
		const systems = rows.filter((row) => row["im.class"] === "system");
		expect(systems.map((row) => row.entry)).toEqual([7, 30, 31, 64, 65, 66]);
		for (const row of systems) {
			expect(row["im.models"]).toMatchObject({ legacy: "system", isfocus: "private" });
			expect(row["im.divergence"]).toEqual(["DO2", "DA2"]);
		}
		expect(rows.length).toBe(36);
	});

	test("explain names the reason and the cure", async () => {
		const { out } = await real(["explain", "--width", "400"]);
		expect(out).toContain("\n    - From <sip:room@127.0.0.1> has no URI parameter isfocus.\n");
		expect(out).toContain(
			"\n  With ;isfocus inside the brackets of From and of To this would still be a system message (a client that compares identities still shows a system message, one that looks for isfocus shows a system message: then they agree).\n",
		);
	});

	test("facts by hand reach the verdict", async () => {
		const json = async (argv: string[]) => lines((await real(["analyze", "--json", ...argv])).out).map((line) => JSON.parse(line));
		const [plain, told] = [await json([]), await json(["--roster", "sip:bob@127.0.0.1"])];
		expect(plain[31]["im.flags"]).toEqual(["unlisted"]);
		expect(told[31]["im.flags"]).toBeUndefined();
	});

	test("chains: every message that asked for it got its response and REPORT", async () => {
		const { out } = await real(["analyze", "--chains"]);
		expect(lines(out).at(-1)).toBe("36 chat messages; nothing that was asked for is missing");
	});
});
