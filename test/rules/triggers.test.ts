import { describe, expect, it } from "vitest";
import { cpim, msrpOk, request, response, send } from "./messages.js";
import { runRules, type Step, toClient, toServer, wait } from "./run.js";

const requests = (from: number, to: number, method = "INFO"): Step[] =>
	Array.from({ length: to - from + 1 }, (_, index) => toServer(request(method, from + index)));
const numbers = (octets: string): number[] => [...octets.matchAll(/^CSeq: (\d+)/gm)].map(([, number]) => Number(number));
/** which of ten requests do not go on */
const dropped = (trigger: string, steps: readonly Step[] = requests(1, 10), seed = 1): number[] => {
	const { toServer: out } = runRules(`- {name: a, match: sip.Method == "INFO", actions: [drop], ${trigger}}`, steps, { seed });
	const went = new Set(numbers(out));
	return Array.from({ length: 10 }, (_, index) => index + 1).filter((number) => !went.has(number));
};

describe("a trigger", () => {
	it("times: so often at most, and then octets are not held any more", () => {
		expect(dropped("times: 3")).toEqual([1, 2, 3]);
		const { rig } = runRules("- {name: a, match: sip, actions: [drop], times: 1}", requests(1, 2));
		expect(rig.relay.active(0)).toBe(false);
	});

	it("every: each n-th match", () => {
		expect(dropped("every: 3")).toEqual([3, 6, 9]);
		expect(dropped("every: 3, after: 2")).toEqual([5, 8]);
	});

	it("after: matches, time, or a message", () => {
		expect(dropped("after: 7")).toEqual([8, 9, 10]);
		expect(dropped("after: 10s", [...requests(1, 4), wait(10), ...requests(5, 10)])).toEqual([5, 6, 7, 8, 9, 10]);
		expect(dropped('after: sip.Method == "BYE"', [...requests(1, 6), toServer(request("BYE", 99)), ...requests(7, 10)])).toEqual([
			7, 8, 9, 10,
		]);
		expect(
			dropped("after: sip.Status-Code == 486", [...requests(1, 6), toClient(response(486, "Busy Here", "INFO")), ...requests(7, 10)]),
		).toEqual([7, 8, 9, 10]);
	});

	it("until: matches, time, or a message", () => {
		expect(dropped("until: 2")).toEqual([1, 2]);
		expect(dropped("until: 10s", [...requests(1, 4), wait(10), ...requests(5, 10)])).toEqual([1, 2, 3, 4]);
		expect(dropped('until: sip.Method == "BYE"', [...requests(1, 6), toServer(request("BYE", 99)), ...requests(7, 10)])).toEqual([
			1, 2, 3, 4, 5, 6,
		]);
	});

	it("for: so long from the first time on", () => {
		expect(dropped("for: 5s, after: 1", [...requests(1, 3), wait(4), ...requests(4, 5), wait(2), ...requests(6, 10)])).toEqual([
			2, 3, 4, 5,
		]);
	});

	it("probability: about as often, and by the seed alone", () => {
		const many = requests(1, 10);
		expect(dropped("probability: 0%", many)).toEqual([]);
		expect(dropped("probability: 100%", many)).toHaveLength(10);
		expect(dropped("probability: 50%", many, 3)).toEqual(dropped("probability: 50%", many, 3));
		const patterns = new Set([1, 2, 3, 4, 5, 6].map((seed) => dropped("probability: 50%", many, seed).join()));
		expect(patterns.size).toBeGreaterThan(3);
		expect(dropped("probability: 50%, seed: 9", many, 1)).toEqual(dropped("probability: 50%, seed: 9", many, 2));
	});

	it("probability does not depend on other rules, nor on the other direction", () => {
		const rule = '- {name: a, match: sip.Method == "INFO", actions: [drop], probability: 50%}';
		const other = "- {name: b, match: sip, actions: [{log: x}], probability: 30%}";
		const alone = runRules(rule, requests(1, 20)).toServer;
		const among = runRules(
			`${other}\n${rule}`,
			requests(1, 20).flatMap((step, n) => [toClient(response(200, "OK", "INFO", n)), step]),
		).toServer;
		expect(numbers(among)).toEqual(numbers(alone));
	});

	it("once: for each message, connection or session", () => {
		const twice = requests(1, 3).flatMap((step) => [step, step]);
		const count = (trigger: string, steps: readonly Step[]): number =>
			runRules(`- {name: a, match: request, actions: [{log: x}], ${trigger}}`, steps).fired.length;
		expect(count("once: message", twice)).toBe(3);
		expect(count("once: connection", twice)).toBe(1);
		expect(count("once: session", [toServer(request("INVITE", 1)), toServer(request("INFO", 2)), toServer(request("BYE", 3))])).toBe(1);
		const chunks = [
			send("aaaa", "one", "text/plain", [], "1-3/6", "+"),
			send("bbbb", "two", "text/plain", [], "4-6/6").replace("m-bbbb", "m-aaaa"),
		];
		expect(count("once: message", chunks.map(toServer))).toBe(1);
	});
});

describe("what a rule missed", () => {
	it("is counted by the clause that failed, and near misses by the one that alone was in the way", () => {
		const { report } = runRules(
			`
- {name: both, match: sip.Method == "INFO" && sip.Max-Forwards == 70 && sip.Subject contains "x", actions: [drop]}
- {name: indexed, match: sip.Method == "INFO" && sip.Call-ID == "nobody", actions: [drop]}
- {name: spread, match: sip.Method == "OPTIONS" && sip.CSeq.seq > 3, actions: [drop], every: 2}
`,
			[
				toServer(request("INFO", 1, ["Subject: y"])),
				toServer(request("INFO", 2, ["Subject: x"]).replace("Max-Forwards: 70", "Max-Forwards: 9")),
				toServer(request("INFO", 3)),
				...requests(2, 5, "OPTIONS"),
			],
		);
		expect(report).toMatchObject([
			{ name: "both", hits: 0, matches: 0, near: 2, nearest: { clause: 'sip.Subject contains "x"', messages: 2 } },
			{ name: "indexed", hits: 0, failed: { clause: 'sip.Call-ID == "nobody"', messages: 3 } },
			{ name: "spread", hits: 1, matches: 2, held: { every: 1 }, near: 2, nearest: { clause: "sip.CSeq.seq > 3", messages: 2 } },
		]);
	});
});

describe("MSRP frames", () => {
	it("are gathered only where a rule that still may match asks for more than the head", () => {
		const steps = [toServer(send("aaaa", "hello")), toServer(send("bbbb", cpim("hi"), "message/cpim")), toClient(msrpOk("aaaa"))];
		const heads = runRules('- {name: a, match: msrp.content.type == "text/plain", actions: [{delay: 1ms}]}', steps);
		expect(heads.fired).toEqual(["a: waits 0.001 s"]);
		const bodies = runRules(
			'- {name: a, match: msrp.content.type == "message/cpim" && cpim.from.uri == "sip:alice@example.com", actions: [{log: "${cpim.to.uri}"}]}',
			steps,
		);
		expect(bodies.log).toEqual(["sip:bob@example.com"]);
	});

	it("of which the head rules a match out go on as they come", () => {
		const set = runRules('- {name: a, match: msrp.content.type == "message/cpim" && body contains "x", actions: [drop]}', []);
		const octets = send("aaaa", "hello, and some more of it, which takes a while to come");
		set.rig.send(0, octets.slice(0, -30));
		// But for what may begin the end-line.
		expect(octets.slice(0, -30).startsWith(set.rig.text(0))).toBe(true);
		expect(set.rig.text(0)).toContain("\r\n\r\nhello, a");
	});
});
