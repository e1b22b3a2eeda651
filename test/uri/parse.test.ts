import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findParam, parseParams, parseUri, splitHostPort, unescapeOnce, unquote } from "../../src/core/protocols/uri/index.js";

function parts(text: string) {
	const { scheme, user, password, host, port, params, headers, faults } = parseUri(text);
	return { scheme, user, password, host, port, params: params.map((param) => [param.name, param.value]), headers, faults };
}

const NOTHING = { user: undefined, password: undefined, host: "", port: undefined, params: [], headers: undefined, faults: [] };

describe("parseUri", () => {
	test.each([
		["sip:alice@atlanta.com", { scheme: "sip", user: "alice", host: "atlanta.com" }],
		["SIPS:alice@atlanta.com", { scheme: "sips", user: "alice", host: "atlanta.com" }],
		["sip:atlanta.com", { scheme: "sip", host: "atlanta.com" }],
		[
			"sip:alice:secretword@atlanta.com;transport=tcp",
			{ scheme: "sip", user: "alice", password: "secretword", host: "atlanta.com", params: [["transport", "tcp"]] },
		],
		[
			"sip:+1-212-555-1212:1234@gateway.com;user=phone",
			{ scheme: "sip", user: "+1-212-555-1212", password: "1234", host: "gateway.com", params: [["user", "phone"]] },
		],
		[
			"sips:alice@atlanta.com?subject=project%20x&priority=urgent",
			{ scheme: "sips", user: "alice", host: "atlanta.com", headers: "subject=project%20x&priority=urgent" },
		],
		[
			"sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
			{ scheme: "sip", host: "atlanta.com", params: [["method", "REGISTER"]], headers: "to=alice%40atlanta.com" },
		],
		["sip:alice;day=tuesday@atlanta.com", { scheme: "sip", user: "alice;day=tuesday", host: "atlanta.com" }],
		["sip:room;isfocus@h", { scheme: "sip", user: "room;isfocus", host: "h" }],
		["sip:a?b/c@h;lr?x=1", { scheme: "sip", user: "a?b/c", host: "h", params: [["lr", undefined]], headers: "x=1" }],
		["sip:x@h;isfocus=", { scheme: "sip", user: "x", host: "h", params: [["isfocus", ""]], faults: ["empty-value"] }],
		[
			"sip:x@h;isfocus;ISFOCUS",
			{
				scheme: "sip",
				user: "x",
				host: "h",
				params: [
					["isfocus", undefined],
					["ISFOCUS", undefined],
				],
				faults: ["duplicate-param"],
			},
		],
		["sip:x@h;;lr", { scheme: "sip", user: "x", host: "h", params: [["lr", undefined]], faults: ["empty-param"] }],
		["sip:a@[2001:db8::1]:5061;lr", { scheme: "sip", user: "a", host: "2001:db8::1", port: 5061, params: [["lr", undefined]] }],
		["sip:[::1]", { scheme: "sip", host: "::1" }],
		["sip:a@2001:db8::1", { scheme: "sip", user: "a", host: "2001:db8::1", faults: ["ipv6-unbracketed"] }],
		["sip:a@[2001:db8::1", { scheme: "sip", user: "a", host: "2001:db8::1", faults: ["ipv6-unterminated"] }],
		["sip:a@[]", { scheme: "sip", user: "a", faults: ["empty-host"] }],
		["sip:a@[::1]x", { scheme: "sip", user: "a", host: "::1", faults: ["bad-port"] }],
		["sip:a@h:05060", { scheme: "sip", user: "a", host: "h", port: 5060 }],
		["sip:a@h:0", { scheme: "sip", user: "a", host: "h", port: 0 }],
		["sip:a@h:65536", { scheme: "sip", user: "a", host: "h", faults: ["bad-port"] }],
		["sip:a@h:", { scheme: "sip", user: "a", host: "h", faults: ["bad-port"] }],
		["sip:a@h:5o60", { scheme: "sip", user: "a", host: "h", faults: ["bad-port"] }],
		["sip:", { scheme: "sip", faults: ["empty-host"] }],
		["sip:@h", { scheme: "sip", user: "", host: "h", faults: ["empty-user"] }],
		["sip:a@b@c", { scheme: "sip", user: "a@b", host: "c" }],
		["sip:a@h_1", { scheme: "sip", user: "a", host: "h_1" }],
		["sip:a@h{1}", { scheme: "sip", user: "a", host: "h{1}", faults: ["bad-host"] }],
		["sip:a b@h", { scheme: "sip", user: "a b", host: "h", faults: ["whitespace"] }],
		["sip:a%4@h", { scheme: "sip", user: "a%4", host: "h", faults: ["bad-escape"] }],
		["sip:\x01é@h", { scheme: "sip", user: "\x01é", host: "h", faults: ["control", "non-ascii"] }],
		["tel:+358-555-1234567;postd=pp22", { scheme: "tel", user: "+358-555-1234567", params: [["postd", "pp22"]] }],
		["tel:7042;phone-context=example.com", { scheme: "tel", user: "7042", params: [["phone-context", "example.com"]] }],
		["tel:863-1234", { scheme: "tel", user: "863-1234", faults: ["no-phone-context"] }],
		["tel:", { scheme: "tel", user: "", faults: ["empty-number"] }],
		["tel:+", { scheme: "tel", user: "+", faults: ["bad-number"] }],
		["tel:+12x", { scheme: "tel", user: "+12x", faults: ["bad-number"] }],
		["im:fred@example.com", { scheme: "im", user: "fred", host: "example.com" }],
		["im:x@h;isfocus", { scheme: "im", user: "x", host: "h", params: [["isfocus", undefined]], faults: ["params-not-allowed"] }],
		["pres:fred@example.com?a=b", { scheme: "pres", user: "fred", host: "example.com", headers: "a=b" }],
		["urn:service:sos", { scheme: "urn" }],
		["http://u:p@www.example.com:8080/a;b?c@d", { scheme: "http", user: "u", password: "p", host: "www.example.com", port: 8080 }],
		["mailto:a@b", { scheme: "mailto" }],
		["cid:1@x;y", { scheme: "cid" }],
		["alan@jasomi.com", { scheme: "", faults: ["no-scheme"] }],
		["", { scheme: "", faults: ["no-scheme"] }],
		[":x", { scheme: "", faults: ["no-scheme"] }],
		["1sip:x", { scheme: "", faults: ["no-scheme"] }],
	])("%s", (text, expected) => {
		expect(parts(text)).toEqual({ ...NOTHING, ...expected });
		expect(parseUri(text).text).toBe(text);
	});

	test("spans of parameters", () => {
		const text = "sip:a@h;lr;x=1?y=2";
		expect(parseUri(text).params.map(({ span }) => text.slice(span.start, span.end))).toEqual(["lr", "x=1"]);
	});

	test("never throws, keeps the text, needs no square of time", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.string().map((rest) => `sip:${rest}`),
					fc.string({ unit: "binary" }).map((rest) => `tel:${rest}`),
				),
				(text) => {
					expect(parseUri(text).text).toBe(text);
				},
			),
			{ numRuns: 3000 },
		);
		const before = process.cpuUsage();
		parseUri(`sip:a@h${Array.from({ length: 30_000 }, (_, i) => `;p${i}`).join("")}`);
		parseUri(`tel:+${"1".repeat(60_000)}x`);
		const { user } = process.cpuUsage(before);
		expect(user).toBeLessThan(2_000_000);
	});
});

