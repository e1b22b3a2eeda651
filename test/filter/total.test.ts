import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterFieldNames } from "../../src/core/fields/filter/table.js";
import { compileFilter, FilterError } from "../../src/core/rules/filter/index.js";
import type { Entry } from "../../src/index.js";
import { entries } from "./entries.js";

const ENTRIES = entries();

/** Compiles and runs; gives whether it compiled. Anything but a FilterError is thrown on. */
function run(source: string): boolean {
	try {
		const filter = compileFilter(source);
		const context = {};
		for (const entry of ENTRIES) filter.test(entry, context);
		return true;
	} catch (error) {
		if (!(error instanceof FilterError)) throw error;
		expect(error.column).toBeGreaterThanOrEqual(1);
		expect(error.column).toBeLessThanOrEqual(source.length + 1);
		error.report();
		return false;
	}
}

const field = fc.constantFrom(...filterFieldNames());
const piece = fc.oneof(
	field,
	fc.constantFrom(
		..."== != === !== < <= > >= contains matches in not and or xor any all ! && || ( ) { } [ ] [0:2] , .. ~ ~m ~q & | ^^ - len( upper( count(".split(
			" ",
		),
	),
	fc.constantFrom("1", "-5", '"a.b"', "192.0.2.1", "10.0.0.0/8", "61:62", "::1", "true", '"(a+)+$"', 'r"\\d"', "0x", "1..2", "'x"),
	fc.string({ maxLength: 4 }),
);

describe("hostile expressions", () => {
	it("any pieces in any order: an answer or a FilterError, never anything else", () => {
		let compiled = 0;
		fc.assert(
			fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), fc.constantFrom(" ", ""), (pieces, glue) => {
				if (run(pieces.join(glue))) compiled++;
			}),
			{ numRuns: 5000 },
		);
		expect(compiled).toBeGreaterThan(50);
	});

	it("any text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
				run(text);
			}),
			{ numRuns: 2000 },
		);
	});

	it("every field can be asked of every message, alone and compared", () => {
		for (const name of filterFieldNames()) {
			expect(run(name)).toBe(true);
			expect(run(`count(${name}) > 0`)).toBe(true);
		}
	});

	it("very long and very deep ones", () => {
		expect(run(Array.from({ length: 4000 }, () => "sip").join(" or "))).toBe(true);
		expect(run(Array.from({ length: 4000 }, () => "sip").join(" xor "))).toBe(true);
		expect(run(`${"(".repeat(50_000)}sip`)).toBe(false);
		expect(run("!".repeat(60_000))).toBe(false);
		expect(run(`${"len(".repeat(10_000)}sip`)).toBe(false);
		expect(run("~q ".repeat(20_000))).toBe(true);
		expect(run("s".repeat(70_000))).toBe(false);
	});
});

describe("regular expressions that run away elsewhere", () => {
	const long = { ...ENTRIES[0], number: 1 } as Entry;

	it.each(['"(a+)+$"', '"(a|aa)*b"', '"(.*)*x"', '"^(([a-z])+.)+[A-Z]([a-z])+$"', '"(x+x+)+y"', '"(a?){30}a{30}$"', '"([a-z]+)*@"'])(
		"%s takes time linear in the text",
		(pattern) => {
			const filter = compileFilter(`hop matches ${pattern}`);
			const time = (length: number): number => {
				const entry = { ...long, flow: { ...long.flow, hop: `${"a".repeat(length)}!` } } as Entry;
				const began = performance.now();
				filter.test(entry);
				return performance.now() - began;
			};
			time(100);
			// Exponential or even quadratic growth would take minutes here.
			expect(time(200_000)).toBeLessThan(2000);
		},
	);

	it("and those that are too large are refused", () => {
		expect(run('sip.Method matches "(a{1,100}){1,9}(b{1,100}){1,9}(c{1,100}){1,9}(d{1,100}){1,9}"')).toBe(false);
		expect(run('sip.Method matches "(a{1000}){1000}"')).toBe(false);
	});
});

describe("nothing is decoded that is not asked for", () => {
	it("fields of one protocol do not touch messages of another, and the right side is not asked where the left decides", () => {
		const touched: string[] = [];
		const spy = (name: string) => ({
			get: () => {
				touched.push(name);
				return undefined;
			},
			configurable: true,
		});
		const entry = { ...ENTRIES[2]! } as Entry;
		Object.defineProperty(entry, "cpim", spy("cpim"));
		Object.defineProperty(entry, "payload", spy("payload"));
		for (const source of [
			"sip.Method",
			"cpim.from.uri and sip",
			"sip and cpim.from.uri",
			'msrp.method == "REPORT" && cpim.from.uri',
			"msrp || cpim.to.uri",
		]) {
			touched.length = 0;
			compileFilter(source).test(entry);
			expect([source, touched]).toEqual([source, source.startsWith("cpim") ? ["cpim"] : []]);
		}
	});
});

describe("Wireshark's MSRP fields", () => {
	it("are all known", () => {
		const theirs =
			"request.line response.line transaction.id method status.code hdr msg.hdr end.line cnt.flg from.path to.path messageid success.report failure.report byte.range status content.type content.id content.description content.disposition use.path www.authenticate authorization authentication.info data setup setup-frame setup-method status.code.invalid".split(
				" ",
			);
		expect(theirs.length).toBe(29);
		const ours = new Set(filterFieldNames());
		expect(theirs.filter((name) => !ours.has(`msrp.${name}`))).toEqual([]);
	});
});
