import { cpim, msrpOk, request, response, send } from "../messages.js";
import { type Step, toClient, toServer } from "../run.js";

/** What actions are tried on, and the rule that meets it. */
export interface Standard {
	name: string;
	match: string;
	steps: readonly Step[];
	websocket?: true;
}

const SDP = [
	"v=0",
	"o=- 1 1 IN IP4 192.0.2.1",
	"s=-",
	"c=IN IP4 192.0.2.1",
	"t=0 0",
	"m=message 7000 TCP/MSRP *",
	"a=accept-types:message/cpim",
	"a=setup:active",
	"a=path:msrp://192.0.2.1:7000/aaaa;tcp",
	"",
].join("\r\n");
const IMDN = `<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>i1</message-id><datetime>2026-03-02T15:02:31Z</datetime><display-notification><status><displayed/></status></display-notification></imdn>`;
const ASKING = ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: i1", "imdn.Disposition-Notification: positive-delivery, display"];

// Behind each message and its answer comes another pair that no rule here meets: what is behind a message is seen to go on, or not.
const SIP_END = [toServer(request("BYE", 9)), toClient(response(200, "OK", "BYE", 9))];
const MSRP_END = [toServer(send("zz9", "the end")), toClient(msrpOk("zz9"))];

const sip = (method: string, more: readonly string[], body: string): Step[] => [
	toServer(request(method, 1, more, body)),
	toClient(response(200, "OK", method, 1, ["Contact: <sip:room@198.51.100.2;isfocus>;isfocus"])),
	...SIP_END,
];
const msrp = (body: string, type: string, more: readonly string[] = []): Step[] => [
	toServer(send("aa1", body, type, more)),
	toClient(msrpOk("aa1")),
	...MSRP_END,
];

/** One message in two chunks. */
const CHUNKS = [
	toServer(send("aa1", "hello ", "text/plain", [], "1-6/9", "+")),
	toClient(msrpOk("aa1")),
	toServer(send("aa2", "Bob", "text/plain", [], "7-9/9").replace("m-aa2", "m-aa1")),
	toClient(msrpOk("aa2")),
	...MSRP_END,
];

