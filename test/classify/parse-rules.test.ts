import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import { S, S0, Scene } from "./contexts.js";

const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";
const PLAIN = "\r\n\r\nContent-Type: text/plain\r\n\r\nhello";
const HEAD = `From: <${ALICE}>\r\nTo: <${S}>`;

const judge = (body: string): Verdict => new Scene("K1").send(body);
const seen = (body: string): [string, string, string] => {
	const { origin, audience, confidence } = judge(body);
	return [origin, audience, confidence];
};

/** Section 4: what the verdict makes of each rule for parsing CPIM. */
describe("parse rules of CPIM, by the verdict", () => {
	it("P1: names of headers are case-sensitive, those of the part inside are not", () => {
		expect(seen(`from: <${ALICE}>\r\nTo: <${S}>${PLAIN}`)).toEqual(["unknown", "all", "none"]);
		expect(
			judge(
				`${HEAD}\r\n\r\ncontent-TYPE: application/im-iscomposing+xml\r\n\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>idle</state></isComposing>`,
			).payload,
		).toBe("composing");
	});

	it.each([
		["no space after the colon", `From:<${ALICE}>\r\nTo:<${S}>${PLAIN}`],
		["many spaces", `From:    <${ALICE}>\r\nTo:  <${S}>  ${PLAIN}`],
		["LF alone", `From: <${ALICE}>\nTo: <${S}>\n\nContent-Type: text/plain\n\nhello`],
		["folded", `From:\r\n <${ALICE}>\r\nTo: <${S}>${PLAIN}`],
	])("P2: read leniently: %s", (_, body) => {
		expect(seen(body)).toEqual(["participant", "all", "high"]);
	});

	it("P3: the order of headers is free", () => {
		expect(
			seen(
				`DateTime: 2026-03-02T15:02:31Z\r\nTo: <${S}>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 1\r\nFrom: <${ALICE}>${PLAIN}`,
			),
		).toEqual(["participant", "all", "high"]);
	});

	it("P4: escapes are undone before the URI is split, the evidence stays as written", () => {
		const verdict = judge(`From: "a\\"b" <sip:\\u0061lice@example.com>\r\nTo: <${S}>${PLAIN}`);
		expect(verdict).toMatchObject({ origin: "participant", confidence: "high" });
		expect(verdict.firings[0]?.evidence[0]?.value).toBe('"a\\"b" <sip:\\u0061lice@example.com>');
		// Half a surrogate pair names nobody, and a lone backslash at the end means nothing.
		expect(judge(`From: <sip:\\ud83dlice@example.com>\r\nTo: <${S}>${PLAIN}`).flags).toEqual(["unlisted"]);
		expect(judge(`From: <${ALICE}>\\\r\nTo: <${S}>${PLAIN}`).origin).toBe("participant");
	});

	it.each([
		["tokens without quotes", `From: Alice A <${ALICE}>`, "high", []],
		["a quoted string", `From: "Alice, A" <${ALICE}>`, "high", []],
		["no brackets", `From: ${ALICE}`, "low", ["no-brackets"]],
		["text after the bracket", `From: <${ALICE}>;x=1`, "medium", ["after-bracket"]],
	] as const)("P5: address: %s", (_, from, confidence, flags) => {
		const verdict = judge(`${from}\r\nTo: <${S}>${PLAIN}`);
		expect(verdict).toMatchObject({ origin: "participant", confidence });
		expect(verdict.flags).toEqual(flags);
	});

	it("P5: the lower of two axes is the message's", () => {
		expect(judge(`From: <${ALICE}>;x=1\r\nTo: ${BOB}${PLAIN}`).confidence).toBe("low");
		expect(judge(`From: ${ALICE}\r\nTo: <${BOB}>;x=1${PLAIN}`).confidence).toBe("low");
		expect(judge(`From: <${ALICE}>;x=1\r\nTo: <${BOB}>;x=1${PLAIN}`).confidence).toBe("medium");
	});

	it("P6: without the blank line MIME headers begin at the first content- line", () => {
		const verdict = judge(`${HEAD}\r\nContent-type: text/plain\r\n\r\nhello`);
		expect(verdict).toMatchObject({ headline: "group", confidence: "high", flags: ["missing-separator"], payload: "content" });
	});

	it("P7: empty lines and a stray Content-Type block in front", () => {
		expect(seen(`\r\n\r\n${HEAD}${PLAIN}`)).toEqual(["participant", "all", "high"]);
		expect(seen(`Content-Type: message/cpim\r\n\r\n${HEAD}${PLAIN}`)).toEqual(["participant", "all", "high"]);
	});

	it("P8: by namespace, not by prefix", () => {
		const ns = "NS: c <urn:ietf:params:cpim-headers:>\r\n";
		expect(seen(`${ns}c.From: <${ALICE}>\r\nc.To: <${S}>${PLAIN}`)).toEqual(["participant", "all", "high"]);
		// Of another namespace, or declared too late, it is no From.
		expect(judge(`NS: c <urn:example:other>\r\nc.From: <${ALICE}>\r\nTo: <${S}>${PLAIN}`).origin).toBe("unknown");
		expect(judge(`c.From: <${ALICE}>\r\n${ns}To: <${S}>${PLAIN}`).origin).toBe("unknown");
		// A default namespace changes what the plain names are.
		expect(judge(`To: <${S}>\r\nNS: <urn:example:other>\r\nFrom: <${ALICE}>${PLAIN}`).origin).toBe("unknown");
		// The misprint of RFC 3862 §6 is the core namespace.
		expect(judge(`NS: c <urn:ietf:params-cpim-headers:>\r\nc.From: <${ALICE}>\r\nTo: <${S}>${PLAIN}`).origin).toBe("participant");
	});

	it("P9: the first From counts, every To does", () => {
		expect(judge(`From: <${ALICE}>\r\nFrom: <${S}>\r\nTo: <${S}>${PLAIN}`).origin).toBe("participant");
		expect(judge(`From: <${S}>\r\nFrom: <${ALICE}>\r\nTo: <${S}>${PLAIN}`).origin).toBe("system");
		expect(judge(`From: <${ALICE}>\r\nTo: <${BOB}>\r\nTo: <sip:carol@example.com>${PLAIN}`).audience).toBe("private-multi");
	});

	it("P10: cc only in lower case", () => {
		const rules = (name: string): string[] =>
			judge(`From: <${ALICE}>\r\nTo: <${BOB}>\r\n${name}: <${S}>${PLAIN}`).firings.map(({ rule }) => rule);
		expect(rules("cc")).toContain("R27");
		expect(rules("CC")).not.toContain("R27");
		expect(rules("Cc")).not.toContain("R27");
	});

	it("P11: unknown headers change nothing", () => {
		expect(seen(`X-isfocus: yes\r\n${HEAD}\r\nRequired: x${PLAIN}`)).toEqual(["participant", "all", "high"]);
	});

	it("P12: nothing is framed by an inner Content-Length", () => {
		const inner = "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhello";
		const scene = new Scene("K1");
		expect(scene.send(`${HEAD}\r\n\r\n${inner}`)).toMatchObject({ headline: "group", payload: "content" });
		const entry = scene.drive.entries.at(-1);
		expect(entry?.protocol === "msrp" && entry.payload).toEqual({ kind: "text", text: "hello" });
	});

	it("P12: without inner Content-Type the addresses still count", () => {
		expect(judge(`${HEAD}\r\n\r\nX: y\r\n\r\nhello`)).toMatchObject({ headline: "group", confidence: "high" });
	});

	it("P13: a part that starts later than octet 1 is never parsed", () => {
		const body = `${HEAD}${PLAIN}`;
		const verdict = new Scene("K1").wire(
			`MSRP late1234 SEND\r\nTo-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nFrom-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nMessage-ID: late\r\nByte-Range: 101-${100 + body.length}/${100 + body.length}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------late1234$\r\n`,
		);
		expect(verdict).toMatchObject({ headline: "incomplete", confidence: "none", firings: [{ rule: "R6" }] });
	});

	it("P14: multipart inside: the outer headers classify, the parts tell the payload; former recipients are no payload", () => {
		const part = (headers: string, body: string): string => `--b1\r\n${headers}\r\n\r\n${body}\r\n`;
		const multi = (...parts: string[]): string =>
			`${HEAD}\r\n\r\nContent-Type: multipart/mixed;boundary=b1\r\n\r\n${parts.join("")}--b1--\r\n`;
		const imdn = part(
			"Content-Type: message/imdn+xml",
			'<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>1</message-id><datetime>2026-03-02T15:02:31Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>',
		);
		const text = part("Content-Type: text/plain", "hello");
		const list = part(
			"Content-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list-history",
			`<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list><entry uri="${BOB}"/></list></resource-lists>`,
		);
		// Wholly of notifications (R30), else content.
		expect(judge(multi(imdn, imdn))).toMatchObject({ headline: "imdn", payload: "imdn", confidence: "medium" });
		expect(judge(multi(imdn, text))).toMatchObject({ headline: "group", payload: "content" });
		expect(judge(multi(list, text))).toMatchObject({ headline: "group", payload: "content", audience: "all" });
	});
});

