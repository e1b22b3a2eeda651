import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import type { Firing } from "../../src/core/classify/types.js";
import { type Context, example, F, G, S, S0, Scene } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const CAROL = "sip:carol@example.com";
const MALLORY = "sip:mallory@example.com";
const ANONYMOUS = "sip:anonymous@anonymous.invalid";

interface Case {
	rule: string;
	context: Context;
	/** the CPIM, or a message as it goes over the wire */
	body?: string;
	wire?: (scene: Scene) => Verdict | undefined;
	toClient?: boolean;
	given?: { own?: string[]; roster?: string[] };
	headline: string;
	confidence: string;
	clause: string;
	/** header lines whose octets the rule rests on */
	lines?: string[];
}

const cpim = (
	from: string | undefined,
	to: string | readonly string[],
	inner = "Content-Type: text/plain\r\n\r\nhello",
	more = "",
): string =>
	`${from === undefined ? "" : `From: <${from}>\r\n`}${[to]
		.flat()
		.map((uri) => `To: <${uri}>\r\n`)
		.join("")}${more}DateTime: 2026-03-02T15:02:31Z\r\n\r\n${inner}`;
const COMPOSING = `Content-Type: application/im-iscomposing+xml\r\n\r\n<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>`;
const wire = (name: string) => (scene: Scene) => scene.wire(example(name));

