import { describe, expect, it } from "vitest";
import { type EntryChange, EntryStore } from "../../src/core/store/entry-store.js";
import { compileFilter, type Entry, jsonEntry } from "../../src/index.js";
import { Rig } from "../relay/rig.js";

const options = (n: number, body = "") =>
	`OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${n}\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: ${n}@example.com\r\nCSeq: ${n} OPTIONS\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** So many requests, client's leg only. */
function entries(count: number, body = ""): Entry[] {
	const rig = new Rig([], { decode: "once" });
	for (let n = 1; n <= count; n++) rig.send(0, options(n, body));
	return rig.entries;
}
function filled(count: number, settings: ConstructorParameters<typeof EntryStore>[0] = {}, body = "") {
	const store = new EntryStore(settings);
	for (const entry of entries(count, body)) store.add(entry);
	return store;
}
const numbers = ({ entries }: { entries: Entry[] }) => entries.map(({ number }) => number);

describe("the store of entries", () => {
	it("gives the latest, those before them, and those that follow one, with where to go on", () => {
		const store = filled(10);
		const latest = store.query({ limit: 3 });
		expect([numbers(latest), latest.next]).toEqual([[8, 9, 10], 8]);
		const before = store.query({ limit: 3, before: latest.next });
		expect([numbers(before), before.next]).toEqual([[5, 6, 7], 5]);
		const after = store.query({ limit: 3, after: 4 });
		expect([numbers(after), after.next]).toEqual([[5, 6, 7], 7]);
		const rest = store.query({ limit: 3, after: after.next });
		expect([numbers(rest), rest.next]).toEqual([[8, 9, 10], undefined]);
		expect(numbers(store.query({ after: 2, before: 5 }))).toEqual([3, 4]);
		expect(store.query({ after: 10 })).toEqual({ entries: [], next: undefined });
	});

	it("gives those that match, and looks at no more than it may at once", () => {
		const store = filled(10);
		const filter = compileFilter("sip.CSeq.seq >= 3 && sip.CSeq.seq <= 4");
		expect(numbers(store.query({ filter }))).toEqual([3, 4]);
		let page = store.query({ filter, scan: 4 });
		expect([numbers(page), page.next]).toEqual([[], 7]);
		page = store.query({ filter, scan: 4, before: page.next });
		expect([numbers(page), page.next]).toEqual([[3, 4], 3]);
		page = store.query({ filter, scan: 4, before: page.next });
		expect([numbers(page), page.next]).toEqual([[], undefined]);
		page = store.query({ filter, scan: 3, after: 0 });
		expect([numbers(page), page.next]).toEqual([[3], 3]);
	});

	it("walks both ways over everything once, whatever the size of pages", () => {
		const store = filled(23);
		for (const limit of [1, 2, 7, 23, 50]) {
			const down: number[] = [];
			let before: number | undefined;
			do {
				const page = store.query({ limit, scan: 5, ...(before === undefined ? {} : { before }) });
				down.unshift(...numbers(page));
				before = page.next;
			} while (before !== undefined);
			const up: number[] = [];
			let after: number | undefined = 0;
			do {
				const page: ReturnType<EntryStore["query"]> = store.query({ limit, scan: 5, after });
				up.push(...numbers(page));
				after = page.next;
			} while (after !== undefined);
			const all = Array.from({ length: 23 }, (_, index) => index + 1);
			expect([down, up]).toEqual([all, all]);
		}
	});

	it("forgets the oldest beyond so many entries or octets, and counts them", () => {
		const few = filled(3000, { entries: 4 });
		expect([few.size, few.first, few.last, few.evicted]).toEqual([4, 2997, 3000, 2996]);
		expect([few.get(2996), few.get(2997)!.number, few.get(3001)]).toEqual([undefined, 2997, undefined]);
		const large = filled(5, { octets: 250_000 }, "x".repeat(100_000));
		expect([large.size, large.evicted]).toEqual([2, 3]);
		expect(large.octets).toBeGreaterThan(200_000);
		expect(large.octets).toBeLessThan(250_000);
		const one = filled(2, { octets: 10 });
		expect([one.size, one.last]).toEqual([1, 2]);
	});

	it("owns what it keeps", () => {
		const rig = new Rig([], { decode: "once" });
		const store = new EntryStore();
		const lent = Buffer.from(options(1));
		rig.relay.passed(0, lent, 0, lent.length, { sec: 1, nsec: 0, packet: 0 });
		store.add(rig.entries[0]!);
		lent.fill(0);
		expect(numbers(store.query({ filter: compileFilter('frame contains "bob@example.com"') }))).toEqual([1]);
	});

	it("tells of entries, late findings and marks", () => {
		const store = filled(2);
		const seen: EntryChange[] = [];
		const end = store.subscribe((change) => void seen.push(change));
		store.late(1, { id: "relay.dropped", offset: 0, length: 0 });
		store.late(9, { id: "relay.dropped", offset: 0, length: 0 });
		store.mark(2, "odd");
		end();
		store.mark(2, "even");
		expect(seen.map(({ kind, entry }) => [kind, entry.number])).toEqual([
			["late", 1],
			["marks", 2],
		]);
		expect(store.get(1)!.problems.map(({ id }) => id)).toContain("relay.dropped");
	});

	it("forgets everything when told to, and goes on counting", () => {
		const store = filled(3);
		store.clear();
		expect([store.size, store.first, store.last, store.octets, store.evicted]).toEqual([0, 4, 3, 0, 3]);
	});
});

describe("marks", () => {
	it("are put on entries and taken away; filters and JSON know them", () => {
		const store = filled(3);
		expect([store.mark(2, "a"), store.mark(2, "b"), store.mark(2, "a"), store.mark(9, "a")]).toEqual([true, true, true, false]);
		expect(store.get(2)!.marks).toEqual(["a", "b"]);
		expect(JSON.parse(jsonEntry(store.get(2)!)).mark).toEqual(["a", "b"]);
		expect(JSON.parse(jsonEntry(store.get(1)!)).mark).toBeUndefined();
		expect(numbers(store.query({ filter: compileFilter("mark") }))).toEqual([2]);
		expect(numbers(store.query({ filter: compileFilter('mark == "b"') }))).toEqual([2]);
		expect([store.unmark(2, "a"), store.unmark(9)]).toEqual([true, false]);
		expect(store.get(2)!.marks).toEqual(["b"]);
		store.unmark(2);
		expect(store.get(2)!.marks).toBeUndefined();
	});

	it("are bounded", () => {
		const store = filled(1);
		const all = Array.from({ length: 40 }, (_, n) => store.mark(1, `m${n}`));
		expect(all.filter(Boolean).length).toBe(32);
		expect([store.mark(1, ""), store.mark(1, "x".repeat(201))]).toEqual([false, false]);
	});
});
