import { describe, expect, it } from "vitest";
import { msrpOk, request, response, send } from "../messages.js";
import { ruleSet, runOnce, runRules, toClient, toServer, wait } from "../run.js";
import { rule } from "./rules.js";

const INFO = (n: number) => request("INFO", n);
/** The moments of writes to the server, seconds after the beginning. */
function moments(text: string, steps: Parameters<typeof runRules>[1]): [number, string][] {
	const found: [number, string][] = [];
	const once = runOnce(ruleSet(text), [], (octets) => [octets], { end: 0 });
	const { rig } = once;
	let now = 0;
	const look = (): void => {
		for (const octets of rig.writes[0].splice(0)) found.push([Math.round(now * 1000) / 1000, octets.toString("latin1")]);
	};
	for (const step of steps) {
		if ("octets" in step) rig.send(step.dir, step.octets);
		look();
		if (!("wait" in step)) continue;
		for (let n = 0; n < step.wait * 100; n++) {
			rig.wait(0.01);
			now += 0.01;
			look();
		}
	}
	return found;
}

describe("drop", () => {
	it("says why it was", () => {
		const out = runRules(rule('sip.Method == "INFO"', "drop: too many of ${sip.Method}"), [toServer(INFO(1) + request("OPTIONS", 2))]);
		expect(out.toServer).toBe(request("OPTIONS", 2));
		const found = out.entries.flatMap(({ problems }) => problems.filter(({ id }) => id === "relay.dropped"));
		expect(found.map(({ detail }) => detail)).toEqual(["r: too many of INFO"]);
	});
});

describe("delay", () => {
	it("holds what follows in its direction, not the other one", () => {
		const text = rule('sip.CSeq.seq == 1 && sip.Method == "INFO"', "delay: 500ms");
		expect(moments(text, [toServer(INFO(1)), toServer(INFO(2)), wait(1)])).toEqual([
			[0.5, INFO(1)],
			[0.5, INFO(2)],
		]);
	});
});

describe("hold-until", () => {
	const text = rule('sip.Method == "INFO"', `hold-until: {seen: 'sip.Status-Code == 200', most: 5s}`);

	it("waits for a message of the other direction", () => {
		expect(moments(text, [toServer(INFO(1)), wait(1), toClient(response(200, "OK", "OPTIONS")), wait(0.01)])).toEqual([[1.01, INFO(1)]]);
	});

	it("waits no longer than it may", () => {
		expect(moments(text, [toServer(INFO(1)), wait(6)])).toEqual([[5, INFO(1)]]);
	});

	it("is the same however octets come", () => {
		const out = runRules(text, [toServer(INFO(1)), wait(1), toClient(response(200, "OK", "OPTIONS"))]);
		expect(out.toServer).toBe(INFO(1));
		expect(out.did).toContain("r: waits for sip.Status-Code == 200");
	});
});

describe("duplicate", () => {
	it("sends a message again, of SIP and of MSRP", () => {
		expect(runRules(rule("sip", "duplicate"), [toServer(INFO(1) + INFO(2))]).toServer).toBe(INFO(1) + INFO(1) + INFO(2) + INFO(2));
		const chat = send("aaaa", "hello");
		const out = runRules(rule('msrp.method == "SEND"', "duplicate: 2"), [toServer(chat), toClient(msrpOk("aaaa"))]);
		expect(out.toServer).toBe(chat + chat + chat);
		expect(out.toClient).toBe(msrpOk("aaaa"));
		expect(out.fired).toEqual(["r: sent 3 times"]);
	});

	it("with time between", () => {
		expect(moments(rule("sip", "duplicate: {copies: 2, delay: 200ms}"), [toServer(INFO(1)), wait(1)])).toEqual([
			[0, INFO(1)],
			[0.2, INFO(1)],
			[0.4, INFO(1)],
		]);
	});
});

describe("reorder", () => {
	const text = rule("sip.CSeq.seq == 1", "reorder: {behind: 2, most: 3s}");

	it("lets so many messages go first", () => {
		const out = runRules(text, [toServer(INFO(1) + INFO(2) + INFO(3) + INFO(4))]);
		expect(out.toServer).toBe(INFO(2) + INFO(3) + INFO(1) + INFO(4));
	});

	it("does not wait for them for ever", () => {
		expect(moments(text, [toServer(INFO(1)), toServer(INFO(2)), wait(4)])).toEqual([
			[0, INFO(2)],
			[3, INFO(1)],
		]);
	});
});

describe("throttle", () => {
	it("carries octets as a line of that rate does, one message behind the other", () => {
		const chat = send("aaaa", "x".repeat(1000));
		const rate = Math.round(chat.length / 2);
		const seen = moments(rule("msrp", `throttle: {rate: ${rate}, step: 500ms}`), [
			toServer(chat),
			toServer(chat.replaceAll("aaaa", "bbbb")),
			wait(5),
		]);
		const lasts = seen.filter(([, octets]) => octets.endsWith("$\r\n")).map(([at]) => at);
		expect(seen.map(([, octets]) => octets).join("")).toBe(chat + chat.replaceAll("aaaa", "bbbb"));
		expect(lasts[0]).toBeCloseTo(2, 1);
		expect(lasts[1]).toBeCloseTo(4, 1);
		expect(seen.length).toBeGreaterThanOrEqual(8);
	});
});

describe("stall", () => {
	it("lets nothing go on for a time", () => {
		const text = rule("sip.CSeq.seq == 1", "stall: 2s");
		expect(moments(text, [toServer(INFO(1)), toServer(INFO(2)), wait(3)])).toEqual([
			[2, INFO(1)],
			[2, INFO(2)],
		]);
	});

	it("after the first octets of the message", () => {
		expect(moments(rule("sip", "stall: {after: 10, time: 1s}"), [toServer(INFO(1)), wait(2)])).toEqual([
			[0, INFO(1).slice(0, 10)],
			[1, INFO(1).slice(10)],
		]);
	});
});
