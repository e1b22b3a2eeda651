import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNameAddr, splitList, splitSpans } from "../../src/core/protocols/uri/index.js";

function parts(value: string) {
	const { displayName, uriText, uri, bracketed, params, uriSpan, faults } = parseNameAddr(value);
	expect(value.slice(uriSpan.start, uriSpan.end)).toBe(uriText);
	return {
		displayName,
		uriText,
		uriParams: uri.params.map((param) => param.name),
		bracketed,
		params: params.map((param) => [param.name, param.value]),
		faults,
	};
}

describe("parseNameAddr", () => {
	test.each([
		['"A. G. Bell" <sip:agb@bell.com> ;tag=a48s', { displayName: "A. G. Bell", uriText: "sip:agb@bell.com", params: [["tag", "a48s"]] }],
		["Anonymous <sip:c8@privacy.org>", { displayName: "Anonymous", uriText: "sip:c8@privacy.org" }],
		["two  words <sip:a@b>", { displayName: "two words", uriText: "sip:a@b" }],
		["caller<sip:a@b>", { displayName: "caller", uriText: "sip:a@b", faults: ["no-lws"] }],
		['"caller"<sip:a@b>', { displayName: "caller", uriText: "sip:a@b" }],
		["<sip:x@h;isfocus>", { uriText: "sip:x@h;isfocus", uriParams: ["isfocus"] }],
		["<sip:x@h>;isfocus", { uriText: "sip:x@h", params: [["isfocus", undefined]] }],
		[
			'<sip:x@h>;+sip.instance="<urn:uuid:1>";reg-id=1',
			{
				uriText: "sip:x@h",
				params: [
					["+sip.instance", '"<urn:uuid:1>"'],
					["reg-id", "1"],
				],
			},
		],
		['"a;isfocus" <sip:x@h>', { displayName: "a;isfocus", uriText: "sip:x@h" }],
		['"<sip:fake@h>" <sip:x@h>', { displayName: "<sip:fake@h>", uriText: "sip:x@h" }],
		['"q\\"<\\\\" <sip:x@h>', { displayName: 'q"<\\', uriText: "sip:x@h" }],
		["Bell, Alexander <sip:a@b>", { displayName: "Bell, Alexander", uriText: "sip:a@b", faults: ["display-name-not-token"] }],
		['"x" y <sip:a@b>', { displayName: "x", uriText: "sip:a@b", faults: ["display-name-not-token"] }],
		['"Mr. J. User <sip:j@b>', { displayName: "Mr. J. User", uriText: "sip:j@b", faults: ["unterminated-quote"] }],
		["< sip:a@b >", { uriText: "sip:a@b", faults: ["whitespace-in-brackets"] }],
		["<sip:a@b", { uriText: "sip:a@b", faults: ["unterminated-bracket"] }],
		["<sip:a@b>junk;tag=1", { uriText: "sip:a@b", params: [["tag", "1"]], faults: ["after-bracket"] }],
		["<sip:a@b>;;tag=1;", { uriText: "sip:a@b", params: [["tag", "1"]], faults: ["empty-param"] }],
		["<>", { faults: [] }],
	])("%s", (value, expected) => {
		expect(parts(value)).toEqual({ displayName: "", uriText: "", uriParams: [], bracketed: true, params: [], faults: [], ...expected });
	});

	test.each([
		["sip:x@h;isfocus", { uriText: "sip:x@h", params: [["isfocus", undefined]] }],
		["sip:+12125551212@h;tag=887s", { uriText: "sip:+12125551212@h", params: [["tag", "887s"]] }],
		[" sip:a@b ; tag = x ", { uriText: "sip:a@b", params: [["tag", "x"]] }],
		["sip:a@b?Route=%3C", { uriText: "sip:a@b?Route=%3C", faults: ["needs-brackets"] }],
		["sip:a,b@c", { uriText: "sip:a,b@c", faults: ["needs-brackets"] }],
		["sip:user;par=u@example.net", { uriText: "sip:user", params: [["par", "u@example.net"]], faults: ["needs-brackets"] }],
		['sip:a@b;+sip.instance="<urn:uuid:1>"', { uriText: "sip:a@b", params: [["+sip.instance", '"<urn:uuid:1>"']] }],
		["*", { uriText: "*" }],
		["", { uriText: "", faults: ["empty"] }],
		[";tag=1", { uriText: "", params: [["tag", "1"]], faults: ["empty"] }],
	])("without brackets: %s", (value, expected) => {
		expect(parts(value)).toEqual({ displayName: "", uriParams: [], bracketed: false, params: [], faults: [], ...expected });
	});

	test("folds count as white space", () => {
		expect(parts('"A"\r\n <sip:a@b>\r\n ;\r\n\ttag=1')).toMatchObject({
			displayName: "A",
			uriText: "sip:a@b",
			params: [["tag", "1"]],
			faults: [],
		});
	});

	test("never throws and its span is its text", () => {
		const piece = fc.constantFrom('"', "<", ">", ";", ",", "\\", " ", "sip:a@b", "tag=", "\r\n ", "é", "?", "[", "]");
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
				parts(pieces.join(""));
			}),
			{ numRuns: 5000 },
		);
	});
});

describe("splitList", () => {
	test.each([
		["a, b ,c", ["a", "b", "c"]],
		["a,,b,", ["a", "b"]],
		["", []],
		[" , ", []],
		['"a,b" <sip:x@y>, <sip:c,d@e>', ['"a,b" <sip:x@y>', "<sip:c,d@e>"]],
		['"a\\",b", c', ['"a\\",b"', "c"]],
		['"open, b', ['"open, b']],
		["<open, b", ["<open, b"]],
		['<sip:a@b>;x="1,2";q=0.5,*', ['<sip:a@b>;x="1,2";q=0.5', "*"]],
	])("%j", (value, expected) => expect(splitList(value)).toEqual(expected));

	test("spans keep the empty elements", () => {
		expect(splitSpans("a, ,b,", 0, 6)).toEqual([
			{ start: 0, end: 1 },
			{ start: 3, end: 3 },
			{ start: 4, end: 5 },
			{ start: 6, end: 6 },
		]);
	});
});
