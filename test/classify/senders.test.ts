import { describe, expect, it } from "vitest";
import { S, Scene } from "./contexts.js";

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
