import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Plan } from "../../src/core/replay/types.js";
import { createFocus } from "../../src/demo/index.js";
import { analyzeCapture } from "../../src/index.js";
import { mitmsrp } from "../cli/process.js";
import { against, plans } from "./sides.js";

const ROOM = fileURLToPath(new URL("../../rules/room.pcapng", import.meta.url));
const run = (...argv: string[]) => mitmsrp(["replay", ROOM, "--session", "c1", ...argv], { analyze: analyzeCapture });
const CHAT = "sipsimple-sip-msrp-chat.pcap";
/** milliseconds between two messages of the plan */
const APART = 20;

function stretched(plan: Plan): Plan {
	return { ...plan, steps: plan.steps.map((step, n) => ({ ...step, at: n * APART })) };
}

it("with a speed, no message goes out before the capture's pause is over", async () => {
	const { client, server } = await plans(CHAT);
	const played = stretched(client);
	const sends = played.steps.filter(({ action }, n) => n > 0 && action === "send").length;
	expect(sends).toBeGreaterThan(10);
	for (const speed of [1, 4]) {
		const started = performance.now();
		const reports = await against(played, server, "tcp", { client: { speed } });
		// Timers may fire a millisecond early.
		expect(performance.now() - started).toBeGreaterThanOrEqual((sends * (APART - 2)) / speed);
		expect([reports.client.same, reports.server.same]).toEqual([true, true]);
	}
});

it("an interrupted pause ends the run at once", async () => {
	const { client, server } = await plans(CHAT);
	const late = { ...client, steps: client.steps.map((step, n) => ({ ...step, at: n * 600_000 })) };
	const signal = AbortSignal.timeout(200);
	const reports = await against(late, server, "tcp", { client: { speed: 1, signal }, server: { timeout: 1000 } });
	expect(reports.client.same).toBe(false);
});

it("a call played several times at any pace is as in the capture", async () => {
	for (const options of [
		["--pace", "original"],
		["--speed", "2x"],
		["--speed", "max"],
	]) {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		const { code, err } = await run("--to", focus.places[0]!, "--timeout", "5", "--loop", "3", ...options);
		await focus.close();
		expect([code, err]).toEqual([0, expect.stringContaining("3 of 3 runs were the same")]);
	}
});

it("a speed that is none is refused", async () => {
	const { code, err } = await run("--to", "tcp://127.0.0.1:9", "--speed", "0x");
	expect([code, err]).toEqual([2, expect.stringContaining("Write a factor above 0")]);
});
