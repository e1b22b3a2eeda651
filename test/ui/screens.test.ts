import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { displayWidth } from "../../src/core/export/width.js";
import type { LiveWorld } from "../../src/shell/ui/app/world.js";
import { lineWidth } from "../../src/shell/ui/draw/cells.js";
import { Session, worldOf } from "./helper.js";

let conference: LiveWorld;
beforeAll(async () => {
	conference = await worldOf("captures/sylkserver-conference.pcapng");
});

function fresh(width?: number, height?: number): Session {
	conference.setFilter(undefined);
	conference.work(() => false);
	return new Session(conference, width, height);
}

describe("from the start to a message's verdict", () => {
	test("takes two keys", () => {
		const session = fresh();
		expect(session.text).toContain("c1        18.118 group chat   Bob, room, Conference Room");
		session.keys("enter");
		expect(session.lines[1]).toContain("c1 group chat");
		expect(session.text).toMatch(/ {3}7 {2}18\.131246 SYS! .*◀──── SEND ✗ ─────┤/);
		session.keys("enter");
		expect(session.lines[1]).toContain("#7 18.131246 c1 SYS !DO2 DA2");
		expect(session.text).toContain("A compliant client on this leg shows a system message.");
		expect(session.text).toContain("DO2: a client that looks for isfocus misses a system message that identities show.");
	});

	test("the session with the first divergence is chosen until somebody moves", async () => {
		const world = await worldOf("captures/linphone-cpim-imdn.pcap");
		const session = new Session(world);
		session.keys("enter", "enter");
		expect(session.lines[2]).toContain("[why]");
		expect(session.text).toContain("Verdict");
	});

	test("back leads the way that one came, and out of the first screen it ends", () => {
		const session = fresh().keys("enter", "enter", "q", "q");
		expect(session.lines[1]).toContain("participants");
		session.keys("q");
		expect(session.effects.at(-1)).toEqual({ kind: "quit" });
	});
});

describe("every screen", () => {
	const screens: [string, string[]][] = [
		["sessions", []],
		["ladder", ["enter"]],
		["why", ["enter", "enter"]],
		["decoded", ["enter", "enter", "2"]],
		["raw", ["enter", "enter", "3"]],
		["hex", ["enter", "enter", "4"]],
		["diff", ["enter", "enter", "5"]],
		["checks", ["enter", "enter", "6"]],
		["messages", ["L"]],
		["help", ["?"]],
		["held", ["H"]],
		["rules", ["R"]],
		["alg", ["P"]],
		["compare", ["L", "m", "c"]],
		["filter", ["f", "s", "i", "p", "."]],
		["command", [":", "t"]],
	];

	test.each(screens)("%s fills the terminal exactly, whatever its size", (_, keys) => {
		fc.assert(
			fc.property(fc.integer({ min: 20, max: 250 }), fc.integer({ min: 5, max: 70 }), (width, height) => {
				const session = fresh(width, height).keys(...keys);
				const lines = session.drawn;
				expect(lines).toHaveLength(height);
				for (const { line } of lines) expect(lineWidth(line)).toBe(width);
			}),
			{ numRuns: 25 },
		);
	});

	test.each(screens)("%s shows no control character", (_, keys) => {
		const session = fresh(132, 50).keys(...keys);
		for (const line of session.lines) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
	});

	test("a terminal that is too small says so", () => {
		const session = fresh(10, 3);
		expect(session.lines.map((line) => line.trimEnd())).toEqual(["too small", "", ""]);
	});
});

test("80 by 24: the lists keep what matters", () => {
	const session = fresh(80, 24);
	expect(session.lines[1]).toMatch(/^sess {6}begins kind {9}participants +msgs clients differ +worst finding/);
	session.keys("enter");
	expect(session.text).toContain("SYS!");
	expect(session.text).toContain("── #7");
	session.keys("q", "L");
	expect(session.lines[1]).toMatch(/^ +# +time sess +prot class +summary +f?/);
	for (const line of session.lines) expect(displayWidth(line)).toBe(80);
});

test("wide: details stand beside the ladder, and their tab is chosen there too", () => {
	const session = fresh(170, 40).keys("enter");
	expect(session.lines[1]).toContain("│ 1[why]");
	expect(session.text).toContain("A compliant client on this leg shows a system message.");
	session.keys("tab");
	expect(session.lines[1]).toContain("2[decoded]");
	session.keys("-");
	expect(session.text).not.toContain("[decoded]");
});

test("evidence is marked in the octets", () => {
	const session = fresh(120, 60).keys("enter", "enter");
	const marked = session.drawn.flatMap(({ line }) => line.filter(({ ground }) => ground === "evidence").map(({ text }) => text));
	expect(marked).toContain("From: Conference Room <sip:room@127.0.0.1>");
	session.keys("4");
	const hex = session.drawn.flatMap(({ line }) => line.filter(({ ground }) => ground === "evidence").map(({ text }) => text));
	expect(hex.slice(0, 5)).not.toHaveLength(0);
	const raw = session.keys("3").drawn.flatMap(({ line }) => line.filter(({ ground }) => ground === "evidence").map(({ text }) => text));
	expect(raw.join("")).toContain("From: Conference Room <sip:room@127.0.0.1>");
});

test("class is a word wherever it is a colour", () => {
	const session = fresh(100, 40).keys("L");
	const tones = new Set(["system", "group", "private", "odd", "quiet"]);
	const classes = session.drawn.flatMap(({ line }) => line.filter(({ tone }) => tones.has(tone)).map(({ text }) => text));
	expect(classes.length).toBeGreaterThan(3);
	for (const text of classes) expect(text).toMatch(/^(SYS|GRP|PRIV|TYPING|IMDN|RPT|KEEP|CTRL|P-SYS|1-1|UNWRAP)$/);
});
