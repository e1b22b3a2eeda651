import { describe, expect, it } from "vitest";
import { request, response } from "../messages.js";
import { loadText, ruleSet, runOnce, runRules, type Step, toClient, toServer, wait } from "../run.js";
import { rule } from "./rules.js";

const [ONE, TWO, THREE] = [request("INFO", 1), request("INFO", 2), request("INFO", 3)];
const OK = response(200, "OK", "INFO");
const SECOND = "sip.CSeq.seq == 2";

/** What had gone on to the server, and when, in milliseconds from the start. */
function times(text: string, steps: readonly Step[]): [number, number][] {
	const out = runOnce(ruleSet(text), steps, (octets) => [octets], {});
	return out.entries
		.filter(({ flow, dir }) => flow.leg === "server" && dir === 0)
		.map(({ at, length }) => [(at.sec - 1000) * 1000 + at.nsec / 1e6, length]);
}

describe("a toxic as an action", () => {
	it("latency: from the message on, in its direction only", () => {
		const text = rule(SECOND, "latency: 200ms");
		expect(times(text, [toServer(ONE), toServer(TWO), wait(0.05), toServer(THREE)])).toEqual([
			[0, ONE.length],
			[200, TWO.length],
			[250, THREE.length],
		]);
		const out = runRules(text, [toServer(ONE + TWO), toClient(OK), wait(0.1)], { end: 0 });
		expect([out.toServer, out.toClient]).toEqual([ONE, OK]);
		expect(out.fired).toEqual(["r: upstream: latency (latency 200 ms)"]);
	});

	it("says on the message what it put on the connection", () => {
		const out = runRules(rule(SECOND, "latency: {latency: 200ms, jitter: 50ms, stream: both}"), [
			toServer(ONE + TWO + THREE),
			toClient(OK),
		]);
		expect(out.did).toEqual(["r: upstream and downstream: latency (latency 200 ms, jitter 50 ms)"]);
		expect([out.toServer, out.toClient]).toEqual([ONE + TWO + THREE, OK]);
	});

	it("without a match: on every connection when it is opened, once, whatever passes then", () => {
		const text = "- name: far away\n  actions:\n    - latency: {latency: 100ms, stream: both}\n";
		expect(times(text, [toServer(ONE), toServer(TWO)])).toEqual([
			[100, ONE.length],
			[100, TWO.length],
		]);
		const out = runRules(text, [toServer(ONE), toClient(OK)]);
		expect([out.toServer, out.toClient]).toEqual([ONE, OK]);
	});

	it("jitter goes by the seed of the rule", () => {
		const text = (seed: number): string =>
			`- name: r\n  seed: ${seed}\n  actions:\n    - latency: {latency: 1s, jitter: 900ms, stream: upstream}\n`;
		const steps = Array.from({ length: 5 }, (_, n) => [toServer(request("INFO", n + 1)), wait(5)]).flat();
		expect(times(text(1), steps)).toEqual(times(text(1), steps));
		expect(times(text(1), steps)).not.toEqual(times(text(2), steps));
	});

	it("bandwidth: everything shares the line", () => {
		const size = ONE.length + TWO.length;
		const [first, second] = times("- name: slow\n  actions: [{bandwidth: {rate: 800bit/s, stream: upstream}}]\n", [
			toServer(ONE),
			toServer(TWO),
		]);
		expect(first).toEqual([ONE.length * 10, ONE.length]);
		expect(second).toEqual([size * 10, TWO.length]);
	});

	it("slow_close: the end later than the octets", () => {
		const out = runRules(rule(SECOND, "slow_close: 3s"), [toServer(ONE + TWO), { close: 0 }], { end: 2.9 });
		expect([out.toServer, out.closed[0]]).toEqual([ONE + TWO, []]);
		const later = runRules(rule(SECOND, "slow_close: 3s"), [toServer(ONE + TWO), { close: 0 }], { end: 3 });
		expect(later.closed[0]).toEqual(["fin"]);
	});

	it("timeout: the message and all after it are lost, then the connection ends", () => {
		const out = runRules(rule(SECOND, "timeout: 2s"), [toServer(ONE + TWO), wait(1), toServer(THREE), wait(1.5), toClient(OK)]);
		expect([out.toServer, out.toClient, out.closed]).toEqual([ONE, OK, [["fin"], ["fin"]]]);
		expect(out.problems).toContain("relay.toxic");
	});

	it("reset_peer: after the time, the message lost", () => {
		const out = runRules(rule(SECOND, "reset_peer: 1s"), [toServer(ONE + TWO), wait(0.9), toClient(OK)]);
		expect([out.toServer, out.toClient, out.closed[0]]).toEqual([ONE, OK, ["rst"]]);
	});

	it("slicer: in small pieces with pauses", () => {
		const out = runOnce(
			ruleSet(rule(SECOND, "slicer: {average_size: 50, size_variation: 10, delay: 2ms}")),
			[toServer(ONE), toServer(TWO)],
			(o) => [o],
			{},
		);
		const [first, ...pieces] = out.rig.writes[0];
		expect(first!.toString("latin1")).toBe(ONE);
		expect(Buffer.concat(pieces).toString("latin1")).toBe(TWO);
		expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(60);
	});

	it("limit_data: octets are counted from the message on", () => {
		const out = runRules(rule(SECOND, "limit_data: 20"), [toServer(ONE + TWO), toClient(OK)]);
		expect([out.toServer, out.toClient, out.closed]).toEqual([ONE + TWO.slice(0, 20), "", [["fin"], ["fin"]]]);
	});

	it("down: connections are reset with the message, or when they are opened, for as long as the rule says", () => {
		const out = runRules(rule(SECOND, "down"), [toServer(ONE + TWO), toClient(OK)]);
		expect([out.toServer, out.toClient, out.closed[0]]).toEqual([ONE, "", ["rst"]]);
		const opened = runRules("- name: out of order\n  actions: [down]\n", [wait(0), toServer(ONE)]);
		expect([opened.toServer, opened.toClient, opened.closed[1]]).toEqual(["", "", ["rst"]]);
		const spared = runRules("- name: out of order\n  probability: 0%\n  actions: [down]\n", [wait(0), toServer(ONE)]);
		expect([spared.toServer, spared.closed]).toEqual([ONE, [[], []]]);
	});

	it("stays for as long as it is told, and comes again with the next message after that", () => {
		const text = rule("sip", "latency: {latency: 10s, time: 1s}");
		expect(times(text, [toServer(ONE), wait(0.5), toServer(TWO), wait(1), toServer(THREE)])).toEqual([
			[1000, ONE.length],
			[1000, TWO.length],
			[2500, THREE.length],
		]);
		const opened = "- name: slow start\n  actions: [{bandwidth: {rate: 0, stream: upstream, time: 2s}}]\n";
		expect(times(opened, [toServer(ONE), wait(3), toServer(TWO)])).toEqual([
			[2000, ONE.length],
			[3000, TWO.length],
		]);
		expect(runRules(text, [toServer(ONE)]).fired).toEqual(["r: upstream: latency (latency 10000 ms) for 1 s"]);
	});

	it("several work one behind the other", () => {
		const steps = [toServer(ONE), toServer(TWO)];
		expect(times(rule(SECOND, "latency: 100ms", "bandwidth: 1KB/s"), steps)[1]).toEqual([100 + TWO.length, TWO.length]);
	});
});

describe("what cannot be", () => {
	it.each([
		["slicer: {average_size: 10, size_variation: 10}", "size_variation must be less than average_size"],
		["latency", "latency: latency has to be given"],
		["bandwidth: {rate: 1KB/s, stream: sideways}", "stream"],
		["down: 3s", "down has no options"],
		["latency: {latency: 1s, time: 0s}", "at least 0.001"],
	])("%s", (action, words) => {
		expect(
			loadText(rule("sip", action))
				.problems.map(({ message }) => message)
				.join(),
		).toContain(words);
	});
});
