import { describe, expect, it } from "vitest";
import { G, S, Scene, X } from "./contexts.js";

const TEL = "tel:+12025550177";
const BOB = "sip:bob@example.com";
const MALLORY = "sip:mallory@example.com";
const codes = (verdict: { divergences: readonly { code: string }[] }) => verdict.divergences.map((item) => item.code).sort();

describe("worked examples with another group or another sender", () => {
	it("W50: a telephone URI as group: isfocus in From is seen, identity comparison fails by its parameters", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, dialled: TEL });
		const verdict = scene.cpim(`${TEL};isfocus`, TEL);
		expect(verdict).toMatchObject({ headline: "system", confidence: "medium" });
		expect(verdict.flags).toContain("non-sip");
		expect(codes(verdict)).toEqual(["DA2", "DO1"]);
	});

	it("W50 with the group given by hand", () => {
		const verdict = new Scene("K6", { given: { groupIdentity: [TEL] } }).cpim(`${TEL};isfocus`, TEL);
		expect(codes(verdict)).toEqual(["DA2", "DO1"]);
		expect(G).not.toBe(TEL);
	});

	it("W29: a participant writes isfocus into its own address", () => {
		const bob = new Scene("K1");
		const mallory = new Scene("K1", {}, { scene: bob, user: "mallory" });
		const verdict = mallory.cpim(`${MALLORY};isfocus`, S, false);
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truthHeadline: "group" });
		expect(verdict.flags).toContain("spoof-suspect");
		expect(codes(verdict)).toContain("DO4");
	});

	it("W30 without the sender's leg: suspected, not proven", () => {
		const verdict = new Scene("K1").cpim(`${MALLORY};isfocus`, S);
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truth: undefined });
		expect(verdict.flags).toContain("spoof-suspect");
		expect(codes(verdict)).not.toContain("DO4");
	});

	it("W30 with the sender's leg: a participant spoke", () => {
		const bob = new Scene("K1");
		const mallory = new Scene("K1", {}, { scene: bob, user: "mallory" });
		mallory.cpim(`${MALLORY};isfocus`, S, false);
		const verdict = bob.cpim(`${MALLORY};isfocus`, S);
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truthHeadline: "group" });
		expect(verdict.flags).toContain("spoof-suspect");
		expect(codes(verdict)).toEqual(["DO4"]);
		expect(verdict.divergences[0]!.severity).toBe("error");
	});

	it("W37: what Bob wrote to X, delivered to Carol", () => {
		const bob = new Scene("K2");
		const carol = new Scene("K1", {}, { scene: bob, user: "carol" });
		expect(codes(bob.cpim(BOB, X, false))).toEqual(["DA2", "DS1"]);
		const verdict = carol.cpim(BOB, X);
		expect(verdict).toMatchObject({ headline: "private", confidence: "low", truthHeadline: "group" });
		expect(verdict.flags).toContain("to-not-me");
		expect(codes(verdict)).toEqual(["DA3"]);
	});
});
