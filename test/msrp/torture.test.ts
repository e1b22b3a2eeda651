import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import { INDEX, type IndexFile, type IndexFrame, type Run, read, run, sha256 } from "./corpus.js";

/** The run in the form of the index. */
function check(expected: IndexFile, got: Run): void {
	expect(got.frames.map((frame, i) => likeIndex(frame, expected.frames[i]))).toEqual(expected.frames.map(withoutExtras));
	expect(got.skipped).toEqual(expected.skipped);
	expect(got.messages).toEqual(expected.messages);
	expect(got.diagnostics).toEqual(expected.diagnostics.map(({ id, offset, frame }) => ({ id, offset, frame })));
	expect([got.consumedWhileOpen, got.consumedAtEnd, got.framesWhileOpen]).toEqual([
		expected.bytesConsumedWhileOpen,
		expected.bytesConsumedAtEndOfStream,
		expected.framesWhileOpen,
	]);
}

function withoutExtras({ error: _error, onlyAtEndOfStream: _end, ...frame }: IndexFrame): object {
	return { ...frame, ...(frame.kind === "response" ? { comment: frame.comment ?? "" } : {}) };
}

function likeIndex(frame: IndexFrame, expected: IndexFrame | undefined): object {
	if (expected?.headerNames === undefined) return frame;
	const { headers, ...rest } = frame;
	return { ...rest, headerNames: headers!.slice(0, expected.headerNames.length).map(([name]) => name), headerCount: headers!.length };
}

describe("MSRP torture corpus", () => {
	it("holds the published streams, octet by octet", () => {
		expect(INDEX.files.length).toBe(122);
		for (const file of INDEX.files) expect([file.file, sha256(read(file.file))]).toEqual([file.file, file.sha256]);
	});

	it("uses the severities of the catalogue", () => {
		for (const file of INDEX.files) {
			for (const { id, severity } of file.diagnostics) expect(DIAGNOSTICS[id as keyof typeof DIAGNOSTICS]?.severity).toBe(severity);
		}
	});

	for (const file of INDEX.files) {
		it(`${file.file}: ${file.title}`, () => {
			const stream = read(file.file);
			const whole = run(stream, [stream.length]);
			check(file, whole);
			const single = run(stream, [1]);
			check(file, single);
			expect(single.log).toEqual(whole.log);
			fc.assert(
				fc.property(fc.array(fc.integer({ min: 1, max: Math.min(stream.length, 300) }), { minLength: 1, maxLength: 12 }), (cuts) => {
					expect(run(stream, cuts).log).toEqual(whole.log);
				}),
				{ numRuns: 25, seed: 7 },
			);
		});
	}
});
