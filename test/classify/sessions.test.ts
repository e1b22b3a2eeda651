import { describe, expect, it } from "vitest";
import { G, S, S0, Scene, X } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const S2 = "sip:sess-9999@focus.im.example.com;isfocus";

describe("identities of the room that disagree (Q7)", () => {
	it("NOTIFY entity against a rewritten Contact: said once a session, with all values and where they come from", () => {
		const scene = new Scene("K2n");
		const first = scene.cpim(S, S);
		expect(first.flags).toContain("identity-conflict");
		const firing = first.firings.find((item) => item.rule === "I2")!;
		expect(firing.clause).toBe("RFC 4579 §4.2, RFC 4575 §5.2");
		expect(firing.evidence.map(({ what, value }) => [what, value])).toEqual([
			["contact", X],
			["notify-entity", S],
		]);
		expect(firing.evidence.every(({ entry }) => (entry ?? 0) > 0)).toBe(true);
		expect(scene.cpim(S, S).flags).not.toContain("identity-conflict");
		expect(scene.cpim(ALICE, S).flags).not.toContain("identity-conflict");
	});

	it("Contacts of two legs (W5)", () => {
		const verdict = new Scene("K4a").cpim(S0, S0);
		expect(verdict.firings.find((item) => item.rule === "I2")!.evidence.map(({ value }) => value)).toEqual([X, S0]);
	});

	it("P-Asserted-Identity against Contact (W9)", () => {
		const verdict = new Scene("K6i").cpim(ALICE, G);
		expect(verdict.firings.find((item) => item.rule === "I2")!.evidence.map(({ what, value }) => [what, value])).toEqual([
			["contact", S],
			["p-asserted-identity", G],
		]);
	});

	it("what the room calls itself against a rewritten Contact, on one leg", () => {
		const scene = new Scene("K2p");
		expect(scene.cpim(ALICE, BOB).flags).toEqual([]);
		const firing = scene.cpim(S, S).firings.find((item) => item.rule === "I2");
		expect(firing?.evidence.map(({ what, value }) => [what, value])).toEqual([
			["contact", X],
			["cpim-from", S],
		]);
	});

	it("who poses as the room asserts nothing", () => {
		expect(new Scene("K2p").cpim(`${ALICE};isfocus`, S).flags).toEqual(["spoof-suspect"]);
	});

	it.each(["K1", "K4", "K6", "K7"] as const)("%s: one source, or sources that agree", (context) => {
		const scene = new Scene(context);
		expect(scene.cpim(S, S).flags).not.toContain("identity-conflict");
		expect(scene.cpim(ALICE, BOB).flags).not.toContain("identity-conflict");
	});

	it("the same identity with and without isfocus agrees", () => {
		const scene = new Scene("K4", { given: { sessionIdentity: [S] } });
		expect(scene.cpim(S0, S0).flags).not.toContain("identity-conflict");
	});
});

describe("a target refresh changes Contact (section 9, Q19)", () => {
	const changed = (): Scene => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S0}>;isfocus` });
		scene.refresh(`<${S2}>;isfocus`);
		return scene;
	};
	const legacy = (verdict: { models: readonly { model: string; headline: string }[] }) =>
		verdict.models.find((view) => view.model === "legacy")!.headline;

	it("the old identity is good for messages under way, which are flagged", () => {
		const scene = changed();
		const verdict = scene.cpim(S0, S0);
		expect(verdict.headline).toBe("system");
		expect(legacy(verdict)).toBe("system");
		expect(verdict.flags).toContain("identity-changed");
	});

	it("until a message uses the new one", () => {
		const scene = changed();
		const fresh = scene.cpim(S2, S2);
		expect(fresh.headline).toBe("system");
		expect(fresh.flags).not.toContain("identity-changed");
		const late = scene.cpim(S0, S0);
		expect(legacy(late)).toBe("private");
		expect(late.headline).toBe("private");
		expect(late.flags).not.toContain("identity-changed");
	});

	it("nothing changed: nothing is flagged", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S0}>;isfocus` });
		scene.refresh(`<${S0}>;isfocus`);
		expect(scene.cpim(S0, S0).flags).toEqual([]);
	});
});

