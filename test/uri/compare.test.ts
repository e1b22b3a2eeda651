import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	type CompareLevel,
	canonicalHost,
	compareUri,
	hostKind,
	parseIpv4,
	parseIpv6,
	parseUri,
	phoneNumber,
	sipUriEqual,
} from "../../src/core/protocols/uri/index.js";

/** Both ways round: comparison is symmetric. */
function compare(a: string, b: string, level: CompareLevel): string {
	const there = compareUri(a, b, level);
	const back = compareUri(b, a, level);
	expect([back.equal, back.uncertain]).toEqual([there.equal, there.uncertain]);
	expect(there.equal).toBe(there.failed === undefined);
	return there.equal ? (there.uncertain ? "uncertain" : "equal") : there.failed!;
}

describe("level uri: RFC 3261 §19.1.4", () => {
	test.each([
		// the section's own examples
		["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", "equal"],
		["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", "equal"],
		["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", "equal"],
		[
			"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
			"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
			"equal",
		],
		["sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", "equal"],
		["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", "user"],
		["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", "port"],
		["sip:bob@biloxi.com:6000;transport=tcp", "sip:bob@biloxi.com", "port"],
		["sip:carol@chicago.com?Subject=next%20meeting", "sip:carol@chicago.com", "headers"],
		["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", "host"],
		["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", "param:security"],
		// the text contradicts itself about transport
		["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", "uncertain"],
		["sip:bob@biloxi.com;transport=tcp", "sip:bob@biloxi.com;transport=udp", "param:transport"],
		// the rules one by one
		["sip:a@h", "sips:a@h", "scheme"],
		["sip:a@h", "sip:h", "user"],
		["sip:a:x@h", "sip:a:y@h", "password"],
		["sip:a@h", "sip:a:@h", "password"],
		["sip:a@h;user=ip", "sip:a@h", "param:user"],
		["sip:a@h;ttl=1", "sip:a@h", "param:ttl"],
		["sip:a@h;method=INVITE", "sip:a@h", "param:method"],
		["sip:a@h;maddr=x", "sip:a@h", "param:maddr"],
		["sip:a@h;lr", "sip:a@h", "equal"],
		["sip:a@h?b=1", "sip:a@h?b=2", "headers"],
		["sip:a@h?B=1", "sip:a@h?b=1", "equal"],
		["sip:a%2Fb@h", "sip:a/b@h", "user"],
		["sip:a%2fb@h", "sip:a%2Fb@h", "equal"],
		["sip:a%252Fb@h", "sip:a%2Fb@h", "user"],
		["sip:null-%00@h", "sip:null-@h", "user"],
		["sip:%C3%A9@h", "sip:é@h", "equal"],
		["sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0:0:0:0:0:1]", "equal"],
		["sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", "host"],
		["sip:S@h;gr=1", "sip:S@h", "equal"],
		["sip:S@h;gr=1", "sip:S@h;gr=2", "param:gr"],
		["SIP:%73ess@h;IsFocus", "sip:sess@h;isfocus", "equal"],
		// decisions on isfocus
		["sip:S@h;isfocus=", "sip:S@h;isfocus", "equal"],
		["sip:S@h;isfocus;isfocus", "sip:S@h;isfocus", "equal"],
		["sip:S@h;isfocus=true", "sip:S@h;isfocus", "param:isfocus"],
		["sip:S@h;%69sfocus", "sip:S@h;isfocus=1", "param:isfocus"],
		["sip:S@h?isfocus=1", "sip:S@h", "headers"],
		// RFC 3860
		["im:a@Example.com", "im:a@example.com", "equal"],
		["im:a@h", "pres:a@h", "scheme"],
		// others: the text after the scheme
		["URN:service:sos", "urn:service:sos", "equal"],
		["urn:service:sos", "urn:service:SOS", "text"],
		["garbage", "garbage", "equal"],
		["garbage", "other", "text"],
	])("%s  %s  %s", (a, b, expected) => expect(compare(a, b, "uri")).toBe(expected));

	test("not transitive, as the section says", () => {
		expect(sipUriEqual("sip:carol@chicago.com;security=on", "sip:carol@chicago.com")).toBe(true);
		expect(sipUriEqual("sip:carol@chicago.com", "sip:carol@chicago.com;security=off")).toBe(true);
		expect(sipUriEqual("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off")).toBe(false);
	});
});

describe("level uri: tel, RFC 3966 §4", () => {
	test.each([
		["tel:+1-201-555-0123", "tel:+1(201)5550.123", "equal"],
		["tel:+12015550123", "tel:12015550123;phone-context=+1", "number"],
		["tel:+1201;isub=1", "tel:+1201", "param:isub"],
		["tel:+1201;a=1;b=2", "TEL:+1201;B=2;A=1", "equal"],
		["tel:+1201;ext=1-2", "tel:+1201;ext=12", "equal"],
		["tel:1a;phone-context=Example.com", "tel:1A;phone-context=example.COM", "equal"],
		["tel:7;phone-context=+1-2", "tel:7;phone-context=+12", "equal"],
		["tel:+12025550177;isfocus", "tel:+12025550177", "param:isfocus"],
		["tel:+1201", "sip:+1201@h;user=phone", "scheme"],
	])("%s  %s  %s", (a, b, expected) => expect(compare(a, b, "uri")).toBe(expected));
});

