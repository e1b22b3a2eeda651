import { describe, expect, test } from "vitest";
import { checkSip } from "../../src/core/checks/sip/index.js";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import type { Carrier } from "../../src/core/model/entry.js";
import type { Endpoint } from "../../src/core/model/flow.js";
import { text } from "./corpus.js";
import { decode, problems, span } from "./decode.js";

interface Parts {
	line?: string;
	/** header to its whole row, "" leaves it out; others are added at the end */
	rows?: Record<string, string>;
	extra?: string[];
	body?: string;
}

const REQUEST: Record<string, string> = {
	via: "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport",
	max: "Max-Forwards: 70",
	from: 'From: "Alice" <sip:alice@atlanta.example.com>;tag=1928301774',
	to: "To: Bob <sip:bob@biloxi.example.com>",
	callId: "Call-ID: a84b4c76e66710@pc33.atlanta.example.com",
	cseq: "CSeq: 314159 INVITE",
	contact: "Contact: <sip:alice@192.0.2.1>",
};

function build({ line = "INVITE sip:bob@biloxi.example.com SIP/2.0", rows = {}, extra = [], body = "" }: Parts): string {
	const all = { ...REQUEST, ...rows };
	const head = [line, ...Object.values(all).filter((row) => row !== ""), ...extra, `Content-Length: ${body.length}`];
	return `${head.join("\r\n")}\r\n\r\n${body}`;
}

const OK: Parts = {
	line: "SIP/2.0 200 OK",
	rows: { max: "", to: "To: Bob <sip:bob@biloxi.example.com>;tag=a6c85cf" },
};

/** id and the octets that it points at, of the checks and of the framing */
function found(parts: Parts, carrier: Carrier = "udp"): [string, string][] {
	const message = decode(build(parts), carrier);
	return problems(message, carrier).map((problem) => [problem.id, span(message, problem)]);
}

describe("good messages", () => {
	const good: [string, Parts][] = [
		["INVITE", {}],
		["200 to INVITE", OK],
		["100 without To tag", { line: "SIP/2.0 100 Trying", rows: { max: "", contact: "" } }],
		["404", { line: "SIP/2.0 404 Not Found", rows: { max: "", contact: "", to: "To: <sip:bob@h>;tag=1" } }],
		[
			"REGISTER with *",
			{ line: "REGISTER sip:h SIP/2.0", rows: { cseq: "CSeq: 1 REGISTER", contact: "Contact: *" }, extra: ["Expires: 0"] },
		],
		[
			"tel URIs",
			{
				line: "INVITE tel:+12025550101 SIP/2.0",
				rows: { to: "To: <tel:+1-202-555-0101>", from: "From: <tel:7042;phone-context=example.com>;tag=1" },
			},
		],
		["addr-spec forms", { rows: { from: "From: sip:a@h;tag=1", to: "To: sip:b@h" } }],
		[
			"compact names",
			{
				rows: {
					via: "v: SIP/2.0/TCP h.example.com;branch=z9hG4bKx",
					from: "f: <sip:a@h>;tag=1",
					to: "t: <sip:b@h>",
					callId: "i: 1",
					contact: "m: <sip:a@h>",
				},
			},
		],
		[
			"IPv6",
			{
				line: "INVITE sip:b@[2001:db8::10]:5070 SIP/2.0",
				rows: { via: "Via: SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bKas3" },
			},
		],
		[
			"two Vias in a row",
			{ rows: { via: "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1 , SIP / 2.0 / TLS b.example.com : 5061 ; branch = z9hG4bK2;ttl=1" } },
		],
		[
			"a Contact with everything",
			{
				rows: {
					contact:
						'Contact: "A \\"B\\" C" <sip:a@h;transport=udp;lr?x=y>;q=0.7;expires=3600;+sip.instance="<urn:uuid:1>", <mailto:a@h>'.replace(
							"mailto",
							"sips",
						),
				},
			},
		],
		["scalars at their bounds", { rows: { max: "Max-Forwards: 255", cseq: "CSeq: 2147483647 INVITE" }, extra: ["Expires: 4294967295"] }],
		[
			"dates, warnings, lists",
			{
				extra: [
					"Date: Sat, 13 Nov 2010 23:29:00 GMT",
					'Warning: 307 isi.edu "Session, parameter", 301 x "y"',
					"Retry-After: 120 (in a meeting);duration=60",
					"Allow: INVITE, ACK",
					"Supported:",
					'Accept: text/plain;x=",,", a/b',
					'Authorization: Digest username="a,b", nonce="\\""',
				],
			},
		],
		[
			"routes",
			{ extra: ["Route: <sip:a.example.com;lr>, <sip:b.example.com;lr=on>", "Record-Route: <sip:c@192.0.2.9:5060;transport=tcp;lr>"] },
		],
		["folds", { rows: { from: "From: Alice\r\n <sip:a@h>\r\n ;tag=1", cseq: "CSeq: 1\r\n INVITE" } }],
		["unknown headers with anything", { extra: ['X-Any: ;;,,"<', "P_Odd.Name!: x"] }],
		["UTF-8 in a quoted name", { rows: { from: 'From: "\xc3\xa9" <sip:a@h>;tag=1' } }],
	];
	test.each(good)("%s: nothing to report", (_, parts) => {
		expect(found(parts)).toEqual([]);
		expect(checkSip(decode(build(parts)), "udp", { address: "192.0.2.1", port: 5060 })).toBeNull();
	});
});

