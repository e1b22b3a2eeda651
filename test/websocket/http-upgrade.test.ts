import { describe, expect, it } from "vitest";
import {
	acceptFor,
	HeadReader,
	looksLikeHttpUpgrade,
	parseUpgradeRequest,
	parseUpgradeResponse,
} from "../../src/core/protocols/http-upgrade/index.js";

describe("looksLikeHttpUpgrade", () => {
	it.each([
		["", "maybe"],
		["G", "maybe"],
		["GET ", "maybe"],
		["GET /a b", "maybe"],
		["GET / HTTP/1.1\r\n", "yes"],
		["GET / HTTP/1.1\n", "yes"],
		["GET /chat?x=1 HTTP/1.1\r\nHost: a\r\n", "yes"],
		["GET / HTTP/1.0\r\n", "no"],
		["GET / HTTP/1.1x\r\n", "no"],
		["GET HTTP/1.1\r\n", "no"],
		["GET /\x01", "no"],
		[`GET /${"a".repeat(9000)}`, "no"],
		["HTTP/1.1", "maybe"],
		["HTTP/1.1 101 Switching", "yes"],
		["HTTP/1.1 200 OK\r\n", "no"],
		["POST / HTTP/1.1\r\n", "no"],
		["MSRP a", "no"],
	])("%j: %s", (text, expected) => {
		const buf = Buffer.from(`\0${text}\0`, "latin1");
		expect(looksLikeHttpUpgrade(buf, 1, buf.length - 1)).toBe(expected);
	});
});

describe("HTTP head", () => {
	const read = (text: string, piece: number, limit = 1000) => {
		const reader = new HeadReader(limit);
		const buf = Buffer.from(text, "latin1");
		for (let at = 0; at < buf.length; at += piece) {
			const end = Math.min(buf.length, at + piece);
			const used = reader.push(buf, at, end);
			if (used < 0) return "too long";
			if (used > 0) return { head: reader.take(), end: at + used };
		}
		return "more";
	};

	it("names, folding, repeats, spacing, leading empty lines, bare LF", () => {
		const text = "\r\nGET / HTTP/1.1\r\nHost:a\r\nX-Y : one\r\n  two\r\nx-y: three\nno colon\r\n: empty\r\n\r\nrest";
		for (const piece of [1, 2, 3, 1000]) {
			const result = read(text, piece);
			expect(result).toEqual({
				head: {
					startLine: "GET / HTTP/1.1",
					fields: new Map([
						["host", "a"],
						["x-y", "one two, three"],
					]),
				},
				end: text.length - 4,
			});
		}
	});

	it("the limit is exact, however cut", () => {
		const text = `GET / HTTP/1.1\r\nA: ${"x".repeat(77)}\r\n\r\n`;
		expect(text.length).toBe(100);
		for (const piece of [1, 7, 1000]) {
			expect(read(text, piece, 100)).not.toBe("too long");
			expect(read(text, piece, 99)).toBe("too long");
		}
	});

	it("RFC 6455 §1.3 accept", () => {
		expect(acceptFor("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	});

	it("start lines that are none", () => {
		const fields = new Map<string, string>();
		expect(parseUpgradeRequest({ startLine: "MSRP a SEND", fields })).toBe(undefined);
		expect(parseUpgradeResponse({ startLine: "HTTP/1.1 1x1", fields })).toBe(undefined);
		expect(parseUpgradeResponse({ startLine: "HTTP/1.1 101", fields: new Map([["upgrade", "WebSocket"]]) })?.isWebSocket).toBe(true);
	});
});
