import { describe, expect, it } from "vitest";
import { editMessage } from "../../src/core/breakpoints/edit.js";
import { BreakpointError } from "../../src/core/breakpoints/types.js";
import { fromRoom, INVITE, OK } from "../relay/conversation.js";

const SIP = Buffer.from(INVITE);
const CHAT = fromRoom("abcd1", "sip:alice@example.com", "sip:bob@example.com");
const MSRP = Buffer.from(CHAT);
const sip = (edit: Parameters<typeof editMessage>[2], octets = SIP) => editMessage("sip", octets, edit).toString();
const msrp = (edit: Parameters<typeof editMessage>[2], octets = MSRP) => editMessage("msrp", octets, edit).toString();

describe("a message edited in decoded form", () => {
	it("has another first line", () => {
		expect(sip({ startLine: "INVITE sip:other@example.com SIP/2.0" })).toBe(
			INVITE.replace(/^[^\r]*/, "INVITE sip:other@example.com SIP/2.0"),
		);
	});

	it("has other values in the rows that it had, whatever the name's spelling", () => {
		expect(sip({ headers: { "max-forwards": "1", i: "other@ue" } })).toBe(
			INVITE.replace("Max-Forwards: 70", "Max-Forwards: 1").replace("Call-ID: c1@ue-bob", "Call-ID: other@ue"),
		);
	});

	it("has headers that it did not have, behind the others, in MSRP before Content-Type", () => {
		expect(sip({ headers: { Subject: "größe" } })).toBe(INVITE.replace("\r\n\r\n", "\r\nSubject: größe\r\n\r\n"));
		expect(msrp({ headers: { "Success-Report": "yes" } })).toBe(
			CHAT.replace("Content-Type: message", "Success-Report: yes\r\nContent-Type: message"),
		);
	});

	it("has several rows of a name, or none", () => {
		expect(sip({ headers: { Via: ["SIP/2.0/TCP a;branch=1", "SIP/2.0/TCP b;branch=2"] } })).toBe(
			INVITE.replace(/Via: [^\r]*\r\n/, "Via: SIP/2.0/TCP a;branch=1\r\nVia: SIP/2.0/TCP b;branch=2\r\n"),
		);
		expect(sip({ headers: { Contact: null } }, Buffer.from(OK))).toBe(OK.replace(/Contact: [^\r]*\r\n/, ""));
		expect(sip({ headers: { "X-None": null } })).toBe(INVITE);
	});

	it("has other CPIM headers, and others are left as they are", () => {
		expect(msrp({ cpim: { From: "Room <sip:room@example.com;isfocus>", Subject: "hi" } })).toBe(
			CHAT.replace("From: <sip:alice@example.com>", "From: Room <sip:room@example.com;isfocus>").replace(
				"31Z\r\n",
				"31Z\r\nSubject: hi\r\n",
			),
		);
	});

	it("has another text inside of message/cpim, and another body around it", () => {
		expect(msrp({ text: "good morning" })).toBe(CHAT.replace("hello", "good morning"));
		expect(msrp({ body: "plain", headers: { "Content-Type": "text/plain" } })).toBe(
			CHAT.replace(/\r\n\r\n[\s\S]*\r\n-------/, "\r\n\r\nplain\r\n-------").replace("message/cpim", "text/plain"),
		);
		expect(sip({ text: "v=0\r\n" })).toBe(INVITE.replace(/v=0[\s\S]*$/, "v=0\r\n"));
	});

	it("can be given a body that it did not have in SIP, and is told why not in MSRP", () => {
		const bare = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n";
		expect(sip({ body: "x" }, Buffer.from(bare))).toBe(`${bare}x`);
		const response = Buffer.from("MSRP abcd 200 OK\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:1/y;tcp\r\n-------abcd$\r\n");
		expect(() => msrp({ body: "x" }, response)).toThrow(
			new BreakpointError("the MSRP frame has no body: give the octets of the whole frame"),
		);
	});

	it("is other octets altogether, with further edits in those", () => {
		expect(msrp({ octets: CHAT.replace("hello", "bye"), headers: { "Message-ID": "m2" } })).toBe(
			CHAT.replace("hello", "bye").replace("m-abcd1", "m2"),
		);
	});

	for (const [what, edit, says] of [
		["a line break in a value", { headers: { Subject: "a\r\nVia: evil" } }, "Subject: a header value holds no line break"],
		["a line break in a name", { headers: { "a\nb": "c" } }, "a header needs a name without line breaks"],
		["a line break in the first line", { startLine: "a\nb" }, "a start line holds no line break"],
		["CPIM where there is none", { cpim: { From: "x" } }, "the message has no message/cpim content"],
		[
			"octets that are no message, and a header",
			{ octets: "nonsense", headers: { To: "x" } },
			"the octets are no SIP message any more: give all of them anew",
		],
	] as const) {
		it(`cannot have ${what}`, () => {
			expect(() => sip(edit)).toThrow(new BreakpointError(says));
		});
	}
});
