import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { S, S0, Scene } from "./contexts.js";

const BOB = "sip:bob@example.com";
const TEL = "tel:+12025550177";

/** A message to Bob with these header lines as they stand. */
function raw(from: string, to = `To: <${S}>`): Verdict {
	return new Scene("K1").send(`${from}\r\n${to}\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello`);
}

function isfocus(verdict: Verdict): string {
	const view = verdict.models.find((item) => item.model === "isfocus")!;
	return view.trace.find((item) => item.header === "From")!.isfocus;
}

/** Section 2: what isfocus in From means, by its place and spelling. */
const FORMS: [form: string, from: string, isfocus: "yes" | "no" | "unknown", flags: string[], origin: string, confidence: string][] = [
	["F1", `From: <${S}>`, "yes", [], "system", "high"],
	["F2, of the room", `From: <${S0}>;isfocus`, "no", ["misplaced", "after-bracket"], "system", "medium"],
	["F2, of nobody", "From: <sip:nobody@example.com>;isfocus", "no", ["misplaced", "after-bracket", "unlisted"], "participant", "low"],
	["F6", `From: <${S0};IsFocus>`, "yes", [], "system", "high"],
	["F6, capitals", `From: <${S0};ISFOCUS>`, "yes", [], "system", "high"],
	["F7", `From: <${S0};%69sfocus>`, "yes", ["escaped"], "system", "medium"],
	["F7, all of it", `From: <${S0};%69%73%66%6F%63%75%73>`, "yes", ["escaped"], "system", "medium"],
	["F8, true", `From: <${S0};isfocus=true>`, "yes", ["valued"], "system", "medium"],
	["F8, 1", `From: <${S0};isfocus=1>`, "yes", ["valued"], "system", "medium"],
	["F8, false", `From: <${S0};isfocus=false>`, "unknown", ["valued"], "unknown", "low"],
	["F8, 0", `From: <${S0};isfocus=0>`, "unknown", ["valued"], "unknown", "low"],
	["F9", "From: <sip:room;isfocus@im.example.com>", "no", ["misplaced", "unlisted"], "participant", "low"],
	["F10, in headers", `From: <${S0}?isfocus=1>`, "no", ["misplaced", "unlisted"], "participant", "low"],
	["F10, as user", "From: <sip:isfocus@focus.im.example.com>", "no", ["unlisted"], "participant", "low"],
	["F10, longer", "From: <sip:x@focus.im.example.com;isfocused>", "no", ["unlisted"], "participant", "low"],
	["F10, in the name", 'From: "a;isfocus" <sip:x@focus.im.example.com>', "no", ["unlisted"], "participant", "low"],
	["F11", `From: <${TEL};isfocus>`, "yes", ["non-sip"], "system", "medium"],
	["F12", "From: <im:room@example.com;isfocus>", "no", ["illegal-uri", "unlisted"], "participant", "low"],
	["F13", "From:;isfocus <sip:x@focus.im.example.com>", "no", ["misplaced", "unlisted"], "participant", "low"],
	["F14", `From: <${S0};isfocus;isfocus>`, "yes", ["duplicate"], "system", "medium"],
	["F15", `From: <${S0}\\u003bisfocus>`, "yes", ["cpim-escaped"], "system", "medium"],
];

describe("isfocus in From: position is everything (section 2)", () => {
	it.each(FORMS)("%s", (_, from, is, flags, origin, confidence) => {
		const verdict = raw(from);
		expect(isfocus(verdict)).toBe(is);
		expect(verdict.flags.filter((flag) => flag !== "identity-conflict").sort()).toEqual([...flags].sort());
		expect(verdict.origin).toBe(origin);
		expect(verdict.confidence).toBe(confidence);
	});

	it.each(FORMS.filter(([form]) => !form.startsWith("F2, of nobody")))("%s in To", (_, from, is) => {
		const verdict = raw("From: <sip:alice@example.com>", from.replace("From", "To"));
		const view = verdict.models.find((item) => item.model === "isfocus")!;
		expect(view.trace.find((item) => item.header === "To")!.isfocus).toBe(is);
		// What denies it (F8) is for nobody that a client could name.
		expect(view.audience).toBe({ yes: "all", unknown: "unknown", no: "private" }[is]);
	});
});

describe("isfocus in Contact tells of the dialog, not of CPIM", () => {
	const contact = (value: string): Scene => {
		const scene = new Scene("K0");
		scene.call({ contact: value, chatroom: false, dialled: "sip:alice@example.com", server: "Phone/1.0" });
		return scene;
	};

	it.each([
		["F3", `<${S0}>;isfocus`, true],
		["F4", `<${S}>`, false],
		["F5", `${S0};isfocus`, true],
		["a value that denies it", `<${S0}>;isfocus="!TRUE"`, false],
		["FALSE", `<${S0}>;isfocus="FALSE"`, false],
		["FALSE in a list", `<${S0}>;isfocus="x,FALSE"`, false],
		["TRUE with its value", `<${S0}>;isfocus="TRUE"`, true],
	])("%s", (_, value, focus) => {
		const scene = contact(value);
		const verdict = scene.cpim("sip:alice@example.com", BOB);
		expect(verdict.knowledge.kind).toBe(focus ? "conference" : "one-to-one");
	});
});