/** What shows each diagnostic, and the octets it must point at. Where a plausible neighbour must stay silent, it stands in `good` above or in `silent`. */
const SHOWN: [string, Parts, [string, string][]][] = [
	["sip.bad-start-line", { line: "INVITE sip:bob@h" }, [["sip.bad-start-line", "INVITE sip:bob@h"]]],
	[
		"sip.start-line-extra-space",
		{ line: "INVITE  sip:bob@h SIP/2.0 " },
		[
			["sip.start-line-extra-space", " "],
			["sip.start-line-extra-space", " "],
		],
	],
	["sip.request-uri-brackets", { line: "INVITE <sip:bob@h> SIP/2.0" }, [["sip.request-uri-brackets", "<sip:bob@h>"]]],
	["sip.request-uri-whitespace", { line: "INVITE sip:bob@h; lr SIP/2.0" }, [["sip.request-uri-whitespace", "sip:bob@h; lr"]]],
	["sip.request-uri-headers", { line: "INVITE sip:b?b@h?Route=x SIP/2.0" }, [["sip.request-uri-headers", "?Route=x"]]],
	["sip.unsupported-version", { line: "INVITE sip:bob@h SIP/3.0" }, [["sip.unsupported-version", "SIP/3.0"]]],
	[
		"sip.unsupported-version in Via",
		{ rows: { via: "Via: SIP/1.0/UDP h;branch=z9hG4bK1" } },
		[["sip.unsupported-version", "SIP/1.0/UDP h;branch=z9hG4bK1"]],
	],
	["sip.bad-status-code", { ...OK, line: "SIP/2.0 700 OK" }, [["sip.bad-status-code", "700"]]],
	["sip.bad-status-code, digits", { ...OK, line: "SIP/2.0 20 OK" }, [["sip.bad-status-code", "20"]]],
	[
		"sip.malformed-header",
		{ extra: ["Foobar roobar", ": x", "Bad Name: x", "Bäd: x"] },
		[
			["sip.malformed-header", "Foobar roobar"],
			["sip.malformed-header", ": x"],
			["sip.malformed-header", "Bad Name: x"],
			["sip.malformed-header", "Bäd: x"],
		],
	],
	[
		"sip.missing-header",
		{ rows: { max: "", to: "", callId: "" } },
		[
			["sip.missing-header", ""],
			["sip.missing-header", ""],
			["sip.missing-header", ""],
		],
	],
	[
		"sip.duplicate-single-header",
		{ extra: ["t: <sip:b@h>", "Subject: a", "s: b"] },
		[
			["sip.duplicate-single-header", "t: <sip:b@h>\r\n"],
			["sip.duplicate-single-header", "s: b\r\n"],
		],
	],
	[
		"sip.duplicate-parameter",
		{ rows: { contact: "Contact: <sip:a@h;x=1;X=2>;q=1;q=1" } },
		[
			["sip.duplicate-parameter", "<sip:a@h;x=1;X=2>;q=1;q=1"],
			["sip.duplicate-parameter", "sip:a@h;x=1;X=2"],
		],
	],
	[
		"sip.duplicate-parameter in Via",
		{ rows: { via: "Via: SIP/2.0/UDP h;branch=z9hG4bK1;rport;rport=1" } },
		[["sip.duplicate-parameter", "SIP/2.0/UDP h;branch=z9hG4bK1;rport;rport=1"]],
	],
	[
		"sip.empty-parameter",
		{ rows: { to: "To: <sip:b@h>;", contact: "Contact: <sip:a@h>,,<sip:c@h>" }, extra: ["Allow: INVITE,,ACK"] },
		[["sip.empty-parameter", "<sip:b@h>;"]],
	],
	["sip.empty-parameter in a list", { extra: ["Allow: INVITE, ,ACK"] }, [["sip.empty-parameter", ","]]],
	["sip.unterminated-quote", { rows: { to: 'To: "Bob <sip:b@h>' } }, [["sip.unterminated-quote", '"Bob <sip:b@h>']]],
	["sip.unterminated-quote in credentials", { extra: ['Authorization: Digest username="a'] }, [["sip.unterminated-quote", '"a']]],
	["sip.display-name-not-token", { rows: { to: "To: Bob, B. <sip:b@h>" } }, [["sip.display-name-not-token", "Bob, B. <sip:b@h>"]]],
	["sip.display-name-no-lws", { rows: { to: "To: Bob<sip:b@h>" } }, [["sip.display-name-no-lws", "Bob<sip:b@h>"]]],
	["sip.addr-spec-whitespace", { rows: { to: "To: < sip:b@h>" } }, [["sip.addr-spec-whitespace", "< sip:b@h>"]]],
	["sip.addr-spec-needs-brackets", { rows: { contact: "Contact: sip:a@h?x=1" } }, [["sip.addr-spec-needs-brackets", "sip:a@h?x=1"]]],
	[
		"sip.uri-param-outside-brackets",
		{ rows: { contact: "Contact: sip:a@h;transport=udp;isfocus;ob" } },
		[
			["sip.uri-param-outside-brackets", "transport=udp"],
			["sip.uri-param-outside-brackets", "ob"],
		],
	],
	[
		"sip.bad-header-value",
		{ rows: { cseq: "CSeq: INVITE", max: "Max-Forwards: x", via: "Via: SIP/2.0", callId: "Call-ID: a b" }, extra: ["Content-Type: text"] },
		[
			["sip.bad-header-value", "SIP/2.0"],
			["sip.bad-header-value", "x"],
			["sip.bad-header-value", "a b"],
			["sip.bad-header-value", "INVITE"],
			["sip.bad-header-value", "text"],
		],
	],
	[
		"sip.bad-uri",
		{ line: "INVITE sip:b@h:99999 SIP/2.0", rows: { to: "To: <sip:@h>", contact: "Contact: <sip:a%zz@h>" } },
		[
			["sip.bad-uri", "sip:b@h:99999"],
			["sip.bad-uri", "sip:@h"],
			["sip.bad-uri", "sip:a%zz@h"],
		],
	],
	["sip.cseq-method-mismatch", { rows: { cseq: "CSeq: 1 OPTIONS" } }, [["sip.cseq-method-mismatch", "OPTIONS"]]],
	["sip.cseq-out-of-range", { rows: { cseq: "CSeq: 2147483648 INVITE" } }, [["sip.cseq-out-of-range", "2147483648"]]],
	["sip.max-forwards-out-of-range", { rows: { max: "Max-Forwards: 256" } }, [["sip.max-forwards-out-of-range", "256"]]],
	["sip.max-forwards-zero", { rows: { max: "Max-Forwards: 0" } }, [["sip.max-forwards-zero", "0"]]],
	[
		"sip.expires-out-of-range",
		{ rows: { contact: "Contact: <sip:a@h>;expires=4294967296" }, extra: ["Expires: 4294967296"] },
		[
			["sip.expires-out-of-range", "expires=4294967296"],
			["sip.expires-out-of-range", "4294967296"],
		],
	],
	["sip.bad-warning-code", { extra: ['Warning: 301 a "b", 3010 a "b"'] }, [["sip.bad-warning-code", "3010"]]],
	["sip.retry-after-implausible", { extra: ["Retry-After: 99999999"] }, [["sip.retry-after-implausible", "99999999"]]],
	["sip.bad-date", { extra: ["Date: Sat, 13 Nov 2010 23:29:00 CET"] }, [["sip.bad-date", "Sat, 13 Nov 2010 23:29:00 CET"]]],
	[
		"sip.branch-without-cookie",
		{ rows: { via: "Via: SIP/2.0/UDP h, SIP/2.0/UDP g;branch=1" } },
		[["sip.branch-without-cookie", "SIP/2.0/UDP h"]],
	],
	["sip.branch-empty", { rows: { via: "Via: SIP/2.0/UDP h;branch=z9hG4bK" } }, [["sip.branch-empty", "SIP/2.0/UDP h;branch=z9hG4bK"]]],
	["sip.missing-from-tag", { rows: { from: "From: <sip:a@h>" } }, [["sip.missing-from-tag", ""]]],
	["sip.missing-to-tag", { ...OK, rows: { ...OK.rows, to: "To: <sip:b@h>" } }, [["sip.missing-to-tag", ""]]],
	["sip.missing-to-tag", { ...OK, line: "SIP/2.0 486 Busy Here", rows: { ...OK.rows, to: "To: <sip:b@h>" } }, [["sip.missing-to-tag", ""]]],
	["sip.unknown-method", { line: "FOO sip:b@h SIP/2.0", rows: { cseq: "CSeq: 1 FOO" } }, [["sip.unknown-method", "FOO"]]],
	[
		"sip.unknown-transport",
		{ rows: { via: "Via: SIP/2.0/DCCP h;branch=z9hG4bK1" } },
		[["sip.unknown-transport", "SIP/2.0/DCCP h;branch=z9hG4bK1"]],
	],
	[
		"sip.unknown-uri-scheme",
		{ line: "INVITE http://h SIP/2.0", rows: { to: "To: <xmpp:b@h>" } },
		[
			["sip.unknown-uri-scheme", "http"],
			["sip.unknown-uri-scheme", "xmpp"],
		],
	],
	[
		"sip.via-broadcast",
		{ rows: { via: "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1, SIP/2.0/UDP 224.0.1.75:5060;branch=z9hG4bK2" } },
		[
			["sip.via-broadcast", "255.255.255.255"],
			["sip.via-broadcast", "224.0.1.75:5060"],
		],
	],
	[
		"sip.via-received-brackets",
		{ rows: { via: "Via: SIP/2.0/UDP [::1];branch=z9hG4bK1;received=[::1]" } },
		[["sip.via-received-brackets", "received=[::1]"]],
	],
	[
		"sip.ipv6-unbracketed",
		{ line: "INVITE sip:b@2001:db8::10 SIP/2.0", rows: { via: "Via: SIP/2.0/UDP 2001:db8::1;branch=z9hG4bK1" } },
		[
			["sip.ipv6-unbracketed", "sip:b@2001:db8::10"],
			["sip.ipv6-unbracketed", "2001:db8::1"],
		],
	],
	[
		"sip.ipv6-triple-colon",
		{ line: "INVITE sip:b@[2001:db8:::192.0.2.1] SIP/2.0" },
		[["sip.ipv6-triple-colon", "sip:b@[2001:db8:::192.0.2.1]"]],
	],
	[
		"sip.ipv6-port-suspect",
		{ rows: { contact: "Contact: <sip:a@[2001:db8::10:5060]>" } },
		[["sip.ipv6-port-suspect", "sip:a@[2001:db8::10:5060]"]],
	],
	["sip.missing-contact", { rows: { contact: "" } }, [["sip.missing-contact", ""]]],
	["sip.missing-contact in a 200", { ...OK, rows: { ...OK.rows, contact: "" } }, [["sip.missing-contact", ""]]],
	["sip.record-route-no-lr", { extra: ["Record-Route: <sip:a@h>, <sip:b@h;lr>"] }, [["sip.record-route-no-lr", "<sip:a@h>"]]],
];

