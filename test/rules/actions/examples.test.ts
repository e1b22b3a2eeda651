import { describe, expect, it } from "vitest";
import { actionNamed } from "../../../src/core/rules/actions/index.js";
import { ACTIONS } from "../../../src/core/rules/index.js";
import { ruleSet } from "../run.js";

describe("the example of every action", () => {
	for (const { name, example } of ACTIONS) {
		it(`of ${name} is a rule file that uses it`, () => {
			const { rules } = ruleSet(example);
			expect(rules.flatMap(({ actions }) => actions.map(({ definition }) => definition.name))).toContain(name);
		});
	}
});

describe("the list of actions", () => {
	it("has each name once, and finds it", () => {
		const names = ACTIONS.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const action of ACTIONS) expect(actionNamed(action.name)).toBe(action);
	});

	it("says of every action and option what it is, in sentences", () => {
		for (const { title, doc, options } of ACTIONS) {
			expect(title).toMatch(/^[A-Z].*\.$/);
			if (doc !== undefined) expect(doc).toMatch(/^["A-Z].*[.)]$/);
			for (const option of Object.values(options)) expect(option.doc).not.toBe("");
		}
	});
});