export const STANDARDS: readonly Standard[] = [
	{ name: "SIP", match: 'sip.CSeq.method == "MESSAGE"', steps: sip("MESSAGE", ["Content-Type: text/plain"], "hello Bob") },
	{ name: "SDP", match: 'sip.CSeq.method == "INVITE"', steps: sip("INVITE", ["Content-Type: application/sdp"], SDP) },
	{ name: "MSRP", match: 'msrp.transaction.id == "aa1"', steps: msrp("hello Bob", "text/plain", ["Success-Report: yes"]) },
	{ name: "MSRP in chunks", match: 'msrp.messageid == "m-aa1"', steps: CHUNKS },
	{ name: "CPIM", match: 'msrp.transaction.id == "aa1"', steps: msrp(cpim("hello Bob", ASKING), "message/cpim") },
	{
		name: "IMDN",
		match: 'msrp.transaction.id == "aa1"',
		steps: msrp(cpim(IMDN, ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: i2"], "message/imdn+xml"), "message/cpim"),
	},
	{
		name: "WebSocket",
		match: 'msrp.transaction.id == "aa1"',
		steps: msrp(cpim("hello Bob", ASKING), "message/cpim"),
		websocket: true,
	},
];

/** What stands in a rule's list for one action; by the name of the standard where that matters. */
export type Use = string | ({ else: string } & Record<string, string>);

const header = (verb: string, rest: string): Use => ({
	SDP: `${verb}: {scope: sdp, name: a=setup${rest}}`,
	CPIM: `${verb}: {scope: cpim, name: From${rest}}`,
	IMDN: `${verb}: {scope: imdn, name: Message-ID${rest}}`,
	MSRP: `${verb}: {name: Success-Report${rest}}`,
	"MSRP in chunks": `${verb}: {name: Success-Report${rest}}`,
	WebSocket: `${verb}: {scope: cpim, name: From${rest}}`,
	else: `${verb}: {name: Contact${rest}}`,
});

/** One use of every action, with times that a test can wait for. */
export const USES: Readonly<Record<string, Use>> = {
	drop: "drop",
	delay: "delay: 30ms",
	"hold-until": "hold-until: {seen: 'sip.Method == \"NOTIFY\"', most: 30ms}",
	duplicate: "duplicate",
	reorder: "reorder: {behind: 1, most: 60s}",
	throttle: "throttle: {rate: 20KB/s, step: 5ms}",
	stall: "stall: {after: 20, time: 30ms}",
	close: "close",
	"half-close": "half-close",
	reset: "reset",
	"ws-close": "ws-close: {code: 1012, reason: restart}",
	latency: "latency: 20ms",
	down: "down",
	bandwidth: "bandwidth: 50KB/s",
	slow_close: "slow_close: 20ms",
	timeout: "timeout: 30ms",
	reset_peer: "reset_peer: 20ms",
	slicer: "slicer: {average_size: 50, delay: 1ms}",
	limit_data: "limit_data: 100",
	"set-header": header("set-header", ", value: changed"),
	"add-header": header("add-header", ", value: added"),
	"remove-header": header("remove-header", ""),
	"rename-header": header("rename-header", ", to: X-Other"),
	"set-status": "set-status: 413",
	"swap-from-to": {
		SIP: "swap-from-to: sip",
		SDP: "swap-from-to: sip",
		MSRP: "swap-from-to: msrp",
		"MSRP in chunks": "swap-from-to: msrp",
		else: "swap-from-to: cpim",
	},
	"strip-isfocus": "strip-isfocus",
	"add-isfocus": { SIP: "add-isfocus: contact", SDP: "add-isfocus: contact", else: "add-isfocus: cpim-from" },
	"replace-body": "replace-body: {text: (moderated), type: text/plain}",
	"replace-text": "replace-text: {search: Bob, with: everybody}",
	corrupt: "corrupt: {where: body, count: 2}",
	truncate: "truncate: {to: 5, what: body}",
	reply: { SIP: "reply: 503", SDP: "reply: 503", else: "reply: 413" },
	inject: {
		SIP: 'inject: {to: back, text: "MESSAGE\\nContent-Type: text/plain\\n\\nfrom the box"}',
		SDP: 'inject: {to: back, text: "OPTIONS\\n"}',
		else: 'inject: {to: back, text: "MSRP SEND\\nContent-Type: text/plain\\n\\nfrom the box"}',
	},
	eat: "eat: response",
	"imdn-forge": "imdn-forge: delivered",
	"imdn-drop": "imdn-drop: display",
	"imdn-delay": "imdn-delay: 30ms",
	split: "split: 40",
	merge: "merge",
	abort: "abort: 5",
	"byte-range": "byte-range: {fault: gap, by: 7}",
	"wrong-transaction-id": "wrong-transaction-id: both",
	"no-end-line": "no-end-line",
	"ws-fragment": "ws-fragment: 100",
	"ws-text": "ws-text",
	"ws-mask-fault": "ws-mask-fault",
	alg: "alg: {profile: a2, hides: servers}",
	"set-variable": "set-variable: {name: seen, value: yes}",
	mark: "mark: looked at",
	log: "log: looked at",
	pass: "pass",
};

/** The rule file with that action for that standard. */
export function ruleFor(action: string, standard: Standard): string {
	const use = USES[action]!;
	const text = typeof use === "string" ? use : (use[standard.name] ?? use.else);
	return `- {name: tried, match: '${standard.match}', actions: [{${text.includes(":") ? text : `${text}: {}`}}]}\n`.replace(
		/\[\{([a-z_-]+): \{\}\}\]/,
		"[$1]",
	);
}
