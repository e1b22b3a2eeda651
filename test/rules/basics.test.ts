import { describe, expect, it } from "vitest";
import { cpim, msrpOk, request, response, send } from "./messages.js";
import { runRules, toClient, toServer, wait } from "./run.js";

describe("rules", () => {
	it("drop what they match, and nothing else", () => {
		const {
			toServer: out,
			fired,
			problems,
			report,
		} = runRules(
			`
- name: no options
  match: sip.Method == "OPTIONS"
  actions: [drop]
`,
			[toServer(request("OPTIONS", 1) + request("INFO", 2) + request("OPTIONS", 3))],
		);
		expect(out).toBe(request("INFO", 2));
		expect(fired).toEqual(["no options: dropped", "no options: dropped"]);
		expect(problems).toEqual(["relay.dropped", "relay.dropped"]);
		expect(report).toMatchObject([{ name: "no options", hits: 2, matches: 2 }]);
	});

	it("run their actions in order, and the rules of a file in its order, each on what the one before left", () => {
		const { toServer: out, did } = runRules(
			`
rules:
  - name: first
    match: sip
    actions:
      - set-header: {name: Subject, value: "one \${sip.CSeq.seq}"}
      - set-header: {name: Subject, value: "longer than one"}
  - name: second
    match: sip.Method == "INFO"
    actions:
      - set-header: {name: subject, value: two}
`,
			[toServer(request("INFO", 7) + request("OPTIONS", 8))],
		);
		expect(out).toContain("Contact: <sip:alice@192.0.2.1>\r\nContent-Length: 0\r\nSubject: two\r\n\r\nOPTIONS");
		expect(out).toContain("Content-Length: 0\r\nSubject: longer than one\r\n\r\n");
		expect(did).toEqual(["first: Subject", "first: Subject", "second: Subject", "first: Subject", "first: Subject"]);
	});

	it("stop where one says so", () => {
		const { fired } = runRules(
			`
- {name: a, match: sip, actions: [{log: first}], stop: true}
- {name: b, match: sip, actions: [{log: second}]}
`,
			[toServer(request("INFO"))],
		);
		expect(fired).toEqual(["a: "]);
	});

	it("delay, and the same seed gives the same delays", () => {
		const text = `
- name: slow
  direction: to-server
  actions:
    - delay: {time: 200ms, jitter: 100ms}
`;
		const steps = [toServer(request("INFO", 1)), wait(0.05), toServer(request("INFO", 2)), toClient(response(200, "OK", "INFO"))];
		const one = runRules(text, steps, { seed: 5 });
		const two = runRules(text, steps, { seed: 5 });
		const other = runRules(text, steps, { seed: 6 });
		expect(one.toServer).toBe(request("INFO", 1) + request("INFO", 2));
		expect(one.did).toEqual(two.did);
		expect(one.did).not.toEqual(other.did);
		expect(one.did).toHaveLength(2);
		for (const words of one.did) expect(Number(/waits ([0-9.]+) s/.exec(words)![1])).toBeCloseTo(0.2, 0);
	});

	it("change headers of MSRP, CPIM and IMDN, and lengths follow", () => {
		const body = cpim("hello", [
			"NS: imdn <urn:ietf:params:imdn>",
			"imdn.Message-ID: x1",
			"imdn.Disposition-Notification: positive-delivery, display",
		]);
		const { toServer: out } = runRules(
			`
- name: quiet
  match: cpim
  actions:
    - set-header: {scope: imdn, name: Disposition-Notification, value: negative-delivery}
    - set-header: {scope: cpim, name: Subject, value: greetings}
    - set-header: {scope: content, name: Content-Type, value: "text/plain;charset=utf-8"}
    - set-header: {name: Failure-Report, value: "no"}
`,
			[toServer(send("aaaa", body, "message/cpim")), toClient(msrpOk("aaaa"))],
		);
		const changed = body
			.replace("positive-delivery, display", "negative-delivery")
			.replace("\r\n\r\nContent-Type: text/plain", "\r\nSubject: greetings\r\n\r\nContent-Type: text/plain;charset=utf-8");
		expect(out).toBe(
			send("aaaa", changed, "message/cpim").replace("Content-Type: message/cpim", "Failure-Report: no\r\nContent-Type: message/cpim"),
		);
	});

	it("leave lengths wrong with fix: false", () => {
		const body = cpim("hello");
		const rule = (fix: string) => `- {name: a, match: cpim, actions: [{set-header: {scope: cpim, name: Subject, value: x, ${fix}}}]}`;
		const { toServer: out } = runRules(rule("fix: false"), [toServer(send("aaaa", body, "message/cpim"))]);
		expect(out).toContain(`Byte-Range: 1-${body.length}/${body.length}\r\n`);
		expect(out).toContain("Subject: x\r\n");
	});
});
