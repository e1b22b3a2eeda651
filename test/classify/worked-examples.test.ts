import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { type Context, example, F, G, S, S0, Scene, X } from "./contexts.js";

/** headline, confidence, divergence codes, then whatever else the table names */
interface Row {
	context: Context;
	run(scene: Scene): Verdict | undefined;
	headline: string;
	confidence: string;
	codes?: string[];
	origin?: string;
	audience?: string;
	flags?: string[];
	truth?: string | undefined;
	payload?: string;
}

const wire = (name: string) => (scene: Scene) => scene.wire(example(name));
const bare = (name: string) => (scene: Scene) => scene.send(example(name).replace(/\n+$/, ""));
const pair =
	(from: string, to: string, toClient = true) =>
	(scene: Scene) =>
		scene.cpim(from, to, toClient);
const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";

const ROWS: Record<string, Row> = {
	W1: { context: "K1", run: wire("ex01-system-isfocus"), headline: "system", confidence: "high", codes: [] },
	W2: { context: "K2", run: wire("ex01-system-isfocus"), headline: "system", confidence: "high", codes: ["DO1", "DA1"] },
	W3: { context: "K3", run: wire("ex01-system-isfocus"), headline: "system", confidence: "high", codes: ["DO1", "DA1", "DC1"] },
	W4: { context: "K4", run: wire("ex02-system-without-isfocus"), headline: "system", confidence: "high", codes: ["DO2", "DA2"] },
	W5: {
		context: "K4a",
		run: wire("ex02-system-without-isfocus"),
		headline: "private",
		confidence: "low",
		codes: ["DO3", "DA3"],
		truth: "system",
	},
	W6: { context: "K1", run: wire("ex03-group-adhoc"), headline: "group", confidence: "high", codes: [] },
	W7: { context: "K2", run: wire("ex03-group-adhoc"), headline: "group", confidence: "high", codes: ["DA1"] },
	W8: { context: "K6", run: wire("ex04-group-predefined"), headline: "group", confidence: "high", codes: ["DA2"] },
	W9: { context: "K6i", run: wire("ex04-group-predefined"), headline: "group", confidence: "medium", codes: ["DA3"] },
	W10: { context: "K1", run: wire("ex05-private-single"), headline: "private", confidence: "high", codes: [] },
	W11: { context: "K2", run: wire("ex05-private-single"), headline: "private", confidence: "high", codes: [] },
	W12: {
		context: "K1",
		run: wire("ex06-private-two-recipients"),
		headline: "private",
		confidence: "high",
		audience: "private-multi",
		codes: [],
	},
	W13: { context: "K1", run: wire("ex07-mixed-group-and-user"), headline: "ambiguous", confidence: "low", audience: "all" },
	W14: {
		context: "K1",
		run: wire("ex08-composing-from-focus"),
		headline: "composing",
		confidence: "high",
		origin: "system",
		flags: ["composing-from-focus"],
		codes: [],
	},
	W15: { context: "K2", run: wire("ex08-composing-from-focus"), headline: "composing", confidence: "high", codes: ["DO1"] },
	W16: { context: "K1", run: wire("ex09-imdn-from-focus"), headline: "imdn", confidence: "high", codes: [] },
	W19: {
		context: "K1",
		run: bare("ex11-isfocus-after-bracket"),
		headline: "system",
		confidence: "medium",
		flags: ["misplaced"],
		codes: ["DO2", "DA2"],
	},
	W20: {
		context: "K2",
		run: bare("ex11-isfocus-after-bracket"),
		headline: "private",
		confidence: "low",
		truth: "system",
		codes: ["DO3", "DA3"],
	},
	W21: { context: "K1", run: bare("ex12-no-separator-line"), headline: "group", confidence: "high" },
	W22: { context: "K1", run: bare("ex13-nested-cpim"), headline: "system", confidence: "medium", flags: ["nested"], payload: "nested" },
	W23: { context: "K7", run: bare("ex14-rcs-profile-group"), headline: "group", confidence: "medium" },
	W24: { context: "K5", run: bare("ex18-one-to-one-anonymous"), headline: "one-to-one", confidence: "high", origin: "peer" },
	W25: { context: "K1", run: bare("ex15-escapes-utf8-namespaces"), headline: "group", confidence: "high" },
	W26: {
		context: "K1",
		run: wire("ex16-external-attachment"),
		headline: "group",
		confidence: "high",
		payload: "external",
		flags: ["attachment"],
	},
	W27: { context: "K1", run: wire("ex17-plain-text-in-conference"), headline: "unwrapped", confidence: "low" },
	W28: { context: "K5", run: wire("ex17-plain-text-in-conference"), headline: "one-to-one", confidence: "high" },
	W31: { context: "K1", run: bare("ex20-no-from-no-to"), headline: "malformed", confidence: "none" },
	W32: { context: "K1", run: bare("ex21-case-and-escapes-in-uri"), headline: "system", confidence: "high", codes: ["DO1"] },
	W33: { context: "K1", run: wire("ex22-report-success"), headline: "report", confidence: "high" },
	W34: { context: "K1", run: wire("ex23-private-system"), headline: "private-system", confidence: "high", codes: [] },
	W35: { context: "K2", run: wire("ex23-private-system"), headline: "private-system", confidence: "high", codes: ["DO1"] },
	W36: { context: "K2", run: wire("ex24-to-rewritten-by-alg"), headline: "group", confidence: "high", codes: ["DA2", "DS1"] },
	W38: { context: "K1", run: pair(BOB, S), headline: "group", confidence: "high", flags: ["own-copy"] },
	W39: { context: "K1", run: pair(BOB, "sip:carol@example.com"), headline: "private", confidence: "high", flags: ["own-copy"] },
	W40: { context: "K1", run: pair(BOB, BOB), headline: "private", confidence: "high", audience: "self" },
	W41: { context: "K1", run: pair("sip:anonymous-1@anonymous.invalid", S), headline: "group", confidence: "medium", origin: "anonymous" },
	W42: { context: "K1", run: pair("sip:anonymous@anonymous.invalid", BOB), headline: "private", confidence: "low", origin: "anonymous" },
	W43: { context: "K6", run: pair(G, G), headline: "system", confidence: "high", codes: ["DO2", "DA2"] },
	W44: { context: "K6", run: pair(`${G};isfocus`, `${G};isfocus`), headline: "system", confidence: "high", codes: [] },
	W45: { context: "K1", run: pair("sip:room;isfocus@im.example.com", S), headline: "group", confidence: "low", flags: ["unlisted"] },
	W46: { context: "K1", run: pair(`${S0}?isfocus=1`, S), headline: "group", confidence: "low", flags: ["unlisted"] },
	W47: { context: "K1", run: pair(`${S0};%69sfocus`, S), headline: "system", confidence: "medium", flags: ["escaped"] },
	W48: {
		context: "K1",
		run: pair("sips:sess-7f3a@focus.im.example.com;isfocus", S),
		headline: "system",
		confidence: "high",
		codes: ["DO1"],
	},
	W49: {
		context: "K1",
		run: pair("sip:sess-7f3a@focus.im.example.com:5060;isfocus", S),
		headline: "system",
		confidence: "high",
		codes: ["DO1"],
	},
	W51: { context: "K1", run: pair(ALICE, F), headline: "unknown", confidence: "low", audience: "unknown" },
	W52: { context: "K2n", run: wire("ex01-system-isfocus"), headline: "system", confidence: "high", codes: ["DO1", "DA1"] },
	W53: {
		context: "K2p",
		run: wire("ex02-system-without-isfocus"),
		headline: "private",
		confidence: "low",
		truth: undefined,
		flags: ["suspected-rewrite"],
		codes: [],
	},
	W55: { context: "K1", run: pair(`${S0};isfocus=false`, S), headline: "unknown", confidence: "low", audience: "all" },
	W56: {
		context: "K5",
		run: pair(`${ALICE};isfocus`, BOB),
		headline: "one-to-one",
		confidence: "high",
		origin: "peer",
		flags: ["spoof-suspect"],
	},
};

