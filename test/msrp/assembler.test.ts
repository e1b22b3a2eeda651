import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { ContentBudget, MsrpAssembler, type MsrpAssembly, MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../src/core/protocols/msrp/types.js";
import { moment } from "./capture-facts.js";
import { type Making, octets, request } from "./make.js";

function frameOf(making: Making): MsrpFrame {
	let frame: MsrpFrame | undefined;
	const decoder = new MsrpStreamDecoder({
		frame: (found) => {
			frame = found.retain();
		},
		skipped: () => expect.unreachable(),
		problem: () => expect.unreachable(),
	});
	const buf = octets(request(making));
	decoder.feed(buf, 0, buf.length);
	return frame!;
}

function chunk(assembler: MsrpAssembler, making: Making, entry = 0, ms = 0): MsrpAssembly {
	return assembler.add(frameOf(making), entry, moment(ms))!;
}

const ids = ({ problems }: MsrpAssembly): string[] => problems.map(({ id }) => id);

describe("MSRP reassembly", () => {
	it("puts chunks together in any order, with repeats and overlaps", () => {
		fc.assert(
			fc.property(
				fc.string({ minLength: 1, maxLength: 60 }),
				fc.array(fc.tuple(fc.nat(59), fc.nat(59)), { maxLength: 8 }),
				fc.infiniteStream(fc.nat()),
				(text, extra, order) => {
					const content = Buffer.from(text, "utf8").toString("latin1");
					const total = content.length;
					const pieces = [
						[0, Math.ceil(total / 2)],
						[Math.ceil(total / 2), total],
						...extra.map(([a, b]) => [Math.min(a, b) % total, Math.max(a, b) % total]),
					];
					pieces.sort(() => (order.next().value % 3) - 1);
					const assembler = new MsrpAssembler();
					let whole: MsrpAssembly | undefined;
					for (const [from, to] of pieces) {
						const body = content.slice(from, to);
						const range = `${from! + 1}-${from! + body.length}/${total}`;
						const found = chunk(assembler, { body, range, flag: to === total ? "$" : "+" });
						if (found.completed) whole ??= found;
					}
					expect(whole!.message.content.toString("latin1")).toBe(content);
					expect([whole!.message.total, whole!.message.contiguous, whole!.message.truncated]).toEqual([total, total, false]);
				},
			),
			{ seed: 11 },
		);
	});

	it("keeps sessions apart that use one Message-ID", () => {
		const assembler = new MsrpAssembler();
		const other = "msrp://carol.example:9000/c;tcp";
		chunk(assembler, { body: "one", range: "1-*/6", flag: "+" });
		chunk(assembler, { body: "two", range: "1-*/6", flag: "+", from: other });
		expect(chunk(assembler, { body: "ONE", range: "4-6/6" }).message.content.toString()).toBe("oneONE");
		expect(chunk(assembler, { body: "TWO", range: "4-6/6", from: other }).message.content.toString()).toBe("twoTWO");
		expect(ids(chunk(assembler, { body: "x", range: "1-1/1" }))).toEqual(["msrp.duplicate-message"]);
		expect(ids(chunk(assembler, { body: "x", range: "1-1/1", to: other }))).toEqual([]);
	});

	it("takes no frame that carries no piece", () => {
		const assembler = new MsrpAssembler();
		const pieces: Making[] = [
			{},
			{ body: "x", method: "REPORT" },
			{ body: "x", messageId: "" },
			{ body: "x", range: "nonsense" },
			{ body: "x", range: "0-0/1" },
			{ body: "x", range: "9-3/9" },
		];
		for (const making of pieces) expect(assembler.add(frameOf(making))).toBe(undefined);
	});

	it("counts positions beyond 2^53", () => {
		const assembler = new MsrpAssembler();
		const found = chunk(assembler, { body: "xy", range: "9007199254740993-9007199254740994/9007199254740994" });
		expect(found.message.chunks).toEqual([{ start: 9007199254740993n, end: 9007199254740994n, flag: "$" }]);
		expect(ids(found)).toEqual(["msrp.chunk-out-of-order"]);
		const [gap] = assembler.close();
		expect([gap?.problem.id, gap?.message.state]).toEqual(["msrp.message-gap", "gap"]);
	});

	it("keeps the first octets of a long message", () => {
		const assembler = new MsrpAssembler({ limits: { ...DEFAULT_LIMITS, msrpMessage: 10 } });
		chunk(assembler, { body: "01234567", range: "1-*/*", flag: "+" });
		chunk(assembler, { body: "89abcdef", range: "9-*/*", flag: "+" });
		const { message, completed } = chunk(assembler, { body: "ghij", range: "17-20/20" });
		expect([completed, message.content.toString(), message.contiguous, message.truncated]).toEqual([true, "0123456789", 20, true]);
		const whole = chunk(assembler, { messageId: "m-2", body: "0123456789abc", range: "1-13/13" });
		expect([whole.completed, whole.message.content.toString(), whole.message.truncated]).toEqual([true, "0123456789", true]);
	});

	it("stops storing when the budget is spent, and gets it back", () => {
		const budget = new ContentBudget(10);
		const assembler = new MsrpAssembler({ budget });
		chunk(assembler, { messageId: "m-1", body: "01234567", range: "1-*/9", flag: "+" });
		const second = chunk(assembler, { messageId: "m-2", body: "01234567", range: "1-*/9", flag: "+" });
		expect([second.message.content.length, second.message.contiguous, second.message.truncated, budget.used]).toEqual([0, 8, true, 8]);
		chunk(assembler, { messageId: "m-1", body: "aborted", range: "9-*/9", flag: "#" });
		expect(budget.used).toBe(0);
		const third = chunk(assembler, { messageId: "m-3", body: "01234567", range: "1-*/9", flag: "+" });
		expect(third.message.content.toString()).toBe("01234567");
		assembler.close();
		expect(budget.used).toBe(0);
	});

	it("forgets the oldest open message when there are too many", () => {
		const assembler = new MsrpAssembler({ limits: { ...DEFAULT_LIMITS, msrpOpenMessages: 2 } });
		for (const messageId of ["m-1", "m-2", "m-3"]) chunk(assembler, { messageId, body: "a", range: "1-*/2", flag: "+" });
		expect(ids(chunk(assembler, { messageId: "m-3", body: "b", range: "2-2/2" }))).toEqual([]);
		expect(ids(chunk(assembler, { messageId: "m-1", body: "b", range: "2-2/2" }))).toEqual(["msrp.chunk-out-of-order"]);
	});

	it("survives a message with more holes than it records", () => {
		const assembler = new MsrpAssembler();
		let last: MsrpAssembly | undefined;
		for (let i = 0; i < 5000; i++) last = chunk(assembler, { body: "x", range: `${2 * i + 2}-*/*`, flag: "+" });
		expect([last!.message.state, last!.message.chunkCount, last!.message.chunks.length, last!.message.contiguous]).toEqual([
			"open",
			5000,
			4096,
			0,
		]);
	});

	it("reports a message that stalls, once", () => {
		const assembler = new MsrpAssembler();
		chunk(assembler, { body: "a", range: "1-*/2", flag: "+" }, 7, 1000);
		expect(assembler.advance(moment(60_999))).toEqual([]);
		const late = assembler.advance(moment(61_000));
		expect(late.map(({ entry, problem }) => [entry, problem.id])).toEqual([[7, "msrp.message-stalled"]]);
		expect(assembler.advance(moment(900_000))).toEqual([]);
		expect(chunk(assembler, { body: "b", range: "2-2/2" }).completed).toBe(true);
	});

	it("does not call a message stalled that goes on, or that is over", () => {
		const assembler = new MsrpAssembler();
		chunk(assembler, { body: "a", range: "1-*/3", flag: "+" }, 1, 0);
		chunk(assembler, { body: "b", range: "2-*/3", flag: "+" }, 2, 50_000);
		chunk(assembler, { messageId: "m-2", body: "b", range: "1-1/1" }, 3, 0);
		expect(assembler.advance(moment(100_000))).toEqual([]);
	});

	it("knows a late repeat of a piece from new octets", () => {
		const assembler = new MsrpAssembler();
		chunk(assembler, { body: "abcd", range: "1-4/4" });
		const repeat = chunk(assembler, { body: "cd", range: "3-4/4" });
		expect([ids(repeat), repeat.completed, repeat.message.state]).toEqual([["msrp.message-overlap"], false, "complete"]);
		expect(ids(chunk(assembler, { body: "de", range: "4-5/5" }))).toEqual(["msrp.chunk-after-final"]);
	});

	it("refuses octets beyond the end while a hole is open", () => {
		const assembler = new MsrpAssembler();
		chunk(assembler, { body: "cd", range: "3-4/4" });
		expect(ids(chunk(assembler, { body: "e", range: "5-*/*", flag: "+" }))).toEqual(["msrp.chunk-after-final"]);
		expect(chunk(assembler, { body: "ab", range: "1-2/4", flag: "+" }).message.content.toString()).toBe("abcd");
	});
});
