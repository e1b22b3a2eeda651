import { describe, expect, it } from "vitest";
import { problemText } from "../../../src/core/rules/index.js";
import { A, B, cpim, msrpOk, request, response, send } from "../messages.js";
import { loadText, ruleSet, runOnce, runRules, toClient, toServer } from "../run.js";
import { rule, whole } from "./rules.js";

const INVITE = request("INVITE", 1);
const ack = request("ACK", 1, []).replace(";tag=2", ";tag=9");
/** Findings about the entries of the octets, with the tool's own notes left out. */
const faults = (out: { entries: { problems: { id: string }[] }[] }) =>
	out.entries.flatMap(({ problems }) => problems.map(({ id }) => id)).filter((id) => !/^(relay|tcp)\./.test(id));

describe("reply", () => {
	it("answers a SIP request: Vias, From, To with a tag, Call-ID and CSeq as they came", () => {
		const out = runRules(rule('sip.Method == "INVITE"', 'reply: {status: 503, headers: ["Retry-After: 30"]}'), [toServer(INVITE)]);
		expect(out.toServer).toBe("");
		const tag = /^To: <sip:bob@example.com>;tag=([0-9a-f]{12})\r$/m.exec(out.toClient)?.[1];
		expect(out.toClient).toBe(
			[
				"SIP/2.0 503 Service Unavailable",
				"Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1",
				"From: <sip:alice@example.com>;tag=1",
				`To: <sip:bob@example.com>;tag=${tag}`,
				"Call-ID: a@example.com",
				"CSeq: 1 INVITE",
				"Retry-After: 30",
				"Content-Length: 0",
				"",
				"",
			].join("\r\n"),
		);
		expect(out.fired).toEqual(["r: answered with 503 Service Unavailable"]);
		expect(out.problems).toEqual(["relay.answered"]);
		expect(faults(out)).toEqual([]);
	});

	it("answers the request again when it comes again, and takes the ACK in", () => {
		const out = runRules(rule('sip.Method == "INVITE"', "reply: 486").replace("match:", "times: 1\n  match:"), [
			toServer(INVITE),
			toServer(INVITE),
			toServer(ack),
			toServer(request("OPTIONS", 2)),
		]);
		expect(out.toClient).toBe(out.toClient.slice(0, out.toClient.length / 2).repeat(2));
		expect(out.toClient.slice(0, 21)).toBe("SIP/2.0 486 Busy Here");
		expect(out.toServer).toBe(request("OPTIONS", 2));
	});

	it("makes a dialog with 200: Record-Route, Contact, a body", () => {
		const out = runRules(rule('sip.Method == "INVITE"', 'reply: {status: 200, text: "v=0", type: application/sdp}'), [
			toServer(request("INVITE", 1, ["Record-Route: <sip:p.example.com;lr>"])),
		]);
		expect(out.toClient).toContain("\r\nRecord-Route: <sip:p.example.com;lr>\r\nFrom:");
		expect(out.toClient).toMatch(/\r\nContact: <sip:bob@example\.com>\r\nContent-Type: application\/sdp\r\nContent-Length: 3\r\n\r\nv=0$/);
	});

	it("fills rport in where the request asks for it (RFC 3581)", () => {
		const asked = request("OPTIONS").replace("branch=z9hG4bK1", "rport;branch=z9hG4bK1");
		const out = runRules(rule("sip", "reply: 200"), [toServer(asked)]);
		expect(out.toClient).toContain("Via: SIP/2.0/TCP 192.0.2.1:5060;rport=40001;received=192.0.2.1;branch=z9hG4bK1\r\n");
	});

	it("gives 100 no tag, and keeps one that is there", () => {
		expect(runRules(rule("sip", "reply: 100"), [toServer(INVITE)]).toClient).toContain("\r\nTo: <sip:bob@example.com>\r\n");
		expect(runRules(rule("sip", "reply: 200"), [toServer(request("BYE"))]).toClient).toContain("\r\nTo: <sip:bob@example.com>;tag=2\r\n");
	});

	it("answers MSRP by the paths of the request", () => {
		const out = runRules(rule('msrp.method == "SEND"', "reply: 481"), [toServer(send("aaaa", "hello"))]);
		expect(out.toClient).toBe(`MSRP aaaa 481 Session Does Not Exist\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------aaaa$\r\n`);
		expect(out.toServer).toBe("");
		expect(faults(out)).toEqual(["msrp.error-response"]);
	});

	it("answers AUTH with the whole path (RFC 4976), SEND with its first URI", () => {
		const two = `${A} ${B}`;
		const auth = `MSRP auth AUTH\r\nTo-Path: ${B}\r\nFrom-Path: ${two}\r\n-------auth$\r\n`;
		expect(runRules(rule("msrp", "reply: 401"), [toServer(auth)]).toClient).toContain(`To-Path: ${two}\r\n`);
		expect(runRules(rule("msrp", "reply: 200"), [toServer(send("aaaa", "x").replace(A, two))]).toClient).toContain(`To-Path: ${A}\r\n`);
	});

	it("with forward the request goes on too", () => {
		const out = runRules(rule('sip.Method == "INVITE"', "reply: {status: 180, forward: true}"), [
			toServer(INVITE),
			toClient(response(200, "OK", "INVITE")),
		]);
		expect(out.toServer).toBe(INVITE);
		expect(out.toClient).toMatch(/^SIP\/2\.0 180 Ringing\r\n/);
		expect(out.toClient.endsWith(response(200, "OK", "INVITE"))).toBe(true);
	});

	it("answers no response, ACK or REPORT", () => {
		const report = `MSRP rrrr REPORT\r\nTo-Path: ${B}\r\nFrom-Path: ${A}\r\nMessage-ID: m\r\nByte-Range: 1-1/1\r\nStatus: 000 200\r\n-------rrrr$\r\n`;
		const out = runRules(rule("sip", "reply: 400"), [toServer(ack), toClient(response(200, "OK", "INVITE"))]);
		expect([out.toServer, out.toClient]).toEqual([ack, response(200, "OK", "INVITE")]);
		expect(runRules(rule("msrp", "reply: 400"), [toServer(report)]).toServer).toBe(report);
	});

	it("is refused with headers that are none", () => {
		expect(loadText(rule("sip", "reply: {status: 200, headers: [nonsense]}")).problems.map(problemText)).toEqual([
			'rules.yaml:4:7: reply: headers: "nonsense" is no row: write "Name: value"',
		]);
	});
});

