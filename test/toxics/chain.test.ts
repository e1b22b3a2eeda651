import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToxicSettings } from "../../src/core/toxics/types.js";
import { Line, toxic } from "./line.js";

/** Those that lose nothing. */
const lossless = fc.oneof(
	fc.record({ latency: fc.nat(500), jitter: fc.nat(100) }).map((attributes) => toxic("latency", attributes)),
	fc.record({ rate: fc.integer({ min: 1, max: 200 }) }).map((attributes) => toxic("bandwidth", attributes)),
	fc.record({ delay: fc.nat(500) }).map((attributes) => toxic("slow_close", attributes)),
	fc
		.record({ average_size: fc.integer({ min: 20, max: 90 }), size_variation: fc.nat(19), delay: fc.nat(3000) })
		.map((attributes) => toxic("slicer", attributes)),
);
const any = fc.oneof(
	lossless,
	fc.record({ timeout: fc.nat(300) }).map((attributes) => toxic("timeout", attributes)),
	fc.record({ timeout: fc.nat(300) }).map((attributes) => toxic("reset_peer", attributes)),
	fc.constant(toxic("down")),
	fc.record({ bytes: fc.nat(3000) }).map((attributes) => toxic("limit_data", attributes)),
);

type Step =
	| { do: "push"; size: number }
	| { do: "wait"; milliseconds: number }
	| { do: "add"; toxic: ToxicSettings }
	| { do: "change"; toxic: ToxicSettings }
	| { do: "remove"; index: number };

const steps = (kinds: fc.Arbitrary<ToxicSettings>): fc.Arbitrary<Step[]> =>
	fc.array(
		fc.oneof(
			{ weight: 4, arbitrary: fc.nat(2000).map((size): Step => ({ do: "push", size })) },
			{ weight: 3, arbitrary: fc.nat(400).map((milliseconds): Step => ({ do: "wait", milliseconds })) },
			{ weight: 2, arbitrary: kinds.map((one): Step => ({ do: "add", toxic: one })) },
			{ weight: 1, arbitrary: kinds.map((one): Step => ({ do: "change", toxic: one })) },
			{ weight: 1, arbitrary: fc.nat(6).map((index): Step => ({ do: "remove", index })) },
		),
		{ maxLength: 30 },
	);

/** Runs the steps; gives what was sent and all toxics that there were. */
function run(all: readonly Step[], line: Line): { sent: Buffer; toxics: ToxicSettings[] } {
	const sent: Buffer[] = [];
	const toxics: ToxicSettings[] = [];
	let n = 0;
	for (const step of all) {
		if (step.do === "push") {
			const octets = Buffer.from(Array.from({ length: step.size }, () => n++ & 255));
			sent.push(octets);
			line.push(octets);
		} else if (step.do === "wait") line.wait(step.milliseconds);
		else if (step.do === "add") {
			toxics.push({ ...step.toxic, name: `t${toxics.length}` });
			line.chain.add(toxics.at(-1)!, line.now);
		} else if (step.do === "change") {
			const before = toxics.find(({ type }) => type === step.toxic.type);
			if (before !== undefined) line.chain.change({ ...step.toxic, name: before.name }, line.now);
		} else if (toxics[step.index] !== undefined) line.chain.remove(toxics[step.index]!, line.now);
	}
	return { sent: Buffer.concat(sent), toxics };
}