describe("parseParams", () => {
	test("quotes hide semicolons in header parameters only", () => {
		const text = ' ; a = "x;y\\";" ;b; c=1';
		expect(parseParams(text).map((param) => [param.name, param.value])).toEqual([
			["a", '"x;y\\";"'],
			["b", undefined],
			["c", "1"],
		]);
		expect(parseParams(text).map(({ span }) => text.slice(span.start, span.end))).toEqual(['a = "x;y\\";"', "b", "c=1"]);
		const faults: string[] = [];
		expect(parseParams(';a="x;y"', 0, 8, faults, false).map((param) => param.value)).toEqual(['"x', undefined]);
		expect(faults).toEqual([]);
	});

	test.each([
		["", []],
		[";a;a", ["duplicate-param"]],
		[";a;A=1", ["duplicate-param"]],
		[";;a", ["empty-param"]],
		[";a;", ["empty-param"]],
		[";=1", ["empty-param"]],
		[";a=", ["empty-value"]],
		[';a="x', ["unterminated-quote"]],
		[";a=x=y", []],
	])("faults of %j", (text, expected) => {
		const faults: string[] = [];
		parseParams(text, 0, text.length, faults);
		expect(faults).toEqual(expected);
	});

	test("a duplicate among many is still found", () => {
		const faults: string[] = [];
		const text = `${Array.from({ length: 100 }, (_, i) => `;p${i}`).join("")};P50`;
		const params = parseParams(text, 0, text.length, faults);
		expect([params.length, faults, findParam(params, "P99")?.name]).toEqual([101, ["duplicate-param"], "p99"]);
	});
});

test("splitHostPort takes an address without brackets whole", () => {
	expect(splitHostPort("fe80::1:5060", 0, 12)).toEqual({ host: "fe80::1:5060", port: undefined, faults: ["ipv6-unbracketed"] });
	expect(splitHostPort("xx[fe80::1]:5060yy", 2, 16)).toEqual({ host: "fe80::1", port: 5060, faults: [] });
});

test.each([
	["v%61lue%25%34%31", "value%41"],
	["%C3%A9t%c3%a9", "été"],
	["%00%", "\0%"],
	["%zz", "%zz"],
	["plain", "plain"],
	["%FF", "\ufffd"],
])("unescapeOnce %s", (text, expected) => expect(unescapeOnce(text)).toBe(expected));

test.each([
	['"a\\"b\\\\"', 'a"b\\'],
	["token", "token"],
	['""', ""],
	['"', ""],
	['"open', "open"],
])("unquote %s", (text, expected) => expect(unquote(text)).toBe(expected));