const CASES: Case[] = [
	{ rule: "R1", context: "K1", wire: wire("ex22-report-success"), headline: "report", confidence: "high", clause: "RFC 4975 §7.3.2" },
	{
		rule: "R2",
		context: "K1",
		wire: (scene) =>
			scene.wire(
				'MSRP nick1234 NICKNAME\r\nTo-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nFrom-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nUse-Nickname: "Bob"\r\n-------nick1234$\r\n',
				"a",
			),
		headline: "control",
		confidence: "high",
		clause: "RFC 4976, RFC 7701 §7",
	},
	{
		rule: "R3",
		context: "K1",
		wire: (scene) =>
			scene.wire(
				"MSRP keep1234 SEND\r\nTo-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nFrom-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nMessage-ID: k1\r\nByte-Range: 1-0/0\r\n-------keep1234$\r\n",
				"a",
			),
		headline: "keepalive",
		confidence: "high",
		clause: "RFC 4975 §7.1",
	},
	{
		rule: "R7",
		context: "K1",
		wire: wire("ex17-plain-text-in-conference"),
		headline: "unwrapped",
		confidence: "low",
		clause: "CR 7.1.3.2.1-1, RFC 7701 §5.2",
	},
	{
		rule: "R8",
		context: "K5",
		wire: wire("ex17-plain-text-in-conference"),
		headline: "one-to-one",
		confidence: "high",
		clause: "RFC 4975",
	},
	{
		rule: "R9",
		context: "K5",
		body: cpim(ALICE, BOB),
		headline: "one-to-one",
		confidence: "high",
		clause: "RFC 4975 §13",
		lines: [`From: <${ALICE}>`, `To: <${BOB}>`],
	},
	{
		rule: "R10",
		context: "K5",
		body: cpim(S, S),
		headline: "system",
		confidence: "medium",
		clause: "",
		lines: [`From: <${S}>`, `To: <${S}>`],
	},
	{ rule: "R11", context: "K1", body: cpim(undefined, S), headline: "unknown", confidence: "none", clause: "RFC 4975 §13" },
	{ rule: "R12", context: "K2", body: cpim(S, S), headline: "system", confidence: "high", clause: "CR 7.1.3.3", lines: [`From: <${S}>`] },
	{
		rule: "R13",
		context: "K4",
		body: cpim(S0, S0),
		headline: "system",
		confidence: "high",
		clause: "CR 7.1.3.3",
		lines: [`From: <${S0}>`],
	},
	{
		rule: "R14",
		context: "K1",
		body: cpim(`${MALLORY};isfocus`, S),
		headline: "system",
		confidence: "low",
		clause: "RFC 7701 §6.3",
		lines: [`From: <${MALLORY};isfocus>`],
	},
	{
		rule: "R15",
		context: "K1",
		body: cpim(BOB, S),
		headline: "group",
		confidence: "high",
		clause: "CR 7.1.3.2.1-4",
		lines: [`From: <${BOB}>`],
	},
	{
		rule: "R16",
		context: "K1",
		body: cpim(ALICE, S),
		headline: "group",
		confidence: "high",
		clause: "RFC 7701 §6.1",
		lines: [`From: <${ALICE}>`],
	},
	{
		rule: "R17",
		context: "K1",
		body: cpim("sip:anonymous-1@anonymous.invalid", S),
		headline: "group",
		confidence: "medium",
		clause: "RFC 3323 §4.1.1.3, RFC 4575 §5.6",
		lines: ["From: <sip:anonymous-1@anonymous.invalid>"],
	},
	{
		rule: "R18",
		context: "K1",
		body: cpim("sip:dave@example.com", S),
		headline: "group",
		confidence: "low",
		clause: "CR 7.1.3.3",
		lines: ["From: <sip:dave@example.com>"],
	},
	{
		rule: "R19",
		context: "K1",
		wire: (scene) => scene.send(`From: <${S0}>;isfocus\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nhello`),
		headline: "system",
		confidence: "medium",
		clause: "CR 7.1.3.3, RFC 3862 §4.1",
		lines: [`From: <${S0}>;isfocus`],
	},
	{ rule: "R20", context: "K1", body: cpim(ALICE, S), headline: "group", confidence: "high", clause: "CR 7.1.3.3", lines: [`To: <${S}>`] },
	{
		rule: "R21",
		context: "K1",
		body: cpim(ALICE, BOB),
		headline: "private",
		confidence: "high",
		clause: "CR 7.1.3.3",
		lines: [`To: <${BOB}>`],
	},
	{
		rule: "R22",
		context: "K1",
		body: cpim(ALICE, [BOB, CAROL]),
		headline: "private",
		confidence: "high",
		clause: "CR 7.1.3.2.1-3b",
		lines: [`To: <${BOB}>`, `To: <${CAROL}>`],
	},
	{
		rule: "R23",
		context: "K1",
		body: cpim(ALICE, [S, BOB]),
		headline: "ambiguous",
		confidence: "low",
		clause: "CR 7.1.3.2.1-2, -3; RFC 7701 §6.2",
		lines: [`To: <${S}>`, `To: <${BOB}>`],
	},
	{
		rule: "R24",
		context: "K7",
		body: cpim(ALICE, ANONYMOUS),
		headline: "group",
		confidence: "medium",
		clause: "RFC 3323 §4.1.1.3",
		lines: [`To: <${ANONYMOUS}>`],
	},
	{
		rule: "R25",
		context: "K1",
		body: cpim(ALICE, F),
		headline: "unknown",
		confidence: "low",
		clause: "RFC 4579 §3.2",
		lines: [`To: <${F}>`],
	},
	{
		rule: "R26",
		context: "K1",
		body: cpim(BOB, BOB),
		headline: "private",
		confidence: "high",
		clause: "RFC 7701 §6.2",
		lines: [`To: <${BOB}>`],
	},
	{
		rule: "R27",
		context: "K1",
		body: cpim(ALICE, BOB, undefined, `cc: <${S}>\r\n`),
		headline: "private",
		confidence: "high",
		clause: "RFC 3862 §4.3",
		lines: [`cc: <${S}>`],
	},
	{
		rule: "R28",
		context: "K1",
		body: `From: <${ALICE}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello`,
		headline: "unknown",
		confidence: "none",
		clause: "RFC 4975 §13",
	},
	{
		rule: "R29",
		context: "K1",
		body: cpim(ALICE, S, COMPOSING),
		headline: "composing",
		confidence: "high",
		clause: "CR 7.1.3.5, RFC 3994",
		lines: ["Content-Type: application/im-iscomposing+xml"],
	},
	{
		rule: "R30",
		context: "K1",
		wire: wire("ex09-imdn-from-focus"),
		headline: "imdn",
		confidence: "high",
		clause: "RFC 5438 §9",
		lines: ["Content-Type: message/imdn+xml", "Content-Disposition: notification"],
	},
	{
		rule: "R31",
		context: "K1",
		body: cpim(ALICE, S, `Content-Type: message/cpim\r\n\r\n${cpim(BOB, CAROL)}`),
		headline: "group",
		confidence: "medium",
		clause: "RFC 4975 §14",
		lines: ["Content-Type: message/cpim", `From: <${BOB}>`],
	},
	{
		rule: "R32",
		context: "K1",
		body: cpim(ALICE, S, "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhello"),
		headline: "group",
		confidence: "high",
		clause: "CR 7.1.3.2, RFC 2183 §2.8",
		lines: ["Content-Disposition: attachment; filename=a.txt"],
	},
	{
		rule: "R33",
		context: "K1",
		wire: wire("ex16-external-attachment"),
		headline: "group",
		confidence: "high",
		clause: "CR 7.1.3.2-3, RFC 4483 §5",
		lines: [
			'Content-Type: message/external-body; access-type="URL"; expiration="Tue, 03 Mar 2026 15:00:00 GMT"; URL="https://content.example.com/photo-17"; size=48211',
		],
	},
	{ rule: "R34", context: "K1", body: cpim(S, BOB), headline: "private-system", confidence: "high", clause: "CR 7.1.3.3", lines: [] },
	{ rule: "R35", context: "K2p", body: cpim(S0, S0), headline: "private", confidence: "low", clause: "", lines: [`To: <${S0}>`] },
];

