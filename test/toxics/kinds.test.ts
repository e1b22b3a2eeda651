import { describe, expect, it } from "vitest";
import { Line, toxic } from "./line.js";

describe("latency", () => {
	it("delays everything by so much, and the end comes after it", () => {
		const line = new Line([toxic("latency", { latency: 200 })]);
		line.push("a");
		line.wait(50);
		line.push("b");
		line.end();
		line.wait(1000);
		expect(line.out.map(({ at, octets }) => [at, octets.toString()])).toEqual([
			[200, "a"],
			[250, "b"],
		]);
		expect(line.ends).toEqual([{ at: 250, how: "fin" }]);
	});

	it("varies by up to the jitter, the same way for the same seed, and never reorders", () => {
		const run = (seed: number): number[] => {
			const line = new Line([toxic("latency", { latency: 100, jitter: 40 })], { seed });
			for (let n = 0; n < 200; n++) {
				line.push("x");
				line.wait(1000);
			}
			return line.times.map((at, n) => at - n * 1000);
		};
		const delays = run(7);
		expect(delays).toEqual(run(7));
		expect(delays).not.toEqual(run(8));
		expect(Math.min(...delays)).toBeGreaterThanOrEqual(60);
		expect(Math.min(...delays)).toBeLessThan(70);
		expect(Math.max(...delays)).toBeLessThan(140);
		expect(Math.max(...delays)).toBeGreaterThan(130);
		const burst = new Line([toxic("latency", { latency: 100, jitter: 100 })]);
		for (let n = 0; n < 100; n++) burst.push(String.fromCharCode(33 + n));
		burst.wait(1000);
		expect(burst.text).toBe(Array.from({ length: 100 }, (_, n) => String.fromCharCode((33 + n) & 255)).join(""));
	});

	it("a jitter above the latency never sends before the octets came", () => {
		const line = new Line([toxic("latency", { latency: 0, jitter: 50 })]);
		for (let n = 0; n < 50; n++) {
			line.push("x");
			line.wait(200);
		}
		expect(line.times.every((at, n) => at >= n * 200 && at < n * 200 + 50)).toBe(true);
		expect(line.times.some((at, n) => at > n * 200)).toBe(true);
	});

	it("two of them add up, and what a slow line took already counts", () => {
		const both = new Line([toxic("latency", { latency: 100 }), toxic("latency", { latency: 50 }, { name: "more" })]);
		both.push("x");
		both.wait(1000);
		expect(both.times).toEqual([150]);
		const slow = new Line([toxic("bandwidth", { rate: 1 }), toxic("latency", { latency: 100 })]);
		slow.push(Buffer.alloc(60));
		slow.wait(1000);
		expect(slow.times).toEqual([100]);
	});

	it("another latency holds for what waits, too", () => {
		const line = new Line([toxic("latency", { latency: 1000 })]);
		line.push("x");
		line.wait(300);
		line.chain.change(toxic("latency", { latency: 100 }), line.now);
		expect(line.times).toEqual([300]);
	});
});

describe("bandwidth", () => {
	it("carries so many thousand octets a second, in pieces of no more than 100 ms", () => {
		const line = new Line([toxic("bandwidth", { rate: 10 })]);
		line.push(Buffer.alloc(10_000));
		line.wait(500);
		expect(line.octets.length).toBe(5000);
		line.wait(499);
		expect(line.octets.length).toBe(9000);
		line.wait(1);
		expect(line.octets.length).toBe(10_000);
		expect(Math.max(...line.sizes)).toBe(1000);
	});

	it("keeps its rate over many small writes, and earns nothing while nothing comes", () => {
		const line = new Line([toxic("bandwidth", { rate: 1 })]);
		for (let n = 0; n < 100; n++) line.push(Buffer.alloc(7));
		line.wait(10_000);
		expect(line.times.at(-1)).toBe(700);
		line.push(Buffer.alloc(50));
		line.wait(1000);
		expect(line.times.at(-1)).toBe(10_050);
	});

	it("at rate 0 nothing passes, not even the end, until it has another rate", () => {
		const line = new Line([toxic("bandwidth")]);
		line.push("abc");
		line.end();
		line.wait(60_000);
		expect([line.text, line.ends.length, line.chain.wakeAt]).toEqual(["", 0, undefined]);
		line.chain.change(toxic("bandwidth", { rate: 1 }), line.now);
		line.wait(3);
		expect([line.text, line.ends]).toEqual(["abc", [{ at: 60_003, how: "fin" }]]);
	});

	it("may be slower than a thousand octets a second", () => {
		const line = new Line([{ ...toxic("bandwidth"), attributes: { rate: 0.055 } }]);
		line.push("abcdefgh");
		line.wait(99);
		expect(line.sizes).toEqual([5]);
		line.wait(100);
		expect(line.sizes).toEqual([5, 3]);
		expect(line.chain.held).toBe(0);
	});

	it("a datagram is never cut", () => {
		const line = new Line([toxic("bandwidth", { rate: 1 })], { whole: true });
		line.push(Buffer.alloc(1200));
		line.wait(1199);
		expect(line.sizes).toEqual([]);
		line.wait(1);
		expect(line.sizes).toEqual([1200]);
	});
});

describe("slow_close", () => {
	it("delays the end and nothing else", () => {
		const line = new Line([toxic("slow_close", { delay: 300 })]);
		line.push("a");
		line.end();
		line.wait(299);
		expect([line.times, line.ends]).toEqual([[0], []]);
		line.wait(1);
		expect(line.ends).toEqual([{ at: 300, how: "fin" }]);
	});
});

