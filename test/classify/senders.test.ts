import { describe, expect, it } from "vitest";
import { S, Scene, X } from "./contexts.js";

const BOB = "sip:bob@example.com";

describe("who speaks, beyond the worked examples", () => {
	it("the user anonymous at any host is anonymous (R17)", () => {
		const verdict = new Scene("K1").cpim("sip:Anonymous@example.com", S);
		expect(verdict).toMatchObject({ headline: "group", origin: "anonymous", confidence: "low", flags: [] });
		expect(verdict.firings.map(({ rule }) => rule)).toContain("R17");
	});

	it("an own copy to somebody nobody knows is said to be not for this user (R21)", () => {
		const verdict = new Scene("K1").cpim(BOB, "sip:stranger@example.net");
		expect(verdict).toMatchObject({ headline: "private", origin: "self", confidence: "low" });
		expect(verdict.flags).toEqual(["own-copy", "to-not-me"]);
	});
});

describe("a Contact that does not tell of the conference, on one leg (DC1, Q18)", () => {
	it("is said where an address of the message proves the conference, not elsewhere", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, clientContact: `<${X}>`, oneLeg: true });
		const codes = (from: string, to: string) => scene.cpim(from, to).divergences.map(({ code }) => code);
		expect(codes(S, S)).toContain("DC1");
		expect(codes("sip:alice@example.com", S)).toContain("DC1");
		expect(codes("sip:alice@example.com", BOB)).not.toContain("DC1");
	});
});
