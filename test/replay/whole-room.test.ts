import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WhatIf } from "../../src/core/alg/what-if.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { AlgStage } from "../../src/core/relay/alg-stage.js";
import { Planner } from "../../src/core/replay/plan.js";
import { createFocus, type FocusOptions } from "../../src/demo/index.js";
import { analyzeCapture, createProxy, type Entry } from "../../src/index.js";
import { parsePlace } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { mitmsrp } from "../cli/process.js";

/** Three clients of the demo room: its factory, invitations, a roster, messages to all and to one, typing, notifications of all kinds. */
const ROOM = fileURLToPath(new URL("../../rules/room.pcapng", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-room-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one.close();
});

async function focus(options: Omit<FocusOptions, "listen"> = {}): Promise<string> {
	const one = await createFocus({ listen: ["tcp://127.0.0.1:0"], ...options });
	open.push(one);
	return one.places[0]!;
}

/** What clients make of each message of a capture, however messages to different clients overtook each other. */
async function told(file: string): Promise<string[]> {
	const lines: string[] = [];
	await analyzeCapture(
		file,
		{ classify: {} },
		{
			entry: (entry) => {
				if (entry.protocol === "sip") lines.push(`${entry.dir} ${entry.sip.kind} ${entry.sip.method} ${entry.sip.status}`);
				else if (entry.protocol === "msrp") lines.push(`${entry.dir} ${shown(entry)}`);
			},
		},
	);
	return lines.sort();
}

const shown = (entry: Entry & { protocol: "msrp" }): string => {
	const { msrp, verdict, payload } = entry;
	const said = payload?.kind === "text" ? payload.text : payload?.kind;
	const models =
		verdict === undefined
			? ""
			: Object.entries(verdict.models)
					.map(([model, view]) => `${model}=${view?.headline}`)
					.join(" ");
	return `${msrp.method} ${msrp.status} ${verdict?.headline} ${models} ${verdict?.divergences.map(({ code }) => code).sort()} ${said}`;
};

describe("three clients of a room, played at once to a live one", () => {
	it("get what the recorded ones got, to the class of each message; the recording of that is the same again", async () => {
		const [first, second] = [join(folder, "first.pcapng"), join(folder, "second.pcapng")];
		for (const [from, to] of [
			[ROOM, first],
			[first, second],
		] as const) {
			const { code, out } = await mitmsrp(["replay", from, "--to", await focus(), "--timeout", "20", "--write", to], {
				analyze: analyzeCapture,
			});
			expect(out.split("\n").filter((line) => !line.startsWith("✓"))).toEqual(["the same as in the capture", ""]);
			expect(code).toBe(0);
		}
		expect(await told(second)).toEqual(await told(first));
		expect(await told(first)).toEqual(await told(ROOM));
	});

	it("a room that no longer says that it is one is told by the class of its messages", async () => {
		const { code, out } = await mitmsrp(
			["replay", ROOM, "--to", await focus({ behaviour: { isfocus: false, contactIsfocus: false, chatroom: false } }), "--timeout", "3"],
			{ analyze: analyzeCapture },
		);
		expect(code).toBe(1);
		expect(out).toMatch(/ {4}class: a system message in the capture, /);
	});
});

describe("through the proxy with an ALG in the path", () => {
	it.each(["A1", "A2", "A3"])("%s: the divergences that the capture predicts", async (alg) => {
		const predicted: string[] = [];
		const planner = new Planner("client");
		const question = new WhatIf({ names: [alg], classify: { limits: DEFAULT_LIMITS } });
		await analyzeCapture(
			ROOM,
			{ classify: {} },
			{
				entry: (entry) => {
					planner.add(entry);
					const answer = question.entry(entry);
					if (answer?.kind === "message" && answer.after.codes.length > 0) predicted.push(line(entry, answer.after.codes));
				},
			},
		);
		expect(predicted.length).toBeGreaterThan(10);
		const seen: string[] = [];
		const proxy = createProxy({
			hops: [`tcp://127.0.0.1:0=>${await focus()}`],
			stages: [new AlgStage([alg])],
			anchor: "path",
			classify: {},
			drain: 200,
		});
		proxy.on("entry", (entry) => {
			const codes = entry.verdict?.divergences.map(({ code }) => code) ?? [];
			if (entry.flow.leg === "client" && codes.length > 0) seen.push(line(entry, codes));
		});
		await proxy.ready;
		open.push({ close: () => proxy.close(0) });
		const report = await replay(planner.finish(), { to: parsePlace(`tcp://127.0.0.1:${proxy.hops[0]!.port}`), timeout: 20_000 });
		expect(report.stopped).toBeUndefined();
		expect(seen.sort()).toEqual(predicted.sort());
	});
});

/** A message by its words and its divergences. */
function line(entry: Entry, codes: readonly string[]): string {
	const payload = "payload" in entry ? entry.payload : undefined;
	const to = entry.protocol === "msrp" ? entry.cpim?.to.map(({ uri }) => uri.text.replace(/sess-\w+/, "sess")).join() : "";
	return `${payload?.kind === "text" ? payload.text : payload?.kind} to ${to}: ${[...codes].sort().join(" ")}`;
}