describe("inject", () => {
	it("puts an MSRP message beside another one: paths, ids, range and end-line are filled in; its response stops here", () => {
		const text = `
- name: r
  match: msrp.method == "SEND"
  actions:
    - inject:
        text: |
          MSRP SEND
          Content-Type: text/plain

          from \${msrp.messageid:-nobody}
`;
		const first = runOnce(ruleSet(text.replace("msrp.messageid", "msrp.msg.id")), [toServer(send("aaaa", "hello"))], (octets) => [octets]);
		const made = /MSRP ([0-9a-f]{16}) SEND/.exec(first.toServer)![1]!;
		const out = runRules(text.replace("msrp.messageid", "msrp.msg.id"), [
			toServer(send("aaaa", "hello")),
			toClient(msrpOk(made) + msrpOk("aaaa")),
		]);
		const id = /Message-ID: ([0-9a-f]{16})/.exec(out.toServer)![1]!;
		expect(out.toServer).toBe(
			`${send("aaaa", "hello")}MSRP ${made} SEND\r\nTo-Path: ${B}\r\nFrom-Path: ${A}\r\nByte-Range: 1-11/11\r\nMessage-ID: ${id}\r\nContent-Type: text/plain\r\n\r\nfrom m-aaaa\r\n-------${made}$\r\n`,
		);
		expect(out.toClient).toBe(msrpOk("aaaa"));
		expect(faults(out)).toEqual([]);
	});

	it("puts a REPORT on the way back", () => {
		const text = rule('msrp.method == "SEND"', String.raw`inject: {to: back, text: "MSRP REPORT\nStatus: 000 413 enough"}`);
		const out = runRules(text, [toServer(send("aaaa", "hello"))]);
		const id = /^MSRP ([0-9a-f]+)/.exec(out.toClient)![1];
		expect(out.toClient).toBe(
			`MSRP ${id} REPORT\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\nMessage-ID: m-aaaa\r\nStatus: 000 413 enough\r\nByte-Range: 1-5/5\r\n-------${id}$\r\n`,
		);
		expect(faults(out)).toEqual([]);
	});

	it("puts a SIP request into the dialog, after the message or back to its sender", () => {
		const text = rule('sip.Method == "INFO"', String.raw`inject: "NOTIFY\nEvent: conference\nSubscription-State: active\n\nbody"`);
		const out = runRules(text, [toServer(request("INFO", 7))]);
		const branch = /z9hG4bK([0-9a-f]{16})/.exec(out.toServer)![1];
		expect(out.toServer.slice(request("INFO", 7).length)).toBe(
			[
				"NOTIFY sip:bob@example.com SIP/2.0",
				`Via: SIP/2.0/TCP 192.0.2.100:40002;branch=z9hG4bK${branch};rport`,
				"Max-Forwards: 70",
				"From: <sip:alice@example.com>;tag=1",
				"To: <sip:bob@example.com>;tag=2",
				"Call-ID: a@example.com",
				"CSeq: 8 NOTIFY",
				"Contact: <sip:192.0.2.100:40002;transport=tcp>",
				"Event: conference",
				"Subscription-State: active",
				"Content-Type: text/plain",
				"Content-Length: 4",
				"",
				"body",
			].join("\r\n"),
		);
		expect(faults(out)).toEqual([]);
		const back = runRules(rule('sip.Method == "INFO"', "inject: {to: back, text: BYE}"), [toServer(request("INFO", 7))]);
		expect(back.toClient).toMatch(/^BYE sip:alice@192\.0\.2\.1 SIP\/2\.0\r\n/);
		expect(back.toClient).toContain("\r\nFrom: <sip:bob@example.com>;tag=2\r\nTo: <sip:alice@example.com>;tag=1\r\n");
		expect(faults(back)).toEqual([]);
	});

	it("outside of a dialog makes a Call-ID and a tag of its own", () => {
		const message = request("MESSAGE", 3, ["Content-Type: text/plain"], "hi");
		const out = runRules(rule('sip.Method == "MESSAGE"', String.raw`inject: {to: back, text: "MESSAGE\n\nno"}`), [toServer(message)]);
		expect(out.toClient).toMatch(/\r\nFrom: <sip:bob@example\.com>;tag=[0-9a-f]{8}\r\nTo: <sip:alice@example\.com>\r\n/);
		expect(out.toClient).not.toContain("a@example.com");
		expect(out.toClient).toContain("CSeq: 1 MESSAGE\r\n");
		expect(faults(out)).toEqual([]);
	});

	it("sends a file, filled in or as it is, before the message", () => {
		const options = { files: { "n.txt": "NOTIFY\nEvent: ${sip.CSeq.method}\n" } };
		const steps = [toServer(request("INFO", 7))];
		expect(runRules(rule("sip", "inject: {file: n.txt, fill: true, when: before}"), steps, options).toServer).toMatch(
			/^NOTIFY .*Event: INFO\r\n.*INFO sip:bob/s,
		);
		expect(runRules(rule("sip", "inject: {file: n.txt, raw: true}"), steps, options).toServer).toBe(
			`${request("INFO", 7)}${options.files["n.txt"]}`,
		);
	});

	it("is refused where it begins no request", () => {
		const told = (action: string) => loadText(rule("sip", action)).problems.map(problemText)[0];
		expect(told('inject: "MSRP hello"')).toContain('it begins with "MSRP hello"; write "MSRP SEND"');
		expect(told("inject: {to: back}")).toContain("give either text or file");
	});

	it("of the other protocol is told, and nothing else happens", () => {
		const out = runRules(rule("sip", 'inject: "MSRP SEND"'), [toServer(request("INFO"))]);
		expect([out.toServer, out.problems]).toEqual([request("INFO"), ["relay.stage-fault"]]);
	});
});

