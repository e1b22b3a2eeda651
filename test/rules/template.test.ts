import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hash, seeded } from "../../src/core/rules/random.js";
import { compileTemplate, TemplateError, type TemplateSource } from "../../src/core/rules/template.js";

const source: TemplateSource = {
	field: (name) => (name === "sip.Call-ID" ? "abc" : undefined),
	variable: (name) => (name === "room" ? "sip:room@example.com" : undefined),
	made: (name) => `<${name}>`,
};
const expand = (text: string) => compileTemplate(text, new Set(["room"])).expand(source);

describe("templates", () => {
	it("fill in fields, variables and what is made", () => {
		expect(expand("${room} ${sip.Call-ID} ${uuid}")).toBe("sip:room@example.com abc <uuid>");
	});

	it("have something else where there is no value", () => {
		expect(expand("${sip.Subject:-none}|${sip.Subject}")).toBe("none|");
	});

	it("leave a dollar alone, and write $${ for ${", () => {
		expect(expand("5$ $${room} $")).toBe("5$ ${room} $");
	});

	it("name the column and the nearest name", () => {
		const failure = (text: string): TemplateError => {
			try {
				expand(text);
			} catch (error) {
				return error as TemplateError;
			}
			throw new Error("no failure");
		};
		expect(failure("a ${rom}")).toMatchObject({ column: 5, message: "there is no field or variable rom; did you mean room?" });
		expect(failure("a ${sip.Call-Id}").message).toBe("there is no field or variable sip.Call-Id; did you mean sip.Call-ID?");
		expect(failure("a ${room")).toMatchObject({ column: 3, message: "this ${ has no }" });
		expect(failure("${a b}").column).toBe(4);
	});

	it("never fail otherwise, whatever the text", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", ":", "-", "a", "room", " ") }), (text) => {
				try {
					compileTemplate(text).expand(source);
				} catch (error) {
					expect(error).toBeInstanceOf(TemplateError);
				}
			}),
		);
	});
});

describe("chance", () => {
	it("is the same for the same seed, and spread over its range", () => {
		const draw = (seed: number) =>
			Array.from(
				{ length: 1000 },
				(
					(random) => () =>
						random.next()
				)(seeded(seed)),
			);
		expect(draw(7)).toEqual(draw(7));
		expect(draw(7)).not.toEqual(draw(8));
		const values = draw(7);
		expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		expect(mean).toBeGreaterThan(0.45);
		expect(mean).toBeLessThan(0.55);
	});

	it("differs for neighbours: rule, connection and hit make a seed together", () => {
		const firsts = new Set<number>();
		for (let rule = 0; rule < 10; rule++) for (let hit = 0; hit < 100; hit++) firsts.add(seeded(hash(1, rule, hit)).next());
		expect(firsts.size).toBe(1000);
		expect(hash("ab", "c")).not.toBe(hash("a", "bc"));
	});
});
