import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, mended } from "../../src/core/breakpoints/difference.js";
import { applyEdits } from "../../src/core/relay/span-edits.js";
import { DEFAULT_LIMITS } from "../../src/index.js";
import { fromRoom, INVITE } from "../relay/conversation.js";

const SIP = Buffer.from(INVITE);
const MSRP = Buffer.from(fromRoom("abcd1", "sip:alice@example.com", "sip:bob@example.com"), "latin1");
const of = (protocol: "sip" | "msrp", before: Buffer, after: Buffer) => differences(protocol, before, after, DEFAULT_LIMITS);
const shown = (protocol: "sip" | "msrp", before: Buffer, after: Buffer) =>
	of(protocol, before, after).map(({ start, end, octets }) => [before.toString("latin1", start, end), octets.toString("latin1")]);
const replaced = (before: Buffer, from: string, to: string) => Buffer.from(before.toString("latin1").replace(from, to), "latin1");
const asMended = (protocol: "sip" | "msrp", before: Buffer, after: Buffer) =>
	mended(protocol, before, of(protocol, before, after), true, DEFAULT_LIMITS).toString("latin1");

describe("differences", () => {
	it("are none where nothing was edited", () => {
		expect(of("sip", SIP, Buffer.from(SIP))).toEqual([]);
	});

	it("are as narrow as the edit, each header on its own", () => {
		const after = replaced(replaced(SIP, "Max-Forwards: 70", "Max-Forwards: 69"), "CSeq: 1", "CSeq: 22");
		expect(shown("sip", SIP, after)).toEqual([
			["1", "22"],
			["70", "69"],
		]);
	});

	it("of a row that was added or taken away are that row", () => {
		expect(shown("sip", SIP, replaced(SIP, "Max-Forwards: 70\r\n", ""))).toEqual([["Max-Forwards: 70\r\n", ""]]);
		expect(shown("sip", SIP, replaced(SIP, "Max-Forwards", "Subject: x\r\nMax-Forwards"))).toEqual([["", "Subject: x\r\n"]]);
	});

	for (const [what, from, to] of [
		["begins otherwise", "From: <sip:alice", "X: 1\r\nFrom: <sip:alice"],
		["is longer at its end", "hello", "hello, world"],
		["is shorter at its end", "hello", "he"],
		["is another one", "hello", "good morning"],
	]) {
		it(`of a body that ${what} make Byte-Range follow`, () => {
			const after = replaced(MSRP, from!, to!);
			const before = /Byte-Range: 1-(\d+)/.exec(MSRP.toString("latin1"))![1]!;
			const length = Number(before) + after.length - MSRP.length;
			expect(asMended("msrp", MSRP, after)).toBe(after.toString("latin1").replace(`1-${before}/${before}`, `1-${length}/${length}`));
		});
	}

	it("of a body that was empty make Byte-Range follow", () => {
		const empty = Buffer.from(
			"MSRP abcd SEND\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:1/y;tcp\r\nMessage-ID: 1\r\nByte-Range: 1-0/0\r\nContent-Type: text/plain\r\n\r\n\r\n-------abcd$\r\n",
		);
		const after = replaced(empty, "plain\r\n\r\n\r\n-", "plain\r\n\r\nhi\r\n-");
		expect(asMended("msrp", empty, after)).toBe(after.toString("latin1").replace("1-0/0", "1-2/2"));
	});

	it("leave a Byte-Range that was edited itself alone", () => {
		const after = replaced(replaced(MSRP, "hello", "hello, world"), "Byte-Range: 1-", "Byte-Range: 7-");
		expect(asMended("msrp", MSRP, after)).toBe(after.toString("latin1"));
	});

	it("of the transaction id in the first line take the end-line along", () => {
		expect(asMended("msrp", MSRP, replaced(MSRP, "MSRP abcd1", "MSRP efgh2"))).toBe(
			MSRP.toString("latin1").replace("MSRP abcd1", "MSRP efgh2").replace("-------abcd1", "-------efgh2"),
		);
	});

	it("of a SIP body make Content-Length follow", () => {
		const after = replaced(SIP, "s=-", "s=subject");
		const length = SIP.length - SIP.indexOf("\r\n\r\n") - 4;
		expect(asMended("sip", SIP, after)).toBe(
			after.toString("latin1").replace(`Content-Length: ${length}`, `Content-Length: ${length + 6}`),
		);
	});

	it("property: made again, they give what was edited, whatever that is", () => {
		const pieces = fc.array(fc.constantFrom("\r\n", "\n", "a", "Via: x\r\n", "-------abcd1$\r\n", "\r\n\r\n", "MSRP ", "hello"), {
			maxLength: 30,
		});
		fc.assert(
			fc.property(fc.constantFrom("sip", "msrp"), fc.nat(600), fc.nat(80), pieces, fc.boolean(), (protocol, at, length, inserted, wild) => {
				const message = protocol === "sip" ? SIP : MSRP;
				const start = at % message.length;
				const text = inserted.join("");
				const after = wild
					? Buffer.from(text)
					: applyEdits(message, [{ start, end: Math.min(message.length, start + length), octets: Buffer.from(text) }]);
				expect(applyEdits(message, of(protocol as "sip", message, after)).toString("latin1")).toBe(after.toString("latin1"));
			}),
			{ numRuns: 2000 },
		);
	});
});
