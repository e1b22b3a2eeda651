import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INDEX, type Run, read, run } from "./corpus.js";

const STREAMS = INDEX.files.filter(({ size }) => size < 4000).map(({ file }) => read(file));

const mutation = fc.record({
	seeds: fc.array(fc.nat(STREAMS.length - 1), { minLength: 1, maxLength: 4 }),
	edits: fc.array(fc.record({ kind: fc.nat(4), at: fc.nat(), other: fc.nat(), octet: fc.constantFrom(...octetsThatMatter()) }), {
		maxLength: 8,
	}),
	cuts: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 }),
});

function octetsThatMatter(): number[] {
	return [..."\r\n-$+# :/*MSRP09aé\0\x7f\t"].map((c) => c.charCodeAt(0));
}

function mutate({ seeds, edits }: { seeds: number[]; edits: { kind: number; at: number; other: number; octet: number }[] }): Buffer {
	let stream: Buffer = Buffer.concat(seeds.map((seed) => STREAMS[seed]!));
	for (const { kind, at, other, octet } of edits) {
		if (stream.length === 0) break;
		const a = at % stream.length;
		const b = other % stream.length;
		const [from, to] = a < b ? [a, b] : [b, a];
		if (kind === 0) stream[a] = octet;
		else if (kind === 1) stream = Buffer.concat([stream.subarray(0, a), Buffer.from([octet]), stream.subarray(a)]);
		else if (kind === 2) stream = Buffer.concat([stream.subarray(0, from), stream.subarray(Math.min(to, from + 40))]);
		else if (kind === 3)
			stream = Buffer.concat([stream.subarray(0, to), stream.subarray(from, Math.min(to, from + 300)), stream.subarray(to)]);
		else stream = stream.subarray(0, Math.max(from, stream.length - 200));
	}
	return Buffer.from(stream);
}

/** Frames and skipped ranges cover the stream, in order, but for empty lines. */
function checkCover(stream: Buffer, got: Run): void {
	const pieces = [...got.frames, ...got.skipped].sort((a, b) => a.offset - b.offset);
	let at = 0;
	for (const { offset, length } of pieces) {
		expect(offset).toBeGreaterThanOrEqual(at);
		expect(stream.toString("latin1", at, offset)).toMatch(/^(?:\r\n)*$/);
		expect(length).toBeGreaterThan(0);
		at = offset + length;
	}
	expect(stream.toString("latin1", at)).toMatch(/^(?:\r\n)*$/);
	expect(got.consumedAtEnd).toBe(stream.length);
}

describe("MSRP fuzz", () => {
	it("mutated streams decode the same in any cut, and every octet is accounted for", () => {
		fc.assert(
			fc.property(mutation, (made) => {
				const stream = mutate(made);
				const whole = run(stream, [stream.length]);
				checkCover(stream, whole);
				expect(run(stream, made.cuts).log).toEqual(whole.log);
				expect(run(stream, [1]).log).toEqual(whole.log);
			}),
			{ numRuns: 1500, seed: 4975 },
		);
	});

	it("any octets decode", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => {
				const stream = Buffer.from(octets);
				checkCover(stream, run(stream, [7]));
			}),
			{ numRuns: 300, seed: 4976 },
		);
	});
});
