import { describe, expect, test } from "vitest";
import { parseCpim } from "../../src/core/protocols/cpim/index.js";
import { parseText } from "./vectors.js";

const HEAD = "From: <sip:a@b>\nTo: <sip:c@d>\n";
const TAIL = "\nContent-Type: text/plain\n\nhi";

/** One message with `lines` among its headers. */
function withLines(lines: string) {
	return parseText(`${HEAD}${lines}${TAIL}`);
}

function ids(lines: string): string[] {
	return withLines(lines).problems.map(({ id, detail }) => (detail === undefined ? id : `${id}: ${detail}`));
}

test("a plain message has no findings", () => {
	const message = withLines("DateTime: 2026-03-02T15:02:31Z\nSubject: x\nRequire: Subject\n");
	expect(message.problems).toEqual([]);
	expect([message.headersComplete, message.mimeComplete, message.contentType]).toEqual([true, true, "text/plain"]);
});

describe("P1 names are case-sensitive", () => {
	test("from is not From", () => {
		const message = parseText(`from: <sip:a@b>\nTo: <sip:c@d>\n${TAIL}`);
		expect(message.from).toEqual([]);
		expect(message.headersComplete).toBe(false);
		expect(message.problems).toEqual([{ id: "cpim.header-case", offset: 0, length: 4, detail: "from, not From" }]);
	});
	test("inner names are not", () => expect(parseText(`${HEAD}\nCONTENT-TYPE: Text/Plain\n\nhi`).contentType).toBe("text/plain"));
	test("IMDN names are", () => {
		expect(ids("NS: imdn <urn:ietf:params:imdn>\nimdn.message-id: x\n")).toEqual(["cpim.header-case: imdn.message-id, not Message-ID"]);
	});
	test("names of other namespaces are nobody's business", () => expect(ids("NS: x <urn:x>\nx.from: y\n")).toEqual([]));
});

describe("P2 spacing, folding, control octets, line ends", () => {
	test.each([
		["no space", "Subject:x\n", "x"],
		["two spaces", "Subject:  x\n", "x"],
		["a tab", "Subject:\tx\n", "x"],
		["space at the end", "Subject: x \n", "x"],
		["space before the colon", "Subject : x\n", "x"],
		["space at the start of the first line", " Subject: x\n", undefined],
	])("%s", (_, line, value) => {
		if (value === undefined) {
			const message = parseText(`${line}${HEAD}${TAIL}`);
			expect(message.problems.map(({ id }) => id)).toEqual(["cpim.header-spacing"]);
			expect(message.subjects[0]!.value).toBe("x");
		} else {
			expect(ids(line)).toEqual(["cpim.header-spacing"]);
			expect(withLines(line).subjects).toEqual([{ value, lang: undefined }]);
		}
	});
	test("an empty value after one space is fine", () => expect(ids("Subject: \n")).toEqual([]));
	test("a folded header is joined and reported", () => {
		expect(ids("Subject: a\n  b\n\tc\n")).toEqual(["cpim.folded-header", "cpim.folded-header"]);
		expect(withLines("Subject: a\n  b\n\tc\n").subjects[0]!.value).toBe("a b c");
	});
	test("a folded address", () => {
		const message = parseText(`From: Alice\n <sip:a@b>\nTo: <sip:c@d>\n${TAIL}`);
		expect([message.from[0]!.displayName, message.from[0]!.uriText]).toEqual(["Alice", "sip:a@b"]);
		expect([message.from[0]!.uriStart, message.from[0]!.uriEnd]).toEqual([6, 23]);
	});
	test("a raw control octet", () => {
		expect(ids("Subject: a\u0007b\n")).toEqual(["cpim.bad-escape: control octet"]);
		expect(ids("Subject: a\tb\n")).toEqual(["cpim.bad-escape: control octet"]);
	});
	test("LF alone is reported once, CRLF not", () => {
		const octets = Buffer.from(`${HEAD}\nContent-Type: text/plain\n\nhi`);
		const message = parseCpim(octets, 0, octets.length, true);
		expect(message.problems).toEqual([{ id: "cpim.bare-lf", offset: 15, length: 1 }]);
		expect([message.headersComplete, message.contentStart]).toEqual([true, octets.length - 2]);
	});
	test("LF alone in the part's own headers, not in its content", () => {
		const head = "From: <sip:a@b>\r\nTo: <sip:c@d>\r\n\r\n";
		const octets = (part: string) => Buffer.from(head + part);
		const found = (part: string) => parseCpim(octets(part), 0, octets(part).length, true).problems;
		expect(found("MIME-Version: 1.0\nContent-Type: text/plain\n\nhi")).toEqual([{ id: "cpim.bare-lf", offset: 51, length: 1 }]);
		expect(found("Content-Type: text/plain\r\n\nhi")).toEqual([{ id: "cpim.bare-lf", offset: 60, length: 1 }]);
		expect(found("Content-Type: text/plain\r\n\r\nhi\nthere\n")).toEqual([]);
	});
	test("a value that is not UTF-8", () => {
		const octets = Buffer.from(`From: J\xfcrgen <sip:a@b>\r\nTo: <sip:c@d>\r\n\r\nContent-Type: text/plain\r\n\r\nhi`, "latin1");
		const message = parseCpim(octets, 0, octets.length, true);
		expect(message.problems).toEqual([{ id: "cpim.invalid-utf8", offset: 6, length: 16 }]);
		expect(message.from[0]!.displayName).toBe("J\ufffdrgen");
	});
	test("a replacement character that was sent is no fault", () => expect(ids("Subject: \ufffd\n")).toEqual([]));
	test("a line without colon, and one with a bad name", () => {
		expect(ids("what is this\n")).toEqual(["cpim.malformed-header: no name and colon"]);
		expect(ids("what is: this\n")).toEqual(["cpim.malformed-header: not a header name"]);
	});
});

