import { describe, expect, it } from "vitest";
import { Scene } from "./contexts.js";

const TEL = "tel:+12025550177";

describe("worked examples with another group or another sender", () => {
	it("W50: a telephone URI as group: isfocus in From is seen, identity comparison fails by its parameters", () => {
		const scene = new Scene("K6", { given: { groupIdentity: [TEL] } });
		const verdict = scene.cpim(`${TEL};isfocus`, TEL);
		expect(verdict).toMatchObject({ headline: "system", confidence: "medium" });
		expect(verdict.flags).toContain("non-sip");
		expect(verdict.divergences.map((item) => item.code).sort()).toEqual(["DA2", "DO1"]);
	});

	it("W29: a participant writes isfocus into its own address", () => {
		const scene = new Scene("K1");
		const verdict = scene.cpim("sip:bob@example.com;isfocus", "sip:sess-7f3a@focus.im.example.com;isfocus", false);
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truthHeadline: "group" });
		expect(verdict.flags).toContain("spoof-suspect");
		expect(verdict.divergences.map((item) => item.code)).toContain("DO4");
	});

	it("W30 without the sender's leg: suspected, not proven", () => {
		const verdict = new Scene("K1").cpim("sip:mallory@example.com;isfocus", "sip:sess-7f3a@focus.im.example.com;isfocus");
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truth: undefined });
		expect(verdict.flags).toContain("spoof-suspect");
		expect(verdict.divergences.map((item) => item.code)).not.toContain("DO4");
	});
});
