import { describe, expect, test } from "vitest";
import { KnowledgeError, parseKnowledge } from "../../src/shell/cli/knowledge-file.js";
import { mitmsrp } from "./process.js";

const given = async (argv: string[], files: Record<string, string> = {}) =>
	(await mitmsrp(["analyze", ...argv, "x"], { files })).asked?.request.classify;

describe("facts by hand", () => {
	test("on the command line", async () => {
		expect(await given([])).toEqual({ given: {} });
		expect(
			await given([
				...["--session-identity", "<sip:s@h;isfocus>", "--session-identity", "sip:t@h", "--group-identity", "tel:+12025550177"],
				...["--factory", "sip:f@h", "--own", "sips:bob@h", "--roster", "sip:a,b@h,sip:c@h, <tel:+1>", "--roster", "im:d@h"],
				...["--identity-match", "aor", "--rule-set", "cr", "--profile", "rcs"],
			]),
		).toEqual({
			level: "aor",
			rules: "cr",
			given: {
				sessionIdentity: ["sip:s@h;isfocus", "sip:t@h"],
				groupIdentity: ["tel:+12025550177"],
				factory: ["sip:f@h"],
				own: ["sips:bob@h"],
				roster: ["sip:a,b@h", "sip:c@h", "tel:+1", "im:d@h"],
				profile: "rcs",
			},
		});
	});

	test.each([
		["--own", "alice@example.com", "a URI with its scheme is needed"],
		["--own", "localhost:5060", "a URI with its scheme is needed"],
		["--own", "sip:", "this URI is not right: empty-host"],
		["--roster", "sip:a@h,sip:b c@h", "this URI is not right: whitespace"],
		["--identity-match", "exact", "Allowed choices are octet, uri, aor, number."],
		["--rule-set", "old", "Allowed choices are cr, legacy, both."],
		["--profile", "gsma", "Allowed choices are auto, oma, rcs, rfc7701."],
	])("%s %s is refused", async (option, value, message) => {
		const { code, err, asked } = await mitmsrp(["analyze", option, value, "x"]);
		expect(code).toBe(2);
		expect(err).toContain(message);
		expect(asked).toBeUndefined();
	});

	test("in YAML: lists add up, the command line wins", async () => {
		const file = `# the room\nsession-identity: sip:s@h;isfocus\nroster:\n  - sip:a@h\n  - "<sip:b@h>"\nkind: conference\nprofile: oma\nidentity-match: number\n`;
		expect(await given(["--knowledge", "k.yaml", "--roster", "sip:z@h", "--profile", "rcs"], { "k.yaml": file })).toEqual({
			level: "number",
			given: { sessionIdentity: ["sip:s@h;isfocus"], roster: ["sip:z@h", "sip:a@h", "sip:b@h"], kind: "conference", profile: "rcs" },
		});
		expect(await given(["--knowledge", "empty.yaml"], { "empty.yaml": "" })).toEqual({ given: {} });
	});

	test("a file that is not there, and one that is wrong", async () => {
		expect(await mitmsrp(["analyze", "--knowledge", "k", "x"])).toMatchObject({
			code: 2,
			out: "",
			err: "mitmsrp: k: the knowledge file cannot be read (ENOENT); check its name and mode\n",
			asked: undefined,
		});
		const wrong = "own: alice\nrooster: sip:a@h\n";
		expect(await mitmsrp(["explain", "--knowledge", "k", "x"], { files: { k: wrong } })).toMatchObject({
			code: 2,
			err: "k:1:6: a URI with its scheme is needed: sip:alice@example.com, not alice@example.com\nk:2:1: there is no such key; did you mean roster?\n",
			asked: undefined,
		});
	});
});

describe("errors of a knowledge file, all at once, with their places", () => {
	const check = (text: string) => (text.startsWith("sip:") ? undefined : "no URI");
	const errors = (text: string): string[] => {
		try {
			parseKnowledge(text, "k", check);
		} catch (error) {
			expect(error).toBeInstanceOf(KnowledgeError);
			return (error as Error).message.split("\n");
		}
		return [];
	};

	test.each([
		["own: sip:a@h", []],
		["{own: [sip:a@h, sip:b@h]}", []],
		["own: []", ["k:1:6: own needs a URI or a list of URIs"]],
		["own:", ["k:1:1: own needs a URI or a list of URIs"]],
		[
			"own:\n  - a: b\n  - 7\n  - x",
			[
				"k:2:5: a URI such as sip:alice@example.com is expected here",
				"k:3:5: a URI such as sip:alice@example.com is expected here",
				"k:4:5: no URI",
			],
		],
		["profile: rsc", ["k:1:10: profile must be one of auto, oma, rcs, rfc7701; did you mean rcs?"]],
		["kind:", ["k:1:1: kind must be one of conference, one-to-one"]],
		["- sip:a@h", ["k:1:1: a mapping such as `own: sip:bob@example.com` is expected here"]],
		["own: sip:a@h\nown: sip:b@h", ["k:2:1: Map keys must be unique"]],
		["Own: sip:a@h", ["k:1:1: there is no such key; did you mean own?"]],
		["own: &a sip:a@h\nroster: *a", ["k:2:9: a URI such as sip:alice@example.com is expected here"]],
		["own: &a [*a]", ["k:1:10: a URI such as sip:alice@example.com is expected here"]],
	])("%j", (text, expected) => {
		expect(errors(text)).toEqual(expected);
	});

	test("broken YAML is placed too", () => {
		expect(errors('own: "sip:a@h\n')[0]).toMatch(/^k:\d+:\d+: /);
		expect(errors("own: [sip:a@h\n")[0]).toMatch(/^k:\d+:\d+: /);
	});

	test("a file that is far too long is not parsed", () => {
		expect(errors("#".repeat((1 << 20) + 1))).toEqual(["k: more than 1048576 characters: this is no knowledge file"]);
	});
});