describe("each diagnostic shows, alone and at its place", () => {
	test.each(SHOWN)("%s", (_, parts, expected) => {
		expect(found(parts)).toEqual(expected);
	});
});

describe("framing of datagrams", () => {
	const good = build({});
	test("header section without end", () => {
		expect(problems(decode(good.slice(0, -2)))).toEqual([{ id: "sip.header-section-unterminated", offset: good.length - 2, length: 0 }]);
	});
	test("Content-Length that does not fit", () => {
		const body = (length: string) => problems(decode(good.replace("Content-Length: 0\r\n\r\n", `Content-Length: ${length}\r\n\r\nbody`)));
		const at = good.length;
		expect(body("4")).toEqual([]);
		expect(body("9")).toEqual([{ id: "sip.content-length-overrun", offset: at, length: 4, detail: "4 of 9 octets" }]);
		expect(body("1")).toEqual([{ id: "sip.trailing-octets", offset: at + 1, length: 3 }]);
		expect(body("x").map((problem) => problem.id)).toEqual(["sip.bad-content-length"]);
		expect(body("4\r\nl: 5").map((problem) => problem.id)).toEqual(["sip.conflicting-content-length"]);
		expect(body("4\r\nl: 4").map((problem) => problem.id)).toEqual(["sip.duplicate-single-header"]);
	});
	test("no Content-Length is nothing to report in a datagram", () => {
		const message = decode(good.replace("Content-Length: 0\r\n\r\n", "\r\nbody"));
		expect([problems(message), message.bodyLength]).toEqual([[], 4]);
	});
	test("bare LF", () => {
		expect(problems(decode(good.replaceAll("\r\n", "\n"))).map((problem) => [problem.id, problem.detail])).toEqual([
			["sip.bare-lf", "10 lines"],
		]);
	});
	test("over WebSocket both have their own names", () => {
		const ws = (octets: string) => (decode(octets, "wss").problems ?? []).map((problem) => problem.id);
		expect(ws(`${good}x`)).toEqual(["ws.two-messages-in-one"]);
		expect(ws(good.replace("Content-Length: 0", "Content-Length: 1"))).toEqual(["ws.message-incomplete"]);
	});
});

