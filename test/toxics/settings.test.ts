import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ToxicSet } from "../../src/core/toxics/set.js";
import { changedSettings, ToxicError, toxicSettings } from "../../src/core/toxics/settings.js";
import { millisecondsOf, momentOf } from "../../src/core/toxics/time.js";

const AT = { sec: 1, nsec: 0, packet: 0 };

function fault(run: () => unknown): string {
	try {
		run();
	} catch (error) {
		if (error instanceof ToxicError) return `${error.fault}: ${error.message}`;
		throw error;
	}
	return "none";
}

describe("a toxic that is asked for", () => {
	it("is downstream, for all, named by type and stream, every attribute 0, where nothing is said", () => {
		expect(toxicSettings({ type: "latency" })).toEqual({
			name: "latency_downstream",
			type: "latency",
			stream: "downstream",
			toxicity: 1,
			attributes: { latency: 0, jitter: 0 },
		});
		expect(toxicSettings({ type: "slow_close", stream: "upstream", name: "s", toxicity: 0.5, attributes: { delay: 3, other: 1 } })).toEqual(
			{
				name: "s",
				type: "slow_close",
				stream: "upstream",
				toxicity: 0.5,
				attributes: { delay: 3 },
			},
		);
	});

	it.each([
		[{ type: "latency", stream: "sideways" }, "stream: stream was invalid, can be either upstream or downstream"],
		[{ type: "lateness" }, "type: invalid toxic type"],
		[{}, "type: invalid toxic type"],
		[{ type: 7 }, "bad request body: type must be text"],
		[[], "bad request body: an object is expected"],
		[null, "bad request body: an object is expected"],
		[{ type: "latency", toxicity: 1.5 }, "bad request body: toxicity must be a number from 0 to 1"],
		[{ type: "latency", toxicity: "1" }, "bad request body: toxicity must be a number from 0 to 1"],
		[{ type: "latency", attributes: { latency: -1 } }, "bad request body: attribute latency of latency must be a whole number from 0"],
		[{ type: "bandwidth", attributes: { rate: 1.5 } }, "bad request body: attribute rate of bandwidth must be a whole number from 0"],
		[{ type: "slicer" }, "bad request body: average_size must be at least 1"],
		[
			{ type: "slicer", attributes: { average_size: 5, size_variation: 5 } },
			"bad request body: size_variation must be less than average_size",
		],
	])("%j is refused", (body, why) => {
		expect(fault(() => toxicSettings(body))).toBe(why);
	});

	it("whatever it is, is taken or refused with a reason", () => {
		fc.assert(
			fc.property(fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom("latency", "slicer"), attributes: fc.anything() })), (body) => {
				expect(typeof fault(() => toxicSettings(body))).toBe("string");
			}),
		);
	});

	it("keeps what a change does not name", () => {
		const before = toxicSettings({ type: "latency", attributes: { latency: 100, jitter: 5 }, toxicity: 0.5 });
		expect(changedSettings(before, { attributes: { latency: 7 }, name: "no", stream: "upstream" })).toEqual({
			...before,
			attributes: { latency: 7, jitter: 5 },
		});
		expect(changedSettings(before, { toxicity: 1 })).toEqual({ ...before, toxicity: 1 });
	});
});

describe("the toxics of a hop", () => {
	it("are told to who is there and who comes, until they go", () => {
		const set = new ToxicSet();
		const told: string[] = [];
		const subject = (name: string) => ({
			toxicChanged: ({ how, toxic }: { how: string; toxic: { name: string } }): void => void told.push(`${name} ${how} ${toxic.name}`),
		});
		const [one, two] = [subject("one"), subject("two")];
		set.subscribe(one, AT);
		set.add(toxicSettings({ type: "latency" }), AT);
		set.subscribe(two, AT);
		set.change(changedSettings(set.get("latency_downstream"), { toxicity: 0 }), AT);
		set.unsubscribe(one);
		set.reset(AT);
		expect(told).toEqual([
			"one add latency_downstream",
			"two add latency_downstream",
			"one change latency_downstream",
			"two change latency_downstream",
			"two remove latency_downstream",
		]);
		expect(set.toxics).toEqual([]);
	});

	it("names are there once, upstream comes first", () => {
		const set = new ToxicSet();
		set.add(toxicSettings({ type: "latency" }), AT);
		set.add(toxicSettings({ type: "timeout", stream: "upstream" }), AT);
		expect(set.toxics.map(({ name }) => name)).toEqual(["timeout_upstream", "latency_downstream"]);
		expect(fault(() => set.add(toxicSettings({ type: "latency" }), AT))).toBe("exists: toxic already exists");
		expect(fault(() => set.get("x"))).toBe("unknown: toxic not found");
		expect(fault(() => set.remove("x", AT))).toBe("unknown: toxic not found");
	});
});

describe("milliseconds", () => {
	it("become the first moment that is not before them", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 4_000_000_000 }),
				fc.nat(999_999_999),
				fc.double({ min: 0, max: 100_000, noNaN: true }),
				(sec, nsec, more) => {
					const due = millisecondsOf({ sec, nsec, packet: 0 }) + more;
					const at = momentOf(due);
					expect(at.nsec).toBeGreaterThanOrEqual(0);
					expect(at.nsec).toBeLessThan(1e9);
					expect(millisecondsOf(at)).toBeGreaterThanOrEqual(due);
					expect(millisecondsOf(at) - due).toBeLessThan(0.001);
				},
			),
			{ numRuns: 5000 },
		);
	});
});
