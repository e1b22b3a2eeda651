import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { WhatIf, type WhatIfMessage, type WhatIfOptions, type WhatIfRewrite } from "../../src/core/alg/what-if.js";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { WhatIfReport } from "../../src/core/explain/what-if-report.js";
import { whatIfText } from "../../src/core/explain/what-if-text.js";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { type Context, example, G, S, S0, Scene } from "../classify/contexts.js";

const ROSTER = {
	roster: ["alice", "bob", "carol", "mallory"]
		.map((user) => `sip:${user}@example.com`)
		.concat("tel:+12025550101", "sip:anonymous-1@anonymous.invalid"),
};

function ask(scene: Scene, names: readonly string[], more: Partial<WhatIfOptions> = {}): (WhatIfMessage | WhatIfRewrite)[] {
	const whatIf = new WhatIf({ names, classify: { limits: DEFAULT_LIMITS, given: ROSTER }, ...more });
	return scene.drive.entries.flatMap((entry) => whatIf.entry(entry) ?? []);
}

function last(found: readonly (WhatIfMessage | WhatIfRewrite)[]): WhatIfMessage {
	return found.findLast((item): item is WhatIfMessage => item.kind === "message")!;
}

/** What a scene that has the box in its traffic says of its last message. */
function said(verdict: Verdict) {
	const models = Object.fromEntries(
		verdict.models.filter(({ model }) => model !== "truth").map(({ model, headline }) => [model, headline]),
	);
	const threads = Object.fromEntries(
		verdict.models.flatMap(({ model, conversation }) =>
			model === "truth" || conversation === undefined ? [] : [[model, `${conversation.thread} ${conversation.uri}`.trim()]],
		),
	);
	return { headline: verdict.headline, models, truth: verdict.truthHeadline, codes: verdict.divergences.map(({ code }) => code), threads };
}

const wire = (name: string) => (scene: Scene) => scene.wire(example(name));
const bare = (name: string) => (scene: Scene) => scene.send(example(name).replace(/\n+$/, ""));

/** The worked examples whose context has a box: from the same traffic without it, and the box's profile. */
const EXAMPLES: [string, Context, Context, readonly string[], (scene: Scene) => Verdict | undefined, string[]][] = [
	["W2", "K1", "K2", ["A2"], wire("ex01-system-isfocus"), ["DO1", "DA1"]],
	["W3", "K1", "K3", ["A2", "A3"], wire("ex01-system-isfocus"), ["DO1", "DA1", "DC1"]],
	["W3 by topo-strip", "K1", "K3", ["topo-strip"], wire("ex01-system-isfocus"), ["DO1", "DA1", "DC1"]],
	["W3 by anchor-b2bua", "K1", "K3", ["anchor-b2bua"], wire("ex01-system-isfocus"), ["DO1", "DA1", "DC1"]],
	["W2 by A1", "K1", "K2", ["A1"], wire("ex01-system-isfocus"), ["DO1", "DA1"]],
	["W2 by topoh", "K1", "K2", ["topoh"], wire("ex01-system-isfocus"), ["DO1", "DA1"]],
	["W2 by nated-contact", "K1", "K2", ["nated-contact"], wire("ex01-system-isfocus"), ["DO1", "DA1"]],
	["W5", "K4", "K4a", ["A2"], wire("ex02-system-without-isfocus"), ["DO3", "DA3"]],
	["W7", "K1", "K2", ["A2"], wire("ex03-group-adhoc"), ["DA1"]],
	["W11", "K1", "K2", ["A2"], wire("ex05-private-single"), []],
	["W15", "K1", "K2", ["A2"], wire("ex08-composing-from-focus"), ["DO1"]],
	["W20", "K1", "K2", ["A2"], bare("ex11-isfocus-after-bracket"), ["DO3", "DA3"]],
	["W35", "K1", "K2", ["A2"], wire("ex23-private-system"), ["DO1"]],
	["W1, nothing rewritten", "K1", "K1", ["rtpe-pass"], wire("ex01-system-isfocus"), []],
	["W1, A4 leaves an equal URI", "K1", "K1", ["A4"], wire("ex01-system-isfocus"), []],
];

