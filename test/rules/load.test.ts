import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml, problemText } from "../../src/core/rules/index.js";
import { rulesSchema } from "../../src/core/rules/load/schema.js";
import { loadText, ruleSet } from "./run.js";

function problems(text: string, files: Record<string, string> = {}): string[] {
	const { set, problems } = loadText(text, files);
	expect(set === undefined).toBe(problems.length > 0);
	return problems.map(problemText);
}

describe("a rule file with errors", () => {
	it("is told all of them at once, each with file, line and column", () => {
		expect(
			problems(`
rules:
  - name: a
    mach: sip
    match: sip.Methd == "INVITE"
    actions: [drp]
  - name: b
    actions:
      - delay: {tim: 3s}
      - delay: soon
      - set-header: {name: Subject, value: "\${rom}", scope: cpm}
    probability: 130%
    times: 0
variabels: {}
`),
		).toEqual([
			"rules.yaml:4:5: a rule has no mach; did you mean match?",
			"rules.yaml:5:12: there is no field sip.Methd; did you mean sip.Method?",
			"rules.yaml:6:15: there is no action drp; did you mean drop?",
			"rules.yaml:9:16: delay: time has to be given: how long",
			"rules.yaml:9:17: delay has no tim; did you mean time?",
			'rules.yaml:10:16: delay: time: a time: 200ms, 1.5s, 2min, not "soon"',
			"rules.yaml:11:47: there is no field or variable rom; did you mean hop?",
			'rules.yaml:11:61: set-header: scope: "cpm" is none of sip, msrp, cpim, imdn, content, sdp, imdn-xml; did you mean cpim?',
			"rules.yaml:12:18: probability: at most 1, not 130%",
			"rules.yaml:13:12: times: a whole number from 1 is wanted here, not 0",
			"rules.yaml:14:1: a rule file has no variabels; did you mean variables?",
		]);
	});

	it("is pointed at inside of quoted, folded and literal expressions", () => {
		expect(
			problems(`
- {name: a, match: "sip.Method == \\"x\\" && nosuch.fild == 1", actions: [drop]}
- {name: b, match: 'sip.Subject == "it''s" && nosuch.fild == 1', actions: [drop]}
- name: c
  match: |
    sip &&
      sip.Methd == "A"
  actions: [drop]
- name: d
  match: >
    sip.Method == "A" &&
    sip.Methd == "B"
  actions: [drop]
`).map((line) => line.split(": ")[0]),
		).toEqual(["rules.yaml:2:44", "rules.yaml:3:47", "rules.yaml:7:7", "rules.yaml:12:5"]);
	});

	it("is told of YAML that is none, of two keys alike, of aliases without an anchor", () => {
		expect(problems("rules: [\n")).not.toEqual([]);
		expect(problems("- {name: a, name: b, actions: [drop]}")).toEqual(["rules.yaml:1:13: name stands here twice"]);
		expect(problems("- {name: a, match: *x, actions: [drop]}")[0]).toMatch(/^rules.yaml:1:20: /);
	});

	it("is told of two rules of one name, and of a rule that nobody can meet", () => {
		expect(problems("- {name: a, actions: [drop]}\n- {name: a, actions: [drop]}")).toEqual([
			'rules.yaml:2:3: there is a rule of the name "a" already: rules.yaml:1',
		]);
		expect(problems("- {name: a, leg: client, direction: to-client, actions: [drop]}")[0]).toContain("no message is both");
	});

	it("is told of expectations about rules and classes that there are not", () => {
		expect(
			problems(`
rules: [{name: lost, actions: [drop]}]
expect:
  - {fires: lots, times: few}
  - {class: privat, of: sip}
  - {count: sip, fires: lost}
`),
		).toEqual([
			'rules.yaml:4:13: fires: there is no rule "lots"; did you mean lost?',
			'rules.yaml:4:26: times: a number, or a range as 2..5 or 1.., not "few"',
			expect.stringContaining('rules.yaml:5:13: class: "privat" is none of'),
			"rules.yaml:6:5: an expectation has one of fires, count, class, answered; this one has fires and count",
		]);
	});
});

