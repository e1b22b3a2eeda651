import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeContent } from "../../src/core/pipeline/content.js";
import { quickCpim } from "../../src/core/pipeline/quick-cpim.js";
import { DEFAULT_LIMITS } from "../../src/index.js";

const HEAD =
	'From: "Alice A." <sip:alice@example.com>\r\nTo: <sip:room@10.0.0.1;isfocus>\r\nDateTime: 2026-01-01T10:00:00Z\r\n\r\nContent-Type: ';
const TEXT = `${HEAD}text/plain;charset=utf-8\r\n\r\nhello`;
const COMPOSING = `${HEAD}application/im-iscomposing+xml\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>90</refresh></isComposing>`;

function quick(text: string, peer = "10.0.0.9"): string | undefined {
	const buf = Buffer.from(text);
	return quickCpim(buf, 0, buf.length, peer)?.type;
}

function full(text: string, peer = "10.0.0.9") {
	const buf = Buffer.from(text);
	return decodeContent(
		{ type: "message/cpim", disposition: undefined, encoding: undefined, buf, start: 0, end: buf.length, frameOffset: 0, whole: true },
		peer,
		DEFAULT_LIMITS,
	);
}

describe("plain CPIM, told apart without decoding", () => {
	it("knows the type inside", () => {
		expect(quick(TEXT)).toBe("text/plain");
		expect(quickCpim(Buffer.from(TEXT), 0, TEXT.length, "10.0.0.9")).toEqual({
			type: "text/plain",
			from: '"Alice A." <sip:alice@example.com>',
			to: "<sip:room@10.0.0.1;isfocus>",
			dateTime: "2026-01-01T10:00:00Z",
			end: TEXT.length,
		});
		expect(quick(COMPOSING)).toBe("application/im-iscomposing+xml");
	});

	it("leaves a private address to the full checks where the peer is public", () => {
		expect(quick(TEXT, "198.51.100.1")).toBeUndefined();
		expect(full(TEXT, "8.8.8.8").problems.map((problem) => problem.id)).toEqual(["cpim.private-address-leak"]);
	});

	it("leaves everything else to the decoder", () => {
		for (const text of [
			TEXT.replace("From: ", "from: "),
			TEXT.replace("To: ", "To:  "),
			TEXT.replace("\r\n\r\nContent", "\r\nContent"),
			TEXT.replace("DateTime", "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: x\r\nDateTime"),
			COMPOSING.replace("<state>", "<state>&x;"),
			COMPOSING.replace("</isComposing>", ""),
		]) {
			expect(quick(text)).toBeUndefined();
		}
	});

	it("never calls plain what the full decoder has a finding for, or another type", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(TEXT, COMPOSING),
				fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
				fc.nat(300),
				(seed, changes, cut) => {
					const buf = Buffer.from(seed);
					for (const [at, value] of changes) if (at < buf.length) buf[at] = value;
					const text = buf.subarray(0, cut > 250 ? buf.length : Math.max(60, cut)).toString("latin1");
					const octets = Buffer.from(text, "latin1");
					const head = quickCpim(octets, 0, octets.length, "10.0.0.9");
					if (head === undefined) return;
					const decoded = decodeContent(
						{
							type: "message/cpim",
							disposition: undefined,
							encoding: undefined,
							buf: octets,
							start: 0,
							end: octets.length,
							frameOffset: 0,
							whole: true,
						},
						"10.0.0.9",
						DEFAULT_LIMITS,
					);
					expect(decoded.problems).toEqual([]);
					const [from, to] = [decoded.cpim?.from[0]?.header.raw, decoded.cpim?.to[0]?.header.raw];
					expect({ type: decoded.cpim?.contentType, from, to, dateTime: decoded.cpim?.dateTime, end: decoded.cpim?.contentEnd }).toEqual(
						head,
					);
					expect(decoded.cpim?.imdn.messageId).toBeUndefined();
					expect(decoded.payload?.kind).toBe(head.type.startsWith("text/") ? "text" : "composing");
				},
			),
			{ numRuns: 3000 },
		);
	});
});
