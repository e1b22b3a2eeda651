import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LadderCollector, type LadderSession } from "../../src/core/export/ladder.js";
import { escapeMermaid, ladderMermaid } from "../../src/core/export/ladder-mermaid.js";
import { ladderText } from "../../src/core/export/ladder-text.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import { displayWidth } from "../../src/core/export/width.js";
import { INVITE_HEAD, invite, sipEntry } from "./entries.js";
import { chat } from "./samples.js";

function collect(entries = chat()): LadderSession[] {
	const collector = new LadderCollector();
	for (const entry of entries) collector.add(entry);
	return collector.sessions;
}

function text(session: LadderSession, width: number): string[] {
	return ladderText(session, { width, time: "relative", palette: PLAIN_PALETTE, zero: undefined }).split("\n").slice(0, -1);
}

describe("text ladder", () => {
	test("chunks and their responses are folded, events left out", () => {
		expect(text(collect()[0]!, Number.POSITIVE_INFINITY)).toEqual([
			"session c1, 13.000000 s",
			"                        192.0.2.1:5060          192.0.2.9:5060",
			"    #1    0.000000             │─────── INVITE ───────>│ INVITE sip:room@example.com (sdp: MSRP)",
			"    #2    0.250000             │<╌╌╌╌╌ 200 INVITE ╌╌╌╌╌│ 200 OK (INVITE)  ✗ sip.missing-header",
			"    #3    1.000000             │──────── SEND ────────>│ SEND m-0001 1-253/253 $ message/cpim — Alice → room: text/plain «Hello, room!»",
			"    #4    1.001000             │<╌╌╌╌╌╌╌╌ 200 ╌╌╌╌╌╌╌╌╌│ 200 OK to SEND #3",
			"    #5    5.000000             │────── SEND ×3 ───────>│ SEND big-1 3 chunks, 9 octets $",
			"    #7    7.000000             │<╌╌╌╌╌╌╌ 200 ×3 ╌╌╌╌╌╌╌│ 200 to 3 chunks from #5 on",
			"   #11   12.000000             │<───── REPORT 200 ─────│ REPORT big-1 000 200 OK 1-9/9",
			"   #12   13.000000             │<─── IMDN displayed ───│ SEND i-1 1-3/3 $ message/imdn+xml — IMDN displayed for Xy7",
		]);
	});

	test("a list with letters where lanes do not fit", () => {
		expect(text(collect()[0]!, 60).slice(0, 5)).toEqual([
			"session c1, 13.000000 s",
			"  A = 192.0.2.1:5060",
			"  B = 192.0.2.9:5060",
			"    #1    0.000000 A → B    INVITE sip:room@example.com (sd…",
			"    #2    0.250000 B → A    200 OK (I…  ✗ sip.missing-header",
		]);
	});

	test.each([70, 90, 120, 160])("%d columns are kept, with two to forty endpoints", (width) => {
		for (const count of [2, 3, 5, 8, 40]) {
			const entries = Array.from({ length: count }, (_, index) =>
				invite({ number: index + 1, links: { session: "c1" }, flow: { b: { address: `192.0.2.${100 + index}`, port: 5060 } } }),
			);
			for (const line of text(collect(entries)[0]!, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
		}
	});

	test("a message to oneself", () => {
		const same = { address: "192.0.2.1", port: 5060 };
		expect(text(collect([invite({ links: { session: "c1" }, flow: { a: same, b: same } })])[0]!, 120).at(-1)).toBe(
			"    #1    0.000000             │ ↺ INVITE   INVITE sip:room@example.com (sdp: MSRP)",
		);
	});

	test("sessions are apart, and rows beyond the limit are counted", () => {
		const entries = Array.from({ length: 20_010 }, (_, index) => index);
		const one = invite();
		const collector = new LadderCollector();
		for (const number of entries) {
			one.number = number;
			one.links = { session: number % 2 === 0 ? "c1" : "c2" };
			collector.add(one);
		}
		expect(collector.sessions.map((session) => [session.session, session.rows.length])).toEqual([
			["c1", 10_000],
			["c2", 10_000],
		]);
		expect(collector.omitted).toBe(10);
	});
});

describe("mermaid", () => {
	test("a diagram", () => {
		expect(ladderMermaid(collect()).split("\n")).toEqual([
			"sequenceDiagram",
			"    participant p1 as 192.0.2.1#58;5060",
			"    participant p2 as 192.0.2.9#58;5060",
			"    p1->>p2: INVITE sip#58;room@example.com (sdp#58; MSRP)",
			"    p2-->>p1: 200 OK (INVITE) [error sip.missing-header]",
			"    p1->>p2: SEND m-0001 1-253/253 #36; message/cpim — Alice → room#58; text/plain «Hello, room#33;»",
			"    p2-->>p1: 200 OK to SEND #35;3",
			"    p1->>p2: SEND big-1 3 chunks, 9 octets #36;",
			"    p2-->>p1: 200 to 3 chunks from #35;5 on",
			"    p2->>p1: REPORT big-1 000 200 OK 1-9/9",
			"    p2->>p1: SEND i-1 1-3/3 #36; message/imdn+xml — IMDN displayed for Xy7".replace("+", "#43;"),
			"",
		]);
	});

	test("several sessions are told apart by notes", () => {
		const out = ladderMermaid(collect([invite({ links: { session: "c1" } }), invite()]));
		expect(out).toContain("    Note over p1,p2: session c1\n");
		expect(out).toContain("    Note over p1,p2: without session\n");
	});

	test.each([
		["a;b#c%%d", "a#59;b#35;c#37;#37;d"],
		["<b>&\"'`\\", "#60;b#62;#38;#34;#39;#96;#92;"],
		["wrap: x", "#119;rap#58; x"],
		["nowrap:x", "#110;owrap#58;x"],
		["style a:b", "#115;tyle a#58;b"],
		["classDef x", "#99;lassDef x"],
		["line\nend", "line#10;end"],
		["{}|$~^", "#123;#125;#124;#36;#126;#94;"],
		["Grüße 古", "Grüße 古"],
	])("%j", (given, expected) => {
		expect(escapeMermaid(given)).toBe(expected);
	});

	test("any text on the wire gives lines of the grammar", () => {
		const line = /^ {4}(p\d+(->>|-->>)p\d+: [^#;%<>"\n]*(#\d+;[^#;%<>"\n]*)*|participant p\d+ as .+)$/;
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (body) => {
				const entry = sipEntry(["MESSAGE sip:a@b SIP/2.0", ...INVITE_HEAD.slice(1, -1)], "x", { payload: { kind: "text", text: body } });
				const lines = ladderMermaid(collect([entry])).split("\n");
				expect(lines[0]).toBe("sequenceDiagram");
				for (const one of lines.slice(1, -1)) expect(one).toMatch(line);
			}),
		);
	});
});