describe("timeout", () => {
	it("drops what comes; the time begins again with it; then the connection is closed", () => {
		const line = new Line([toxic("timeout", { timeout: 100 })]);
		line.wait(60);
		line.push("a");
		line.wait(60);
		expect(line.ends).toEqual([]);
		line.wait(40);
		expect([line.text, line.ends]).toEqual(["", [{ at: 160, how: "close" }]]);
	});

	it("of 0 stays open, and is closed when it is taken away", () => {
		const line = new Line([toxic("timeout")]);
		line.push("a");
		line.wait(1_000_000);
		expect(line.ends).toEqual([]);
		line.chain.remove(toxic("timeout"), line.now);
		expect([line.text, line.ends]).toEqual(["", [{ at: 1_000_000, how: "close" }]]);
	});

	it("an end passes on", () => {
		const line = new Line([toxic("timeout", { timeout: 100 })]);
		line.end();
		expect(line.ends).toEqual([{ at: 0, how: "fin" }]);
	});
});

describe("reset_peer", () => {
	it("resets some time after the first octets, which are lost", () => {
		const line = new Line([toxic("reset_peer", { timeout: 250 })]);
		line.wait(1000);
		expect(line.ends).toEqual([]);
		line.push("a");
		line.wait(100);
		line.push("b");
		line.wait(1000);
		expect([line.text, line.ends]).toEqual(["", [{ at: 1250, how: "reset" }]]);
	});

	it("of 0 resets at once; a close becomes a reset", () => {
		const line = new Line([toxic("reset_peer")]);
		line.end();
		expect(line.ends).toEqual([{ at: 0, how: "reset" }]);
	});

	it("taken away before anything came it did nothing", () => {
		const line = new Line([toxic("reset_peer")]);
		line.chain.remove(toxic("reset_peer"), 0);
		line.push("a");
		expect([line.text, line.ends]).toEqual(["a", []]);
	});
});

describe("down", () => {
	it("resets at once, whatever comes", () => {
		const line = new Line([toxic("down")]);
		line.push("a");
		line.end();
		expect([line.text, line.ends]).toEqual(["", []]);
		line.wait(0);
		expect([line.text, line.ends]).toEqual(["", [{ at: 0, how: "reset" }]]);
	});
});

describe("slicer", () => {
	it("cuts into pieces about so large, with a pause after each", () => {
		const line = new Line([toxic("slicer", { average_size: 100, size_variation: 20, delay: 5000 })]);
		const octets = Buffer.from(Array.from({ length: 5000 }, (_, n) => n & 255));
		line.push(octets);
		line.end();
		line.wait(10_000);
		expect(line.octets.equals(octets)).toBe(true);
		expect(Math.max(...line.sizes)).toBeLessThanOrEqual(120);
		const average = 5000 / line.sizes.length;
		expect(average).toBeGreaterThan(50);
		expect(average).toBeLessThan(120);
		expect(line.times).toEqual(line.sizes.map((_, n) => n * 5));
		expect(line.ends).toHaveLength(1);
	});

	it("without variation and pause it is even and at once", () => {
		const line = new Line([toxic("slicer", { average_size: 2 })]);
		line.push("abcdefgh");
		expect([line.sizes, line.text, line.chain.wakeAt]).toEqual([[2, 2, 2, 2], "abcdefgh", undefined]);
		expect(line.out.map(({ offset }) => offset)).toEqual([0, 2, 4, 6]);
	});

	it("cuts no datagram", () => {
		const line = new Line([toxic("slicer", { average_size: 2 })], { whole: true });
		line.push("abcdefgh");
		expect(line.sizes).toEqual([8]);
	});
});

describe("limit_data", () => {
	it("closes when so many octets have passed", () => {
		const line = new Line([toxic("limit_data", { bytes: 10 })]);
		line.push("abcdef");
		expect(line.ends).toEqual([]);
		line.push("ghijkl");
		expect([line.text, line.ends]).toEqual(["abcdefghij", [{ at: 0, how: "close" }]]);
		line.push("m");
		expect(line.text).toBe("abcdefghij");
	});

	it("exactly so many close it, too; of 0 the first that come", () => {
		const exact = new Line([toxic("limit_data", { bytes: 3 })]);
		exact.push("abc");
		expect([exact.text, exact.ends]).toEqual(["abc", [{ at: 0, how: "close" }]]);
		const none = new Line([toxic("limit_data")]);
		expect(none.ends).toEqual([]);
		none.push("a");
		expect([none.text, none.ends]).toEqual(["", [{ at: 0, how: "close" }]]);
	});

	it("what passed counts when the limit is changed", () => {
		const line = new Line([toxic("limit_data", { bytes: 10 })]);
		line.push("abcdef");
		line.chain.change(toxic("limit_data", { bytes: 8 }), 0);
		line.push("ghi");
		expect([line.text, line.ends]).toEqual(["abcdefgh", [{ at: 0, how: "close" }]]);
	});

	it("a datagram that does not fit is lost whole", () => {
		const line = new Line([toxic("limit_data", { bytes: 10 })], { whole: true });
		line.push("abcdef");
		line.push("ghijkl");
		expect([line.text, line.ends]).toEqual(["abcdef", [{ at: 0, how: "close" }]]);
	});
});