describe("Contact against transport and source", () => {
	const PUBLIC: Endpoint = { address: "198.51.100.7", port: 5060 };
	const PRIVATE: Endpoint = { address: "10.0.0.7", port: 5060 };
	function reach(contact: string, carrier: Carrier, source?: Endpoint, parts: Parts = {}): [string, string | undefined][] {
		const message = decode(build({ ...parts, rows: { ...parts.rows, contact: `Contact: ${contact}` } }), carrier);
		return (checkSip(message, carrier, source) ?? []).map((problem) => [problem.id, problem.detail]);
	}

	test.each<[string, Carrier, boolean]>([
		["<sip:a@h;transport=tcp>", "tcp", false],
		["<sip:a@h;transport=TCP>", "tcp", false],
		["<sip:a@h;transport=udp>", "tcp", true],
		["<sip:a@h;transport=tcp>", "udp", true],
		["<sip:a@h>", "tcp", false],
		["<sip:a@h;transport=tls>", "tls", false],
		["<sips:a@h;transport=tcp>", "tls", false],
		["<sip:a@x.invalid;transport=ws>", "wss", false],
		["<sip:a@x.invalid;transport=tcp>", "ws", true],
		["<sip:a@h;transport=tcp>", "exported", false],
		["<sip:a@h;transport=tcp>, <sip:a@h;transport=udp>", "udp", false],
	])("%s over %s", (contact, carrier, fires) => {
		const ids = reach(contact, carrier).map(([id]) => id);
		expect(ids).toEqual(fires ? ["sip.contact-transport-mismatch"] : []);
	});

	test("a request too large for UDP goes by TCP, whatever its Contact says (RFC 3261 §18.1.1)", () => {
		const of = (length: number) => {
			const parts = { rows: { contact: "Contact: <sip:a@h;transport=udp>" }, body: "x".repeat(length) };
			return (checkSip(decode(build(parts), "tcp"), "tcp") ?? []).map(({ id }) => id);
		};
		const without = build({ rows: { contact: "Contact: <sip:a@h;transport=udp>" } }).length;
		// Three digits more in Content-Length.
		expect(of(1300 - without - 2)).toContain("sip.contact-transport-mismatch");
		expect(of(1310 - without)).not.toContain("sip.contact-transport-mismatch");
	});

	test.each<[string, Endpoint, string | undefined]>([
		["<sip:a@10.0.0.7>", PUBLIC, "10.0.0.7 is private, sent from 198.51.100.7"],
		["<sip:a@127.0.0.1>", PUBLIC, "127.0.0.1 is loopback, sent from 198.51.100.7"],
		["<sip:a@0.0.0.0>", PUBLIC, "0.0.0.0 is unspecified, sent from 198.51.100.7"],
		["<sip:a@[fe80::1]>", PUBLIC, "fe80::1 is link-local, sent from 198.51.100.7"],
		["<sip:a@198.51.100.7>", PUBLIC, undefined],
		["<sip:a@host.example.com>", PUBLIC, undefined],
		["<sip:a@10.0.0.7>", PRIVATE, undefined],
		["<sip:a@10.0.0.7;ob>", PUBLIC, undefined],
		["<sip:a@10.0.0.7;gr=1>", PUBLIC, undefined],
		['<sip:a@10.0.0.7>;reg-id=1;+sip.instance="<urn:uuid:1>"', PUBLIC, undefined],
	])("%s from %o", (contact, source, detail) => {
		expect(reach(contact, "udp", source)).toEqual(detail === undefined ? [] : [["sip.contact-unroutable", detail]]);
	});

	test("silent behind a proxy, in redirections, in lists of bindings", () => {
		const contact = "<sip:a@10.0.0.7;transport=tcp>";
		const twoVias = { via: `${REQUEST["via"]}\r\nVia: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK2` };
		expect(reach(contact, "udp", PUBLIC)).toHaveLength(2);
		expect(reach(contact, "udp", PUBLIC, { rows: twoVias })).toEqual([]);
		expect(reach(contact, "udp", PUBLIC, { extra: ["Record-Route: <sip:p@h;lr>"] })).toEqual([]);
		expect(reach(contact, "udp", PUBLIC, OK)).toHaveLength(2);
		expect(reach(contact, "udp", PUBLIC, { ...OK, line: "SIP/2.0 302 Moved" })).toEqual([]);
		expect(reach(contact, "udp", PUBLIC, { ...OK, rows: { ...OK.rows, cseq: "CSeq: 1 REGISTER" } })).toEqual([]);
	});
});

