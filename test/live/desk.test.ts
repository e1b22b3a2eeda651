import { describe, expect, it } from "vitest";
import { NO_RULES, RuleDesk, RuleDeskError, RuleStage } from "../../src/core/rules/index.js";
import { Rig } from "../relay/rig.js";
import { request } from "../rules/messages.js";
import { ruleSet } from "../rules/run.js";

const FILE = `
- {name: on, match: sip.Method == "INFO", actions: [{set-header: {name: Subject, value: on}}]}
- {name: off, match: sip.Method == "INFO", enabled: false, actions: [{set-header: {name: Organization, value: off}}]}
- {name: last, match: sip.Method == "INFO", actions: [{set-header: {name: Priority, value: last}}]}
`;

function desk(text?: string) {
	const stage = new RuleStage(text === undefined ? NO_RULES : ruleSet(text), { seed: 1 });
	const rules = new RuleDesk(stage);
	const rig = new Rig([stage]);
	/** sends a message; headers that rules put there */
	const pass = (): string[] => {
		const before = rig.text(0).length;
		rig.send(0, request("INFO"));
		return [
			...rig
				.text(0)
				.slice(before)
				.matchAll(/^(?:Subject|Organization|Priority): (.*)\r$/gm),
		].map(([, value]) => value!);
	};
	return { stage, rules, rig, pass };
}
const shown = (rules: RuleDesk) => rules.list().map(({ name, enabled, from, report }) => [name, enabled, from, report?.hits]);

describe("rules at the desk", () => {
	it("of a file are listed with those that are off, and switched while connections are open", () => {
		const { rules, pass } = desk(FILE);
		expect(pass()).toEqual(["on", "last"]);
		expect(shown(rules)).toEqual([
			["on", true, "rules.yaml:2", 1],
			["off", false, "rules.yaml:3", undefined],
			["last", true, "rules.yaml:4", 1],
		]);
		rules.enable("off");
		rules.enable("on", false);
		expect(pass()).toEqual(["off", "last"]);
		expect(shown(rules)).toEqual([
			["on", false, "rules.yaml:2", 1],
			["off", true, "rules.yaml:3", 1],
			["last", true, "rules.yaml:4", 2],
		]);
		rules.enable("on");
		expect(pass()).toEqual(["on", "off", "last"]);
		expect(rules.get("on")).toMatchObject({ match: 'sip.Method == "INFO"', actions: ["set-header"], report: { hits: 1 } });
	});

	it("stay switched when their file is read again", () => {
		const { stage, rules, pass } = desk(FILE);
		rules.enable("on", false);
		rules.add('{match: sip.Method == "INFO", actions: [{set-header: {name: Subject, value: added}}]}');
		stage.replace(ruleSet(`${FILE}- {name: new, match: sip, actions: [{set-header: {name: Organization, value: new}}]}`));
		expect(pass()).toEqual(["last", "new", "added"]);
		expect(shown(rules).map(([name]) => name)).toEqual(["on", "off", "last", "new", "added 1"]);
	});

	it("are added as one, as a list, as a file, as JSON, with names and variables of their own, and removed", () => {
		const { rules, pass } = desk();
		expect(rules.add("match: sip\nactions:\n  - set-header: {name: Subject, value: one}\n")).toEqual(["added 1"]);
		expect(rules.add("- {name: a, match: sip, actions: [drop], enabled: false}\n- {match: sip, actions: [{log: x}]}")).toEqual([
			"a",
			"added 2",
		]);
		expect(
			rules.add('variables: {who: two}\nrules:\n- {match: sip, actions: [{set-header: {name: Organization, value: "${who}"}}]}'),
		).toEqual(["added 3"]);
		expect(
			rules.add(JSON.stringify({ name: "json", match: "sip", actions: [{ "set-header": { name: "Priority", value: "json" } }] })),
		).toEqual(["json"]);
		expect(pass()).toEqual(["one", "two", "json"]);
		expect(rules.list().map(({ name, enabled, from }) => [name, enabled, from])).toEqual([
			["added 1", true, "added"],
			["a", false, "added"],
			["added 2", true, "added"],
			["added 3", true, "added"],
			["json", true, "added"],
		]);
		for (const name of ["added 1", "json", "a"]) rules.remove(name);
		expect(pass()).toEqual(["two"]);
		let changes = 0;
		const end = rules.onChange(() => changes++);
		rules.enable("added 2", false);
		rules.enable("added 2", false);
		end();
		rules.remove("added 2");
		expect(changes).toBe(1);
	});

	it("that are wrong are refused with all that is wrong, and nothing changes", () => {
		const { rules, pass } = desk(FILE);
		const says = (text: string) => {
			try {
				rules.add(text);
			} catch (error) {
				expect(error).toBeInstanceOf(RuleDeskError);
				return (error as Error).message.split("\n");
			}
			return ["nothing"];
		};
		expect(says("- {match: sip.Methd, actions: [dely: 3]}\n- 3")).toEqual([
			expect.stringMatching(/^rule:1:11: .*sip\.Method/),
			expect.stringMatching(/^rule:1:\d+: .*delay/),
			expect.stringMatching(/^rule:2:3: a rule has a name/),
		]);
		expect(says("{name: on, match: sip, actions: [drop]}")).toEqual(['there is a rule of the name "on" already']);
		expect(says("include: other.yaml")[0]).toContain("rules that are added cannot include files");
		expect(says("")).toEqual(["there is no rule in it"]);
		expect(says("[")[0]).toMatch(/^rule:1:\d+: /);
		expect(() => rules.remove("on")).toThrow(new RuleDeskError('rule "on" stands in rules.yaml:2: switch it off instead'));
		expect(() => rules.enable("none")).toThrow(new RuleDeskError('there is no rule "none"'));
		expect(pass()).toEqual(["on", "last"]);
	});
});
