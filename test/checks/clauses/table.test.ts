import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLAUSE_CHECKS } from "../../../src/core/checks/clauses/index.js";
import type { ClauseTable } from "../../../src/core/checks/clauses/table.js";
import { cpim, Room, S, uri } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const BODIES = [
	cpim(S, S),
	cpim(ALICE, [S, BOB]),
	cpim(ALICE, S, { rows: ["imdn.Message-ID: a", "Subject: x"] }),
	`From: <${S}>;isfocus\r\nTo: ${S}\r\n\r\nContent-Type: text/plain\r\n\r\nx`,
	"nonsense",
];

/** Counts of the checks that look at contents, not at frames. */
function contentResults(table: ClauseTable): Record<string, unknown> {
	return Object.fromEntries(
		["C01", "C03", "C05", "C07", "C12", "C25", "C26", "C27", "C28", "C29", "C30", "C31", "C32", "C33"].map((id) => [
			id,
			table.total.get(id)?.counts,
		]),
	);
}

describe("the registry", () => {
	it("holds C01 to C45 in order, each with its text", () => {
		expect(CLAUSE_CHECKS.map(({ id }) => id)).toEqual(Array.from({ length: 45 }, (_, index) => `C${String(index + 1).padStart(2, "0")}`));
		for (const { title, clause, when, evidence, roles } of CLAUSE_CHECKS) {
			for (const text of [title, clause, when, evidence]) expect(text.length).toBeGreaterThan(5);
			expect(roles.length).toBeGreaterThan(0);
		}
	});
});

describe("the table", () => {
	it("does not depend on how a message is chunked", () => {
		fc.assert(
			fc.property(fc.constantFrom(...BODIES), fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { maxLength: 4 }), (body, places) => {
				const cuts = places.filter((place) => place < body.length).sort((a, b) => a - b);
				const [whole, pieces] = [new Room(), new Room()];
				whole.join("bob").receive(body);
				pieces.join("bob").receive(body, { cuts });
				expect(contentResults(pieces.over().table)).toEqual(contentResults(whole.over().table));
			}),
			{ numRuns: 60 },
		);
	});

	it("takes anything: no octets make it throw, and every finding names an entry", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...BODIES),
				fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
				(body, changes) => {
					const room = new Room();
					const bob = room.join("bob");
					const octets = Buffer.from(
						`MSRP abcd1 SEND\r\nTo-Path: ${bob.path}\r\nFrom-Path: ${bob.focusPath}\r\nMessage-ID: m1\r\nByte-Range: 1-${body.length}/${body.length}\r\nSuccess-Report: yes\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------abcd1$\r\n`,
					);
					for (const [at, value] of changes) octets[at % octets.length] = value;
					bob.media.send("b", octets);
					bob.say(body).answer(200).report();
					const { total } = room.over().table;
					for (const { findings, counts } of total.values()) {
						expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(findings.length);
						for (const { entries } of findings) expect(entries[0]).toBeGreaterThan(0);
					}
				},
			),
			{ numRuns: 100 },
		);
	});

	it("keeps the first findings and counts all: memory does not grow with the traffic", () => {
		const room = new Room();
		const bob = room.join("bob");
		for (let count = 0; count < 500; count++)
			bob.receive(`From: <${ALICE}>;x=1\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\n${count}`);
		const found = room.over().table.total.get("C31")!;
		expect(found.counts).toEqual({ pass: 0, violation: 500, info: 0, unknown: 0, "n/a": 0 });
		expect(found.findings.map(({ entries }) => entries[0])).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
		expect(room.table.sessions.get("c1")!.get("C31")!.findings).toHaveLength(3);
	});

	it("of messages that wait for an answer only the last 4096 do; the others are unknown at once", () => {
		const room = new Room();
		const bob = room.join("bob");
		const frame = (tid: string) =>
			`MSRP ${tid} SEND\r\nTo-Path: ${bob.path}\r\nFrom-Path: ${bob.focusPath}\r\nMessage-ID: ${tid}\r\nByte-Range: 1-1/1\r\nContent-Type: text/plain\r\n\r\nx\r\n-------${tid}$\r\n`;
		bob.raw(Array.from({ length: 4200 }, (_, index) => frame(`tran${index}`)).join(""), true);
		const before = room.table.total.get("C20")!.counts.unknown;
		expect(before).toBeGreaterThanOrEqual(104);
		expect(room.over().table.total.get("C20")!.counts).toEqual({ pass: 0, violation: 0, info: 0, unknown: 4200, "n/a": 0 });
	});

	it("is told of every entry, but counts only what was chosen", () => {
		const room = new Room({ chosen: (entry) => entry === 4 });
		room.join("bob").receive(cpim(S, S)).receive(cpim(S, S));
		const { total } = room.over().table;
		expect(total.get("C01")!.counts.pass).toBe(1);
		expect(total.get("C01")!.findings[0]!.entries).toEqual([4]);
		expect(total.get("C37")).toBeUndefined();
		expect(total.get("C20")!.counts).toEqual({ pass: 0, violation: 0, info: 0, unknown: 1, "n/a": 0 });
	});

	it("results by session add up to the total", () => {
		const room = new Room();
		room.join("bob").receive(cpim(S, S));
		room.join("carol").receive(cpim(S, S)).receive(cpim(ALICE, S));
		const { sessions, total } = room.over().table;
		expect([...sessions.keys()]).toEqual(["c1", "c2"]);
		expect([...sessions.values()].map((results) => results.get("C01")?.counts.pass)).toEqual([1, 1]);
		expect(total.get("C01")!.counts).toEqual({ pass: 2, violation: 0, info: 0, unknown: 0, "n/a": 1 });
	});

	it("finishing twice says nothing twice", () => {
		const room = new Room();
		room.join("bob").receive(cpim(S, S));
		room.over().table.finish();
		expect(room.counts("C20")).toEqual({ unknown: 1 });
	});
});