describe("messages of real captures", () => {
	interface Line {
		capture: string;
		over: Carrier;
		from: Endpoint;
		octets: string;
	}
	const lines = text("traffic.jsonl")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as Line);

	test("only what is wrong in them is reported", () => {
		const summary: Record<string, number> = {};
		for (const line of lines) {
			const message = decode(Buffer.from(line.octets, "base64"), line.over);
			for (const problem of [...(message.problems ?? []), ...(checkSip(message, line.over, line.from) ?? [])]) {
				const key = `${line.capture} ${problem.id}${problem.detail === undefined ? "" : ` ${problem.detail}`}`;
				summary[key] = (summary[key] ?? 0) + 1;
			}
		}
		expect(lines).toHaveLength(195);
		expect(summary).toEqual(REAL);
	});
});

/** Each looked up in the message and in the text of the RFC. */
const REAL: Record<string, number> = {
	"arkime-gtp-iphone.pcap sip.missing-to-tag": 1,
	"pcapplusplus-sip_reqs.pcap sip.missing-header Max-Forwards": 1,
	"sipnab-metasploit-sip-invite-spoof.pcap sip.bad-uri empty user": 1,
	"sipnab-metasploit-sip-invite-spoof.pcap sip.branch-without-cookie": 2,
	"sipnab-metasploit-sip-invite-spoof.pcap sip.missing-from-tag": 2,
	"sipnab-sipp-branch-scenario.pcapng sip.missing-header Max-Forwards": 1,
	"suricata-sip-body-frames.pcap sip.missing-header Max-Forwards": 2,
	"suricata-sip-body-frames.pcap sip.missing-to-tag": 1,
	"suricata-sip-header-multi-value.pcap sip.contact-unroutable 192.168.1.2 is private, sent from 1.1.1.1": 1,
	'suricata-sip-header-multi-value.pcap sip.display-name-not-token \\"arik\\"': 1,
	"suricata-sip-header-multi-value.pcap sip.duplicate-single-header To": 1,
	"suricata-sip-header-multi-value.pcap sip.trailing-octets": 1,
	"suricata-sip-method.pcap sip.missing-header Max-Forwards": 1,
	"suricata-sip-options-method.pcap sip.missing-header Max-Forwards": 1,
	"suricata-sip-sdp.pcap sip.contact-unroutable 192.168.1.2 is private, sent from 1.1.1.1": 1,
	"suricata-sip-sdp.pcap sip.contact-unroutable 192.168.1.2 is private, sent from 2.2.2.2": 1,
	'suricata-sip-sdp.pcap sip.display-name-not-token \\"arik\\"': 2,
	"suricata-sip-sdp.pcap sip.missing-to-tag": 1,
	"suricata-sip-sdp.pcap sip.trailing-octets": 2,
	"sylkserver-conference.pcapng sip.contact-transport-mismatch transport=tcp over udp": 1,
	"zeek-invalid-content-length.pcap sip.bad-content-length Content-Length: bad": 1,
	"zeek-invalid-content-length.pcap sip.bad-content-length Content-Length: xyz": 1,
	"zeek-invalid-content-length.pcap sip.missing-contact": 2,
	"zeek-invalid-content-length.pcap sip.missing-header Max-Forwards": 1,
};