describe("a chain of toxics", () => {
	it("that lose nothing gives on every octet in order, then the end, whatever comes and goes meanwhile", () => {
		fc.assert(
			fc.property(steps(lossless), (all) => {
				const line = new Line();
				const { sent } = run(all, line);
				line.end();
				line.wait(10_000_000);
				expect(line.octets.equals(sent)).toBe(true);
				expect(line.ends.map(({ how }) => how)).toEqual(["fin"]);
				expect(line.chain.held).toBe(0);
				expect(line.times.every((at, i) => i === 0 || at >= line.times[i - 1]!)).toBe(true);
				expect(line.ends[0]!.at).toBeGreaterThanOrEqual(line.times.at(-1) ?? 0);
			}),
			{ numRuns: 600 },
		);
	});

	it("gives on at once what waits when all are taken away", () => {
		fc.assert(
			fc.property(steps(lossless), (all) => {
				const line = new Line();
				const { sent, toxics } = run(all, line);
				for (const one of toxics) line.chain.remove(one, line.now);
				expect(line.octets.equals(sent)).toBe(true);
				expect([line.chain.idle, line.chain.held, line.chain.wakeAt]).toEqual([true, 0, undefined]);
			}),
			{ numRuns: 400 },
		);
	});

	it("of any kind gives on only octets that came, in order, ends once, and nothing follows the end", () => {
		fc.assert(
			fc.property(steps(any), fc.boolean(), (all, whole) => {
				const line = new Line([], { whole });
				const { sent } = run(all, line);
				line.end();
				line.wait(10_000_000);
				expect(line.ends.length).toBe(1);
				let from = 0;
				for (const { octets } of line.out) {
					const found = sent.indexOf(octets, from);
					expect(found).toBeGreaterThanOrEqual(from);
					from = found + octets.length;
				}
				const count = line.out.length;
				line.push("late");
				line.wait(1000);
				expect([line.out.length, line.ends.length]).toEqual([count, 1]);
			}),
			{ numRuns: 600 },
		);
	});

	it("does the same for the same seed", () => {
		fc.assert(
			fc.property(steps(any), fc.nat(), (all, seed) => {
				const once = new Line([], { seed });
				const twice = new Line([], { seed });
				for (const line of [once, twice]) {
					run(all, line);
					line.wait(100_000);
				}
				expect(twice.out).toEqual(once.out);
				expect(twice.ends).toEqual(once.ends);
			}),
			{ numRuns: 200 },
		);
	});

	it("works on the share of connections that its toxicity says, and is out of the way on the others", () => {
		let hit = 0;
		for (let seed = 0; seed < 2000; seed++) {
			const line = new Line([toxic("limit_data", { bytes: 0 }, { toxicity: 0.3 })], { seed });
			if (!line.chain.idle) hit++;
		}
		expect(hit).toBeGreaterThan(520);
		expect(hit).toBeLessThan(680);
		expect(new Line([toxic("timeout", {}, { toxicity: 0 })]).chain.idle).toBe(true);
	});

	it("a change of toxicity begins and ends it on a connection that is open", () => {
		const line = new Line([toxic("latency", { latency: 100 }, { toxicity: 0 })]);
		line.push("a");
		expect(line.text).toBe("a");
		line.chain.change(toxic("latency", { latency: 100 }), 0);
		line.push("b");
		expect(line.text).toBe("a");
		line.chain.change(toxic("latency", { latency: 100 }, { toxicity: 0 }), 0);
		expect([line.text, line.chain.idle]).toEqual(["ab", true]);
	});

	it("takes one away when its time is over", () => {
		const line = new Line([{ ...toxic("bandwidth"), lasts: 500 }]);
		line.push("ab");
		line.wait(499);
		expect([line.text, line.chain.wakeAt]).toEqual(["", 500]);
		line.wait(1);
		expect([line.text, line.chain.idle, line.chain.wakeAt]).toEqual(["ab", true, undefined]);
		line.chain.add({ ...toxic("latency", { latency: 1000 }), lasts: 100 }, line.now);
		line.chain.change({ ...toxic("latency", { latency: 1000 }), lasts: 300 }, line.now);
		line.push("c");
		line.wait(299);
		expect(line.text).toBe("ab");
		line.wait(1);
		expect(line.text).toBe("abc");
	});

	it("says when its source should stop, by octets and by chunks", () => {
		const line = new Line([toxic("bandwidth", { rate: 0 })]);
		line.push(Buffer.alloc(65_535));
		expect(line.chain.full).toBe(false);
		line.push("x");
		expect(line.chain.full).toBe(true);
		const small = new Line([toxic("latency", { latency: 100 })]);
		for (let n = 0; n < 4096; n++) small.push("x");
		expect(small.chain.full).toBe(true);
		small.wait(100);
		expect([small.chain.full, small.octets.length]).toEqual([false, 4096]);
	});

	it("loses what comes while it is full, where the source cannot be stopped", () => {
		const line = new Line([toxic("bandwidth", { rate: 0 })], { lossy: true, whole: true });
		for (let n = 0; n < 1000; n++) line.push(Buffer.alloc(1000));
		expect(line.chain.held).toBe(66_000);
	});
});
