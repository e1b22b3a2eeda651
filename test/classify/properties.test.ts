import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { type Context, example, F, G, S, S0, Scene, X } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const CONTEXTS: Context[] = ["K1", "K2", "K2p", "K3", "K4", "K4a", "K6", "K6i"];
const POOL = [
	S,
	S0,
	`${S0};transport=tcp`,
	`${S0};isfocus=1`,
	G,
	`${G};isfocus`,
	F,
	X,
	ALICE,
	BOB,
	"sip:carol@example.com",
	"sips:bob@example.com",
	"tel:+12025550101",
	"sip:dave@example.com:5070;user=phone",
];

const uri = fc.constantFrom(...POOL);
const context = fc.constantFrom(...CONTEXTS);

/** What is said of a message, apart from the text that it quotes and from flags of spelling. */
function essence(verdict: Verdict): unknown {
	const { headline, origin, audience, payload, models, divergences, truthHeadline } = verdict;
	return {
		headline,
		origin,
		audience,
		payload,
		truthHeadline,
		// Clients that compare text, or look for digits, are not held to RFC 3261.
		models: models.filter(({ model }) => model !== "dialog" && model !== "phone").map((view) => [view.model, view.headline]),
		codes: divergences
			.filter(({ severity }) => severity !== "note")
			.map(({ code }) => code)
			.sort(),
	};
}

/** Another spelling of a SIP URI that RFC 3261 §19.1.4 calls equal. */
function respelt(text: string, choice: () => number): string {
	const m = /^(sips?):([^@]+)@([^;?]+)((?:;[^?]*)?)(\?.*)?$/.exec(text);
	if (m === null) return text;
	const flip = (word: string): string => [...word].map((c) => (choice() < 0.5 ? c.toUpperCase() : c.toLowerCase())).join("");
	const percent = (word: string): string =>
		[...word].map((c) => (/[A-Za-z0-9]/.test(c) && choice() < 0.3 ? `%${c.charCodeAt(0).toString(16).toUpperCase()}` : c)).join("");
	const params = (m[4] ?? "").split(";").filter((param) => param !== "");
	params.sort(() => choice() - 0.5);
	return `${flip(m[1]!)}:${percent(m[2]!)}@${flip(m[3]!)}${params.map((param) => `;${flip(param)}`).join("")}${m[5] ?? ""}`;
}

describe("spelling never changes a verdict at level uri", () => {
	it("percent escapes, letter case, order of parameters", () => {
		fc.assert(
			fc.property(
				context,
				uri,
				uri,
				fc.boolean(),
				fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 64, maxLength: 64 }),
				(where, from, to, toClient, choices) => {
					let n = 0;
					const choice = (): number => choices[n++ % choices.length]!;
					const [a, b] = [
						new Scene(where).cpim(from, to, toClient),
						new Scene(where).cpim(respelt(from, choice), respelt(to, choice), toClient),
					];
					expect(essence(b)).toEqual(essence(a));
				},
			),
			{ numRuns: 400 },
		);
	});

	it("the number of parameters in one URI only does not count either, but for those that RFC 3261 names", () => {
		fc.assert(
			fc.property(context, fc.constantFrom("gr=abc", "x-other=1", "lr", "ob"), (where, param) => {
				expect(essence(new Scene(where).cpim(`${S};${param}`, S))).toEqual(essence(new Scene(where).cpim(S, S)));
			}),
			{ numRuns: 64 },
		);
	});
});

describe("decoys of isfocus never make a system message (F9 to F13)", () => {
	const word = fc.stringMatching(/^[a-z]{1,8}$/);
	const decoy = fc.oneof(
		word.map((user) => `From: <sip:${user};isfocus@example.net>`),
		word.map((user) => `From: <sip:${user}@example.net?isfocus=1>`),
		word.map((user) => `From: <sip:${user}@example.net?a=b&isfocus>`),
		word.map((host) => `From: <sip:isfocus@${host}.example.net>`),
		word.map((end) => `From: <sip:x@example.net;isfocus${end}>`),
		word.map((name) => `From: "${name};isfocus" <sip:x@example.net>`),
		word.map((user) => `From: <im:${user}@example.net;isfocus>`),
		word.map((user) => `From:;isfocus <sip:${user}@example.net>`),
		word.map((user) => `From: <sip:${user}@example.net>;isfocus`),
		word.map((user) => `From: <sip:${user}@isfocus.example.net>`),
		word.map((name) => `From: isfocus ${name} <sip:x@example.net>`),
	);
	it("in any context, alone or towards the room", () => {
		fc.assert(
			fc.property(context, decoy, uri, (where, from, to) => {
				const verdict = new Scene(where).send(`${from}\r\nTo: <${to}>\r\n\r\nContent-Type: text/plain\r\n\r\nhello`);
				expect(["system", "private-system"]).not.toContain(verdict.headline);
				expect(verdict.origin).not.toBe("system");
				for (const view of verdict.models.filter(({ model }) => model !== "dialog")) expect(view.origin, view.model).not.toBe("system");
			}),
			{ numRuns: 500 },
		);
	});
});

