import { readFileSync } from "node:fs";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	decodeContentEncoding,
	headerValue,
	type MimePart,
	parseHeaderBlock,
	parseMediaType,
	parseMultipart,
	parseParameterized,
} from "../../src/core/protocols/mime/index.js";

const LIMITS = { mimeDepth: 32 };

function bodyOf(file: string): { head: string; octets: Buffer } {
	const octets = readFileSync(new URL(`../data/mime/${file}`, import.meta.url));
	const end = /\r?\n\r?\n/.exec(octets.toString("latin1"))!;
	return { head: octets.toString("latin1", 0, end.index), octets: octets.subarray(end.index + end[0].length) };
}

function multipart(text: string, boundary: string, depth = 32): { parts: MimePart[]; texts: string[] } {
	const octets = Buffer.from(text);
	const parts = parseMultipart(octets, 0, octets.length, boundary, { mimeDepth: depth });
	return { parts, texts: parts.map(({ start, end }) => octets.toString("utf8", start, end)) };
}

describe("parameters", () => {
	test.each<[string, string, Record<string, string>, number]>([
		["text/plain", "text/plain", {}, -1],
		[" Text/Plain ; Charset = UTF-8 ", "text/plain", { charset: "UTF-8" }, -1],
		['multipart/mixed;boundary="a b;c=\\"d\\""', "multipart/mixed", { boundary: 'a b;c="d"' }, -1],
		['attachment; filename="photo-17.jpg"; size=5', "attachment", { filename: "photo-17.jpg", size: "5" }, -1],
		['x/y; a=""; b=', "x/y", { a: "", b: "" }, -1],
		["x/y; a=1; A=2", "x/y", { a: "1" }, -1],
		["x/y;;a=1;", "x/y", { a: "1" }, 4],
		["x/y; flag; a=1", "x/y", { flag: "", a: "1" }, 5],
		['x/y; a="open; b=1', "x/y", { a: "open; b=1" }, 7],
		['x/y; a="1" junk; b=2', "x/y", { a: "1", b: "2" }, 11],
		["", "", {}, -1],
		[";charset=x", "", { charset: "x" }, -1],
	])("%s", (text, value, params, faultAt) => {
		expect(parseParameterized(text)).toEqual({ value, params: new Map(Object.entries(params)), faultAt });
	});

	test.each<[string, Record<string, string>]>([
		["x/y; filename*=utf-8''gr%C3%BCn.txt", { filename: "grün.txt" }],
		["x/y; filename*=iso-8859-1'de'gr%FCn.txt", { filename: "grün.txt" }],
		['x/y; name*0="one "; name*1=two', { name: "one two" }],
		["x/y; name*1=b; name*0*=utf-8''%C3%A4", { name: "äb" }],
		["x/y; name*0*=utf-8''a%20; name*1*=%C3; name*2*=%BC", { name: "a ü" }],
		["x/y; name*0=a; name*2=c", { name: "a" }],
		["x/y; name*x=a", {}],
	])("RFC 2231: %s", (text, params) => expect(parseParameterized(text).params).toEqual(new Map(Object.entries(params))));

	test("media type", () => {
		expect(parseMediaType("Message/CPIM; x=1")).toEqual({ type: "message/cpim", params: new Map([["x", "1"]]) });
	});

	test("anything goes in, nothing throws, at most 64 come out", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(..."a*0;=\"\\ %'\t/é") }), (text) => parseParameterized(text).params.size <= 64),
			{ numRuns: 3000 },
		);
		expect(parseParameterized(`x/y${Array.from({ length: 500 }, (_, i) => `;p${i}=1`).join("")}`).params.size).toBe(64);
	});
});