describe("worked examples of the classification specification", () => {
	for (const [name, row] of Object.entries(ROWS)) {
		it(name, () => {
			const verdict = row.run(new Scene(row.context));
			expect(verdict).toBeDefined();
			const got = verdict as Verdict;
			expect({ headline: got.headline, confidence: got.confidence }).toEqual({ headline: row.headline, confidence: row.confidence });
			if (row.codes !== undefined) expect(got.divergences.map((item) => item.code).sort()).toEqual([...row.codes].sort());
			if (row.origin !== undefined) expect(got.origin).toBe(row.origin);
			if (row.audience !== undefined) expect(got.audience).toBe(row.audience);
			if (row.payload !== undefined) expect(got.payload).toBe(row.payload);
			if ("truth" in row) expect(got.truthHeadline).toBe(row.truth);
			for (const flag of row.flags ?? []) expect(got.flags).toContain(flag);
		});
	}

	it("W17: three chunks: incomplete, system, inherited", () => {
		const scene = new Scene("K1");
		const text = example("ex10-chunked-system");
		scene.wire(text);
		expect(scene.drive.entries.filter((entry) => entry.protocol === "msrp").map((entry) => entry.verdict?.headline)).toEqual([
			"incomplete",
			"system",
			"system",
		]);
		expect(scene.drive.entries.at(-1)?.verdict?.history.map((item) => item.headline)).toEqual(["incomplete", "system", "system"]);
	});

	it("W18: the first chunk was never seen", () => {
		const scene = new Scene("K1");
		const text = example("ex10-chunked-system");
		scene.wire(text.slice(text.indexOf("MSRP c10aaaa2")));
		expect(scene.drive.entries.at(-1)?.verdict).toMatchObject({ headline: "incomplete", confidence: "none" });
	});

	it("W54: a client that compares with the dialog misreads ad-hoc groups", () => {
		const verdict = new Scene("K1").cpim(ALICE, S);
		expect(verdict.headline).toBe("group");
		expect(verdict.models.find((view) => view.model === "dialog")?.headline).toBe("private");
	});

	it("the message from behind the ALG keeps its truth: X is on no leg but the client's", () => {
		expect(new Scene("K2").cpim(BOB, X, false).truthHeadline).toBe("unknown");
	});
});