describe("P4 escapes", () => {
	test.each([
		["\\\\ \\\" \\' \\b \\t \\n \\r", "\\ \" ' \b \t \n \r"],
		["\\u00e9\\u00E9", "éé"],
		["\\ud83d\\ude00", "😀"],
		["half \\ud83d.", "half \ufffd."],
	])("%s", (raw, value) => {
		const message = withLines(`Subject: ${raw}\n`);
		expect(message.subjects[0]!.value).toBe(value);
		expect(message.problems).toEqual([]);
		expect(message.headers.at(-1)!.raw).toBe(raw);
	});
	test.each([
		["\\q\\<", "q<"],
		["\\u12", "u12"],
		["end\\", "end"],
	])("%s is reported", (raw, value) => {
		expect(withLines(`Subject: ${raw}\n`).subjects[0]!.value).toBe(value);
		expect(ids(`Subject: ${raw}\n`)).toEqual(["cpim.bad-escape: unknown escape"]);
	});
});

describe("P5 addresses", () => {
	function from(value: string) {
		const message = parseText(`From:${value}\nTo: <sip:c@d>\n${TAIL}`);
		const { displayName, uriText, faults, trailing } = message.from[0]!;
		const found = message.problems.filter(({ id }) => id === "cpim.bad-address").map(({ detail }) => detail);
		expect(found).toEqual(faults.length === 0 ? [] : [faults.join(", ")]);
		return [displayName, uriText, faults.join(" "), trailing];
	}
	test.each([
		[" <sip:a@b>", "", "sip:a@b", "", ""],
		[" MR SANDERS <im:piglet@100akerwood.com>", "MR SANDERS", "im:piglet@100akerwood.com", "", ""],
		[' "Depressed Donkey" <im:e@x>', "Depressed Donkey", "im:e@x", "", ""],
		[' "a<b>;isfocus"<sip:x@h>', "a<b>;isfocus", "sip:x@h", "", ""],
		[" J. Üser <sip:a@b>", "J. Üser", "sip:a@b", "", ""],
		[";lang=de <sip:a@b>", "", "sip:a@b", "", ""],
		[" <sip:x@h>;isfocus", "", "sip:x@h", "after-bracket", ";isfocus"],
		[" <sip:a@b>, <sip:c@d>", "", "sip:a@b", "after-bracket", ", <sip:c@d>"],
		[";isfocus <sip:x@h>", "", "sip:x@h", "parameters-before", ""],
		[";lang=de;isfocus <sip:x@h>", "", "sip:x@h", "parameters-before", ""],
		[" <sip:x@h\\u003bisfocus>", "", "sip:x@h;isfocus", "cpim-escaped", ""],
		[" \\u003csip:x@h\\u003e", "", "sip:x@h", "cpim-escaped", ""],
		[" sip:a@b", "", "sip:a@b", "no-brackets", ""],
		[" Alice sip:a@b", "", "Alice sip:a@b", "no-brackets no-scheme whitespace", ""],
		[" Smith, John <sip:a@b>", "Smith, John", "sip:a@b", "bad-name", ""],
		[' "open <sip:a@b>', "open", "sip:a@b", "bad-name", ""],
		[' "x" y <sip:a@b>', "x", "sip:a@b", "bad-name", ""],
		[" Alice<sip:a@b>", "Alice", "sip:a@b", "bad-name", ""],
		[" <sip:a@b", "", "sip:a@b", "unclosed-bracket", ""],
		[" <>", "", "", "empty", ""],
		[" < sip:a@b >", "", "sip:a@b", "whitespace", ""],
		[" <a@b>", "", "a@b", "no-scheme", ""],
		[" <sip:a\\u0007@b>", "", "sip:a\u0007@b", "cpim-escaped control", ""],
		[" <sip:jürgen@b>", "", "sip:jürgen@b", "non-ascii", ""],
	])("From:%s", (value, ...expected) => expect(from(value)).toEqual(expected));

	test("F9 to F12 are for the URI to tell", () => {
		const { uri } = parseText(`From: <sip:room;isfocus@h>\nTo: <im:x@h;isfocus>\n${TAIL}`).from[0]!;
		expect([uri.user, uri.host, uri.params]).toEqual(["room;isfocus", "h", []]);
	});
});