describe("what a box would change is what it changes", () => {
	it.each(EXAMPLES)("%s", (_, without, withBox, names, run, codes) => {
		const plain = new Scene(without);
		const before = run(plain)!;
		const boxed = new Scene(withBox);
		const expected = said(run(boxed)!);
		const { before: was, after } = last(ask(plain, names));
		expect(was).toEqual(said(before));
		expect(expected.codes).toEqual(codes);
		expect(after.codes).toEqual(expected.codes);
		expect(after.headline).toBe(expected.headline);
		expect(after.models).toEqual(expected.models);
		// A box that leaves Contact alone makes two legs of one, so truth is known where it was not.
		if (without !== withBox) expect(after.truth).toBe(expected.truth);
	});

	it("W8 and W9: a group identity survives for who dialled it, A5 takes it from who was invited", () => {
		const dialled = new Scene("K6");
		dialled.cpim("sip:alice@example.com", G);
		expect(last(ask(dialled, ["A2", "A5"])).after.models).toMatchObject({ legacy: "group", reference: "group" });
		const invited = new Scene("K6i");
		invited.cpim("sip:alice@example.com", G);
		const { before, after } = last(ask(invited, ["A5"]));
		expect(before.models.reference).toBe("group");
		expect(after.models).toMatchObject({ legacy: "private", isfocus: "private", reference: "private" });
	});

	it("a NOTIFY repairs what the compliant client lost, not what the comparing one did", () => {
		const scene = new Scene("K1");
		scene.drive.connect("192.0.2.40:5060", "198.51.100.20:5060").send("b", example("ctx4-notify-conference-info"));
		scene.cpim(S0, S0);
		const { after } = last(ask(scene, ["A2"]));
		expect(after.models).toMatchObject({ reference: "system", legacy: "private" });
	});

	it("the client behind the box: source NAT rewrites its Contact and no identity", () => {
		const scene = new Scene("K1");
		scene.wire(example("ex01-system-isfocus"));
		const found = ask(scene, ["fw-snat"], { inside: "client" });
		// The request, and the Via of the response back again.
		expect(found.flatMap((item) => (item.kind === "rewrite" ? item.edits.map(({ part }) => `${item.entry.number} ${part}`) : []))).toEqual([
			"1 Via host:port",
			"1 Contact host:port",
			"2 Via host:port",
		]);
		expect(last(found).changed).toBe(false);
	});
});