describe("a rule file", () => {
	it("may use anchors, merge keys, defaults, variables and several files", () => {
		const set = ruleSet(
			`
include: more.yaml
variables: {who: bob}
defaults: {probability: 50%, direction: to-server}
rules:
  - &first
    name: a
    match: {method: [INVITE, MESSAGE], sip.Subject: {contains: x, not: "say \\"hi\\""}}
    actions:
      - log: "\${who} \${other}"
  - <<: *first
    name: b
    probability: 100%
`,
			{ "more.yaml": "variables: {other: sue}\nrules:\n  - {name: m, actions: [drop]}" },
		);
		expect(set.rules.map(({ name, trigger, direction }) => [name, trigger.probability, direction])).toEqual([
			["m", undefined, undefined],
			["a", 0.5, 0],
			["b", 1, 0],
		]);
		expect(set.rules[1]!.filter!.source).toBe(
			'method in {"INVITE", "MESSAGE"} && sip.Subject contains "x" && sip.Subject != "say \\"hi\\""',
		);
		expect([...set.variables]).toEqual([
			["other", "sue"],
			["who", "bob"],
		]);
		expect(set.files).toEqual(["rules.yaml", "more.yaml"]);
	});

	it("that includes itself is told the circle", () => {
		expect(problems("include: b.yaml\nrules: []", { "b.yaml": "include: rules.yaml\n" })).toEqual([
			"b.yaml:1:10: these files include each other in a circle: rules.yaml → b.yaml → rules.yaml",
		]);
		expect(problems("include: [gone.yaml]")).toEqual(["rules.yaml:1:11: gone.yaml: no such file"]);
	});

	it("cannot grow without bound through aliases, and cannot nest without bound", () => {
		const laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
		for (let n = 1; n < 12; n++)
			laughs.push(
				`a${n}: &a${n} [${Array(10)
					.fill(`*a${n - 1}`)
					.join(", ")}]`,
			);
		const started = process.cpuUsage().user;
		expect(problems(laughs.join("\n")).some((line) => line.includes("with its aliases the file has more than"))).toBe(true);
		expect(process.cpuUsage().user - started).toBeLessThan(5e6);
		expect(problems(`rules: ${"[".repeat(50_000)}`).length).toBeGreaterThan(0);
		expect(problems("a: &a [*a]").some((line) => line.includes("inside of itself"))).toBe(true);
	});

	it("never makes the loader throw, whatever it says", () => {
		const word = fc.constantFrom(
			"rules",
			"name",
			"match",
			"actions",
			"drop",
			"delay",
			"set-header",
			"sip",
			"expect",
			"fires",
			"include",
			"defaults",
			"variables",
			"times",
			"after",
			"10s",
			"1..",
			"50%",
			"a.yaml",
			'sip.Method == "A"',
			"${x}",
			"*a",
			"&a",
			"<<",
			"null",
			"1e999",
			"-1",
			"~",
			"true",
		);
		const value = fc.letrec((tie) => ({
			node: fc.oneof(
				{ depthSize: "small" },
				word,
				fc.integer(),
				fc.array(tie("node"), { maxLength: 4 }),
				fc.dictionary(word, tie("node"), { maxKeys: 5 }),
			),
		})).node;
		const text = fc.oneof(
			fc.string({
				unit: fc.constantFrom(
					"-",
					" ",
					"\n",
					":",
					"{",
					"}",
					"[",
					"]",
					",",
					"a",
					"'",
					'"',
					"|",
					">",
					"&",
					"*",
					"#",
					"!",
					"%",
					"rules",
					"actions",
					"drop",
				),
				maxLength: 60,
			}),
			value.map((one) => JSON.stringify(one)),
		);
		fc.assert(
			fc.property(text, (yaml) => void loadText(yaml)),
			{ numRuns: 1500 },
		);
	});
});

describe("the schema", () => {
	it("agrees with the loader about files that are right", async () => {
		const { Ajv2020 } = await import("ajv/dist/2020.js");
		const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(rulesSchema());
		const { plainOf } = await import("../../src/core/rules/load/tree.js");
		const plain = (text: string): unknown => {
			const { tree } = parseYaml(text);
			return tree === undefined ? null : plainOf(tree);
		};
		for (const text of [
			"- {name: a, actions: [drop]}",
			"- {name: a, match: {method: SEND, msrp.host: [a, b], length: {above: 3}}, actions: [{delay: 200ms}, {delay: {time: 1, jitter: 5ms}}, drop, {drop: why}]}",
			"rules:\n  - {actions: drop, after: 3, until: 10s, every: 2, for: 3s, probability: 0.5, once: session, seed: 7, stop: true, fix: false}\nexpect:\n  - {fires: rule 1, times: 2..}\n  - {class: [private, group], of: sip, after: rule 1}\n  - {answered: sip, by: sip, within: 5s, in: before}\n  - {count: sip, times: 0}",
		]) {
			expect(problems(text)).toEqual([]);
			expect(validate(plain(text)) || validate.errors).toBe(true);
		}
		for (const text of [
			"- {name: a, actions: [drp]}",
			"- {name: a, acts: [drop]}",
			"- {name: a, actions: [{delay: {tim: 3}}]}",
			"rules: 7",
		]) {
			expect(problems(text)).not.toEqual([]);
			expect(validate(plain(text))).toBe(false);
		}
	});
});