const TO_PATH = "msrp://ue-bob.example.com:7654/k3j9s2x0;tcp";
const FROM_PATH = "msrp://focus.im.example.com:2855/s7f3aB0b;tcp";

/** The body as SEND chunks cut at these places, each in a frame. */
function chunks(body: Buffer, cuts: readonly number[]): Buffer[] {
	const places = [0, ...[...new Set(cuts)].filter((at) => at > 0 && at < body.length).sort((a, b) => a - b), body.length];
	return places.slice(1).map((end, n) => {
		const start = places[n]!;
		const id = `chunk${n}x`;
		const head = `MSRP ${id} SEND\r\nTo-Path: ${TO_PATH}\r\nFrom-Path: ${FROM_PATH}\r\nMessage-ID: whole1\r\nByte-Range: ${start + 1}-${end}/${body.length}\r\nContent-Type: message/cpim\r\n\r\n`;
		return Buffer.concat([
			Buffer.from(head),
			body.subarray(start, end),
			Buffer.from(`\r\n-------${id}${end === body.length ? "$" : "+"}\r\n`),
		]);
	});
}

const wrapped = (from: string, to: string): Buffer =>
	Buffer.from(
		`From: <${from}>\r\nTo: <${to}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nhello there`,
	);

describe("chunking", () => {
	it("a content that is shown otherwise than by its addresses: so from the chunk on that tells its type", () => {
		const body = Buffer.from(
			`From: <${ALICE}>\r\nTo: <${S}>\r\n\r\nContent-Type: application/im-iscomposing+xml\r\n\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>idle</state></isComposing>`,
		);
		const scene = new Scene("K1");
		for (const chunk of chunks(body, [110, 150])) scene.wire(chunk.toString("latin1"), "b");
		expect(scene.drive.entries.at(-1)!.verdict).toMatchObject({ headline: "composing", payload: "composing" });
		expect(scene.drive.entries.at(-1)!.verdict!.history.map((step) => step.headline)).toEqual(["group", "composing", "composing"]);
	});

	it("never changes the verdict of the whole message", () => {
		fc.assert(
			fc.property(context, uri, uri, fc.array(fc.nat(160), { maxLength: 8 }), (where, from, to, cuts) => {
				const body = wrapped(from, to);
				const one = new Scene(where);
				one.wire(chunks(body, [])[0]!.toString("latin1"), "b");
				const many = new Scene(where);
				for (const chunk of chunks(body, cuts)) many.wire(chunk.toString("latin1"), "b");
				expect(essence(many.drive.entries.at(-1)!.verdict!)).toEqual(essence(one.drive.entries.at(-1)!.verdict!));
			}),
			{ numRuns: 200 },
		);
	});

	it("no verdict is given on half a header line: cut at every octet", () => {
		const body = wrapped(S, S);
		const text = body.toString();
		const separator = text.indexOf("\r\n\r\n") + 4;
		for (let cut = 1; cut < body.length; cut++) {
			const scene = new Scene("K1");
			scene.wire(chunks(body, [cut])[0]!.toString("latin1"), "b");
			const { headline } = scene.drive.entries.at(-1)!.verdict!;
			expect([cut, headline]).toEqual([cut, cut < separator ? "incomplete" : "system"]);
		}
	});

	it("whatever the frames are cut into on the wire", () => {
		const octets = Buffer.concat(chunks(wrapped(S, S), [20, 60, 160]));
		const headlines = (places: readonly number[]): (string | undefined)[] => {
			const scene = new Scene("K2");
			for (let n = 1; n < places.length; n++) scene.wire(octets.subarray(places[n - 1], places[n]).toString("latin1"), "b");
			return scene.drive.entries.filter((entry) => entry.protocol === "msrp").map((entry) => entry.verdict?.headline);
		};
		expect(headlines([0, octets.length])).toEqual(["incomplete", "incomplete", "system", "system"]);
		fc.assert(
			fc.property(fc.array(fc.nat(octets.length), { maxLength: 12 }), (cuts) => {
				expect(headlines([0, ...cuts.sort((a, b) => a - b), octets.length])).toEqual(["incomplete", "incomplete", "system", "system"]);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("the same traffic has the same verdicts", () => {
	it("twice", () => {
		const run = (): unknown[] => {
			const scene = new Scene("K2");
			for (const name of ["ex01-system-isfocus", "ex03-group-adhoc", "ex05-private-single", "ex23-private-system", "ex10-chunked-system"])
				scene.wire(example(name));
			return scene.drive.entries.map((entry) => entry.verdict);
		};
		expect(run()).toEqual(run());
	});
});