describe("eat", () => {
	const report = (id: string) =>
		`MSRP ${id}r REPORT\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\nMessage-ID: m-${id}\r\nByte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n-------${id}r$\r\n`;
	const steps = [
		toServer(send("aaaa", "hello") + send("bbbb", "hello")),
		toClient(msrpOk("aaaa") + report("aaaa") + msrpOk("bbbb") + report("bbbb")),
	];
	const first = (what: string) => runRules(rule('msrp.msg.id == "m-aaaa" && msrp.method == "SEND"', what), steps);

	it("the response to a message, reports about it, or both", () => {
		expect(first("eat").toClient).toBe(report("aaaa") + msrpOk("bbbb") + report("bbbb"));
		expect(first("eat: report").toClient).toBe(msrpOk("aaaa") + msrpOk("bbbb") + report("bbbb"));
		const both = first("eat: both");
		expect(both.toClient).toBe(msrpOk("bbbb") + report("bbbb"));
		expect(both.toServer).toBe(send("aaaa", "hello") + send("bbbb", "hello"));
		expect(both.problems).toEqual(["relay.dropped", "relay.dropped"]);
	});

	it("itself, where that is what the rule meets", () => {
		expect(runRules(rule("msrp.status.code", "eat"), steps).toClient).toBe(report("aaaa") + report("bbbb"));
		expect(runRules(rule('msrp.method == "REPORT"', "eat: report"), steps).toClient).toBe(msrpOk("aaaa") + msrpOk("bbbb"));
		expect(runRules(rule('msrp.method == "REPORT"', "eat"), steps).problems).toEqual([]);
	});

	it("responses of SIP", () => {
		const out = runRules(rule('sip.Method == "INFO"', "eat"), [
			toServer(request("INFO", 1) + request("OPTIONS", 2)),
			toClient(response(100, "Trying", "INFO", 1) + response(200, "OK", "INFO", 1) + response(200, "OK", "OPTIONS", 2)),
		]);
		expect(out.toClient).toBe(response(200, "OK", "OPTIONS", 2));
	});
});