describe("the other levels", () => {
	test.each<[string, string, CompareLevel, string]>([
		["sip:a@h", "sip:a@h", "octet", "equal"],
		["sip:a@h", "sip:a@H", "octet", "text"],
		["sips:a@H:5061;x=1", "sip:a@h?y=1", "aor", "equal"],
		["im:a@h", "sip:a@h", "aor", "equal"],
		["sip:A@h", "sip:a@h", "aor", "user"],
		["sip:a@h", "sip:a@i", "aor", "host"],
		["tel:+1-2;isub=1", "tel:+12", "aor", "equal"],
		["tel:+12", "tel:+13", "aor", "user"],
		["tel:+12", "sip:+12@h", "aor", "host"],
		["urn:a", "urn:b", "aor", "text"],
		["tel:+1-202-555-0101", "sip:+12025550101@h;user=phone", "number", "equal"],
		["sip:+12025550101@a", "sips:+12025550101@b", "number", "equal"],
		["sip:12025550101@a;user=phone", "tel:+12025550101", "number", "uncertain"],
		["sip:12025550101@a", "tel:+12025550101", "number", "number"],
		["tel:911;phone-context=x", "tel:911;phone-context=x", "number", "number"],
		["sip:+1202;phone-context=x@a", "tel:+1202", "number", "equal"],
		["sip:alice@a;user=phone", "sip:alice@a;user=phone", "number", "number"],
	])("%s  %s  %s: %s", (a, b, level, expected) => expect(compare(a, b, level)).toBe(expected));

	test("each stricter level implies the next", () => {
		const uri = fc
			.tuple(
				fc.constantFrom("sip:", "SIP:", "sips:", "tel:", "im:"),
				fc.constantFrom("alice@", "%61lice@", "+1202@", ""),
				fc.constantFrom("h", "H", "[::1]", "+1-2"),
				fc.constantFrom("", ":5060"),
				fc.constantFrom("", ";lr", ";transport=tcp", ";user=phone", ";x=1"),
			)
			.map((pieces) => pieces.join(""));
		fc.assert(
			fc.property(uri, uri, (a, b) => {
				for (const level of ["octet", "uri", "aor", "number"] as const) compare(a, b, level);
				if (compareUri(a, b, "octet").equal) expect(compareUri(a, b, "uri").equal).toBe(true);
				if (compareUri(a, b, "uri").equal) expect(compareUri(a, b, "aor").equal).toBe(true);
				expect(compareUri(a, a, "uri").equal).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});

test("phoneNumber", () => {
	expect(phoneNumber(parseUri("tel:+1(202)555"))).toEqual({ digits: "1202555", global: true });
	expect(phoneNumber(parseUri("sip:%2B1202@h"))).toEqual({ digits: "1202", global: true });
	expect(phoneNumber(parseUri("sip:h"))).toBeUndefined();
});

describe("addresses", () => {
	test.each([
		["0.0.0.0", 0],
		["255.255.255.255", 0xffffffff],
		["192.0.2.1", 0xc0000201],
		["256.0.0.1", -1],
		["1.2.3", -1],
		["a.b.c.d", -1],
	])("parseIpv4 %s", (text, expected) => expect(parseIpv4(text)).toBe(expected));

	test.each([
		["::", [0, 0, 0, 0, 0, 0, 0, 0]],
		["::1", [0, 0, 0, 0, 0, 0, 0, 1]],
		["2001:db8::10:5070", [0x2001, 0xdb8, 0, 0, 0, 0, 0x10, 0x5070]],
		["1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]],
		["::ffff:192.0.2.10", [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x20a]],
		["2001:db8:::192.0.2.1", [0x2001, 0xdb8, 0, 0, 0, 0, 0xc000, 0x201]],
		["1:2:3:4:5:6:7", undefined],
		["1:2:3:4:5:6:7:8:9", undefined],
		["1::2::3", undefined],
		["1:::2", undefined],
		["12345::", undefined],
		["::256.0.0.1", undefined],
		["192.0.2.1", undefined],
		["", undefined],
	])("parseIpv6 %s", (text, expected) => expect(parseIpv6(text)).toEqual(expected));

	test.each([
		["example.com", "name"],
		["8.8.8.8", "public"],
		["10.0.0.1", "private"],
		["172.16.0.1", "private"],
		["172.32.0.1", "public"],
		["192.168.1.1", "private"],
		["100.64.0.1", "private"],
		["127.0.0.1", "loopback"],
		["0.0.0.0", "unspecified"],
		["169.254.1.1", "link-local"],
		["224.0.1.75", "multicast"],
		["255.255.255.255", "broadcast"],
		["::", "unspecified"],
		["::1", "loopback"],
		["fe80::1", "link-local"],
		["fd00::1", "private"],
		["ff02::1", "multicast"],
		["2001:db8::1", "public"],
		["::ffff:10.0.0.1", "private"],
	])("hostKind %s: %s", (host, expected) => expect(hostKind(host)).toBe(expected));

	test("canonicalHost", () => {
		expect(canonicalHost("Example.COM")).toBe("example.com");
		expect(canonicalHost("[2001:DB8::1]")).toBe(canonicalHost("2001:db8:0::0:1"));
		expect(canonicalHost("not:an:address")).toBe("not:an:address");
	});
});
