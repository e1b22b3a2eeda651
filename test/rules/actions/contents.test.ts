import { describe, expect, it } from "vitest";
import { problemText } from "../../../src/core/rules/index.js";
import { cpim, request, response, send } from "../messages.js";
import { loadText, runRules, toClient, toServer } from "../run.js";
import { rule, whole } from "./rules.js";

const wrapped = (text: string, type = "text/plain") => {
	const body = cpim(text, [], type);
	return send("aaaa", body, "message/cpim", [], whole(body));
};
const plain = (text: string) => send("aaaa", text, "text/plain", [], whole(text));

describe("replace-body", () => {
	it("of what CPIM wraps, with its type", () => {
		const out = runRules(rule("cpim", "replace-body: {text: '<b>${cpim.from.uri:-x}</b>', type: text/html}"), [toServer(wrapped("hello"))]);
		expect(out.toServer).toBe(wrapped("<b>sip:alice@example.com</b>", "text/html"));
	});

	it("of the whole body, from a file as it is", () => {
		const picture = Buffer.from([0, 255, 13, 10, 128, 45, 45]);
		const out = runRules(rule("msrp.method", "replace-body: {file: p.bin, what: body, type: image/png}"), [toServer(wrapped("hello"))], {
			files: { "p.bin": picture },
		});
		expect(out.toServer).toBe(send("aaaa", picture.toString("latin1"), "image/png"));
	});

	it("from a template in a file", () => {
		const out = runRules(rule("msrp", "replace-body: {file: t.txt, fill: true}"), [toServer(plain("hello"))], {
			files: { "t.txt": "I am ${msrp.msg.id}, $${so}" },
		});
		expect(out.toServer).toBe(plain("I am m-aaaa, ${so}"));
	});

	it("of SIP, one where there was none too", () => {
		const with2 = request("MESSAGE", 1, ["Content-Type: text/plain"], "hi");
		expect(runRules(rule("sip", "replace-body: hello"), [toServer(with2)]).toServer).toBe(
			request("MESSAGE", 1, ["Content-Type: text/plain"], "hello"),
		);
		expect(runRules(rule("sip", "replace-body: {text: hello, type: text/plain}"), [toServer(request("INFO"))]).toServer).toBe(
			request("INFO").replace("Content-Length: 0\r\n\r\n", "Content-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"),
		);
	});

	it("with an end-line of the transaction in it gets another transaction id", () => {
		const out = runRules(rule("msrp", String.raw`replace-body: "a\r\n-------aaaa$\r\n"`), [toServer(plain("hello"))]);
		const id = /^MSRP (\S+)/.exec(out.toServer)![1]!;
		expect(id).not.toBe("aaaa");
		expect(out.toServer.endsWith(`\r\n-------${id}$\r\n`)).toBe(true);
	});

	it("is refused without a source, or with two, or with a file that is not there", () => {
		const told = (action: string) => loadText(rule("sip", action), { "a.txt": "${x" }).problems.map(problemText)[0];
		expect(told("replace-body: {type: a/b}")).toContain("give either text or file");
		expect(told("replace-body: {text: a, file: a.txt}")).toContain("give either text or file");
		expect(told("replace-body: {file: b.txt}")).toContain("b.txt: no such file");
		expect(told("replace-body: {file: a.txt, fill: true}")).toContain("this ${ has no }");
	});
});

