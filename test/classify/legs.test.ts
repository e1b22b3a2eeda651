import { describe, expect, it } from "vitest";
import { example, G, S, S0, Scene, X } from "./contexts.js";

const TEL = "tel:+12025550177";
const BOB = "sip:bob@example.com";
const codes = (verdict: { divergences: readonly { code: string }[] }) => verdict.divergences.map(({ code }) => code);

/** Mallory's leg, as the example has its paths. */
const besideBob = (bob: Scene, user = "mallory"): Scene =>
	new Scene(
		"K1",
		{},
		{
			scene: bob,
			user,
			paths: {
				client: "msrp://ue-mallory.example.com:9999/zz81kd02;tcp",
				focus: "msrp://focus.im.example.com:2855/s7f3aMa1;tcp",
			},
		},
	);

/** What Mallory wrote, as it stands in the example: the content alone. */
const spoofed = (): string => {
	const text = example("ex19-spoofed-isfocus");
	return text.slice(text.indexOf("From: "), text.indexOf("\r\n-------"));
};

describe("worked examples with another group, or seen on more than one participant's leg", () => {
	it("W29: a participant writes isfocus into its own address", () => {
		const verdict = besideBob(new Scene("K1")).wire(example("ex19-spoofed-isfocus"), "a")!;
		expect(verdict).toMatchObject({
			headline: "system",
			confidence: "low",
			origin: "system",
			audience: "all",
			truthHeadline: "group",
			truth: { origin: "participant", audience: "all", proof: "sent by the client" },
			toClient: false,
		});
		expect(verdict.flags).toEqual(["spoof-suspect"]);
		expect(verdict.firings.map(({ rule }) => rule)).toEqual(["R12", "R14", "R20", "R34"]);
		expect(verdict.divergences.map(({ code, severity }) => `${code}:${severity}`)).toEqual(["DO4:error"]);
	});

	it("W30: the same body comes to Bob, and Mallory's leg was seen", () => {
		const bob = new Scene("K1");
		besideBob(bob).wire(example("ex19-spoofed-isfocus"), "a");
		const verdict = bob.send(spoofed());
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truthHeadline: "group", toClient: true });
		expect(verdict.flags).toEqual(["spoof-suspect"]);
		expect(verdict.divergences.map(({ code, severity }) => `${code}:${severity}`)).toEqual(["DO4:error"]);
		expect(verdict.truth).toMatchObject({ origin: "participant", audience: "all" });
		expect(verdict.truth?.proof).toMatch(/^sent on session c\d+, entry \d+$/);
	});

	it("W30 with a sender whom no roster lists: what left a client tells (R14)", () => {
		const bob = new Scene("K1", { given: { roster: [BOB] } });
		const eve = besideBob(bob, "eve");
		const body = spoofed().replace("mallory", "eve");
		eve.send(body, false);
		const verdict = bob.send(body);
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truthHeadline: "group" });
		expect(verdict.flags).toEqual(["spoof-suspect"]);
		expect(verdict.firings.at(-1)).toMatchObject({ rule: "R14", evidence: [{ what: "truth" }] });
		expect(codes(verdict)).toEqual(["DO4"]);
	});

	it("W30 without the sender's leg: suspected by the roster, not proven", () => {
		const verdict = new Scene("K1").send(spoofed());
		expect(verdict).toMatchObject({ headline: "system", confidence: "low", truth: undefined });
		expect(verdict.flags).toEqual(["spoof-suspect"]);
		expect(verdict.divergences.map(({ code, severity }) => `${code}:${severity}`)).toEqual(["DO4:warn"]);
	});

	it("the room's own identity that stands in the roster too is no DO4 (Q9)", () => {
		const verdict = new Scene("K4", { given: { roster: [S0] } }).cpim(S0, BOB);
		expect(verdict).toMatchObject({ headline: "private-system", confidence: "low" });
		expect(verdict.flags).toEqual(["spoof-suspect"]);
		expect(codes(verdict)).toEqual(["DO2"]);
	});

	it("W37: what Bob wrote to X behind the ALG comes to Carol, who cannot know X", () => {
		const bob = new Scene("K2");
		const carol = new Scene("K1", {}, { scene: bob, user: "carol" });
		expect(codes(bob.cpim(BOB, X, false))).toEqual(["DA2", "DS1"]);
		const verdict = carol.cpim(BOB, X);
		expect(verdict).toMatchObject({
			headline: "private",
			confidence: "low",
			origin: "participant",
			audience: "private",
			truthHeadline: "group",
		});
		expect(verdict.flags).toEqual(["to-not-me"]);
		expect(verdict.divergences.map(({ code, severity }) => `${code}:${severity}`)).toEqual(["DA3:error"]);
	});

	it("W37 without Bob's leg: nobody can know that it was meant for all", () => {
		const verdict = new Scene("K1", { given: { own: ["sip:carol@example.com"] } }).cpim(BOB, X);
		expect(verdict).toMatchObject({ headline: "private", confidence: "low", truth: undefined });
		expect(codes(verdict)).toEqual([]);
	});

	it("W50: a telephone URI as dialled group: isfocus in From is seen, identity comparison fails by its parameters", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, dialled: TEL });
		const verdict = scene.cpim(`${TEL};isfocus`, TEL);
		expect(verdict).toMatchObject({ headline: "system", confidence: "medium", origin: "system", audience: "all", truth: undefined });
		expect(verdict.flags).toEqual(["non-sip", "identity-conflict"]);
		expect(codes(verdict)).toEqual(["DO1", "DA2"]);
		const legacy = verdict.models.find(({ model }) => model === "legacy");
		expect(legacy?.trace[0]?.comparisons.find(({ identity }) => identity === TEL)?.failed).toBe("param:isfocus");
	});

	it("W50 with the group given by hand", () => {
		const verdict = new Scene("K6", { given: { groupIdentity: [TEL] } }).cpim(`${TEL};isfocus`, TEL);
		expect(codes(verdict)).toEqual(["DO1", "DA2"]);
		expect(verdict.knowledge.dialled.map(({ uri }) => uri.text)).toEqual([TEL, G]);
	});
});
