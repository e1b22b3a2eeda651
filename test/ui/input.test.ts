import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyInput, splitInput } from "../../src/shell/ui/terminal/input.js";

const SEQUENCES = [
	"\x1b[A", // up
	"\x1bOP", // F1
	"\x1b[15~", // F5
	"\x1b[1;5C", // Ctrl and right
	"\x1b[[A", // F1 of the Linux console
	"\x1b[2$", // Shift and insert of rxvt
	"\x1b[Z", // Shift and Tab
	"\x1b[M !!", // mouse, X10
	"\x1b[<0;10;4M", // mouse, SGR
	"\x1b[<65;120;40m",
	"\x1bx", // Alt and x
	"\x1b\x1b[B", // Alt and down
];

function told(): { input: KeyInput; pieces: string[] } {
	const input = new KeyInput();
	const pieces: string[] = [];
	input.on("data", (octets: Buffer) => pieces.push(octets.toString()));
	return { input, pieces };
}

describe("input", () => {
	it.each(SEQUENCES)("%j is one piece, whatever stands beside it", (sequence) => {
		expect(splitInput(`ab${sequence}cd${sequence}${sequence}`)).toEqual({ pieces: ["ab", sequence, "cd", sequence, sequence], rest: "" });
	});

	it.each(SEQUENCES.flatMap((sequence) => [...sequence].slice(1).map((_, at) => sequence.slice(0, at + 1))))(
		"%j alone is not finished",
		(begin) => {
			expect(splitInput(`j${begin}`)).toEqual({ pieces: ["j"], rest: begin });
		},
	);

	it("is the same however it comes in reads", () => {
		const typed = fc.array(fc.oneof(fc.constantFrom(...SEQUENCES), fc.constantFrom("j", "/", "é", "漢", "👨‍👩‍👧", " \r\t\x7f")));
		fc.assert(
			fc.property(typed, fc.array(fc.nat(7), { minLength: 1 }), (all, sizes) => {
				const octets = Buffer.from(all.join(""));
				const { input, pieces } = told();
				for (let at = 0, turn = 0; at < octets.length; turn++) {
					const end = at + 1 + sizes[turn % sizes.length]!;
					input.feed(octets.subarray(at, end));
					at = end;
				}
				input.close();
				const sequences = (list: readonly string[]): string[] => list.filter((one) => one.startsWith("\x1b"));
				expect(pieces.join("")).toBe(all.join(""));
				expect(sequences(pieces)).toEqual(sequences(all));
			}),
		);
	});

	describe("in time", () => {
		beforeEach(() => {
			vi.useFakeTimers();
		});
		afterEach(() => {
			vi.useRealTimers();
		});

		it("an escape octet with nothing after it is the escape key, twice two of them", () => {
			const { input, pieces } = told();
			input.feed(Buffer.from("\x1b"));
			expect(pieces).toEqual([]);
			vi.advanceTimersByTime(25);
			expect(pieces).toEqual(["\x1b"]);
			input.feed(Buffer.from("\x1b\x1b"));
			vi.advanceTimersByTime(25);
			expect(pieces).toEqual(["\x1b", "\x1b", "\x1b"]);
		});

		it("a sequence that stays without its end types nothing", () => {
			const { input, pieces } = told();
			input.feed(Buffer.from("\x1b[<0;10"));
			vi.advanceTimersByTime(500);
			input.feed(Buffer.from("j"));
			expect(pieces).toEqual(["j"]);
		});

		it("Alt and O, Alt and [ are keys too", () => {
			const { input, pieces } = told();
			for (const keys of ["\x1bO", "\x1b["]) {
				input.feed(Buffer.from(keys));
				vi.advanceTimersByTime(500);
			}
			expect(pieces).toEqual(["\x1bO", "\x1b["]);
		});
	});
});
