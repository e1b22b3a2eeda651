import { describe, expect, test } from "vitest";
import { ALICE, S, Scene } from "../explain/scene.js";
import { mitmsrp } from "./process.js";

function room(): Scene {
	const scene = new Scene(`<${S}>;isfocus`);
	scene.send(S, S);
	scene.send(ALICE, S);
	return scene;
}

describe("analyze --what-if", () => {
	test("shows before and after, and the summary", async () => {
		const { code, out: stdout } = await mitmsrp(
			["analyze", "--what-if", "A2", "--roster", "sip:alice@example.com,sip:bob@example.com", "x"],
			{
				entries: room().entries,
			},
		);
		expect(code).toBe(0);
		expect(stdout).toContain("what if A2 stood in the path, the room behind it, showing 203.0.113.9:5071?\n");
		expect(stdout).toContain("with this rewriting an identity-comparing client shows 1 system message as private (#3)\n");
		expect(stdout).toContain("with this rewriting an identity-comparing client shows 1 group message as private (#4)\n");
		expect(stdout).toMatch(/^ {6}legacy +system +private$/m);
		expect(stdout.endsWith("divergences: DA1 0 → 2, DO1 0 → 1\n")).toBe(true);
	});

	test("takes several, by comma or again, and options", async () => {
		const { code, out: stdout } = await mitmsrp(
			["analyze", "--what-if", "A2,a3", "--what-if", "nf-sip:ports=any", "--what-if-inside", "client", "x"],
			{
				entries: room().entries,
			},
		);
		expect(code).toBe(0);
		expect(stdout.split("\n")[0]).toBe(
			"what if A2, then a3, then nf-sip:ports=any stood in the path, the client behind it, showing 203.0.113.9:5071?",
		);
		expect(stdout).toContain("DC1 0 → 2");
	});

	test("as JSON: rewritten messages, changed messages, the summary", async () => {
		const { out: stdout } = await mitmsrp(["analyze", "--json", "--what-if", "A2", "x"], { entries: room().entries });
		const objects = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(objects.map((one) => one["what-if"])).toEqual(["rewrite", "rewrite", "message", "message", "summary"]);
		expect(objects[1]).toMatchObject({
			entry: 2,
			session: "c1",
			what: "200 OK (INVITE)",
			edits: [{ part: "Contact URI", before: S, after: expect.stringMatching(/^sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:5071$/), profile: "A2" }],
		});
		expect(objects[2]).toMatchObject({
			entry: 3,
			from: `<${S}>`,
			before: { headline: "system", models: { legacy: "system", isfocus: "system" }, codes: [] },
			after: { headline: "system", models: { legacy: "private", isfocus: "system" }, truth: "system", codes: ["DO1", "DA1"] },
		});
		expect(objects[4]).toMatchObject({
			names: ["A2"],
			inside: "room",
			shows: "203.0.113.9:5071",
			rewritten: 2,
			dropped: 0,
			judged: 2,
			changed: 2,
		});
	});

	test("--session and --limit choose what is shown, not what is learned", async () => {
		const { out: stdout } = await mitmsrp(["analyze", "--what-if", "A2", "--session", "c9", "x"], { entries: room().entries });
		expect(stdout).toContain("0 SIP messages rewritten\n");
		expect(stdout).toContain("no message was judged");
	});

	test.each([
		["A6", /there is no ALG profile "A6"; did you mean A1\? There are: nf-sip, /],
		["nf-sip:stray=1", /nf-sip has no option "stray"; did you mean strayAddress\?/],
	])("%s is refused", async (name, text) => {
		const { code, err: stderr } = await mitmsrp(["analyze", "--what-if", name, "x"]);
		expect(code).toBe(2);
		expect(stderr).toMatch(text);
	});

	test.each(["--ladder", "--summary", "--divergences", "--chains", "--checks", "--no-classify"])("does not go with %s", async (flag) => {
		expect((await mitmsrp(["analyze", "--what-if", "A2", flag, "x"])).code).toBe(2);
	});
});
