import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { CLASS_HEADLINES, classLabel, classWords } from "../../src/core/export/class-label.js";
import { jsonEntry } from "../../src/core/export/json.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import { entrySchema } from "../../src/core/export/schema.js";
import { Stats } from "../../src/core/export/stats.js";
import { statsJson, statsLine, statsText } from "../../src/core/export/stats-text.js";
import { TextExporter } from "../../src/core/export/text.js";
import { IM_FIELDS } from "../../src/core/fields/im.js";
import { fieldValue } from "../../src/core/fields/index.js";
import type { Entry } from "../../src/core/model/entry.js";
import { ALICE, BOB, S, S0, Scene, X } from "../explain/scene.js";
import { invite } from "./entries.js";

/** INVITE and 200 on two legs, then a system message, its response and REPORT, a group message and a private one. */
function entries(): Entry[] {
	const scene = new Scene(`<${X}>;isfocus`, `<${S}>;isfocus`);
	scene.send(S, S, { msrp: ["Success-Report: yes"] });
	scene.answer("200", false);
	scene.answer("report", false);
	scene.send(ALICE, S);
	scene.send(ALICE, BOB);
	return scene.entries;
}

const im = (entry: Entry) => Object.fromEntries(Object.entries(JSON.parse(jsonEntry(entry))).filter(([name]) => name.startsWith("im.")));

describe("labels", () => {
	test("every class has one of its own, short enough for the column", () => {
		const labels = CLASS_HEADLINES.map(classLabel);
		expect(labels.length).toBe(15);
		expect(new Set(labels).size).toBe(15);
		expect(new Set(CLASS_HEADLINES.map(classWords)).size).toBe(15);
		for (const label of labels) expect(label).toMatch(/^[A-Z1-]{2,6}$/);
	});
});

describe("text", () => {
	const column = (options: ConstructorParameters<typeof TextExporter>[0]) => {
		const exporter = new TextExporter(options);
		return entries().map((entry) => /(?:SIP |MSRP) (.*?)(?=INVITE|200|SEND|REPORT )/.exec(exporter.entry(entry))![1]);
	};

	test("the column stands from the first SDP with MSRP on, codes with their mark", () => {
		expect(column({ classes: true })).toEqual([
			"             ",
			"             ",
			"             ",
			"             ",
			"SYS !DO1 DA1 ",
			"             ",
			"RPT          ",
			"GRP !DA1     ",
			"PRIV         ",
		]);
	});

	test("narrow: the mark alone", () => {
		expect(column({ classes: true, width: 110 }).slice(3)).toEqual([
			"        ",
			"SYS!    ",
			"        ",
			"RPT     ",
			"GRP!    ",
			"PRIV    ",
		]);
	});

	test("no column where nothing is classified", () => {
		const exporter = new TextExporter({ classes: false });
		expect(exporter.entry({ ...invite(), links: { session: "c1" } })).toMatch(/ SIP {2}INVITE sip:room@example\.com \(sdp: MSRP\)\n$/);
	});

	test("colour comes beside the words, never instead", () => {
		const paint = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
		const classes = { system: paint("s"), group: paint("g"), private: paint("p"), quiet: paint("q"), odd: paint("o") };
		const palette = { ...PLAIN_PALETTE, classes, severity: { ...PLAIN_PALETTE.severity, warn: paint("w") } };
		const exporter = new TextExporter({ palette });
		const lines = entries().map((entry) => exporter.entry(entry));
		expect(lines[4]).toContain(" <s>SYS</s> <w>!DO1 DA1</w> SEND");
		expect(lines[7]).toContain(" <g>GRP</g> <w>!DA1</w>     SEND");
		expect(lines[8]).toContain(" <p>PRIV</p>         SEND");
	});

	test("-v", () => {
		const lines = new TextExporter({ verbosity: 1 }).entry(entries()[4]!).split("\n");
		const from = lines.findIndex((line) => line.startsWith("      class:"));
		expect(lines.slice(from, from + 16)).toEqual([
			"      class: SYS system, from system to all, payload content, confidence high; show: notice of the room, not replyable",
			`      thread: room ${X}`,
			"      class flags: identity-conflict",
			`      rule R12: CR 7.1.3.3; From <${S}>`,
			`      rule R20: CR 7.1.3.3; To <${S}>`,
			"      rule R34: CR 7.1.3.3",
			`      rule I2: RFC 4579 §4.2, RFC 4575 §5.2; contact ${X} (#4); contact ${S} (#3); cpim-from ${S} (#5)`,
			`      shown by legacy: private, from participant to private, confidence low, filed under private ${S}`,
			`      shown by isfocus: system, from system to all, confidence high, filed under room ${S}`,
			`      shown by literal: private-system, from system to private, confidence low, filed under private ${S}`,
			`      shown by dialog: private, from participant to private, confidence high, filed under private ${S}`,
			`      shown by phone: group, from peer to all, confidence low, filed under room ${X}`,
			`      shown by reference: system, from system to all, confidence high, filed under room ${X}`,
			"      truth: system, from system to all (Contact on the server's leg, entry 3)",
			`      ! DO1 warn: a client that compares identities misses a system message that isfocus shows: <${S}> is not <${X}> (user differs); cause: Contact rewritten: <${S}> became <${X}>`,
			`      ! DA1 warn: a client that compares identities shows a message to all as private: <${S}> is not <${X}> (user differs); cause: Contact rewritten: <${S}> became <${X}>`,
		]);
	});

	test("-v of a message in chunks: the class after each", () => {
		const [, , , , entry] = entries();
		const verdict = {
			...entry!.verdict!,
			history: [
				{ entry: 3, headline: "incomplete" as const },
				{ entry: 4, headline: "system" as const },
			],
		};
		entry!.verdict = verdict;
		expect(new TextExporter({ verbosity: 1 }).entry(entry!)).toContain("\n      class by chunk: #3 incomplete, #4 system\n");
	});
});

