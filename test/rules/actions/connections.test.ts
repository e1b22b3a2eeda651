import { describe, expect, it } from "vitest";
import { request, response } from "../messages.js";
import { runRules, toClient, toServer } from "../run.js";
import { rule } from "./rules.js";

const [ONE, TWO] = [request("INFO", 1), request("INFO", 2)];
const OK = response(200, "OK", "INFO");

describe("what ends connections", () => {
	it("close: both directions, after the message", () => {
		const out = runRules(rule('sip.Method == "INFO"', "close"), [toServer(ONE), toServer(TWO), toClient(OK)]);
		expect(out.toServer).toBe(ONE);
		expect(out.toClient).toBe("");
		expect(out.closed).toEqual([["fin"], ["fin"]]);
	});

	it("half-close: its own direction", () => {
		const out = runRules(rule('sip.Method == "INFO"', "half-close"), [toServer(ONE), toServer(TWO), toClient(OK)]);
		expect([out.toServer, out.toClient]).toEqual([ONE, OK]);
		expect(out.closed).toEqual([["fin"], []]);
	});

	it("reset: at once, after the message", () => {
		const out = runRules(rule('sip.Method == "INFO"', "reset"), [toServer(ONE), toServer(TWO)]);
		expect(out.toServer).toBe(ONE);
		expect(out.closed[0]).toEqual(["rst"]);
		expect(out.fired).toEqual(["r: breaks the connection off"]);
	});

	it("without the message, with drop", () => {
		const out = runRules(rule('sip.Method == "INFO"', "drop", "reset"), [toServer(request("OPTIONS", 1) + ONE + TWO)]);
		expect(out.toServer).toBe(request("OPTIONS", 1));
		expect(out.closed[0]).toEqual(["rst"]);
	});

	it("with the beginning of it, with truncate", () => {
		const out = runRules(rule('sip.Method == "INFO"', "truncate: 20", "half-close"), [toServer(ONE)]);
		expect(out.toServer).toBe(ONE.slice(0, 20));
		expect(out.closed[0]).toEqual(["fin"]);
	});
});

describe("ws-close", () => {
	const flow = { carrier: "ws" } as const;
	const options = { flow, messages: true };

	it("tells the receiver the code and the reason", () => {
		const out = runRules(rule('sip.Method == "INFO"', "ws-close: {code: 1012, reason: restart}"), [toServer(ONE)], options);
		expect(out.toServer).toBe(ONE);
		expect(out.closed[0]).toEqual(["fin"]);
		expect(out.rig.codes).toEqual([{ code: 1012, reason: "restart" }]);
	});

	it("or the sender", () => {
		const out = runRules(rule('sip.Method == "INFO"', "ws-close: {code: 4000, to: back}"), [toServer(ONE)], options);
		expect(out.closed).toEqual([[], ["fin"]]);
		expect(out.rig.codes).toEqual([{ code: 4000, reason: "" }]);
	});

	it("does nothing where there is no WebSocket", () => {
		const out = runRules(rule('sip.Method == "INFO"', "ws-close: 1011"), [toServer(ONE)]);
		expect([out.toServer, out.closed, out.fired]).toEqual([ONE, [[], []], ["r: "]]);
	});
});

describe("how WebSocket carries a message", () => {
	const options = { flow: { carrier: "wss" } as const, messages: true };

	it("ws-text, ws-fragment and ws-mask-fault, alone and together", () => {
		const carried = (...actions: string[]) => runRules(rule("sip", ...actions), [toServer(ONE)], options).rig.carriages[0];
		expect(carried("ws-text")).toEqual([{ text: true }]);
		expect(carried("ws-mask-fault")).toEqual([{ wrongMask: true }]);
		expect(carried(`ws-fragment: ${Math.ceil(ONE.length / 3)}`)).toEqual([
			{ fragments: [Math.ceil(ONE.length / 3), Math.ceil(ONE.length / 3)] },
		]);
		expect(carried("ws-text", "ws-mask-fault")).toEqual([{ text: true, wrongMask: true }]);
		expect(carried("ws-fragment: 100KB")).toEqual([undefined]);
	});

	it("do nothing elsewhere", () => {
		const out = runRules(rule("sip", "ws-text", "ws-mask-fault", "ws-fragment: 10"), [toServer(ONE)]);
		expect(out.toServer).toBe(ONE);
		expect(out.did).toEqual([]);
	});
});
