import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkCpim } from "../../src/core/checks/cpim/index.js";
import { checkImdn } from "../../src/core/checks/imdn/index.js";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import { type CpimMessage, parseCpim } from "../../src/core/protocols/cpim/index.js";
import { cpimOf, DATA } from "./vectors.js";

const VECTORS = readdirSync(`${DATA}examples`)
	.filter((file) => file.startsWith("ex"))
	.map((file) => cpimOf(`examples/${file}`))
	.concat(cpimOf("cpimjs-msg1"));

const PIECES = [
	"\r\n",
	"\n",
	"\r",
	":",
	";",
	" ",
	"\t",
	"<",
	">",
	'"',
	"\\",
	"\\u",
	"\\ud83d",
	"From: ",
	"To: ",
	"NS: ",
	"Content-Type: ",
	"\r\n\r\n",
	"\0",
	"\xff",
	".",
];

const mutation = fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })));

const mutated = fc.tuple(fc.constantFrom(...VECTORS), fc.array(mutation, { maxLength: 8 })).map(([vector, edits]) => {
	let text = vector.toString("latin1");
	for (const [at, remove, insert] of edits) {
		const pos = at % (text.length + 1);
		text = text.slice(0, pos) + insert + text.slice(pos + remove);
	}
	return Buffer.from(text, "latin1");
});

/** Everything that points into the content points inside it, and every id is in the catalogue. */
function sane(message: CpimMessage, length: number): void {
	for (const { id, offset, length: octets } of [...message.problems, ...checkImdn(message), ...checkCpim(message, "8.8.8.8")]) {
		expect(DIAGNOSTICS).toHaveProperty([id]);
		expect(offset >= 0 && octets >= 0 && offset + octets <= length).toBe(true);
	}
	for (const { start, end, valueStart, valueEnd } of message.headers) {
		expect(0 <= start && start <= valueStart && valueStart <= valueEnd && valueEnd <= end && end <= length).toBe(true);
	}
	for (const { uriStart, uriEnd, uri } of [...message.from, ...message.to, ...message.cc]) {
		expect(0 <= uriStart && uriStart <= uriEnd && uriEnd <= length).toBe(true);
		expect(typeof uri.scheme).toBe("string");
	}
	expect(message.contentStart <= message.contentEnd && message.contentEnd === length).toBe(true);
}

describe("any octets", () => {
	test("mutated vectors never throw and spans stay inside", () => {
		fc.assert(
			fc.property(mutated, fc.boolean(), (octets, complete) => sane(parseCpim(octets, 0, octets.length, complete), octets.length)),
			{ numRuns: 3000 },
		);
	});

	test("headersComplete, From and To never change once true, whatever the octets", () => {
		fc.assert(
			fc.property(mutated, fc.nat(), fc.nat(), (octets, a, b) => {
				const [short, long] = [a % (octets.length + 1), b % (octets.length + 1)].sort((x, y) => x - y) as [number, number];
				const part = parseCpim(octets, 0, short, false);
				const more = parseCpim(octets, 0, long, false);
				if (!part.headersComplete) return;
				expect(more.headersComplete).toBe(true);
				expect(more.headers).toEqual(part.headers);
				expect(more.from.map(({ uriText }) => uriText)).toEqual(part.from.map(({ uriText }) => uriText));
				expect(more.to.map(({ uriText }) => uriText)).toEqual(part.to.map(({ uriText }) => uriText));
				if (part.mimeComplete) {
					expect([more.mimeComplete, more.contentStart, more.contentType]).toEqual([true, part.contentStart, part.contentType]);
				}
			}),
			{ numRuns: 3000 },
		);
	});

	test("random octets", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (octets) =>
				sane(parseCpim(Buffer.from(octets), 0, octets.length, true), octets.length),
			),
			{ numRuns: 2000 },
		);
	});

	test("many headers and problems are bounded", () => {
		const octets = Buffer.from("x\r\n".repeat(2000) + "a:b\r\n".repeat(5000));
		const message = parseCpim(octets, 0, octets.length, true);
		expect([message.headers.length, message.problems.length]).toEqual([1024, 200]);
	});

	test("a megabyte of one line, of empty lines, of folds: time stays linear", () => {
		const cost = (text: string) => {
			const octets = Buffer.from(text);
			const began = process.cpuUsage();
			parseCpim(octets, 0, octets.length, false);
			parseCpim(octets, 0, octets.length, true);
			const { user, system } = process.cpuUsage(began);
			return (user + system) / 1000;
		};
		for (const unit of ["x", "\r\n", " \r\n", "From: <", '"', "\\", "a: b\r\n c\r\n", "Content-A: b\r\n", "From: \\u\r\n", "a:;"]) {
			expect(cost(unit.repeat(Math.ceil((1 << 20) / unit.length)))).toBeLessThan(3000);
		}
	});
});
