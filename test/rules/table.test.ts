import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Literals } from "../../src/core/rules/engine/literals.js";
import { requiredText } from "../../src/core/rules/filter/clauses.js";
import { compileFilter } from "../../src/core/rules/filter/index.js";
import { compilePattern } from "../../src/core/rules/filter/pattern.js";
import { cpim, msrpOk, request, response, send } from "./messages.js";
import { ruleSet, runOnce, type Step, toClient, toServer } from "./run.js";

describe("the index of rules", () => {
	/** Clauses of every kind that an index goes by, some that hold and some that do not. */
	const clause = fc.constantFrom(
		'sip.Method == "INFO"',
		'sip.Method in {"INFO", "BYE"}',
		'method == "SEND"',
		"sip.Status-Code == 200",
		"status in {200, 486}",
		'"INFO" == sip.Method',
		'sip.Call-ID == "a@example.com"',
		'sip.Call-ID == "other"',
		'sip.from.addr contains "ALICE"',
		'sip.from.addr contains "alice"',
		'sip.from.addr matches "ALICE@ex"',
		'sip.from.addr matches "b.b|al"',
		"sip.Subject",
		"!sip.Subject",
		'sip.Subject == "x" || sip.CSeq.seq == 2',
		"sip.Max-Forwards == 70",
		"sip.Max-Forwards > 80",
		'msrp.messageid == "m-aaaa"',
		'msrp.to.path contains "BBBB"',
		'msrp.to.path contains "bbbb"',
		'msrp.host == "192.0.2.1"',
		'body contains "hello"',
		"cpim",
		'cpim.from.uri == "sip:alice@example.com"',
		'cpim.from.uri in {"sip:x", "sip:alice@example.com"}',
		'im.class == "private"',
		"request",
		"response",
		"~q",
		"~c 200",
		"~m INFO",
		'all sip.Via contains "x"',
		'sip.Method == "INFO" ^^ sip.Subject',
		'frame contains "alice"',
		'not sip.Method == "INFO"',
		'sip.Method != "BYE"',
		'msrp.content.type matches "^MESSAGE/"',
	);
	const expression = fc
		.array(clause, { minLength: 1, maxLength: 3 })
		.map((parts) => parts.map((part) => (/ (\|\||\^\^) /.test(part) ? `(${part})` : part)).join(" && "));
	const steps: Step[] = [
		toServer(request("INFO", 1, ["Subject: x"])),
		toServer(request("INFO", 2)),
		toServer(request("BYE", 3, ["Subject: hello"])),
		toServer(request("OPTIONS", 4)),
		toClient(response(200, "OK", "INFO", 1)),
		toClient(response(486, "Busy Here", "INVITE", 5)),
	];
	const frames: Step[] = [
		toServer(send("aaaa", "hello")),
		toServer(send("bbbb", cpim("hello"), "message/cpim")),
		toServer(send("cccc", "x".repeat(50), "image/png", ["Success-Report: yes"])),
		toClient(msrpOk("aaaa")),
	];

	it("meets the same messages as testing every expression on every message", () => {
		fc.assert(
			fc.property(fc.array(expression, { minLength: 1, maxLength: 8 }), (expressions) => {
				const set = ruleSet(JSON.stringify(expressions.map((match, n) => ({ name: `r${n}`, match, actions: [{ log: `r${n}` }] }))));
				for (const conversation of [steps, frames]) {
					const { entries, log } = runOnce(set, conversation, (octets) => [octets]);
					const context = {};
					const came = entries.filter(
						({ flow, dir, protocol }) => (protocol === "sip" || protocol === "msrp") && (flow.leg === "client") === (dir === 0),
					);
					const wanted = came.flatMap((entry) =>
						expressions.flatMap((text, n) => (compileFilter(text).test(entry, context) ? [`r${n}`] : [])),
					);
					expect(log).toEqual(wanted);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it("finds texts as looking for each does", () => {
		const letters = fc.string({ unit: fc.constantFrom("a", "b", "A", "é", "É", "k"), minLength: 1, maxLength: 4 });
		const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
		fc.assert(
			fc.property(
				fc.array(letters, { maxLength: 8 }),
				fc.string({ unit: fc.constantFrom("a", "b", "A", "B", "é", "É", "k"), maxLength: 20 }),
				(texts, value) => {
					const literals = new Literals<number>();
					for (const [index, text] of texts.entries()) literals.add(text, index);
					const found = new Set<number>();
					literals.search(value, found);
					expect([...found].sort((a, b) => a - b)).toEqual(
						texts.flatMap((text, index) => (fold(value).includes(fold(text)) ? [index] : [])),
					);
				},
			),
		);
	});

	it("takes no text as required that a match can do without", () => {
		expect(requiredText("^sip:alice@")).toBe("ip:alice@");
		expect(requiredText("ab+cd?ef{2}g")).toBe("ab");
		expect(requiredText("a|b")).toBe("");
		expect(requiredText("x\\.y")).toBe("x.y");
		const pattern = fc
			.array(
				fc.constantFrom("a", "b", "c", "k", "\\.", "\\d", ".", "*", "+", "?", "{2}", "(", ")", "[ab]", "|", "^", "$", "(?i)", "\\x61", "é"),
				{ maxLength: 7 },
			)
			.map((parts) => parts.join(""));
		const value = fc.string({ unit: fc.constantFrom("a", "A", "b", "c", ".", "1", "K", "\u212a", "é"), maxLength: 8 });
		let matched = 0;
		fc.assert(
			fc.property(pattern, value, (source, text) => {
				let test: (value: string) => boolean;
				try {
					test = compilePattern(source);
				} catch {
					return;
				}
				if (!test(text)) return;
				matched++;
				expect(text.toLowerCase()).toContain(requiredText(source).toLowerCase());
			}),
			{ numRuns: 5000 },
		);
		expect(matched).toBeGreaterThan(100);
	});
});
