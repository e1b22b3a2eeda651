import { describe, expect, it } from "vitest";
import { compileFilter } from "../../src/core/rules/filter/index.js";
import { entries } from "./entries.js";

const ENTRIES = entries();

/** Numbers of the entries that match. */
function matches(source: string): string {
	const filter = compileFilter(source);
	const context = {};
	return ENTRIES.filter((entry) => filter.test(entry, context))
		.map(({ number }) => number)
		.join("");
}

it("the messages that the tests ask", () => {
	expect(
		ENTRIES.map((entry) => (entry.protocol === "sip" ? entry.sip.kind : entry.protocol === "msrp" ? entry.msrp.kind : entry.protocol)),
	).toEqual(["request", "response", "request", "response", "request", "request", "request"]);
});

/** expression and the numbers of what it matches */
const TABLE: readonly (readonly [string, string])[] = [
	// presence
	["sip", "127"],
	["msrp", "3456"],
	["sip.Method", "17"],
	["sip.to.tag", "2"],
	["ipv6", "7"],
	["udp || websocket", "7"],
	["sdp", "12"],
	["cpim", "3"],
	["not sip", "3456"],
	// comparison
	['sip.Method == "INVITE"', "1"],
	["sip.Method eq INVITE", "1"],
	['"INVITE" == sip.Method', "1"],
	['sip.Method != "INVITE"', "7"],
	['!(sip.Method == "INVITE")', "234567"],
	["sip.Status-Code == 200", "2"],
	["sip.Status-Code ge 200 and sip.Status-Code lt 300", "2"],
	["200 <= sip.Status-Code < 300", "2"],
	["500 > sip.CSeq.seq > 3", "7"],
	["msrp.status.code == 0xc8", "4"],
	["status == 0b11001000", "24"],
	["sip.Max-Forwards > 69.5", "127"],
	["sip.Max-Forwards == -1", ""],
	// several values
	['sip.Via.transport == "TCP"', "127"],
	['sip.Via.transport != "TCP"', ""],
	['all sip.Via.transport == "TCP"', ""],
	['sip.Via.transport === "TCP"', ""],
	['sip.Via.transport !== "TCP"', "127"],
	['any sip.Via.transport != "TCP"', "127"],
	['all sip.Via.branch contains "z9hG4bK"', "127"],
	["tcp.port == 5060", "12"],
	["tcp.port != 5060", "3456"],
	["count(sip.Via.branch) == 2", "127"],
	["count(tcp.port) == 2 and count(ip.src) == 1", "123456"],
	// sets
	['sip.Method in {"INVITE", "BYE"}', "1"],
	['sip.Method not in {"INVITE"} and sip', "27"],
	["not sip.Method in {INVITE}", "234567"],
	["msrp.status.code in {100..199, 200..299}", "4"],
	["tcp.port in {2855, 5060..5070}", "123456"],
	["ip.src in {192.0.2.0/24}", "135"],
	["ip.src in {10.0.0.0..198.51.100.2}", "123456"],
	// texts
	['sip.From contains "alice"', "127"],
	['sip.From contains "ALICE"', ""],
	['sip.From matches "ALICE"', "127"],
	['sip.From matches "(?-i)ALICE"', ""],
	['sip.From ~ "^\\"Al"', "127"],
	['sip.From ~ r"^\\x22Al"', "127"],
	['sip.User-Agent contains "B\\u00fcro"', "7"],
	["len(sip.User-Agent) == 11", "7"],
	['upper(sip.from.user) == "ALICE"', "127"],
	['lower(sip.CSeq.method) == "options"', "7"],
	['string(sip.CSeq.seq) == "7"', "7"],
	// parts
	['sip.Method[0:3] == "INV"', "1"],
	['sip.Method[1-2] == "NV"', "1"],
	['sip.Method[-1] == "S"', "7"],
	['sip.Method[:2] == "OP" or sip.Method[4:] == "TE"', "17"],
	['sip.Method[0,-1] == "IE"', "1"],
	["sip.Method[6:1]", "7"],
	["msrp[0:4] == 4d:53:52:50", "3456"],
	['msrp[0:4] == "MSRP"', "3456"],
	["body contains 50:4e:47", "5"],
	['body contains "PNG"', "5"],
	["len(body) > 100", "123"],
	// order of operators
	["sip.Method or msrp and not msrp", "17"],
	["(sip.Method or msrp) and not msrp", "17"],
	["not msrp and sip.Status-Code", "2"],
	["sip || msrp xor msrp", "127"],
	["sip xor msrp xor frame.number", "1234567"],
	["sip ^^ sip.Method && ipv6", "12"],
	["!sip.Method && sip", "2"],
	["! ! sip", "127"],
	// addresses
	["ip.addr == 192.0.2.1", "123456"],
	["ip.addr == 192.0.2.0/24 && ip.dst == 192.0.2.1", "246"],
	["ip.addr != 192.0.2.1", ""],
	["ip.src > 192.0.2.1", "246"],
	["ipv6.addr == 2001:db8::/32", "7"],
	["ipv6.dst == 2001:0db8:0:0::2", "7"],
	["ip.src == ip.dst", ""],
	// times
	["frame.time_relative > 0.015", "34567"],
	["frame.time_epoch >= 1000.05", "34567"],
	['frame.time > "1970-01-01 00:16:40.055"', "4567"],
	["frame.time_relative == 0", "1"],
	// fields of ours
	["leg", "123456"],
	['leg == "client"', "12"],
	['hop == "sip"', "12"],
	["direction == 1", "246"],
	["request && msrp", "356"],
	["response", "24"],
	["cpim.from.isfocus == true", "3"],
	["cpim.from.isfocus == 0", ""],
	['cpim.from.uri contains "room"', "3"],
	["im.class == report", "6"],
	["im.class in {report, system}", "6"],
	['session == "c1"', "123456"],
	["sip.contact.isfocus == true", "127"],
	["file", "5"],
	['problem == "sip.missing-to-tag"', ""],
	// parts of SIP
	['sip.r-uri.user == "bob" && sip.r-uri.host == "example.com" && sip.r-uri.port == "5080"', "1"],
	['sip.r-uri.param contains "user=phone"', "1"],
	['sip.r-uri.host == "[2001:db8::2]"', "7"],
	['sip.from.user == "alice" && sip.from.port == "5070" && sip.from.tag == 1a', "127"],
	['sip.from.display.info == "Alice"', "127"],
	["sip.Via.sent-by.port == 5062", "127"],
	['sip.Via.sent-by.address == "proxy.example.net"', "127"],
	["sip.Via.rport", "127"],
	['sip.Request-Line matches "^OPTIONS .* SIP/2.0$"', "7"],
	['sip.Status-Line == "SIP/2.0 200 OK"', "2"],
	['sip.msg_hdr contains "m=message"', "12"],
	['sip.msg_body contains "m=message"', "12"],
	['header matches "^call-id: "', "127"],
	['sdp.media.media == "message" && sdp.media_attribute.field == "path"', "12"],
	["sdp.media.port == 7000", "1"],
	// parts of MSRP
	['msrp.request.line == "MSRP abcd1 SEND"', "3"],
	['msrp.response.line == "MSRP abcd1 200 OK"', "4"],
	['msrp.end.line == "-------abcd3$"', "6"],
	['msrp.data == "PNG"', "5"],
	['msrp.hdr == "Status: 000 200 OK"', "6"],
	["msrp.msg.hdr", "3456"],
	['msrp.msg.id == "m-abcd2"', "56"],
	["msrp.setup", "3456"],
	['msrp.setup-method == "SDP" && msrp.setup-frame == 0', "3456"],
	["msrp.status.code.invalid", ""],
	// short forms
	["~m SEND", "35"],
	['~m "^(SEND|REPORT)$"', "356"],
	["~q", "13567"],
	["~s & ~c 200", "24"],
	["~c 200 sip", "2"],
	["~q ~m SEND ~b hi", "3"],
	["~h 'max-forwards: 70'", "127"],
	["~t image/", "5"],
	["~d example.com", "127"],
	["~d ^198[.]51", "3456"],
	["~u bob", "1"],
	["~u /bbbb;tcp", "3456"],
	["~a", "5"],
	["!~a ~m SEND | ~m OPTIONS", "37"],
	["~all", "1234567"],
	["(~q | ~s) and sip", "127"],
];