describe("each rule of section 5 with its clause and its evidence", () => {
	it.each(CASES.map((one) => [one.rule, one] as const))("%s", (rule, one) => {
		const scene = new Scene(one.context, one.given === undefined ? {} : { given: one.given });
		const verdict = (one.wire?.(scene) ?? scene.send(one.body!, one.toClient ?? true)) as Verdict;
		expect({ headline: verdict.headline, confidence: verdict.confidence }).toEqual({ headline: one.headline, confidence: one.confidence });
		const firing = verdict.firings.find((item) => item.rule === rule) as Firing;
		expect(firing, `${rule} among ${verdict.firings.map((item) => item.rule).join(" ")}`).toBeDefined();
		expect(firing.clause).toBe(one.clause);
		const entry = scene.drive.entries.at(-1)!;
		const octets = entry.protocol === "msrp" ? entry.cpimBytes : undefined;
		const spans = firing.evidence
			.filter((item) => item.start !== undefined)
			.map((item) => octets!.toString("utf8", item.start, item.end).trimEnd());
		if (one.lines !== undefined) expect(spans).toEqual(one.lines);
	});

	it("R4: the header line that holds From is not whole yet", () => {
		const scene = new Scene("K1");
		scene.wire(example("ex10-chunked-system").split("MSRP c10aaaa2")[0]!);
		const verdict = scene.drive.entries.at(-1)!.verdict!;
		expect(verdict).toMatchObject({
			headline: "incomplete",
			confidence: "none",
			firings: [{ rule: "R4", clause: "RFC 4975 §13", evidence: [{ what: "not received", value: "From and To" }] }],
		});
	});

	it("R5: a later chunk inherits", () => {
		const scene = new Scene("K1");
		scene.wire(example("ex10-chunked-system"));
		const [, second, third] = scene.drive.entries.filter((entry) => entry.protocol === "msrp");
		expect(third!.verdict).toMatchObject({ headline: second!.verdict!.headline, firings: second!.verdict!.firings });
	});

	it("R6: aborted before its headers ended", () => {
		const scene = new Scene("K1");
		const verdict = scene.wire(
			"MSRP abrt1234 SEND\r\nTo-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nFrom-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nMessage-ID: half\r\nByte-Range: 1-*/500\r\nContent-Type: message/cpim\r\n\r\nFrom: <sip:sess-7f3a@focus.im.example.com\r\n-------abrt1234#\r\n",
		);
		expect(verdict).toMatchObject({ headline: "incomplete", confidence: "none", firings: [{ rule: "R6" }] });
	});

	it("R10: From and To are both strangers to the dialog: a conference, with little confidence", () => {
		const verdict = new Scene("K5").cpim("sip:dave@example.com", "sip:erin@example.com");
		expect(verdict.flags).toContain("conference-inferred");
		expect(verdict.confidence).toBe("low");
		// One of the two is a party, or anonymous: nothing is inferred.
		expect(new Scene("K5").cpim("sip:dave@example.com", BOB).headline).toBe("one-to-one");
		expect(new Scene("K5").cpim(ANONYMOUS, ANONYMOUS).headline).toBe("one-to-one");
	});

	it("R10: what isfocus told is remembered for the later messages of the session", () => {
		const scene = new Scene("K5");
		expect(scene.cpim(`${S};isfocus`, `${S};isfocus`).headline).toBe("system");
		const later = scene.cpim(BOB, ALICE);
		expect(later).toMatchObject({ headline: "private", flags: expect.arrayContaining(["conference-inferred"]) });
		expect(later.firings[0]).toMatchObject({ rule: "R10", evidence: [{ what: "isfocus in an earlier message of this session" }] });
		// What strangers' addresses suggest is too weak for that, and so is a peer who writes isfocus about himself.
		for (const [from, to] of [
			["sip:dave@example.com", "sip:erin@example.com"],
			[`${ALICE};isfocus`, BOB],
		] as const) {
			const other = new Scene("K5");
			other.cpim(from, to);
			expect(other.cpim(ALICE, BOB)).toMatchObject({ headline: "one-to-one", flags: [] });
		}
	});

	it("R14: the room's own user part is no participant, a listed one with isfocus is suspect", () => {
		expect(new Scene("K1").cpim(S, S).flags).toEqual([]);
		expect(new Scene("K1").cpim(`${BOB};isfocus`, S).flags).toContain("spoof-suspect");
	});

	it("R24 in the OMA profile: an anonymous To says nothing", () => {
		const verdict = new Scene("K1", { given: { profile: "oma" } }).cpim(ALICE, ANONYMOUS);
		expect(verdict).toMatchObject({ headline: "unknown", audience: "unknown", confidence: "low" });
	});

	it("R27: cc never changes the audience; the room among cc of a private message is told", () => {
		const verdict = new Scene("K1").send(cpim(ALICE, BOB, undefined, `cc: <${S}>\r\n`));
		expect(verdict.flags).toContain("cc-group");
		expect(new Scene("K1").send(cpim(ALICE, BOB, undefined, `cc: <${CAROL}>\r\n`)).flags).not.toContain("cc-group");
	});

	it("R35: two senders write to the same unknown address", () => {
		const scene = new Scene("K2p");
		expect(scene.cpim(ALICE, S0).flags).not.toContain("suspected-rewrite");
		const second = scene.cpim(CAROL, S0);
		expect(second.flags).toContain("suspected-rewrite");
		expect(second.firings.find((item) => item.rule === "R35")!.evidence).toEqual([
			{ what: "may be the session identity", value: `<${S0}>`, start: 31, end: 73 },
		]);
	});
});