describe("replace-text", () => {
	it("everywhere in the content, and lengths follow", () => {
		expect(runRules(rule("cpim", "replace-text: {search: l, with: LL}"), [toServer(wrapped("hello, all"))]).toServer).toBe(
			wrapped("heLLLLo, aLLLL"),
		);
		expect(runRules(rule("cpim", "replace-text: {search: l, with: '', times: 1}"), [toServer(wrapped("hello"))]).toServer).toBe(
			wrapped("helo"),
		);
	});

	it("by a regular expression with groups, in text that is not ASCII", () => {
		const out = runRules(rule("cpim", "replace-text: {search: '(\\pL+) (\\pL+)', with: '$2 $1 [$&]', pattern: true}"), [
			toServer(wrapped(Buffer.from("größe Zoë").toString("latin1"))),
		]);
		expect(Buffer.from(out.toServer, "latin1").toString()).toContain("\r\n\r\nZoë größe [größe Zoë]\r\n-------aaaa$");
	});

	it("in octets that are no UTF-8", () => {
		expect(
			runRules(rule("msrp", "replace-text: {search: 'a+', with: b, pattern: true}"), [toServer(plain("\xff\xfeaaa\xff"))]).toServer,
		).toBe(plain("\xff\xfeb\xff"));
	});

	it("in the head, the CPIM, the SDP, everywhere", () => {
		expect(runRules(rule("sip", "replace-text: {search: alice, with: eve, in: head}"), [toServer(request("INFO"))]).toServer).toBe(
			request("INFO").replaceAll("alice", "eve"),
		);
		const missing = runRules(
			rule("cpim", String.raw`replace-text: {search: "\r\n\r\nContent-", with: "\r\nContent-", in: cpim, times: 1}`),
			[toServer(wrapped("hi"))],
		);
		const without = cpim("hi").replace("\r\n\r\nContent-", "\r\nContent-");
		expect(missing.toServer).toBe(send("aaaa", without, "message/cpim"));
		const sdp = (text: string) => request("INVITE", 1, ["Content-Type: application/sdp"], `v=0\r\ns=${text}\r\n`);
		expect(runRules(rule("sip", "replace-text: {search: old, with: newer, in: sdp}"), [toServer(sdp("old"))]).toServer).toBe(sdp("newer"));
		expect(runRules(rule("sip", "replace-text: {search: o, with: 0, in: message, times: 2}"), [toServer(request("INFO"))]).toServer).toBe(
			request("INFO").replace("o", "0").replace("o", "0"),
		);
	});

	it("is linear in the length of the text", () => {
		const text = "a".repeat(100_000);
		const began = process.hrtime.bigint();
		runRules(rule("msrp", "replace-text: {search: '(a*)*b', with: c, pattern: true}"), [{ dir: 0, octets: plain(text) }], {
			messages: true,
		});
		expect(Number(process.hrtime.bigint() - began) / 1e9).toBeLessThan(10);
	});

	it("is refused with an expression that is none", () => {
		const told = loadText(rule("sip", "replace-text: {search: '(', with: x, pattern: true}")).problems.map(problemText)[0];
		expect(told).toMatch(/^rules\.yaml:4:7: replace-text: search: regular expression: missing/);
	});
});

describe("corrupt", () => {
	const changed = (before: string, after: string) => [...before].flatMap((octet, at) => (octet === after[at] ? [] : [at]));

	it("changes so many octets of the part, by the seed", () => {
		const message = wrapped("hello");
		const start = message.indexOf("From:");
		const once = (seed: number) => runRules(rule("cpim", "corrupt: {where: body, count: 3}"), [toServer(message)], { seed }).toServer;
		const places = changed(message, once(1));
		expect(places).toHaveLength(3);
		for (const at of places) {
			expect(at).toBeGreaterThanOrEqual(start);
			const bits = message.charCodeAt(at) ^ once(1).charCodeAt(at);
			expect(bits & (bits - 1)).toBe(0);
		}
		expect(once(1)).toBe(once(1));
		expect(once(2)).not.toBe(once(1));
	});

	it("in the head, or in a range", () => {
		const message = request("INFO");
		expect(
			Math.max(...changed(message, runRules(rule("sip", "corrupt: {where: head, count: 20}"), [toServer(message)]).toServer)),
		).toBeLessThan(message.length);
		const range = runRules(rule("sip", "corrupt: {from: 10, to: 12, count: 9, how: octet}"), [toServer(message)]).toServer;
		expect(changed(message, range)).toEqual([10, 11]);
	});
});