describe("the report", () => {
	function report(names: readonly string[], fill: (scene: Scene) => void): WhatIfReport {
		const scene = new Scene("K1");
		fill(scene);
		const made = new WhatIfReport();
		for (const found of ask(scene, names)) made.add(found);
		return made;
	}

	it("says it in sentences, with entry numbers", () => {
		const made = report(["A2"], (scene) => {
			for (let i = 0; i < 3; i++) scene.cpim(S, S);
			scene.cpim("sip:alice@example.com", S);
			scene.cpim("sip:alice@example.com", "sip:bob@example.com");
		});
		expect(made.sentences()).toEqual([
			"with this rewriting an identity-comparing client shows 3 system messages as private (#3, #4, #5)",
			"with this rewriting an identity-comparing client shows 1 group message as private (#6)",
		]);
		expect(made.codes()).toEqual([
			{ code: "DA1", before: 0, after: 4 },
			{ code: "DO1", before: 0, after: 3 },
		]);
		expect([made.judged, made.changed, made.rewritten]).toEqual([5, 4, 2]);
		const text = whatIfText({ names: ["A2"], inside: "room", shows: "203.0.113.9:5071" }, made, PLAIN_PALETTE, Number.POSITIVE_INFINITY);
		expect(text.split("\n").slice(0, 15)).toEqual([
			"what if A2 stood in the path, the room behind it, showing 203.0.113.9:5071?",
			"",
			"2 SIP messages rewritten",
			"  #1  c1  INVITE",
			expect.stringMatching(
				/^ {6}Contact URI {2}sip:bob@192\.0\.2\.40:5060;transport=tcp → sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:5071 {2}\(A2: an invented name at the box\)$/,
			),
			"  #2  c1  200 OK (INVITE)",
			expect.stringMatching(
				/^ {6}Contact URI {2}sip:sess-7f3a@focus\.im\.example\.com;isfocus → sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:5071 {2}\(A2: an invented name at the box\)$/,
			),
			"",
			"4 of 5 judged messages shown differently",
			`  #3  c1  <${S}> → <${S}>`,
			"                      before                                          after",
			"      legacy          system                                          private",
			"      isfocus         system                                          system",
			"      reference       system                                          system",
			"      literal         system                                          private-system",
		]);
		expect(text).toContain("divergences: DA1 0 → 4, DO1 0 → 3\n");
	});

	it("tells apart what is shown and what it rests on", () => {
		const made = report(["A3"], (scene) => scene.cpim(S, S));
		expect(made.sentences()).toEqual([
			"with this rewriting every kind of client shows every message as before, but 1 message diverges otherwise than before",
		]);
		expect(made.codes()).toEqual([{ code: "DC1", before: 0, after: 1 }]);
	});

	it("says so when nothing changes, and when nothing was judged", () => {
		expect(report(["rtpe-pass"], (scene) => scene.cpim(S, S)).sentences()).toEqual([
			"with this rewriting every kind of client shows every message as before",
		]);
		expect(report(["A2"], () => {}).sentences()).toEqual(["no message was judged: there is nothing that clients could show differently"]);
	});

	it("counts what a box would not let through", () => {
		const made = new WhatIfReport();
		const scene = new Scene("K1");
		scene.drive
			.connect("192.0.2.40:5060", "198.51.100.20:5060")
			.send("a", "OPTIONS sip:x SIP/2.0\r\nCall-ID: o\r\nContent-Length: 0\r\n\r\n");
		for (const found of ask(scene, ["nf-sip"])) made.add(found);
		expect(made.dropped).toBe(1);
		expect(made.sentences()).toContain("1 SIP message would not get through");
	});

	it("escapes what came over the wire", () => {
		const made = report(["A2"], (scene) => scene.cpim("sip:a\u001b[31m@example.com", S));
		const text = whatIfText({ names: ["A2"], inside: "room", shows: "x" }, made, PLAIN_PALETTE, Number.POSITIVE_INFINITY);
		expect(text).not.toContain("\u001b");
		expect(text).toContain("\\x1b");
	});
});

describe("real traffic", () => {
	it.each(["topo-strip", "nf-sip:ports=any", "anchor-b2bua"])(
		"%s in the path of every capture: no verdict but by what was rewritten",
		async (name) => {
			const folder = new URL("../../captures/", import.meta.url);
			for (const file of readdirSync(folder).filter((item) => /\.p?cap(ng)?$/.test(item))) {
				const whatIf = new WhatIf({ names: [name], classify: { limits: DEFAULT_LIMITS } });
				let rewritten = 0;
				let changed = 0;
				let seen = 0;
				await analyzeCapture(
					fileURLToPath(new URL(file, folder)),
					{ classify: {} },
					{
						entry: (entry) => {
							seen++;
							const found = whatIf.entry(entry);
							if (found?.kind === "rewrite") rewritten++;
							else if (found?.changed) changed++;
						},
						done: () => seen > 1500,
					},
				);
				if (rewritten === 0) expect(changed, file).toBe(0);
			}
		},
	);

	it("sylkserver: every client still shows every message as before, as its room is known by what was dialled", async () => {
		const whatIf = new WhatIf({ names: ["A2", "A3"], classify: { limits: DEFAULT_LIMITS } });
		const made = new WhatIfReport();
		await analyzeCapture(
			fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url)),
			{ classify: {} },
			{
				entry: (entry) => {
					const found = whatIf.entry(entry);
					if (found !== undefined) made.add(found);
				},
			},
		);
		expect([made.rewritten, made.judged, made.changed]).toEqual([18, 42, 42]);
		expect(made.codes().find(({ code }) => code === "DC1")).toEqual({ code: "DC1", before: 0, after: 42 });
		expect(made.sentences()).toEqual([
			"with this rewriting every kind of client shows every message as before, but 42 messages diverge otherwise than before",
		]);
	});
});