describe("notifications", () => {
	const asked = cpim("hi", [
		"NS: imdn <urn:ietf:params:imdn>",
		"imdn.Message-ID: <&1>",
		"imdn.Disposition-Notification: positive-delivery",
		"DateTime: 2026-03-02T15:02:31Z",
	]);
	const chat = send("aaaa", asked, "message/cpim", [], whole(asked));
	const notice = (kind: string, status: string) =>
		cpim(
			`<?xml version="1.0"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>1</message-id><${kind}-notification><status><${status}/></status></${kind}-notification></imdn>`,
			[],
			"message/imdn+xml",
		);
	const sent = (id: string, body: string) => send(id, body, "message/cpim", [], whole(body));

	it("are forged: From and To turned around, the message named, by its session", () => {
		const out = runRules(rule("cpim", "imdn-forge: {status: displayed, delay: 1s}", "drop"), [toServer(chat)]);
		expect(out.toServer).toBe("");
		expect(out.toClient).toMatch(
			new RegExp(
				[
					"^MSRP ([0-9a-f]{16}) SEND",
					`To-Path: ${A.replaceAll(".", "\\.")}`,
					`From-Path: ${B.replaceAll(".", "\\.")}`,
					"Message-ID: [0-9a-f]{16}",
					"Byte-Range: 1-(\\d+)/\\2",
					"Failure-Report: no",
					"Content-Type: message/cpim",
					"",
					"From: <sip:bob@example\\.com>",
					"To: <sip:alice@example\\.com>",
					"NS: imdn <urn:ietf:params:imdn>",
					"imdn\\.Message-ID: [0-9a-f]{16}",
					"DateTime: 1970-01-01T00:16:40\\.000Z",
					"",
					"Content-Type: message/imdn\\+xml",
					"Content-Disposition: notification",
					"Content-Length: \\d+",
					"",
					'<\\?xml version="1\\.0" encoding="UTF-8"\\?>',
					'<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
					"<message-id>&lt;&amp;1&gt;</message-id>",
					"<datetime>2026-03-02T15:02:31Z</datetime>",
					"<recipient-uri>sip:bob@example\\.com</recipient-uri>",
					"<display-notification><status><displayed/></status></display-notification>",
					"</imdn>",
					"",
					"-------\\1\\$",
					"$",
				].join("\r\n"),
			),
		);
		expect(faults(out)).toEqual([]);
	});

	it("are forged by SIP MESSAGE where the chat is one", () => {
		const message = request("MESSAGE", 3, ["Content-Type: message/cpim"], asked);
		const out = runRules(rule("cpim", "imdn-forge: failed"), [toServer(message)]);
		expect(out.toServer).toBe(message);
		expect(out.toClient).toMatch(/^MESSAGE sip:alice@192\.0\.2\.1 SIP\/2\.0\r\n/);
		expect(out.toClient).toContain("<delivery-notification><status><failed/></status></delivery-notification>");
		expect(faults(out)).toEqual([]);
	});

	it("are forged only for what can be named, and asked where that is wanted", () => {
		const plain = cpim("hi");
		const out = runRules(rule("cpim", "imdn-forge"), [toServer(sent("aaaa", plain) + sent("bbbb", notice("delivery", "delivered")))]);
		expect([out.toClient, out.did]).toEqual(["", []]);
		expect(runRules(rule("cpim", "imdn-forge: {status: displayed, asked: true}"), [toServer(chat)]).toClient).toBe("");
		expect(runRules(rule("cpim", "imdn-forge: {status: delivered, asked: true}"), [toServer(chat)]).toClient).not.toBe("");
	});

	it("are refused with a status that their kind has not", () => {
		expect(loadText(rule("cpim", "imdn-forge: {kind: display, status: failed}")).problems.map(problemText)).toEqual([
			"rules.yaml:4:7: imdn-forge: a display notification cannot say failed",
		]);
	});

	it("are dropped by kind, and whoever sent them is answered", () => {
		const out = runRules(rule("cpim", "imdn-drop: display"), [
			toServer(sent("aaaa", notice("display", "displayed")) + sent("bbbb", notice("delivery", "delivered")) + sent("cccc", asked)),
		]);
		expect(out.toServer).toBe(sent("bbbb", notice("delivery", "delivered")) + sent("cccc", asked));
		expect(out.toClient).toBe(`MSRP aaaa 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------aaaa$\r\n`);
		const silent = runRules(rule("cpim", "imdn-drop: {kind: failure, answer: false}"), [
			toServer(sent("aaaa", notice("delivery", "failed")) + sent("bbbb", notice("delivery", "delivered"))),
		]);
		expect([silent.toServer, silent.toClient]).toEqual([sent("bbbb", notice("delivery", "delivered")), ""]);
		const sip = runRules(rule("cpim", "imdn-drop"), [
			toServer(request("MESSAGE", 1, ["Content-Type: message/cpim"], notice("display", "displayed"))),
		]);
		expect([sip.toServer, sip.toClient.slice(0, 14)]).toEqual(["", "SIP/2.0 200 OK"]);
	});

	it("come late, behind later messages", () => {
		const late = sent("aaaa", notice("display", "displayed"));
		const out = runRules(rule("cpim", "imdn-delay: 30s"), [toServer(late + chat.replaceAll("aaaa", "bbbb"))], { end: 29 });
		expect(out.toServer).toBe(chat.replaceAll("aaaa", "bbbb"));
		const later = runRules(rule("cpim", "imdn-delay: 30s"), [toServer(late + chat.replaceAll("aaaa", "bbbb"))], { end: 31 });
		expect(later.toServer).toBe(chat.replaceAll("aaaa", "bbbb") + late);
	});
});