describe("JSON", () => {
	test("a system message that clients show differently", () => {
		expect(im(entries()[4]!)).toEqual({
			"im.class": "system",
			"im.origin": "system",
			"im.audience": "all",
			"im.payload": "content",
			"im.confidence": "high",
			"im.conversation": `room ${X}`,
			"im.conversations": { legacy: `private ${S}`, isfocus: `room ${S}`, reference: `room ${X}` },
			"im.conversations.unrewritten": { legacy: `room ${S}`, isfocus: `room ${S}`, reference: `room ${S}` },
			"im.flags": ["identity-conflict"],
			"im.rules": ["R12", "R20", "R34", "I2"],
			"im.divergence": ["DO1", "DA1"],
			"im.truth": "system",
			"im.models": {
				legacy: "private",
				isfocus: "system",
				literal: "private-system",
				dialog: "private",
				phone: "group",
				reference: "system",
				truth: "system",
			},
		});
	});

	test("nobody speaks with a REPORT; responses and SIP dialogs have nothing", () => {
		const all = entries();
		expect(im(all[6]!)).toEqual({ "im.class": "report", "im.confidence": "high", "im.rules": ["R1"] });
		for (const index of [0, 1, 2, 3, 5]) expect(im(all[index]!)).toEqual({});
	});

	test("flags", () => {
		const scene = new Scene(`<${X}>;isfocus`);
		expect(im(scene.send(S0, S0))["im.flags"]).toEqual(["unlisted", "to-not-me", "suspected-rewrite"]);
	});

	test("written from the field table, also the second time, and valid by the schema", () => {
		const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(entrySchema());
		for (const entry of entries()) {
			const first = jsonEntry(entry);
			expect(jsonEntry(entry)).toBe(first);
			const value = JSON.parse(first);
			expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
			for (const field of IM_FIELDS) expect(value[field.name]).toEqual(fieldValue(entry, field.name));
		}
		const stats = new Stats();
		expect(validate(JSON.parse(statsJson(stats.result())))).toBe(true);
	});

	test("messages alike share their verdict, others do not share its octets", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		const [a, b, c] = [scene.send(ALICE, S), scene.send(ALICE, S), scene.send(ALICE, BOB)];
		expect(b.verdict).toBe(a.verdict);
		expect(im(b)).toEqual(im(a));
		expect(im(c)["im.class"]).toBe("private");
	});
});

describe("statistics", () => {
	const result = () => {
		const stats = new Stats();
		for (const entry of entries()) stats.entry(entry);
		return stats.result();
	};

	test("classes, codes, and messages that diverge", () => {
		expect(result()).toMatchObject({
			classes: [
				["group", 1],
				["private", 1],
				["report", 1],
				["system", 1],
			],
			divergences: [
				["DA1", 2],
				["DO1", 1],
			],
			divergent: 2,
		});
		expect(statsLine(result())).toMatch(/, 2 messages that clients show differently$/);
		expect(statsText(result(), PLAIN_PALETTE, 200)).toContain(
			"classes         group 1  private 1  report 1  system 1\ndivergences     DA1 2  DO1 1\n",
		);
		expect(JSON.parse(statsJson(result()))).toMatchObject({ classes: { group: 1 }, divergences: { DA1: 2, DO1: 1 }, divergent: 2 });
	});

	test("a difference of spelling alone is no divergent message", () => {
		const [, , , , entry] = entries();
		const [divergence] = entry!.verdict!.divergences;
		entry!.verdict = { ...entry!.verdict!, divergences: [{ ...divergence!, severity: "note" }] };
		const stats = new Stats();
		stats.entry(entry!);
		expect(stats.result()).toMatchObject({ divergences: [["DO1", 1]], divergent: 0 });
	});
});
