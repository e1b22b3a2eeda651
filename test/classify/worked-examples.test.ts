import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import type { ClientModel } from "../../src/core/classify/types.js";
import { example, Scene, X } from "./contexts.js";
import { BOB, ROWS } from "./table.js";

const shown = (verdict: Verdict, model: ClientModel) => {
	const view = verdict.models.find((item) => item.model === model);
	return view === undefined ? undefined : `${view.headline} ${view.confidence}`;
};

describe("worked examples of the classification specification, every column", () => {
	for (const [name, row] of Object.entries(ROWS)) {
		it(name, () => {
			const verdict = row.run(new Scene(row.context)) as Verdict;
			const { headline, confidence, origin, audience, truth, truthHeadline } = verdict;
			expect({
				is: `${headline} ${confidence} ${origin} ${audience}`,
				flags: verdict.flags.join(" "),
				rules: verdict.firings.map(({ rule }) => rule).join(" "),
				codes: verdict.divergences.map(({ code, severity }) => `${code}:${severity}`).join(" "),
				truth: truth === undefined ? undefined : `${truthHeadline} ${truth.origin} ${truth.audience}`,
				payload: verdict.payload,
			}).toEqual({
				is: row.is,
				flags: row.flags ?? "",
				rules: row.rules,
				codes: row.codes ?? "",
				truth: row.truth,
				payload: row.payload ?? "content",
			});
			for (const [model, shows] of Object.entries(row.models ?? {})) expect(shown(verdict, model as ClientModel), model).toBe(shows);
		});
	}

	it("W17: three chunks: incomplete, system, inherited", () => {
		const scene = new Scene("K1");
		scene.wire(example("ex10-chunked-system"));
		const verdicts = scene.drive.entries.flatMap((entry) => (entry.protocol === "msrp" ? [entry.verdict] : []));
		expect(verdicts.map((verdict) => `${verdict?.headline} ${verdict?.confidence}`)).toEqual([
			"incomplete none",
			"system high",
			"system high",
		]);
		expect(verdicts[0]?.firings).toEqual([
			{ rule: "R4", clause: "RFC 4975 §13", evidence: [{ what: "not received", value: "From and To" }] },
		]);
		const numbers = scene.drive.entries.flatMap((entry) => (entry.protocol === "msrp" ? [entry.number] : []));
		expect(verdicts[2]?.history).toEqual([
			{ entry: numbers[0], headline: "incomplete" },
			{ entry: numbers[1], headline: "system" },
			{ entry: numbers[2], headline: "system" },
		]);
	});

	it("W18: the first chunk was never seen", () => {
		const scene = new Scene("K1");
		const text = example("ex10-chunked-system");
		scene.wire(text.slice(text.indexOf("MSRP c10aaaa2")));
		const verdicts = scene.drive.entries.flatMap((entry) => (entry.protocol === "msrp" ? [entry.verdict] : []));
		expect(verdicts.map((verdict) => `${verdict?.headline} ${verdict?.confidence}`)).toEqual(["incomplete none", "incomplete none"]);
		expect(verdicts.flatMap((verdict) => verdict?.firings.map(({ rule }) => rule))).toEqual(["R6", "R6"]);
	});

	it("W22: the chain of who asserts whom", () => {
		const text = example("ex13-nested-cpim").replace(/\n+$/, "");
		const scene = new Scene("K1");
		const firing = scene.send(text).firings.find(({ rule }) => rule === "R31");
		expect(firing?.evidence).toEqual([
			{ what: "Content-Type", value: "message/cpim", start: text.indexOf("Content-Type"), end: text.indexOf("Content-Type") + 28 },
			{
				what: "who is said to have written",
				value: "<im:alice@example.com>",
				start: text.indexOf("From: <im:"),
				end: text.indexOf("To: <im:"),
			},
		]);
	});

	it("W23 in the OMA profile: the anonymous To says nothing", () => {
		const verdict = new Scene("K7", { given: { profile: "oma" } }).send(example("ex14-rcs-profile-group"));
		expect(verdict).toMatchObject({ headline: "unknown", origin: "participant", audience: "unknown", confidence: "low" });
	});

	it("W23: the IMDN that it asks for, under NS without space", () => {
		const scene = new Scene("K7");
		scene.send(example("ex14-rcs-profile-group"));
		const entry = scene.drive.entries.at(-1);
		expect(entry?.protocol === "msrp" && entry.cpim?.imdn.dispositionNotification).toEqual(["positive-delivery", "display"]);
	});

	it("W25: negative-delivery is asked for under the prefix dn", () => {
		const scene = new Scene("K1");
		scene.send(example("ex15-escapes-utf8-namespaces"));
		const entry = scene.drive.entries.at(-1);
		expect(entry?.protocol === "msrp" && entry.cpim?.imdn).toMatchObject({
			messageId: "9f3c22aa10",
			dispositionNotification: ["negative-delivery"],
		});
	});

	it("the message from behind the ALG keeps its truth: X is on no leg but the client's", () => {
		expect(new Scene("K2").cpim(BOB, X, false).truthHeadline).toBe("unknown");
	});
});
