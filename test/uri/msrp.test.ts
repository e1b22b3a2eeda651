import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareMsrpUri, parseMsrpUri, sessionIdOnlyMatch } from "../../src/core/protocols/uri/index.js";

describe("parseMsrpUri", () => {
	test.each([
		[
			"msrp://atlanta.example.com:7654/jshA7weztas;tcp",
			{ scheme: "msrp", host: "atlanta.example.com", port: 7654, sessionId: "jshA7weztas", transport: "tcp" },
		],
		[
			"msrps://bob@[2001:db8::1]:9000/9di4eae923wzd;tcp",
			{ scheme: "msrps", userinfo: "bob", host: "2001:db8::1", port: 9000, sessionId: "9di4eae923wzd", transport: "tcp" },
		],
		["msrps://relay.example.com;tcp", { scheme: "msrps", host: "relay.example.com", transport: "tcp" }],
		["MSRP://a/b/c=+;WS;x=1;y", { scheme: "msrp", host: "a", sessionId: "b/c=+", transport: "WS", params: ["x", "y"] }],
		["msrp://a:1/;tcp", { scheme: "msrp", host: "a", port: 1, sessionId: "", transport: "tcp", faults: ["bad-session-id"] }],
		["msrp://a:1/b", { scheme: "msrp", host: "a", port: 1, sessionId: "b", faults: ["no-transport"] }],
		["msrp://a:1/b;x=1", { scheme: "msrp", host: "a", port: 1, sessionId: "b", params: ["x"], faults: ["no-transport"] }],
		["msrp:///b;tcp", { scheme: "msrp", host: "", sessionId: "b", transport: "tcp", faults: ["empty-host"] }],
		["msrp://a:99999/b;tcp", { scheme: "msrp", host: "a", sessionId: "b", transport: "tcp", faults: ["bad-port"] }],
		["sip:a@b", { scheme: "", userinfo: "sip:a", host: "b", faults: ["bad-scheme", "no-transport"] }],
		["", { scheme: "", host: "", faults: ["bad-scheme", "empty-host", "no-transport"] }],
	])("%s", (text, expected) => {
		const { scheme, userinfo, host, port, sessionId, transport, params, faults } = parseMsrpUri(text);
		expect({ scheme, userinfo, host, port, sessionId, transport, params: params.map((param) => param.name), faults }).toEqual({
			userinfo: undefined,
			port: undefined,
			sessionId: undefined,
			transport: undefined,
			params: [],
			faults: [],
			...expected,
		});
	});

	test("never throws", () => {
		fc.assert(
			fc.property(
				fc.string().map((rest) => `msrp://${rest}`),
				(text) => {
					expect(parseMsrpUri(text).text).toBe(text);
				},
			),
			{ numRuns: 2000 },
		);
	});
});

describe("RFC 4975 §6.1", () => {
	const A = "msrp://h.example.com:2855/abc;tcp";
	test.each([
		[A, undefined],
		["MSRP://H.Example.COM:2855/abc;TCP", undefined],
		["msrp://user@h.example.com:2855/abc;tcp", undefined],
		["msrp://h.example.com:2855/abc;tcp;other=1", undefined],
		["msrp://%68.example.com:2855/%61bc;tcp", undefined],
		["msrps://h.example.com:2855/abc;tcp", "scheme"],
		["msrp://i.example.com:2855/abc;tcp", "host"],
		["msrp://h.example.com:2856/abc;tcp", "port"],
		["msrp://h.example.com/abc;tcp", "port"],
		["msrp://h.example.com:2855/ABC;tcp", "session-id"],
		["msrp://h.example.com:2855;tcp", "session-id"],
		["msrp://h.example.com:2855/abc;ws", "transport"],
		["msrp://h.example.com:2855/abc", "transport"],
		["msrp://h.example.com:2855/./abc;tcp", "session-id"],
	])("%s: %s", (b, failed) => {
		expect(compareMsrpUri(A, b)).toEqual(failed === undefined ? { equal: true } : { equal: false, failed });
		expect(compareMsrpUri(b, A)).toEqual(compareMsrpUri(A, b));
	});

	test("addresses compare by value", () => {
		expect(compareMsrpUri("msrp://[::1]:1/a;tcp", "msrp://[0:0:0:0:0:0:0:1]:1/a;tcp").equal).toBe(true);
	});

	test("session-id alone", () => {
		expect(sessionIdOnlyMatch(A, "msrp://10.0.0.1:9/abc;tcp")).toBe(true);
		expect(sessionIdOnlyMatch(A, A)).toBe(false);
		expect(sessionIdOnlyMatch(A, "msrp://10.0.0.1:9/abd;tcp")).toBe(false);
		expect(sessionIdOnlyMatch("msrp://a:1;tcp", "msrp://b:1;tcp")).toBe(false);
	});
});
