import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactAddresses, redactPath, redactVia } from "../../src/core/redact/address.js";
import { redactHeaders } from "../../src/core/redact/head.js";
import { redactAddress, redactHost } from "../../src/core/redact/hosts.js";
import { Keyed } from "../../src/core/redact/keyed.js";
import { redactSdp } from "../../src/core/redact/sdp.js";
import { redactUri } from "../../src/core/redact/uri.js";
import { redactXml } from "../../src/core/redact/xml.js";

const keyed = new Keyed("secret");
const word = fc.string({ unit: fc.constantFrom(..."abcXYZ019.-_"), minLength: 1, maxLength: 12 });

describe("pseudonyms", () => {
	it("have the length of what they stand for, and differ as that differs", () => {
		fc.assert(
			fc.property(word, word, (a, b) => {
				const [x, y] = [keyed.text("user", a), keyed.text("user", b)];
				expect(x.length).toBe(a.length);
				expect(x === y).toBe(a === b);
				expect(x.toLowerCase() === y.toLowerCase()).toBe(a.toLowerCase() === b.toLowerCase());
			}),
		);
	});

	it("are those of what is escaped", () => {
		const plain = keyed.escaped("user", "alice");
		const escaped = keyed.escaped("user", "%61lic%65");
		expect(decodeURIComponent(escaped)).toBe(plain);
		expect(escaped).toHaveLength("%61lic%65".length);
		expect(keyed.escaped("user", "%2Babc")).toMatch(/^%2B[a-z]{3}$/);
	});

	it("depend on the key and on the kind, and on nothing else", () => {
		expect(new Keyed("secret").text("user", "alice")).toBe(keyed.text("user", "alice"));
		expect(new Keyed("another").text("user", "alicealice")).not.toBe(keyed.text("user", "alicealice"));
		expect(keyed.text("host", "alicealice")).not.toBe(keyed.text("user", "alicealice"));
	});

	it("numbers stay numbers of the same length", () => {
		expect(redactUri(keyed, "tel:+12025550101")).toMatch(/^tel:\+\d{11}$/);
		expect(redactUri(keyed, "tel:+12025550101")).not.toBe("tel:+12025550101");
	});
});

describe("addresses in numbers", () => {
	it("stay of their kind and length, one to one", () => {
		fc.assert(
			fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
				const [x, y] = [redactAddress(keyed, a), redactAddress(keyed, b)];
				expect(x).toHaveLength(a.length);
				expect(x).toMatch(/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/);
				expect(x === y).toBe(a === b);
				const inside = /^(?:10|127|192\.168)\./;
				expect(inside.exec(x)?.[0]).toBe(inside.exec(a)?.[0]);
			}),
		);
	});

	it.each(["127.0.0.1", "0.0.0.0", "::1", "::"])("%s stays", (address) => expect(redactAddress(keyed, address)).toBe(address));

	it("IPv6 keeps its form", () => {
		expect(redactAddress(keyed, "2001:db8::a:1")).toMatch(/^[0-9a-f]{4}:[0-9a-f]{3}::[0-9a-f]:[0-9a-f]$/);
		expect(redactAddress(keyed, "fe80::1234")).toMatch(/^fe80::[0-9a-f]{4}$/);
		expect(redactHost(keyed, "[2001:db8::1]")).toMatch(/^\[.{11}\]$/);
	});
});

describe("what stays", () => {
	it("of URIs: scheme, port, isfocus and what says nothing of persons", () => {
		expect(redactUri(keyed, "sip:sess-7f3a@im.example.com:5070;isfocus;transport=tcp")).toMatch(
			/^sip:[a-z]{4}-\d[a-z]\d[a-z]@[a-z]{2}\.[a-z]{7}\.[a-z]{3}:5070;isfocus;transport=tcp$/,
		);
		expect(redactUri(keyed, "sip:conf-factory@localhost")).toBe("sip:conf-factory@localhost");
		expect(redactUri(keyed, "sip:anonymous@anonymous.invalid")).toBe("sip:anonymous@anonymous.invalid");
		expect(redactUri(keyed, "sip:x;IsFocus@a.b")).toMatch(/;IsFocus@/);
		expect(redactPath(keyed, "msrps://a.example.com:2855/s1;tcp msrp://b:1/x;ws")).toMatch(
			/^msrps:\/\/[a-z.]+:2855\/[a-z]\d;tcp msrp:\/\/[a-z]:1\/[a-z];ws$/,
		);
	});

	it("of headers: parameters, and the negated feature", () => {
		const made = redactAddresses(keyed, '"Bob B" <sip:bob@example.com>;isfocus="!TRUE";tag=ab1, <tel:+123>');
		expect(made).toMatch(/^"[A-Z][a-z]{2} [A-Z]" <sip:[a-z]{3}@[a-z]{7}\.[a-z]{3}>;isfocus="!TRUE";tag=[a-z]{2}\d, <tel:\+\d{3}>$/);
		expect(redactVia(keyed, "SIP/2.0/TCP host.example.com:5060;branch=z9hG4bKabc;received=192.0.2.1;rport=1")).toMatch(
			/^SIP\/2\.0\/TCP [a-z]{4}\.[a-z]{7}\.[a-z]{3}:5060;branch=z9hG4bK[a-z]{3};received=\d{3}\.\d\.\d\.\d;rport=1$/,
		);
		expect(redactHeaders(keyed, "CSeq: 1 INVITE\r\nX-Customer: Jane Doe 17\r\n")).toBe("CSeq: 1 INVITE\r\nX-Customer: xxxx xxx 00\r\n");
		expect(
			redactHeaders(
				keyed,
				'Authorization: Digest username="bob", realm="a.b", nonce="n1", uri="sip:a.b", response="aa11", algorithm=MD5\r\n',
			),
		).toMatch(
			/^Authorization: Digest username="[a-z]{3}", realm="[a-z]\.[a-z]", nonce="x0", uri="sip:[a-z]\.[a-z]", response="xx00", algorithm=MD5\r\n$/,
		);
	});

	it("of SDP: what media are, not where nor whose", () => {
		const made = redactSdp(
			keyed,
			'o=bob 1 2 IN IP4 192.0.2.7\r\ns=Bob talks\r\nc=IN IP4 192.0.2.7\r\nm=message 2855 TCP/MSRP *\r\na=path:msrp://192.0.2.7:2855/x1;tcp\r\na=file-selector:name:"plan.pdf" type:application/pdf\r\na=setup:active\r\n',
		);
		expect(made).toMatch(/^o=[a-z]{3} 1 2 IN IP4 \d{3}\.\d\.\d\.\d\r\ns=xxx xxxxx\r\n/);
		expect(made).toContain("m=message 2855 TCP/MSRP *\r\na=path:msrp://");
		expect(made).toContain('a=file-selector:name:"xxxx.xxx" type:application/pdf\r\na=setup:active\r\n');
		expect(made).not.toContain("192.0.2.7");
	});

	it("of XML: words of the protocol, no text and no address", () => {
		const made = redactXml(
			keyed,
			'<user entity="sip:bob@example.com" state="full"><display-text>Bob &amp; Co</display-text><status>connected</status></user>',
		);
		expect(made).toMatch(
			/^<user entity="sip:[a-z]{3}@[a-z]{7}\.[a-z]{3}" state="full"><display-text>xxx &amp; xx<\/display-text><status>connected<\/status><\/user>$/,
		);
	});
});