test("every message-level diagnostic of SIP is shown in this folder", () => {
	// These need more than one message: a stream, a transaction, a dialog, two legs.
	const elsewhere = new Set([
		"sip.framing-lost",
		"sip.stray-octets",
		"sip.missing-content-length",
		"sip.header-too-large",
		"sip.keepalive",
		"sip.keepalive-unanswered",
		"sip.cseq-not-increasing",
		"sip.via-received-missing",
		"sip.rport-mismatch",
		"sip.contact-changed-by-hop",
		"sip.contact-param-lost",
		"sip.isfocus-lost",
		"sip.instance-lost",
		"sip.in-dialog-uri-not-contact",
		"sip.route-set-mismatch",
		"sip.dialog-unknown",
		"sip.retransmission",
		"sip.timeout",
		"sip.ack-missing",
		"sip.ack-branch-reused",
		"sip.sdp-content-length-stale",
	]);
	const here = new Set([
		...SHOWN.flatMap(([, , expected]) => expected.map(([id]) => id)),
		"sip.header-section-unterminated",
		"sip.content-length-overrun",
		"sip.trailing-octets",
		"sip.bad-content-length",
		"sip.conflicting-content-length",
		"sip.bare-lf",
		"sip.contact-transport-mismatch",
		"sip.contact-unroutable",
	]);
	const missing = Object.keys(DIAGNOSTICS).filter((id) => id.startsWith("sip.") && !elsewhere.has(id) && !here.has(id));
	expect(missing).toEqual([]);
});
