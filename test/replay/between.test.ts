import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Pipeline } from "../../src/core/pipeline/pipeline.js";
import { AlgStage } from "../../src/core/relay/alg-stage.js";
import type { RelayStage } from "../../src/core/relay/stage.js";
import { RuleStage } from "../../src/core/rules/index.js";
import { createFocus } from "../../src/demo/index.js";
import { analyzeCapture, type Entry } from "../../src/index.js";
import { Between } from "../../src/shell/replay/between.js";
import { mitmsrp } from "../cli/process.js";
import { ruleSet } from "../rules/run.js";
import { against, plans } from "./sides.js";

const CHAT = "sipsimple-sip-msrp-chat.pcap";
const ROOM = fileURLToPath(new URL("../../rules/room.pcapng", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-between-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Message {
	dir: number;
	text: string;
}

/** What stood on the wire, and what stands between. */
function middle(stages: RelayStage[] = []): { between: Between; seen: Message[] } {
	const seen: Message[] = [];
	const pipeline = new Pipeline({
		onEntry: (entry: Entry) => {
			if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
			const { bytes, start, end } = entry.protocol === "sip" ? entry.sip : entry.msrp;
			seen.push({ dir: entry.dir, text: bytes.toString("latin1", start, end) });
		},
	});
	return { between: new Between({ stages, openFlow: (flow) => pipeline.openFlow(flow) }), seen };
}

describe("between the played side and its peer", () => {
	it.each(["tcp", "udp", "ws"] as const)("every message of a call over %s is told, on either side", async (transport) => {
		const { client, server } = await plans(CHAT);
		const [near, far] = [middle(), middle()];
		const reports = await against(client, server, transport, {
			client: { between: (link, side) => near.between.wrap(link, side) },
			server: { between: (link, side) => far.between.wrap(link, side) },
		});
		expect([reports.client.same, reports.server.same]).toEqual([true, true]);
		expect(near.seen.length).toBeGreaterThanOrEqual(client.steps.filter(({ optional }) => !optional).length);
		for (const dir of [0, 1]) {
			const texts = (seen: readonly Message[]) => new Set(seen.filter((one) => one.dir === dir).map(({ text }) => text));
			expect(texts(near.seen)).toEqual(texts(far.seen));
		}
	});

	it("rules change what is sent and what comes, lengths mended", async () => {
		const { client, server } = await plans(CHAT);
		const rules = new RuleStage(
			ruleSet(`
- {name: later, match: 'msrp.method == "SEND"', actions: [{delay: 5ms}]}
- {name: header, match: 'sip.Method == "INVITE"', actions: [{set-header: {name: Subject, value: changed on the way}}]}
`),
			{ seed: 1 },
		);
		const { between, seen } = middle([rules]);
		const reports = await against(client, server, "tcp", { client: { between: (link, side) => between.wrap(link, side) } });
		expect(reports.server.steps.length).toBeGreaterThan(10);
		expect(seen.filter(({ text }) => text.includes("Subject: changed on the way")).length).toBe(1);
		expect(rules.report().map(({ name, hits }) => [name, hits > 0])).toEqual([
			["later", true],
			["header", true],
		]);
	});

	it("an ALG is an ALG: its Contact goes out, the call goes on", async () => {
		const { client, server } = await plans(CHAT);
		const { between, seen } = middle([new AlgStage(["A2"])]);
		const reports = await against(client, server, "tcp", { client: { between: (link, side) => between.wrap(link, side) } });
		expect(reports.client.same).toBe(true);
		const invite = seen.find(({ text }) => text.startsWith("INVITE"))!.text;
		expect(/^Contact:.*$/m.exec(invite)![0]).toMatch(/b2b-[0-9a-f]+@/);
	});
});

describe("on the command line", () => {
	const run = async (file: string, ...argv: string[]) => {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		const result = await mitmsrp(["replay", file, "--to", focus.places[0]!, "--timeout", "5", ...argv], { analyze: analyzeCapture });
		await focus.close();
		return result;
	};

	it("--write records the run, and the recording played again is as it was", async () => {
		const first = join(folder, "first.pcapng");
		const second = join(folder, "second.pcapng");
		expect((await run(ROOM, "--session", "c1", "--write", first)).code).toBe(0);
		const again = await run(first, "--write", second);
		expect([again.code, again.out]).toEqual([0, expect.stringContaining("the same as in the capture")]);
		const starts = async (file: string) => {
			const lines: string[] = [];
			await analyzeCapture(
				file,
				{},
				{ entry: (entry) => entry.protocol === "sip" && lines.push(`${entry.dir} ${entry.sip.method} ${entry.sip.status}`) },
			);
			return lines;
		};
		expect(await starts(second)).toEqual(await starts(first));
		expect(await starts(first)).toHaveLength(2);
	});

	it("--edit, --alg and --expect: what is expected decides", async () => {
		const edit = join(folder, "edit.yaml");
		const good = join(folder, "good.yaml");
		const bad = join(folder, "bad.yaml");
		writeFileSync(
			edit,
			'rules:\n  - name: marked\n    match: sip.Method == "REGISTER"\n    actions:\n      - set-header: {name: X-Run, value: again}\n',
		);
		writeFileSync(good, "rules: []\nexpect:\n  - {fires: marked, times: 1}\n  - {count: 'sip.Status-Code == 200', times: 1}\n");
		writeFileSync(bad, "rules: []\nexpect:\n  - {count: sip.Status-Code == 403, times: 1}\n");
		const kept = await run(ROOM, "--session", "c1", "--edit", edit, "--alg", "A2", "--expect", good, "--junit", "out.xml");
		expect([kept.code, kept.out]).toEqual([0, expect.stringContaining("ok    rule marked fires")]);
		expect(kept.written.get("out.xml")).toContain("expectations");
		const named = await run(ROOM, "--session", "c1", "--rules", edit, "--expect", good);
		expect([named.code, named.out]).toEqual([0, expect.stringContaining("ok    rule marked fires")]);
		const broken = await run(ROOM, "--session", "c1", "--expect", bad);
		expect([broken.code, broken.out]).toEqual([1, expect.stringContaining("FAIL  ")]);
		const none = await run(ROOM, "--session", "c1", "--expect", edit);
		expect([none.code, none.err]).toEqual([2, expect.stringContaining("there is no expect: in it")]);
		const wrong = await run(ROOM, "--session", "c1", "--edit", join(folder, "nowhere.yaml"));
		expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("nowhere.yaml")]);
	});
});