describe("P6 missing separator", () => {
	test("MIME headers start at the first content line", () => {
		const message = parseText(`${HEAD}content-length: 2\nContent-type: text/plain\n\nhi`);
		expect([message.missingSeparator, message.headersComplete, message.headers.length]).toEqual([true, true, 2]);
		expect(message.mime.map(({ name }) => name)).toEqual(["content-length", "Content-type"]);
		expect(message.problems).toEqual([{ id: "cpim.missing-blank-line", offset: 32, length: 0 }]);
	});
	test("is not decided before the content type is seen", () => {
		const octets = Buffer.from("From: <sip:a@b>\r\nTo: <sip:c@d>\r\nContent-Length: 2\r\n");
		const message = parseCpim(octets, 0, octets.length, false);
		expect([message.headers.length, message.missingSeparator, message.mime.length]).toEqual([2, false, 0]);
	});
	test("no empty line at all", () => {
		const message = parseText(HEAD);
		expect(message.problems.map(({ id }) => id)).toEqual(["cpim.missing-blank-line", "cpim.missing-content-type"]);
		expect([message.headersComplete, message.mimeComplete, message.from.length]).toEqual([false, true, 1]);
	});
	test("a line of white space separates, and is reported", () => {
		const message = parseText(`${HEAD}  ${TAIL}`);
		expect(message.problems).toEqual([{ id: "cpim.header-spacing", offset: 32, length: 2 }]);
		expect(message.headersComplete).toBe(true);
	});
});

describe("P7 leading octets", () => {
	test.each(["\n\n", "Content-Type: message/cpim\n\n", "Content-Length: 9\nContent-Type: Message/CPIM;x=y\n\n\n"])("%j", (lead) => {
		const message = parseText(`${lead}${HEAD}${TAIL}`);
		const length = lead.replaceAll("\n", "\r\n").length;
		expect(message.problems).toEqual([{ id: "cpim.leading-octets", offset: 0, length }]);
		expect([message.headersComplete, message.from[0]!.header.start, message.missingSeparator]).toEqual([true, length, false]);
	});
	test("a block of another type is the content itself", () => {
		const message = parseText("Content-Type: text/plain\n\nhi");
		expect([message.missingSeparator, message.contentType, message.headersComplete]).toEqual([true, "text/plain", false]);
	});
});

describe("P8 namespaces", () => {
	test("by URI, not by prefix; both spellings of NS", () => {
		const message = parseText(
			`NS: c<urn:ietf:params:cpim-headers:>\nNS: i <urn:ietf:params:imdn>\nc.From: <sip:a@b>\nc.To: <sip:c@d>\ni.Message-ID: m1\n${TAIL}`,
		);
		expect([message.headersComplete, message.imdn.messageId, message.problems]).toEqual([true, "m1", []]);
	});
	test("an undeclared prefix", () => {
		expect(withLines("imdn.Message-ID: x\n").imdn.messageId).toBeUndefined();
		expect(withLines("imdn.Message-ID: x\n").problems).toEqual([
			{ id: "cpim.undeclared-namespace", offset: 32, length: 15, detail: "imdn.Message-ID" },
		]);
	});
	test("declared after use is too late", () => {
		expect(ids("imdn.Message-ID: x\nNS: imdn <urn:ietf:params:imdn>\n")).toEqual(["cpim.undeclared-namespace: imdn.Message-ID"]);
	});
	test("a changed default makes From a stranger", () => {
		const message = parseText(`NS: <urn:x>\n${HEAD}NS: <urn:ietf:params:cpim-headers:>\nTo: <sip:e@f>\n${TAIL}`);
		expect([message.from.length, message.to.map(({ uriText }) => uriText)]).toEqual([0, ["sip:e@f"]]);
	});
	test("the misprint of RFC 3862 is accepted and noted", () => {
		const message = parseText(`NS: c <urn:ietf:params-cpim-headers:>\nc.From: <sip:a@b>\nTo: <sip:c@d>\n${TAIL}`);
		expect([message.headersComplete, message.problems.map(({ id }) => id)]).toEqual([true, ["cpim.core-namespace-misprint"]]);
	});
	test("an NS that declares nothing", () => expect(ids("NS: imdn\n")).toEqual(["cpim.malformed-header: NS is not prefix <URI>"]));
	test("all IMDN headers", () => {
		const lines =
			"NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: 1\nimdn.Original-To: <sip:x@y>\nimdn.IMDN-Record-Route: <sip:r1>\nimdn.IMDN-Record-Route: <sip:r2>\nimdn.IMDN-Route: <sip:r3>\nimdn.Disposition-Notification: positive-delivery,display\n";
		expect(withLines(lines).imdn).toEqual({
			messageId: "1",
			originalTo: "<sip:x@y>",
			recordRoute: ["<sip:r1>", "<sip:r2>"],
			route: ["<sip:r3>"],
			dispositionNotification: ["positive-delivery", "display"],
		});
	});
});

