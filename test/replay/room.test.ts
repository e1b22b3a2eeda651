import { afterEach, describe, expect, it } from "vitest";
import type { Entry } from "../../src/core/model/entry.js";
import { Planner } from "../../src/core/replay/plan.js";
import type { Plan } from "../../src/core/replay/types.js";
import { createFocus } from "../../src/demo/index.js";
import { parsePlace } from "../../src/shell/net/links/index.js";
import { type ReplayOptions, replay } from "../../src/shell/replay/replay.js";
import { ALICE, FACTORY, TestRoom } from "../demo/room.js";
import { faults } from "./sides.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
});

async function focus(options = {}) {
	const one = await createFocus({ listen: ["tcp://127.0.0.1:0"], ...options });
	open.unshift(one);
	return one;
}

/** Alice registers, opens a room of her own, says something and leaves. */
async function recorded(): Promise<Plan> {
	const room = await new TestRoom().start();
	const alice = await room.client(ALICE);
	await alice.register();
	const chat = await alice.call(FACTORY);
	await chat.connected();
	await chat.say("Hello");
	await chat.bye();
	await room.close();
	return planOf(room.entries);
}

function planOf(entries: readonly Entry[]): Plan {
	const planner = new Planner("client");
	for (const entry of entries) planner.add(entry);
	return planner.finish();
}

const options = (server: { places: readonly string[] }, change: Partial<ReplayOptions> = {}): ReplayOptions => ({
	to: parsePlace(server.places[0]!),
	timeout: 3000,
	...change,
});

describe("a recorded client played into a live conference focus", () => {
	it("gets what the recorded client got: REGISTER, INVITE, MSRP, BYE", async () => {
		const plan = await recorded();
		expect(plan.steps.map(({ summary }) => summary)).toEqual(expect.arrayContaining(["REGISTER", "INVITE", "ACK", "MSRP SEND", "BYE"]));
		const report = await replay(plan, options(await focus()));
		expect(faults(report)).toEqual([]);
		expect(report.same).toBe(true);
	});

	it("tells a server that answers otherwise by its status, and stops where nothing more comes", async () => {
		const plan = await recorded();
		const strict = await focus({ digest: { realm: "example.com", users: { alice: "secret" } } });
		const report = await replay(plan, options(strict, { timeout: 300 }));
		expect(report.same).toBe(false);
		const [, answer] = report.steps;
		expect(answer!.differences.find(({ what }) => what === "status")).toEqual({
			what: "status",
			recorded: "200 to REGISTER",
			live: "401 to REGISTER",
			matters: true,
		});
		expect(report.stopped).toMatch(/^waited 0\.3 s for #\d+ |cannot be sent/);
	});

	it("without re-keying the MSRP paths of the capture lead nowhere", async () => {
		const report = await replay(await recorded(), options(await focus(), { raw: true, timeout: 300 }));
		expect(report.same).toBe(false);
	});

	it("says when nobody is there", async () => {
		const gone = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		const where = options(gone);
		await gone.close();
		const report = await replay(await recorded(), where);
		expect(report.stopped).toMatch(/^#\d+ REGISTER cannot be sent: /);
	});

	it("a hundred at once, each a user of its own", async () => {
		const plan = await recorded();
		const server = await focus();
		const one = (index: number) => {
			const replacements = [["alice", `al${String(index).padStart(3, "0")}`]] as const;
			return replay(plan, options(server, { timeout: 20_000, replacements }));
		};
		const reports = await Promise.all(Array.from({ length: 100 }, (_, index) => one(index)));
		expect(reports.map(faults).filter((one) => one.length > 0)).toEqual([]);
		expect(reports.every(({ same }) => same)).toBe(true);
	}, 60_000);
});