describe("exactly these messages", () => {
	it.each(TABLE)("%s", (source, expected) => {
		expect(matches(source)).toBe(expected);
	});
});

describe("what is wrong, where, and what would be right", () => {
	it.each([
		["sip.Metod", 1, 9, "there is no field sip.Metod; did you mean sip.Method?"],
		["sip.method == INVITE", 1, 10, "there is no field sip.method; did you mean sip.Method?"],
		['sip.Method == "x" && msrp.mesageid contains "y"', 22, 13, "there is no field msrp.mesageid; did you mean msrp.messageid?"],
		["sip.from.addr == sip.to.adr", 18, 10, "there is no field sip.to.adr; did you mean sip.to.addr?"],
		["sip.Status-Code == abc", 20, 3, '"abc" is not a number'],
		['sip.Status-Code == "200"', 20, 5, '"200" is not a number; write 200 without quotes'],
		["ip.addr == 300.1.1.1", 12, 9, '"300.1.1.1" is not an address (192.0.2.1, 192.0.2.0/24, 2001:db8::1)'],
		["ip.addr == 10.0.0.0/33", 12, 11, '"10.0.0.0/33" is not an address (192.0.2.1, 192.0.2.0/24, 2001:db8::1)'],
		['sip.Method matches "(a"', 20, 4, "regular expression: missing closing )"],
		['sip.Method matches "(?=a)"', 20, 7, "regular expression: invalid or unsupported Perl syntax: `(?=`"],
		["sip.Method matches INVITE", 20, 6, "matches needs a regular expression in double quotes"],
		["tcp.port contains 5", 1, 8, "contains is for texts and octets; this is a number"],
		["sdp == 1", 1, 3, "this has no value: it can only be there or not"],
		["tcp.port == sip.Method", 13, 10, "a number cannot be compared with a string"],
		["sip.Method ==", 13, 1, "the expression ends too early: a field or a value is missing"],
		["sip.Method == INVITE )", 22, 1, ") is not expected here, but and, or, or the end"],
		["(sip", 1, 1, "this ( is not closed"],
		["sip.Method in {INVITE", 15, 1, "this { is not closed"],
		["sip.Method in {INVITE BYE}", 23, 3, "BYE is not expected here, but , or }"],
		["sip.Method in INVITE", 15, 6, "INVITE is not expected here, but {"],
		['sip.Method == "INV', 15, 4, 'this text is not closed: " is missing'],
		['sip.Method == "\\q"', 16, 2, '\\q is no escape; write \\\\ for a backslash, or r"…" for a text without escapes'],
		["sip.Method[0", 11, 1, "this slice is not closed: ] is missing"],
		["sip.Method[a] == x", 12, 1, "a slice is written [start:length], [first-last], [index], [:length] or [start:]"],
		["tcp.port[0] == 5", 1, 9, "slices are of texts and octets; this is a number"],
		["upper(sip.Method)", 1, 5, "what upper() gives has to be compared with something"],
		["uper(sip.Method) == X", 1, 4, "there is no function uper; did you mean upper?"],
		["len(tcp.port) > 1", 5, 8, "len cannot be applied to a number"],
		["any sip.Method", 14, 1, "the expression ends too early: a comparison, because of any is missing"],
		["~c abc", 1, 6, "~c needs a status code, a number: ~c 200"],
		["~m (", 1, 2, "~m needs something to look for: method of a request"],
		["~m (a", 1, 2, "~m needs something to look for: method of a request"],
		["~x", 1, 2, "there is no ~x; there are ~m ~h ~b ~c ~t ~d ~u ~s ~q ~a ~e ~all"],
		["", 1, 1, "the expression is empty"],
		["sip %% msrp", 5, 1, '"%" has no meaning here; texts are written in double quotes'],
		['"text"', 1, 6, "a text cannot stand here alone; compare a field with it"],
		["cpim.from.isfocus == maybe", 22, 5, '"maybe" is not true or false'],
		["cpim.from.isfocus > true", 1, 17, "> is not for true and false"],
		["constructor", 1, 11, "there is no field constructor"],
		["toString(sip.Method) == 1", 1, 8, "there is no function toString"],
	])("%s", (source, column, length, message) => {
		let error: unknown;
		try {
			compileFilter(source);
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toMatchObject({ name: "FilterError", column, length });
		expect((error as Error).message.startsWith(message)).toBe(true);
	});

	it("is shown with a mark below it", () => {
		let report = "";
		try {
			compileFilter('sip.Method == "INVITE" and sip.Call-Id');
		} catch (error) {
			report = (error as { report(): string }).report();
		}
		expect(report).toBe(
			[
				"column 28: there is no field sip.Call-Id; did you mean sip.Call-ID?",
				'  sip.Method == "INVITE" and sip.Call-Id',
				"                             ^~~~~~~~~~~",
			].join("\n"),
		);
	});
});

describe("what an expression can match at all", () => {
	const kinds = (source: string) =>
		Object.fromEntries(
			[...compileFilter(source).needs.kinds].map(([protocol, methods]) => [protocol, methods === "any" ? "any" : [...methods]]),
		);

	it.each([
		['sip.Method == "INVITE"', { sip: ["INVITE"] }],
		["sip.Method in {INVITE, BYE}", { sip: ["INVITE", "BYE"] }],
		['sip.Method == "INVITE" && sip.From contains "x"', { sip: ["INVITE"] }],
		['sip.Method == "INVITE" || msrp.method == "SEND"', { sip: ["INVITE"], msrp: ["SEND"] }],
		['sip.Method == "INVITE" || sip.From', { sip: "any" }],
		['method == "SEND" and msrp', { msrp: ["SEND"] }],
		['sip.Method == "A" and sip.Method == "B"', {}],
		["sip.Status-Code > 399", { sip: ["(response)"] }],
		["sip and msrp.method", {}],
		['sip.Method[0:2] == "IN"', { sip: "any" }],
		['sip.Method != "INVITE"', { sip: "any" }],
		['im.class == "system"', { sip: "any", msrp: "any" }],
	])("%s", (source, expected) => {
		expect(kinds(source)).toEqual(expected);
	});

	it("anything where something is negated", () => {
		expect(compileFilter('not sip.Method == "INVITE"').needs.kinds.size).toBe(7);
		expect(compileFilter("sip.Method not in {INVITE}").needs.kinds.size).toBe(7);
	});

	it("and what has to be known", () => {
		expect(compileFilter("im.class == group && sip.Method && sip.Method").needs).toMatchObject({
			fields: ["im.class", "sip.Method"],
			verdict: true,
			content: false,
		});
		expect(compileFilter("cpim.from.uri && sip.From").needs).toMatchObject({ verdict: false, content: true });
	});

	it("nothing else ever matches", () => {
		for (const [source] of TABLE) {
			const filter = compileFilter(source);
			const context = {};
			for (const entry of ENTRIES) {
				if (!filter.test(entry, context)) continue;
				const methods = filter.needs.kinds.get(entry.protocol);
				expect(methods).toBeDefined();
				if (methods === "any" || methods === undefined) continue;
				const frame = entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
				expect(methods.has(frame?.kind === "request" ? frame.method : "(response)")).toBe(true);
			}
		}
	});
});
