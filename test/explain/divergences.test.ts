import { describe, expect, test } from "vitest";
import { DivergenceReport } from "../../src/core/explain/divergence-report.js";
import { divergenceSuite } from "../../src/core/explain/junit-divergences.js";
import { junitXml } from "../../src/core/export/junit.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import type { Entry } from "../../src/core/model/entry.js";
import { parseXml } from "../../src/core/protocols/xml/index.js";
import { ALICE, BOB, S, Scene, X } from "./scene.js";

function report(entries: readonly Entry[]): DivergenceReport {
	const made = new DivergenceReport();
	for (const entry of entries) made.entry(entry);
	return made;
}

function diverging(): Scene {
	const scene = new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
	scene.send(S, S);
	scene.send(ALICE, S);
	scene.send(ALICE, BOB);
	return scene;
}

const CAUSE = `Contact rewritten: <${S}> became <${X}>`;

describe("by cause", () => {
	test("each message with what is shown, and the count", () => {
		expect(report(diverging().entries).text(PLAIN_PALETTE).split("\n")).toEqual([
			`cause: ${CAUSE}`,
			"  ! DA1 a client that compares identities shows a message to all as private",
			"  ! DO1 a client that compares identities misses a system message that isfocus shows",
			`    #5  c1  DO1 DA1  <${S}> → <${S}>  legacy: private  isfocus: system  truth: system`,
			`    #6  c1  DA1      <${ALICE}> → <${S}>                       legacy: private  isfocus: group   truth: group`,
			"  2 messages",
			"",
			"2 of 3 CPIM messages of conferences diverge: DA1 2, DO1 1 (0 errors, 3 warnings, 0 notes)",
			"",
		]);
	});

	test("sentences when there is none", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		expect(report(scene.entries).text(PLAIN_PALETTE)).toBe(
			"no CPIM message of a conference was seen: nothing on which clients could differ\n",
		);
		scene.send(S, S);
		expect(report(scene.entries).text(PLAIN_PALETTE)).toBe(
			"no divergence: every kind of client shows each of the 1 CPIM messages of conferences alike\n",
		);
	});

	test("hostile addresses and many causes: escaped and bounded", () => {
		const scene = new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
		const entry = scene.send(S, `sip:a\x1b[2J@x;isfocus`);
		expect(entry.verdict!.divergences.length).toBeGreaterThan(0);
		expect(report([entry]).text(PLAIN_PALETTE)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
		const [divergence] = entry.verdict!.divergences;
		const many = Array.from({ length: 3000 }, (_, index): Entry => {
			const verdict = { ...entry.verdict!, divergences: [{ ...divergence!, cause: `cause ${index}` }] };
			return { ...entry, cpim: entry.cpim, number: index, verdict } as unknown as Entry;
		});
		const causes = report(many).causes();
		expect(causes.length).toBe(201);
		expect(causes.at(-1)).toMatchObject({ cause: "(other causes)", messages: 2800 });
		expect(causes.at(-1)!.entries.length).toBe(1000);
	});
});

describe("JUnit", () => {
	test("a case for each cause", () => {
		const [divergence] = diverging().entries[4]!.verdict!.divergences;
		const xml = (text: string) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
		const texts = diverging().entries.flatMap((entry) => entry.verdict?.divergences.map(({ code, text }) => `${code}: ${text}`) ?? []);
		expect(divergence!.cause).toBe(CAUSE);
		expect(junitXml([divergenceSuite(report(diverging().entries))])).toBe(
			`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mitmsrp" tests="1" failures="1" errors="0" skipped="0">
	<testsuite name="divergences" tests="1" failures="1" errors="0" skipped="0">
		<testcase name="${xml(CAUSE)}" classname="mitmsrp.divergences">
			<failure message="2 messages that kinds of client show differently">${xml([...new Set(texts)].join("\n")).replaceAll("\n", "&#10;")}&#10;messages #5 #6</failure>
		</testcase>
	</testsuite>
</testsuites>
`,
		);
	});

	test("a case that passes when there is none", () => {
		expect(junitXml([divergenceSuite(report([]))])).toContain('\t\t<testcase name="clients agree" classname="mitmsrp.divergences"/>\n');
	});

	test("hostile text leaves it well-formed", () => {
		const nasty = "\x00\x1b]]>\ufffe\uffff\ud800<![CDATA[&\"'\u202e\n</failure>";
		const text = junitXml([
			{
				name: nasty,
				cases: [
					{ name: nasty, className: nasty, failure: { message: nasty, text: nasty } },
					{ name: nasty, className: "c", skipped: nasty },
				],
			},
		]);
		const octets = Buffer.from(text, "utf8");
		expect(parseXml(octets, 0, octets.length, 1 << 20).error).toBeUndefined();
		expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\ufffe\uffff]/);
		expect(text).toContain("\\x00\\x1b]]&gt;\\ufffe\\uffff\\ud800&lt;![CDATA[&amp;&quot;&apos;\\u202e&#10;&lt;/failure&gt;");
	});
});