describe("what content does to the verdict", () => {
	const composing =
		'Content-Type: application/im-iscomposing+xml\r\n\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
	const imdn = (disposition: string): string =>
		`Content-Type: message/imdn+xml\r\n${disposition}\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>1</message-id><datetime>2026-03-02T15:02:31Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;

	it("R30: high with the disposition notification, else medium, and never above its axes (Q15)", () => {
		expect(judge(`${HEAD}\r\n\r\n${imdn("Content-Disposition: notification\r\n")}`)).toMatchObject({
			headline: "imdn",
			confidence: "high",
		});
		expect(judge(`${HEAD}\r\n\r\n${imdn("")}`)).toMatchObject({ headline: "imdn", confidence: "medium" });
		const unknown = `From: <sip:nobody@example.net>\r\nTo: <${S}>\r\n\r\n${imdn("Content-Disposition: notification\r\n")}`;
		expect(judge(unknown)).toMatchObject({ headline: "imdn", confidence: "low" });
	});

	it("R29: the confidence of its axes (Q15)", () => {
		expect(judge(`${HEAD}\r\n\r\n${composing}`)).toMatchObject({ headline: "composing", confidence: "high", flags: [] });
		expect(judge(`From: <sip:nobody@example.net>\r\nTo: <${S}>\r\n\r\n${composing}`)).toMatchObject({
			headline: "composing",
			confidence: "low",
		});
	});

	it("without CPIM in a one-to-one session a typing notice is one, in a conference it stays unwrapped", () => {
		const body = composing.slice(composing.indexOf("<"));
		const type = "application/im-iscomposing+xml";
		const alone = new Scene("K5").send(body, true, type);
		expect(alone).toMatchObject({ headline: "composing", origin: "peer", confidence: "high", payload: "composing" });
		expect(alone.firings.map(({ rule }) => rule)).toEqual(["R8", "R29"]);
		expect(new Scene("K1").send(body, true, type)).toMatchObject({ headline: "unwrapped", confidence: "low", payload: "composing" });
	});

	it.each([
		["on the SEND", ["Content-Disposition: attachment; filename=a"], "", true],
		["on the part", [], "Content-Disposition: attachment\r\n", true],
		["an unknown one is an attachment", [], "Content-Disposition: early-session\r\n", true],
		["on the part, though the SEND says render", ["Content-Disposition: render"], "Content-Disposition: attachment\r\n", true],
		["render", ["Content-Disposition: render"], "Content-Disposition: inline\r\n", false],
		["none", [], "", false],
	])("R32: Content-Disposition %s", (_, outer, inner, attachment) => {
		const verdict = new Scene("K1").send(`${HEAD}\r\n\r\nContent-Type: text/plain\r\n${inner}\r\nhello`, true, "message/cpim", outer);
		expect(verdict.flags).toEqual(attachment ? ["attachment"] : []);
	});

	it("R32: without CPIM too", () => {
		const verdict = new Scene("K5").send("octets", true, "image/png", ["Content-Disposition: attachment; filename=a.png"]);
		expect(verdict).toMatchObject({ headline: "one-to-one", flags: ["attachment"] });
		expect(verdict.firings.map(({ rule }) => rule)).toEqual(["R8", "R32"]);
	});

	it("R31: a chain of three, each with its octets", () => {
		const inner = (from: string, content: string): string => `From: <${from}>\r\nTo: <${S}>\r\n\r\n${content}`;
		const text = "Content-Type: text/plain\r\n\r\nhello";
		const wrap = (content: string): string => `Content-Type: message/cpim\r\n\r\n${content}`;
		const body = inner(S0, wrap(inner(ALICE, wrap(inner("im:carol@example.com", text)))));
		const chain = judge(body)
			.firings.find(({ rule }) => rule === "R31")
			?.evidence.slice(1);
		expect(chain?.map(({ start, end }) => body.slice(start, end))).toEqual([`From: <${ALICE}>\r\n`, "From: <im:carol@example.com>\r\n"]);
	});

	it("messages alike but for where their content headers are keep their own evidence", () => {
		const scene = new Scene("K1");
		const body = (subject: string): string => `${HEAD}\r\nSubject: ${subject}\r\n\r\n${composing}`;
		for (const subject of ["a", "a longer one", "a"]) {
			const text = body(subject);
			const { start, end } = scene.send(text).firings.find(({ rule }) => rule === "R29")!.evidence[0]!;
			expect(text.slice(start, end)).toBe("Content-Type: application/im-iscomposing+xml\r\n");
		}
	});

	it("Q26: a body without Content-Type", () => {
		const verdict = new Scene("K1").wire(
			"MSRP notype12 SEND\r\nTo-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nFrom-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nMessage-ID: n1\r\nByte-Range: 1-5/5\r\n\r\nhello\r\n-------notype12$\r\n",
		);
		expect(verdict).toMatchObject({ headline: "malformed", confidence: "none", firings: [{ rule: "C42" }] });
	});

	it("Q23: one usable address of two: the known axis is shown", () => {
		expect(judge(`From: <${S}>\r\nDateTime: 2026-03-02T15:02:31Z${PLAIN}`)).toMatchObject({
			headline: "unknown",
			origin: "system",
			audience: "unknown",
			confidence: "none",
		});
	});
});
