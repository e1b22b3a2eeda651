import { describe, expect, test } from "vitest";
import type { BlockData } from "../../src/core/report/data.js";
import { Report } from "../../src/core/report/report.js";
import { S, Scene } from "../classify/contexts.js";
import { invite, msrpOk } from "../export/entries.js";
import { chat } from "../export/samples.js";
import { dataOf, detailOf, ladderOf, OPTIONS, render } from "./render.js";

const ALICE = "sip:alice@example.com";

describe("rows", () => {
	test("one for each message, without events, chunks and their responses under the first", () => {
		const { rows, sessions } = ladderOf(render(chat()));
		expect(sessions).toEqual([{ id: "c1", title: expect.stringMatching(/^INVITE/), endpoints: ["192.0.2.1:5060", "192.0.2.9:5060"] }]);
		expect(rows.map(({ n, l, a, b, i }) => [n, l, a, b, i])).toEqual([
			[1, "INVITE", 0, 1, undefined],
			[2, "200 INVITE", 1, 0, undefined],
			[3, "SEND", 0, 1, undefined],
			[4, "200", 1, 0, undefined],
			[5, "SEND", 0, 1, undefined],
			[6, "SEND", 0, 1, 5],
			[7, "200", 1, 0, undefined],
			[8, "SEND", 0, 1, 5],
			[9, "200", 1, 0, 7],
			[10, "200", 1, 0, 7],
			[11, "REPORT 200", 1, 0, undefined],
			[12, "IMDN displayed", 1, 0, undefined],
		]);
		expect(rows[1]).toMatchObject({ t: 0.25, r: 1, f: "sip.missing-header", fg: "error" });
	});

	test("class, codes and what was rewritten", () => {
		const scene = new Scene("K3");
		scene.cpim(S, S);
		const { rows } = ladderOf(render(scene.drive.entries));
		expect(rows.at(-1)).toMatchObject({ n: 5, p: "msrp", c: "SYS", k: "system", d: ["DO1", "DA1", "DC1"], g: "warn" });
		expect(rows.filter(({ e }) => e === 1).map(({ n }) => n)).toEqual([4]);
	});

	test("a late finding is on its row and in its details, worst first on the row", () => {
		const report = new Report(OPTIONS);
		for (const entry of chat()) report.entry(entry);
		report.late(3, { id: "sip.start-line-extra-space", offset: 0, length: 0 });
		report.late(3, { id: "sip.missing-header", offset: 0, length: 0, detail: "x" });
		report.late(99, { id: "sip.missing-header", offset: 0, length: 0 });
		const page = report.html();
		expect(ladderOf(page).rows[2]).toMatchObject({ f: "sip.missing-header", fg: "error" });
		expect(detailOf(page, 3).f!.map(([severity, id]) => [severity, id])).toEqual([
			["warn", "sip.start-line-extra-space"],
			["error", "sip.missing-header"],
		]);
	});

	test("entries that are not shown only teach", () => {
		const report = new Report(OPTIONS);
		for (const entry of chat()) report.entry(entry, entry.number >= 3);
		expect(ladderOf(report.html()).rows.map(({ n }) => n)[0]).toBe(3);
	});

	test("20,000 rows, the rest counted; details in blocks of 250", () => {
		const report = new Report(OPTIONS);
		const entry = msrpOk({ links: { session: "c1" } });
		for (let number = 1; number <= 20_003; number++) report.entry({ ...entry, number });
		const page = report.html();
		const { rows, omitted } = ladderOf(page);
		expect([rows.length, omitted]).toEqual([20_000, 3]);
		expect(detailOf(page, 20_000).h).toBe("MSRP 200");
		expect(dataOf(page, "details-79")).toHaveLength(250);
		expect(dataOf(page, "details-80")).toBeUndefined();
	});
});

describe("details", () => {
	const scene = new Scene("K3");
	scene.cpim(S, S);
	scene.cpim(ALICE, S);
	const page = render(scene.drive.entries);
	const words = dataOf<BlockData[]>(page, "words")!;

	test("where and when", () => {
		expect(detailOf(page, 6)).toMatchObject({
			h: "MSRP SEND",
			w: "session c1 · 0.060000 s · 198.51.100.20:2855 → 192.0.2.40:7654 over tcp",
		});
	});

	test("the explanation, its blocks shared between messages", () => {
		const titles = detailOf(page, 6).x!.map(([title]) => title);
		expect(titles).toEqual([
			"Verdict",
			"The message",
			"What was known at that moment, and from where",
			"What each kind of client shows, and why",
			"Rules and clauses (CR: the OMA change request on isfocus)",
			"What would change it",
		]);
		const blocks = [5, 6].map((number) => detailOf(page, number).x!.flatMap(([, ...indexes]) => indexes));
		expect(new Set(blocks.flat()).size).toBe(words.length);
		expect(blocks[0]!.filter((index) => blocks[1]!.includes(index)).length).toBeGreaterThan(5);
		const wire = JSON.stringify(words);
		expect(wire).toContain(S);
	});

	test("the content, with the addresses marked that decided, and why", () => {
		expect(detailOf(page, 6).c).toEqual([
			"From: <",
			[ALICE, "From: what clients compare; R16, RFC 7701 §6.1"],
			">\nTo: <",
			[S, "To: what clients compare; R20, CR 7.1.3.3"],
			">\nDateTime: 2026-03-02T15:02:31Z\n\nContent-Type: text/plain;charset=utf-8\n\nhello",
		]);
	});

	test("octets with findings marked; what changed since the other leg", () => {
		const detail = detailOf(page, 4);
		expect(detail.r).toEqual([
			["answers", 1],
			["on the other leg:", 3],
		]);
		expect(detail.e).toEqual([
			{
				by: "since #3",
				part: "Contact",
				before: "<sip:sess-7f3a@focus.im.example.com;isfocus>;isfocus",
				after: "<sip:b2b-91c0@203.0.113.9:5071>",
				why: "",
			},
		]);
		expect(detail.o!.some((piece) => typeof piece !== "string" && piece[1].startsWith("sip."))).toBe(true);
		expect(detail.o!.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("")).toContain("SIP/2.0 200 OK\n");
	});

	test("long messages are cut, and it is said by how much", () => {
		const long = invite({ links: { session: "c1" } });
		const { sip } = long;
		const text = Buffer.concat([sip.bytes.subarray(sip.start, sip.end), Buffer.alloc(20_000, "x")]);
		const page = render([
			{ ...long, sip: Object.assign(Object.create(sip), { bytes: text, start: 0, end: text.length, length: text.length }) },
		]);
		expect(detailOf(page, 1).o!.at(-1)).toBe(`\n… ${text.length - 16_384} more octets`);
	});
});