describe("P9 to P12", () => {
	test("P9: a second From, DateTime or Require is reported; To, cc, NS and Subject may repeat", () => {
		expect(ids("From: <sip:x@y>\n")).toEqual(["cpim.duplicate-header: From"]);
		expect(withLines("From: <sip:x@y>\n").from[0]!.uriText).toBe("sip:a@b");
		expect(ids("DateTime: 1\nDateTime: 2\n")).toEqual(["cpim.duplicate-header: DateTime"]);
		expect(withLines("DateTime: 1\nDateTime: 2\n").dateTime).toBe("1");
		expect(ids("Require: To\nRequire: cc\n")).toEqual(["cpim.duplicate-header: Require"]);
		expect(ids("To: <sip:e@f>\ncc: <sip:g@h>\ncc: <sip:i@j>\nSubject: x\nSubject:;lang=fr y\nNS: p <urn:p>\nNS: q <urn:q>\n")).toEqual([]);
	});
	test("P10: only cc is cc", () => {
		expect(withLines("CC: <sip:x@y>\nCc: <sip:x@y>\n").cc).toEqual([]);
		expect(ids("CC: <sip:x@y>\nCc: <sip:x@y>\n")).toEqual(["cpim.header-case: CC, not cc", "cpim.header-case: Cc, not cc"]);
	});
	test("P11: unknown headers are ignored unless Require names them", () => {
		expect(ids("X-Unknown: y\nRequired: X-Unknown\n")).toEqual([]);
		expect(ids("NS: m <urn:m>\nRequire: m.Vital, Subject\n")).toEqual(["cpim.unknown-require: m.Vital"]);
		expect(withLines("NS: m <urn:m>\nRequire: m.Vital, Subject\n").require).toEqual(["m.Vital", "Subject"]);
		expect(ids("NS: i <urn:ietf:params:imdn>\nRequire: i.Message-ID\n")).toEqual([]);
	});
	test("P12: the inner Content-Type is mandatory", () => {
		const message = parseText(`${HEAD}\nContent-ID: <1@x>\n\nhi`);
		expect(message.problems).toEqual([{ id: "cpim.missing-content-type", offset: 34, length: 0 }]);
		expect([message.contentType, message.mimeComplete]).toEqual([undefined, true]);
	});
	test.each([
		["Hello world\nsecond line", "Hello world\r\nsecond line"],
		["Re: hello\n\nsecond", "Re: hello\r\n\r\nsecond"],
		["\nhi", "hi"],
	])("P12: a part without headers: %j", (body, content) => {
		const text = `${HEAD}\n${body}`;
		const octets = Buffer.from(text.replaceAll("\n", "\r\n"));
		const message = parseText(text);
		expect(message.problems.map(({ id }) => id)).toEqual(["cpim.missing-content-type"]);
		expect(octets.toString("utf8", message.contentStart, message.contentEnd)).toBe(content);
		expect([message.mime, message.mimeComplete, message.headersComplete]).toEqual([[], true, true]);
	});
	test("P12: Content-Length frames nothing; a wrong one is reported, and only when all has come", () => {
		const wrong = `${HEAD}\nContent-Type: text/plain\nContent-Length: 5\n\nhi`;
		expect(parseText(wrong).problems.map(({ id, detail }) => `${id} ${detail}`)).toEqual(["cpim.content-length-mismatch says 5, is 2"]);
		expect(parseText(wrong).contentEnd - parseText(wrong).contentStart).toBe(2);
		expect(parseText(wrong, false).problems).toEqual([]);
		expect(parseText(wrong.replace("5", "2")).problems).toEqual([]);
	});
});