describe("one-to-one that becomes a conference (section 9)", () => {
	it("what came before stays one-to-one; the peer's old Contact is no room", () => {
		const scene = new Scene("K5");
		const before = scene.cpim(ALICE, BOB);
		expect(before.headline).toBe("one-to-one");
		scene.refresh(`<${S}>;isfocus`, ALICE);
		const after = scene.cpim("sip:carol@example.com", S);
		expect(after.headline).toBe("group");
		expect(before.headline).toBe("one-to-one");
		expect(scene.drive.entries.find((entry) => entry.protocol === "msrp")!.verdict!.headline).toBe("one-to-one");
		const verdict = scene.cpim("sip:alice@192.0.2.77", S);
		expect(verdict.origin).toBe("participant");
	});
});

describe("the peer's Contact of a one-to-one session that becomes a conference", () => {
	it("is no room from the first message on", () => {
		const scene = new Scene("K5");
		scene.refresh(`<${S}>;isfocus`, ALICE);
		expect(scene.cpim("sip:alice@192.0.2.77", S)).toMatchObject({ origin: "participant", headline: "group" });
	});
});

describe("conversation key: the thread a client files a message under", () => {
	const threads = (verdict: { models: readonly { model: string; conversation?: { thread: string; uri: string } | undefined }[] }) =>
		Object.fromEntries(
			verdict.models
				.filter(({ model }) => model === "legacy" || model === "isfocus" || model === "reference")
				.map(({ model, conversation }) => [model, conversation === undefined ? undefined : `${conversation.thread} ${conversation.uri}`]),
		);

	it("ad-hoc, nothing rewritten: all file under the room", () => {
		expect(threads(new Scene("K1").cpim(ALICE, S))).toEqual({ legacy: `room ${S}`, isfocus: `room ${S}`, reference: `room ${S}` });
	});

	it("behind an ALG: an identity-comparing client files the room's notices with a person; before the rewriting it would not", () => {
		const verdict = new Scene("K2").cpim(S, S);
		expect(threads(verdict)).toEqual({ legacy: `private ${S}`, isfocus: `room ${S}`, reference: `room ${X}` });
		expect(threads({ models: verdict.unrewritten! })).toEqual({ legacy: `room ${S}`, isfocus: `room ${S}`, reference: `room ${S}` });
	});

	it("a group that was dialled keeps its name behind an ALG", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, clientContact: `<${X}>;isfocus`, dialled: G });
		expect(threads(scene.cpim(ALICE, G))).toMatchObject({ legacy: `room ${G}`, reference: `room ${G}` });
	});

	it("private: the other party, whoever sends", () => {
		expect(new Scene("K1").cpim(ALICE, BOB).conversation).toEqual({ thread: "private", uri: ALICE });
		expect(new Scene("K1").cpim(BOB, ALICE, false).conversation).toEqual({ thread: "private", uri: ALICE });
		expect(new Scene("K1").cpim(BOB, BOB).conversation).toEqual({ thread: "private", uri: BOB });
	});

	it("one-to-one: the peer of the dialog; what nobody can place has none", () => {
		expect(new Scene("K5").cpim(ALICE, BOB).conversation).toEqual({ thread: "one-to-one", uri: ALICE });
		expect(new Scene("K1").cpim(ALICE, "sip:conf-factory@im.example.com").conversation).toBeUndefined();
	});
});

describe("conversation key where the Request-URI is not what was dialled", () => {
	it("the room is named by To", () => {
		const scene = new Scene("K0");
		scene.call({ contact: `<${S}>;isfocus`, dialled: G, target: `${G}:5070;transport=tcp` });
		expect(scene.cpim(ALICE, G).conversation).toEqual({ thread: "room", uri: G });
	});
});
