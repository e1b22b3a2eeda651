import { describe, expect, it } from "vitest";
import { problemText } from "../../../src/core/rules/index.js";
import { A, B, cpim, msrpOk, request, response, send } from "../messages.js";
import { loadText, runRules, toClient, toServer } from "../run.js";
import { rule, whole } from "./rules.js";

const SDP =
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=setup:active\r\nm=message 7000 TCP/MSRP *\r\na=setup:actpass\r\na=path:msrp://192.0.2.1:7000/a;tcp\r\na=msrp-cema\r\n";
const invite = (sdp: string) => request("INVITE", 1, ["Content-Type: application/sdp"], sdp);
const edited = (body: string, ...actions: string[]) => runRules(rule("sdp", ...actions), [toServer(invite(body))]).toServer;
const XML =
	'<?xml version="1.0"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">\r\n<message-id>m1</message-id>\r\n<delivery-notification><status><delivered/></status></delivery-notification>\r\n</imdn>';
const notification = (xml: string) => {
	const body = cpim(xml, [], "message/imdn+xml");
	return send("aaaa", body, "message/cpim", [], whole(body));
};
const chat = (body: string) => send("aaaa", body, "message/cpim", [], whole(body));
const IMDN = ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: x1"];

describe("add-header", () => {
	it("of SIP, beside one of the same name", () => {
		expect(
			runRules(rule("sip", 'add-header: {name: Contact, value: "<sip:x@${sip.from.host}>"}'), [toServer(request("INFO"))]).toServer,
		).toBe(request("INFO").replace("\r\n\r\n", "\r\nContact: <sip:x@example.com>\r\n\r\n"));
	});

	it("of MSRP, before the rows of the content", () => {
		const out = runRules(rule('msrp.method == "SEND"', 'add-header: {name: Failure-Report, value: "no"}'), [
			toServer(send("aaaa", "hello")),
		]);
		expect(out.toServer).toBe(send("aaaa", "hello").replace("Content-Type", "Failure-Report: no\r\nContent-Type"));
	});

	it("of CPIM and of IMDN, with the namespace where it was not declared", () => {
		const out = runRules(
			rule("cpim", 'add-header: {scope: cpim, name: cc, value: "<sip:c@d>"}', "add-header: {scope: imdn, name: Message-ID, value: q}"),
			[toServer(chat(cpim("hello")))],
		);
		const all = ["cc: <sip:c@d>", "NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: q"];
		expect(out.toServer).toBe(chat(cpim("hello", all)));
		const declared = runRules(rule("cpim", "add-header: {scope: imdn, name: Original-To, value: <sip:o@d>}"), [
			toServer(chat(cpim("x", IMDN))),
		]);
		expect(declared.toServer).toBe(chat(cpim("x", [...IMDN, "imdn.Original-To: <sip:o@d>"])));
	});

	it("keeps what a message says on its line", () => {
		const subject = request("INFO", 1, ["Subject: a"]);
		const out = runRules(rule("sip", String.raw`add-header: {name: X, value: "a\r\nInjected: b"}`), [toServer(subject)]);
		expect(out.toServer).toContain("\r\nX: a Injected: b\r\n");
	});
});

describe("remove-header", () => {
	it("takes all rows of all names, in any spelling", () => {
		const message = request("INFO", 1, ["Subject: a", "s: b", "Priority: urgent"]);
		expect(runRules(rule("sip", "remove-header: [subject, priority]"), [toServer(message)]).toServer).toBe(request("INFO", 1));
	});

	it("of MSRP, CPIM, IMDN and of what CPIM wraps", () => {
		const text = rule(
			"cpim",
			"remove-header: {scope: cpim, name: Subject}",
			"remove-header: {scope: imdn, name: Message-ID}",
			"remove-header: {scope: content, name: content-id}",
			"remove-header: Success-Report",
		);
		const body = cpim("hello", ["Subject: s", ...IMDN]).replace("text/plain", "text/plain\r\nContent-ID: <1>");
		const left = cpim("hello", [IMDN[0]!]);
		expect(runRules(text, [toServer(send("aaaa", body, "message/cpim", ["Success-Report: yes"], whole(body)))]).toServer).toBe(chat(left));
	});

	it("changes nothing where there is none", () => {
		const out = runRules(rule("sip", "remove-header: Subject"), [toServer(request("INFO"))]);
		expect([out.toServer, out.did]).toEqual([request("INFO"), []]);
	});
});

describe("rename-header", () => {
	it("of SIP and MSRP", () => {
		expect(runRules(rule("sip", "rename-header: {name: Contact, to: m}"), [toServer(request("INFO"))]).toServer).toBe(
			request("INFO").replace("Contact:", "m:"),
		);
		expect(runRules(rule("msrp", "rename-header: {name: Message-ID, to: X-ID}"), [toServer(send("aaaa", "hi"))]).toServer).toBe(
			send("aaaa", "hi").replace("Message-ID:", "X-ID:"),
		);
	});

	it("of CPIM, where spelling counts", () => {
		expect(runRules(rule("cpim", "rename-header: {scope: cpim, name: From, to: from}"), [toServer(chat(cpim("hi")))]).toServer).toBe(
			chat(cpim("hi").replace("From:", "from:")),
		);
	});

	it("of SDP and of notifications", () => {
		expect(edited(SDP, "rename-header: {scope: sdp, name: a=path, to: a=X-path}")).toBe(invite(SDP.replace("a=path", "a=X-path")));
		const out = runRules(rule("cpim", "rename-header: {scope: imdn-xml, name: delivery-notification, to: display-notification}"), [
			toServer(notification(XML)),
		]);
		expect(out.toServer).toBe(notification(XML.replaceAll("delivery-notification", "display-notification")));
	});
});