describe("truncate", () => {
	it("of the message: the next one stands in its place", () => {
		const out = runRules(rule("sip.CSeq.seq == 1", "truncate: 30"), [toServer(request("INFO", 1) + request("INFO", 2))]);
		expect(out.toServer).toBe(request("INFO", 1).slice(0, 30) + request("INFO", 2));
	});

	it("of the body, with the lengths that follow or stay", () => {
		expect(runRules(rule("msrp", "truncate: {to: 3, what: body}"), [toServer(plain("hello"))]).toServer).toBe(plain("hel"));
		expect(runRules(rule("msrp", "truncate: {to: 3, what: body, fix: false}"), [toServer(plain("hello"))]).toServer).toBe(
			plain("hello").replace("hello", "hel"),
		);
		expect(runRules(rule("msrp", "truncate: {to: 30, what: body}"), [toServer(plain("hello"))]).toServer).toBe(plain("hello"));
	});
});

describe("what only notes", () => {
	it("set-variable, for later messages of the connection", () => {
		const text = `
- {name: a, match: 'sip.Method == "INVITE"', actions: [{set-variable: {name: who, value: "\${sip.from.user}", for: connection}}]}
- {name: b, match: 'sip.Method == "INFO"', actions: [{set-header: {name: Subject, value: "by \${who:-nobody}"}}]}
`;
		const out = runRules(text, [toServer(request("INFO", 1) + request("INVITE", 2) + request("INFO", 3))]);
		expect([...out.toServer.matchAll(/Subject: (.*)\r/g)].map(([, words]) => words)).toEqual(["by nobody", "by alice"]);
		expect(loadText(rule("sip", "set-variable: {name: 1a, value: x}")).problems.map(problemText)[0]).toContain(
			"cannot be the name of a variable",
		);
	});

	it("mark and log", () => {
		const out = runRules(rule("sip", "mark: ${sip.Method}", "log: a ${sip.Method}"), [toServer(request("INFO"))]);
		expect(out.did).toEqual(["r: mark: INFO"]);
		expect(out.log).toEqual(["a INFO"]);
		expect(out.toServer).toBe(request("INFO"));
	});

	it("pass: neither a later action nor a later rule", () => {
		const text = `
- {name: a, match: 'sip.CSeq.seq == 1', actions: [pass, drop]}
- {name: b, match: sip, actions: [drop]}
`;
		const out = runRules(text, [toServer(request("INFO", 1) + request("INFO", 2))]);
		expect(out.toServer).toBe(request("INFO", 1));
		expect(out.fired).toEqual(["a: left alone", "b: dropped"]);
	});
});

describe("alg", () => {
	it("rewrites what the box hides, and turns it back", () => {
		const invite = request("INVITE", 1);
		const text = rule("sip", "alg: {profile: a2, outside: '203.0.113.9:5071'}");
		const out = runRules(text, [toServer(invite)]);
		const contact = /^Contact: <([^>]*)>/m.exec(out.toServer)![1]!;
		expect(contact).toContain("203.0.113.9:5071");
		const bye = request("BYE", 5).replace("sip:bob@example.com SIP", `${contact} SIP`);
		const both = runRules(text, [toServer(invite), toClient(response(200, "OK", "INVITE")), toClient(bye)]);
		expect(both.toClient).toContain("BYE sip:alice@192.0.2.1 SIP/2.0\r\n");
		expect(both.did.length).toBeGreaterThan(1);
	});

	it("is refused with a profile or an address that there is not", () => {
		const told = (action: string) => loadText(rule("sip", action)).problems.map(problemText)[0];
		expect(told("alg: nf-spi")).toContain("did you mean nf-sip?");
		expect(told("alg: {profile: a2, outside: here}")).toContain("an address and a port");
	});
});