describe("header block", () => {
	test("folds, both line ends, spans, the empty line", () => {
		const text = "Content-Type: a/b;\r\n\tc=d\nX : \xc3\xa9 \r\n\r\nbody";
		expect(parseHeaderBlock(text, 0, text.length)).toEqual({
			headers: [
				{ name: "Content-Type", key: "content-type", value: "a/b; c=d", start: 0, end: 25 },
				{ name: "X", key: "x", value: "é", start: 25, end: 34 },
			],
			bodyStart: 36,
			terminated: true,
		});
	});
	test.each([
		["no empty line", "A: b\r\n", { bodyStart: 6, terminated: false }],
		["a line that is no header", "A: b\r\nhello\r\n\r\n", { bodyStart: 6, terminated: false }],
		["white space first", " A: b\r\n\r\n", { bodyStart: 0, terminated: false }],
		["nothing", "", { bodyStart: 0, terminated: false }],
		["an empty line first", "\r\nx", { bodyStart: 2, terminated: true }],
	])("%s", (_, text, expected) => expect(parseHeaderBlock(text, 0, text.length)).toMatchObject(expected));
	test("lookup is by lower-case name, first row", () => {
		const { headers } = parseHeaderBlock("A: 1\r\na: 2\r\n\r\n", 0, 14);
		expect([headerValue(headers, "a"), headerValue(headers, "b")]).toEqual(["1", undefined]);
	});
});

