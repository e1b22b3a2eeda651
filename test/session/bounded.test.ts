import { describe, expect, test } from "vitest";
import { append, Deadlines, FifoMap, RecentMap } from "../../src/core/session/bounded.js";

describe("FifoMap", () => {
	test("a small one forgets the oldest key, and tells", () => {
		const gone: string[] = [];
		const map = new FifoMap<string, number>(2, (value, key) => gone.push(`${key}=${value}`));
		map.set("a", 1);
		map.set("b", 2);
		map.set("a", 3);
		map.set("c", 4);
		expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([undefined, 2, 4]);
		expect(gone).toEqual(["a=3"]);
		expect(map.size).toBe(2);
	});

	test("a large one forgets a sixteenth at once and never exceeds its limit", () => {
		const map = new FifoMap<number, number>(160);
		for (let i = 0; i < 1000; i++) {
			map.set(i, i);
			expect(map.size).toBeLessThanOrEqual(160);
		}
		expect(map.get(999)).toBe(999);
		expect(map.get(999 - 150)).toBe(849);
		expect([...map.keys()][0]).toBe([...map.values()][0]);
	});
});

describe("RecentMap", () => {
	test("remembers at least the latest half, and at most all", () => {
		const map = new RecentMap<number, number>(100);
		for (let i = 0; i < 1000; i++) map.set(i, i);
		for (let i = 950; i < 1000; i++) expect(map.get(i)).toBe(i);
		expect(map.get(899)).toBeUndefined();
	});

	test("what is asked for stays", () => {
		const map = new RecentMap<number, number>(100);
		map.set(-1, -1);
		for (let i = 0; i < 1000; i++) {
			map.set(i, i);
			if (i % 40 === 0) expect(map.get(-1)).toBe(-1);
		}
	});
});

describe("Deadlines", () => {
	test("gives back in order what is due", () => {
		const deadlines = new Deadlines<string>(10, 100);
		deadlines.add("a", 0);
		deadlines.add("b", 1);
		expect(deadlines.next(9.9)).toBeUndefined();
		expect(deadlines.next(10)).toBe("a");
		expect(deadlines.next(10)).toBeUndefined();
		expect(deadlines.next(100)).toBe("b");
		expect(deadlines.next(100)).toBeUndefined();
	});

	test("forgets the oldest beyond its limit", () => {
		const deadlines = new Deadlines<number>(10, 3);
		for (let i = 0; i < 5000; i++) deadlines.add(i, i);
		expect([deadlines.next(1e9), deadlines.next(1e9), deadlines.next(1e9), deadlines.next(1e9)]).toEqual([4997, 4998, 4999, undefined]);
	});
});

test("append makes a new list of an empty one and adds to others", () => {
	const none: readonly number[] = [];
	const one = append(none, 1);
	expect(none).toEqual([]);
	expect(append(one, 2)).toEqual([1, 2]);
});