describe("lines of SDP", () => {
	it("are set, added and taken out, of the session and of the message medium", () => {
		expect(edited(SDP, "set-header: {scope: sdp, name: a=setup, value: passive}")).toBe(
			invite(SDP.replace("setup:actpass", "setup:passive")),
		);
		expect(edited(SDP, "remove-header: {scope: sdp, name: a=setup}")).toBe(invite(SDP.replace("a=setup:actpass\r\n", "")));
		expect(edited(SDP, 'set-header: {scope: sdp, name: m, value: "message 9 TCP/MSRP *"}')).toBe(
			invite(SDP.replace("message 7000", "message 9")),
		);
		expect(edited(SDP, "set-header: {scope: sdp, name: c, value: IN IP4 203.0.113.9}")).toBe(
			invite(SDP.replace("c=IN IP4 192.0.2.1", "c=IN IP4 203.0.113.9")),
		);
		expect(edited(SDP, "add-header: {scope: sdp, name: a=max-size, value: 100}")).toBe(invite(`${SDP}a=max-size:100\r\n`));
		expect(edited(SDP, "add-header: {scope: sdp, name: c, value: IN IP4 203.0.113.9}")).toBe(
			invite(SDP.replace("a=setup:actpass", "c=IN IP4 203.0.113.9\r\na=setup:actpass")),
		);
	});

	it("that have no value get one", () => {
		expect(edited(SDP, "set-header: {scope: sdp, name: a=msrp-cema, value: x}")).toBe(invite(SDP.replace("a=msrp-cema", "a=msrp-cema:x")));
		expect(edited(SDP, 'add-header: {scope: sdp, name: a=recvonly, value: ""}')).toBe(invite(`${SDP}a=recvonly\r\n`));
	});

	it("with fix: false leave Content-Length as it was", () => {
		const out = edited(SDP, "remove-header: {scope: sdp, name: a=setup, fix: false}");
		expect(out).toBe(invite(SDP).replace("a=setup:actpass\r\n", ""));
	});
});

describe("elements of a notification", () => {
	const written = (...actions: string[]) => runRules(rule("cpim", ...actions), [toServer(notification(XML))]).toServer;

	it("are set, added and taken out", () => {
		expect(written("set-header: {scope: imdn-xml, name: status, value: failed}")).toBe(
			notification(XML.replace("<delivered/>", "<failed/>")),
		);
		expect(written("set-header: {scope: imdn-xml, name: message-id, value: 'm<2'}")).toBe(notification(XML.replace(">m1<", ">m&lt;2<")));
		expect(written("remove-header: {scope: imdn-xml, name: message-id}")).toBe(
			notification(XML.replace("<message-id>m1</message-id>", "")),
		);
		expect(written("add-header: {scope: imdn-xml, name: recipient-uri, value: 'sip:b@d'}")).toBe(
			notification(XML.replace("</imdn>", "<recipient-uri>sip:b@d</recipient-uri></imdn>")),
		);
	});

	it("of anything else are none", () => {
		const message = chat(cpim(XML));
		expect(runRules(rule("cpim", "remove-header: {scope: imdn-xml, name: message-id}"), [toServer(message)]).toServer).toBe(message);
	});
});

describe("set-status", () => {
	it("changes the first line of responses alone", () => {
		const out = runRules(rule("sip", "set-status: 404"), [toServer(request("INFO")), toClient(response(200, "OK", "INFO"))]);
		expect([out.toServer, out.toClient]).toEqual([request("INFO"), response(404, "Not Found", "INFO")]);
		const media = runRules(rule("msrp", "set-status: {status: 413, reason: no}"), [toServer(send("aaaa", "x")), toClient(msrpOk("aaaa"))]);
		expect(media.toClient).toBe(msrpOk("aaaa").replace("200 OK", "413 no"));
		const unknown = runRules(rule("msrp.status.code", "set-status: 499"), [toServer(send("aaaa", "x")), toClient(msrpOk("aaaa"))]);
		expect(unknown.toClient).toBe(msrpOk("aaaa").replace("200 OK", "499"));
	});
});

describe("swap-from-to", () => {
	it("of CPIM, of SIP with tags, of MSRP", () => {
		expect(runRules(rule("cpim", "swap-from-to"), [toServer(chat(cpim("hi")))]).toServer).toBe(
			chat(cpim("hi").replace("alice", "?").replace("bob", "alice").replace("?", "bob")),
		);
		const sip = runRules(rule("sip", "swap-from-to: sip"), [toServer(request("INFO"))]).toServer;
		expect(sip).toContain("From: <sip:bob@example.com>;tag=2\r\nTo: <sip:alice@example.com>;tag=1\r\n");
		expect(sip.length).toBe(request("INFO").length);
		const msrp = runRules(rule("msrp", "swap-from-to: msrp"), [toServer(send("aaaa", "hi"))]).toServer;
		expect(msrp).toBe(send("aaaa", "hi").replace(A, "?").replace(B, A).replace("?", B));
	});

	it("changes nothing where there is no CPIM", () => {
		expect(runRules(rule("msrp", "swap-from-to"), [toServer(send("aaaa", "hi"))]).toServer).toBe(send("aaaa", "hi"));
	});
});

describe("options", () => {
	it("that are wrong are told with their place", () => {
		const told = (text: string) => loadText(text).problems.map(problemText);
		expect(told(rule("sip", "remove-header: {scope: sipp, name: a}"))[0]).toMatch(/^rules.yaml:4:30: .*scope.*did you mean sip\?$/);
		expect(told(rule("sip", "add-header: {name: a}"))[0]).toMatch(/^rules.yaml:4:\d+: add-header: value has to be given/);
	});
});
