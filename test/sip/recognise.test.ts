import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findSipStart, looksLikeSip } from "../../src/core/protocols/sip/index.js";
import { octets, rfc4475, rfc5118 } from "./corpus.js";

function looks(source: string | Buffer): string {
	const inner = typeof source === "string" ? Buffer.from(source, "latin1") : source;
	const buf = Buffer.concat([Buffer.from("SIP/2.0 200 OK\r\n"), inner, Buffer.from(" SIP/2.0\r\n")]);
	return looksLikeSip(buf, 16, 16 + inner.length);
}

describe("looksLikeSip", () => {
	test.each([
		["INVITE sip:a@b SIP/2.0\r\n", "yes"],
		["\r\n\r\nINVITE sip:a@b SIP/2.0\r\n", "yes"],
		["SIP/2.0 200 OK\r\n", "yes"],
		["SIP/2.0 100 \r\n", "yes"],
		["X sip:a SIP/2.0\n", "yes"],
		["OPTIONS sip:a@b SIP/7.0\r\n", "yes"],
		["INVITE tel:+1 SIP/2.0\r\n", "yes"],
		["INVITE urn:service:sos SIP/2.0\r\n", "yes"],
		["", "maybe"],
		["\r\n", "maybe"],
		["I", "maybe"],
		["INVITE ", "maybe"],
		["INVITE sip", "maybe"],
		["INVITE sip:a@b SIP/2.0", "maybe"],
		["INVITE sip:a@b SIP/2.0\r", "maybe"],
		["SI", "maybe"],
		["SIP/", "maybe"],
		["SIP/2", "maybe"],
		["SIP/2.0", "maybe"],
		["SIP/2.0 2", "maybe"],
		["GET / HTTP/1.1\r\n", "no"],
		["GET /", "no"],
		["GET http://a/ HTTP/1.1\r\n", "no"],
		["CONNECT a:443 HTTP/1.1\r\n", "no"],
		["OPTIONS rtsp://h RTSP/1.0\r\n", "no"],
		["OPTIONS * RTSP/1.0", "no"],
		["RTSP/1.0 200 OK\r\n", "no"],
		["HTTP/1.1 200 OK\r\n", "no"],
		["MSRP a786hjs2 SEND\r\n", "no"],
		["MSRP a786hjs2 200 OK\r\n", "no"],
		["SIP/2.0/UDP h;branch=1\r\n", "no"],
		["SIP/2.0 200\x01", "no"],
		["\x16\x03\x01", "no"],
		["\0\0\0\0", "no"],
		["hello world\r\n", "no"],
		["220 ready\r\n", "no"],
		["0 0 SIP\r\n", "no"],
		["REGISTER sip:a@b\r\n", "no"],
		["x".repeat(65), "no"],
		[`INVITE sip:${"a".repeat(9000)}`, "no"],
		['{"a": 1}\r\n', "no"],
	])("%j: %s", (source, expected) => expect(looks(source)).toBe(expected));

	test("every wire message of the corpora but the one without version", () => {
		for (const { file } of rfc4475.tests)
			expect([file, looks(octets(`rfc4475/${file}`))]).toEqual([file, file === "test.dat" ? "no" : "yes"]);
		for (const { wireFile } of rfc5118.tests) expect(looks(octets(`rfc5118/${wireFile}`))).toBe("yes");
	});

	test("no prefix of a message is ever refused, no refusal is ever taken back", () => {
		const lines = [
			...rfc4475.tests.map(({ file }) => octets(`rfc4475/${file}`)),
			Buffer.from("GET / HTTP/1.1\r\n"),
			Buffer.from("MSRP a786hjs2 SEND\r\n"),
		];
		for (const line of lines) {
			const final = looks(line);
			for (let length = 1; length < line.length; length++) {
				const now = looks(line.subarray(0, length));
				if (now !== "maybe") expect([length, now]).toEqual([length, final]);
			}
		}
	});

	test("random octets are hardly ever SIP", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (data) => looks(Buffer.from(data)) !== "yes"),
			{ numRuns: 3000 },
		);
	});
});

describe("findSipStart", () => {
	function find(source: string): number {
		const buf = Buffer.from(`${source}INVITE sip:late@x SIP/2.0\r\n`, "latin1");
		return findSipStart(buf, 0, source.length);
	}

	test.each([
		["INVITE sip:a@b SIP/2.0\r\n", 0],
		["a=sendrecv\r\nINVITE sip:a@b SIP/2.0\r\n", 12],
		["a=sendrecv\r\nSIP/2.0 200 OK\r\n", 12],
		["a=sendrecvSIP/2.0 200 OK\r\n", 10],
		["a=sendrecvINVITE sip:a@b SIP/2.0\r\n", 10],
		["\0\0\0\0BYE sip:a@b SIP/2.0\r\n", 4],
		["\0\0\0\0FOO sip:a@b SIP/2.0\r\n", 4],
		["  INVITE sip:a@b SIP/2.0\r\n", 2],
		["Via: SIP/2.0/UDP h;branch=1\r\n", -1],
		["Via: x\r\nX: SIP/2.0\r\n", -1],
		["talk about SIP/2.0\r\n", -1],
		["INVITE sip:a@b SIP/2.0", -1],
		["GET / HTTP/1.1\r\n\r\n", -1],
		["", -1],
	])("%j at %d", (source, expected) => expect(find(source)).toBe(expected));

	test("never behind the end", () => {
		const one = octets("rfc4475/wsinv.dat");
		const data = Buffer.concat([one, one]);
		const lineEnd = one.length + one.indexOf("\n") + 1;
		for (let end = 20; end < data.length; end += 7) expect([end, findSipStart(data, 20, end)]).toEqual([end, end >= lineEnd ? 1001 : -1]);
	});
});
