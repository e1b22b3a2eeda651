import { describe, expect, test } from "vitest";
import { type Chain, ChainCollector, missingLinks } from "../../src/core/explain/chain.js";
import { ChainText, chainSentences } from "../../src/core/explain/chain-text.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import type { Entry } from "../../src/core/model/entry.js";
import { sip } from "../pipeline/drive.js";
import { ALICE, BOB, S, Scene } from "./scene.js";

const IMDN_ROWS = ["NS: imdn <urn:ietf:params:imdn>", "DateTime: 2026-11-23T04:27:34Z"];
const asks = (id: string, what: string) => [...IMDN_ROWS, `imdn.Message-ID: ${id}`, `imdn.Disposition-Notification: ${what}`];

function imdn(id: string, kind: "delivery" | "display", status: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-11-23T04:27:35Z</datetime><${kind}-notification><status><${status}/></status></${kind}-notification></imdn>`;
}

function chainsOf(entries: readonly Entry[], limit?: number): Chain[] {
	const chains: Chain[] = [];
	const collector = new ChainCollector((chain) => chains.push(chain), limit);
	for (const entry of entries) collector.add(entry);
	collector.end();
	return chains;
}

function whole(): Scene {
	const scene = new Scene(`<${S}>;isfocus`);
	scene.send(BOB, S, { fromBob: true, msrp: ["Success-Report: yes"], rows: asks("i1", "positive-delivery, display") });
	scene.answer("200", true);
	scene.answer("report", true);
	scene.send(ALICE, BOB, {
		type: "message/imdn+xml",
		text: imdn("i1", "delivery", "delivered"),
		rows: [...IMDN_ROWS, "imdn.Message-ID: n1"],
	});
	scene.answer("200", false);
	scene.send(ALICE, BOB, {
		type: "message/imdn+xml",
		text: imdn("i1", "display", "displayed"),
		rows: [...IMDN_ROWS, "imdn.Message-ID: n2"],
	});
	return scene;
}

describe("chains", () => {
	test("all links, with entries and times", () => {
		const [chain, ...others] = chainsOf(whole().entries);
		expect(others).toEqual([]);
		expect(chain).toMatchObject({
			entry: 3,
			session: "c1",
			label: "GRP",
			title: "bob → sess-7f3a: text/plain «Hello»",
			wanted: { response: true, report: true, delivered: true, displayed: true },
		});
		const steps = Object.entries(chain!.steps).map(([link, [step]]) => [link, step?.entry, step?.text]);
		expect(steps).toEqual([
			["response", 4, "200 OK"],
			["report", 5, "000 200 OK"],
			["delivered", 6, "delivered"],
			["displayed", 8, "displayed"],
		]);
		expect(missingLinks(chain!)).toEqual([]);
	});

	test("the 200 of a notification is no link, but all its entries know their chain", () => {
		const { entries } = whole();
		const collector = new ChainCollector(() => {});
		for (const entry of entries) collector.add(entry);
		expect([3, 4, 5, 6, 7, 8].map((number) => collector.of(number)?.entry)).toEqual([3, 3, 3, 3, undefined, 3]);
	});

	test.each([
		[[], [], ["response"]],
		[["Failure-Report: no"], [], []],
		[["Failure-Report: partial"], [], []],
		[["Failure-Report: no", "Success-Report: yes"], [], ["report"]],
		[["Failure-Report: no"], asks("i1", "display"), ["displayed"]],
		[["Failure-Report: no"], asks("i1", "negative-delivery"), []],
	])("missing with %j %j", (msrp, rows, missing) => {
		const scene = new Scene(`<${S}>;isfocus`);
		scene.send(BOB, S, { fromBob: true, msrp, rows });
		expect(missingLinks(chainsOf(scene.entries)[0]!)).toEqual(missing);
	});

	test("SIP MESSAGE", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		const connection = scene.drive.connect("192.0.2.1:5060", "192.0.2.2:5060");
		const rows = {
			Via: "SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKm",
			"Max-Forwards": "70",
			From: `<${ALICE}>;tag=1`,
			To: `<${BOB}>`,
			"Call-ID": "m1",
			CSeq: "1 MESSAGE",
		};
		connection.send("a", sip(`MESSAGE ${BOB} SIP/2.0`, rows, "Hi", "text/plain"));
		// The same message behind a proxy, and sent once more.
		const next = scene.drive.connect("192.0.2.2:5070", "192.0.2.3:5060");
		next.send(
			"a",
			sip(`MESSAGE ${BOB} SIP/2.0`, { ...rows, Via: `SIP/2.0/TCP 192.0.2.2:5070;branch=z9hG4bKn, ${rows.Via}` }, "Hi", "text/plain"),
		);
		connection.send("a", sip(`MESSAGE ${BOB} SIP/2.0`, rows, "Hi", "text/plain"));
		connection.send("b", sip("SIP/2.0 486 Busy Here", { ...rows, To: `<${BOB}>;tag=2` }));
		const [chain, ...others] = chainsOf(scene.entries);
		expect(others).toEqual([]);
		expect(chain?.steps.response.map(({ text }) => text)).toEqual(["486 Busy Here"]);
		expect(missingLinks(chain!)).toEqual([]);
	});

	test("what is too old is handed out first, once, in order", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		for (let count = 0; count < 20; count++) scene.send(ALICE, S);
		const numbers = chainsOf(scene.entries, 4).map(({ entry }) => entry);
		expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
	});
});

test("many steps: the first three and the last one by one", () => {
	const scene = new Scene(`<${S}>;isfocus`);
	scene.send(BOB, S, { fromBob: true, msrp: ["Success-Report: yes"] });
	for (let count = 0; count < 6; count++) scene.answer("report", true);
	const reports = chainSentences(chainsOf(scene.entries)[0]!).filter(({ link }) => link === "REPORT");
	expect(reports.map(({ text }) => text)).toEqual([
		"#4, 0.010000 s later",
		"#5, 0.020000 s later",
		"#6, 0.030000 s later",
		"#9, 0.060000 s later, after 2 more",
	]);
});

describe("as text", () => {
	const lines = (entries: readonly Entry[]) => {
		const text = new ChainText(PLAIN_PALETTE, 200);
		text.start({ sec: 1000, nsec: 0 });
		return (
			chainsOf(entries)
				.map((chain) => text.chain(chain))
				.join("") + text.end()
		).split("\n");
	};

	test("columns, and the count", () => {
		expect(lines(whole().entries)).toEqual([
			"    #        time sess class  response              REPORT                IMDN delivered        IMDN displayed        message",
			"    3    0.050000 c1   GRP    200 #4 +0.010000      200 #5 +0.020000      #6 +0.030000          #8 +0.050000          bob → sess-7f3a: text/plain «Hello»",
			"1 chat message; nothing that was asked for is missing",
			"",
		]);
	});

	test("what is missing, and what failed", () => {
		const scene = new Scene(`<${S}>;isfocus`);
		scene.send(BOB, S, { fromBob: true, rows: asks("i1", "positive-delivery, display") });
		scene.send(BOB, S, { fromBob: true, msrp: ["Success-Report: yes"], text: "\x1b[2J" });
		scene.answer("413", true);
		expect(lines(scene.entries).slice(1)).toEqual([
			"    3    0.050000 c1   GRP    MISSING               -                     MISSING               MISSING               bob → sess-7f3a: text/plain «Hello»",
			"    4    0.060000 c1   GRP    413 #5 +0.010000      MISSING               -                     -                     bob → sess-7f3a: text/plain «\\x1b[2J»",
			"2 chat messages; missing: 1 response, 1 REPORT, 1 IMDN delivered, 1 IMDN displayed",
			"",
		]);
	});

	test("no message", () => {
		expect(lines([])).toEqual(["no chat message was seen", ""]);
	});
});