describe("confidence", () => {
	it.each([
		["octet and uri are high", "uri", S0, "high"],
		["transport in one only is uncertain", "uri", `${S0};transport=tcp`, "medium"],
		["aor is medium", "aor", "sips:sess-7f3a@focus.im.example.com", "medium"],
	] as const)("%s", (_, level, from, confidence) => {
		const verdict = new Scene("K4", { level }).cpim(from, S0);
		expect(verdict).toMatchObject({ headline: "system", confidence });
	});

	it("number is medium", () => {
		const scene = new Scene("K7", { given: { roster: ["tel:+12025550101"] } });
		expect(scene.cpim("sip:+12025550101@example.com;user=phone", S)).toMatchObject({ headline: "group", confidence: "medium" });
	});

	it("an address without brackets caps its axis at low (Q3)", () => {
		const verdict = new Scene("K1").send(`From: ${ALICE}\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nhello`);
		expect(verdict).toMatchObject({ headline: "group", confidence: "low" });
		expect(verdict.flags).toContain("no-brackets");
	});

	it("G that was dialled in a call without Contact isfocus is medium (Q12)", () => {
		const scene = new Scene("K0");
		scene.call({ contact: "<sip:x@198.51.100.20>", dialled: G });
		expect(scene.cpim(ALICE, G)).toMatchObject({ headline: "group", confidence: "medium" });
	});
});

describe("switches", () => {
	it("--identity-match", () => {
		const other = "SIP:sess-7f3a@FOCUS.im.example.com";
		expect(new Scene("K4", { level: "octet" }).cpim(other, S0).origin).toBe("participant");
		expect(new Scene("K4", { level: "uri" }).cpim(other, S0).origin).toBe("system");
		expect(new Scene("K4", { level: "uri" }).cpim("sips:sess-7f3a@focus.im.example.com", S0).origin).toBe("participant");
		expect(new Scene("K4", { level: "aor" }).cpim("sips:sess-7f3a@focus.im.example.com", S0).origin).toBe("system");
	});

	it("--rule-set: before the change request, as it is worded, and both", () => {
		const headline = (rules: "cr" | "legacy" | "both"): string => new Scene("K2", { rules }).cpim(S, S).headline;
		expect([headline("legacy"), headline("cr"), headline("both")]).toEqual(["private", "private-system", "system"]);
	});

	it("--profile", () => {
		const audience = (profile: "oma" | "rcs" | "rfc7701" | "auto"): string =>
			new Scene("K1", { given: { profile } }).cpim(ALICE, ANONYMOUS).audience;
		expect(audience("rcs")).toBe("all");
		expect(audience("oma")).toBe("unknown");
		expect(audience("rfc7701")).toBe("unknown");
		// Q16: an anonymous To in a conference is itself a mark of RCS.
		expect(audience("auto")).toBe("all");
	});
});