describe("multipart", () => {
	test("preamble, parts, epilogue, defaults", () => {
		const { parts, texts } = multipart(
			"preamble\r\n--b\r\nContent-Type: Text/HTML;charset=x\r\nContent-ID: <1@x>\r\nContent-Disposition: attachment\r\n\r\none\r\n--b \t\r\n\r\ntwo\r\n\r\n--b--\r\nepilogue\r\n--b\r\n\r\nno",
			"b",
		);
		expect(texts).toEqual(["one", "two\r\n"]);
		expect(parts.map(({ contentType, contentId, contentDisposition }) => [contentType, contentId, contentDisposition])).toEqual([
			["text/html", "<1@x>", "attachment"],
			["text/plain", undefined, undefined],
		]);
		expect(parts[0]!.params).toEqual(new Map([["charset", "x"]]));
		expect(parts[0]!.headers[0]).toMatchObject({ name: "Content-Type", start: 15, end: 50 });
	});

	test.each([
		["LF alone", "--b\n\none\n--b--\n", ["one"]],
		["no close delimiter", "--b\r\n\r\none", ["one"]],
		["a longer boundary is another one", "--b\r\n\r\none\r\n--bc\r\ntwo\r\n--b--", ["one\r\n--bc\r\ntwo"]],
		["not at the start of a line", "--b\r\n\r\none --b\r\n--b--", ["one --b"]],
		["an empty part", "--b\r\n\r\n\r\n--b--", [""]],
		["no delimiter", "one", []],
		["a close delimiter alone", "--b--", []],
	])("%s", (_, text, expected) => expect(multipart(text, "b").texts).toEqual(expected));

	test("nested, with offsets of the outermost body", () => {
		const text = '--o\r\nContent-Type: multipart/alternative; boundary="i"\r\n\r\n--i\r\nX: y\r\n\r\ndeep\r\n--i--\r\n--o--';
		const inner = multipart(text, "o").parts[0]!.parts!;
		expect(inner.map(({ start, end }) => text.slice(start, end))).toEqual(["deep"]);
		expect(text.slice(inner[0]!.headers[0]!.start, inner[0]!.headers[0]!.end)).toBe("X: y\r\n");
	});

	test("the depth is bounded", () => {
		let text = "\r\n\r\nx";
		for (let level = 50; level >= 0; level--)
			text = `--b${level}.\r\nContent-Type: multipart/mixed; boundary=b${level + 1}.\r\n\r\n${text}`;
		let depth = 0;
		for (let parts: MimePart[] | undefined = multipart(text, "b0.").parts; parts !== undefined && parts.length > 0; parts = parts[0]!.parts)
			depth++;
		expect(depth).toBe(32);
		expect(multipart(text, "b0.", 1).parts[0]!.parts).toBeUndefined();
		expect(multipart(text, "b0.", 0).parts).toEqual([]);
	});

	test("RFC 4475 mpart01: binary in a part", () => {
		const { head, octets } = bodyOf("mpart01.dat");
		const boundary = parseMediaType(/Content-Type: (.*)/.exec(head)![1]!).params.get("boundary")!;
		const parts = parseMultipart(octets, 0, octets.length, boundary, LIMITS);
		expect(octets.length).toBe(553);
		expect(parts.map(({ contentType, start, end }) => [contentType, start, end])).toEqual([
			["text/plain", 83, 88],
			["application/octet-stream", 187, 529],
		]);
		expect(octets.toString("latin1", 83, 88)).toBe("Hello");
		// DER: a SEQUENCE of 338 octets after a head of four
		expect([octets.readUInt16BE(187), octets.readUInt16BE(189)]).toEqual([0x3082, 529 - 187 - 4]);
	});

	test("an emergency call with nine parts, LF alone at line ends", () => {
		const { head, octets } = bodyOf("InviteAllAdditionalDataByValue1.sip");
		const boundary = parseMediaType(/Content-Type: *(.*)/i.exec(head)![1]!).params.get("boundary")!;
		const parts = parseMultipart(octets, 0, octets.length, boundary, LIMITS);
		expect(parts.map(({ contentType }) => contentType.replace("application/", "").replace("emergencycalldata.", ""))).toEqual([
			"sdp",
			"pidf+xml",
			"providerinfo+xml",
			"serviceinfo+xml",
			"deviceinfo+xml",
			"subscriberinfo+xml",
			"comment+xml",
			"nena-callerinfo+xml",
			"nena-locationinfo+xml",
		]);
		expect(octets.toString("latin1", parts[0]!.start, parts[0]!.start + 4)).toBe("v=0\n");
	});

	test("mutations never throw and parts lie inside", () => {
		const { octets } = bodyOf("mpart01.dat");
		fc.assert(
			fc.property(
				fc.array(
					fc.tuple(fc.nat(), fc.nat(9), fc.constantFrom("--7a9cbec02ceef655", "\r\n", "--", "multipart/x;boundary=7a9cbec02ceef655", "")),
					{ maxLength: 6 },
				),
				(edits) => {
					let text = octets.toString("latin1");
					for (const [at, remove, insert] of edits)
						text = text.slice(0, at % text.length) + insert + text.slice((at % text.length) + remove);
					const mutated = Buffer.from(text, "latin1");
					for (const { start, end } of parseMultipart(mutated, 0, mutated.length, "7a9cbec02ceef655", LIMITS)) {
						expect(0 <= start && start <= end && end <= mutated.length).toBe(true);
					}
				},
			),
			{ numRuns: 1000 },
		);
	});
});

describe("content encoding", () => {
	const plain = Buffer.from("From: <sip:a@b>\r\n".repeat(20));
	const around = (octets: Buffer) => Buffer.concat([Buffer.from("xx"), octets, Buffer.from("yy")]);
	test.each([
		["deflate", deflateSync(plain)],
		["deflate", deflateRawSync(plain)],
		["GZIP", gzipSync(plain)],
		["identity", plain],
		["deflate, gzip", gzipSync(deflateSync(plain))],
	])("%s", (coding, octets) => {
		expect(decodeContentEncoding(coding, around(octets), 2, 2 + octets.length, 1 << 20)?.equals(plain)).toBe(true);
	});
	test.each([
		["unknown", "br", deflateSync(plain)],
		["broken", "deflate", Buffer.from("x\u0001broken")],
		["cut", "gzip", gzipSync(plain).subarray(0, 20)],
		["too large", "deflate", deflateSync(Buffer.alloc(2 << 20))],
		["empty", "gzip", Buffer.alloc(0)],
	])("%s gives nothing", (_, coding, octets) => {
		expect(decodeContentEncoding(coding, octets, 0, octets.length, 1 << 20)).toBeUndefined();
	});
});
