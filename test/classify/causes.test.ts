import { describe, expect, it } from "vitest";
import { S, S0, Scene, X } from "./contexts.js";

const BOB = "sip:bob@example.com";
const REWRITTEN = `Contact rewritten: <${S}> became <${X}>`;

const causes = (verdict: { divergences: readonly { code: string; cause: string }[] }): Record<string, string> =>
	Object.fromEntries(verdict.divergences.map(({ code, cause }) => [code, cause]));

describe("the cause of a divergence (section 6, typical causes)", () => {
	it("DO1, DA1: the Contact, as it was rewritten or as this leg has it", () => {
		expect(causes(new Scene("K2").cpim(S, S))).toEqual({ DO1: REWRITTEN, DA1: REWRITTEN });
		expect(causes(new Scene("K2p").cpim(S, S))).toEqual({ DO1: `Contact on this leg is <${X}>`, DA1: `Contact on this leg is <${X}>` });
	});

	it("DO2, DA2: addresses without isfocus, whatever the Contact is", () => {
		expect(causes(new Scene("K4").cpim(S0, S0))).toEqual({
			DO2: "From names the room without isfocus",
			DA2: "To names the room without isfocus",
		});
	});

	it("DO2: isfocus where it is no URI parameter", () => {
		const verdict = new Scene("K1").send(`From: <${S0}>;isfocus\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`);
		expect(causes(verdict)).toEqual({ DO2: "isfocus stands outside the brackets of From" });
	});

	it("DA2: a box took isfocus out of the Contact (A4), and the client writes what it learned", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, clientContact: `<${S0}>;isfocus` });
		expect(causes(scene.cpim(BOB, S0, false)).DA2).toBe(`Contact rewritten: <${S}> became <${S0}>`);
	});

	it("DO3, DA3: a room from before the change behind a box", () => {
		const cause = `Contact rewritten: <${S0}> became <${X}>`;
		expect(causes(new Scene("K4a").cpim(S0, S0))).toEqual({
			DO3: `${cause}, and From has no isfocus`,
			DA3: `${cause}, and To has no isfocus`,
		});
	});

	it("DO4: isfocus in the address of a participant", () => {
		expect(causes(new Scene("K1").cpim("sip:mallory@example.com;isfocus", S))).toEqual({ DO4: "From of a participant has isfocus" });
	});
});
