import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFocus } from "../../src/demo/index.js";
import { analyzeCapture } from "../../src/index.js";
import type { Decision, Pending } from "../../src/shell/replay/gate.js";
import { mitmsrp, type World } from "../cli/process.js";
import { against, faults, plans } from "./sides.js";

const CHAT = "sipsimple-sip-msrp-chat.pcap";
/** An editor that needs nobody: `sh` takes it apart, the file's name comes behind it. */
const EDIT =
	"const fs = require('fs'), file = process.argv[1]; fs.writeFileSync(file, fs.readFileSync(file, 'latin1').replace(/^User-Agent:.*$/m, 'User-Agent: edited\\r'), 'latin1')";
const EDITOR = `"${process.execPath}" -e "${EDIT.replaceAll("$", "\\$")}"`;
const REGISTER = "captures/sipnab-sip-register.pcap";

describe("a run that somebody steps through", () => {
	it("is asked before each message of ours, in order, and is as without where all go", async () => {
		const { client, server } = await plans(CHAT);
		const asked: string[] = [];
		const gate = async ({ kind, step }: Pending): Promise<Decision> => {
			asked.push(`${kind} ${step.entry}`);
			return { kind: "go" };
		};
		const reports = await against(client, server, "tcp", { client: { gate } });
		expect([...faults(reports.client), ...faults(reports.server)]).toEqual([]);
		expect(asked).toEqual(client.steps.filter(({ action }) => action === "send").map(({ entry }) => `send ${entry}`));
	});

	it("octets given in place of a message go out", async () => {
		const { client, server } = await plans(CHAT);
		const gate = async (pending: Pending): Promise<Decision> => {
			if (pending.kind !== "send" || pending.step.summary !== "INVITE") return { kind: "go" };
			return { kind: "go", octets: Buffer.from(pending.octets.toString("latin1").replace("\r\n", "\r\nSubject: by hand\r\n"), "latin1") };
		};
		const got: string[] = [];
		const reports = await against(client, server, "tcp", {
			client: { gate },
			server: { onMessage: ({ octets, sent }) => sent || got.push(octets.toString("latin1")) },
		});
		expect(reports.client.same).toBe(true);
		expect(got.filter((text) => text.includes("Subject: by hand"))).toHaveLength(1);
	});

	it("a skipped request takes its answers along, and stopping ends it", async () => {
		const { client, server } = await plans(CHAT);
		const last = client.steps.filter(({ action, summary }) => action === "send" && summary === "BYE").at(-1)!;
		const skipping = async ({ step }: Pending): Promise<Decision> => (step === last ? { kind: "skip" } : { kind: "go" });
		const skipped = await against(client, server, "tcp", { client: { gate: skipping }, server: { timeout: 500 } });
		expect(skipped.client.steps.filter(({ state }) => state === "skipped").map(({ step }) => step.summary)).toEqual(["BYE", "200 to BYE"]);
		expect(skipped.client.same).toBe(true);
		const stopping = async ({ step }: Pending): Promise<Decision> => (step === last ? { kind: "stop" } : { kind: "go" });
		const stopped = await against(client, server, "tcp", { client: { gate: stopping }, server: { timeout: 500 } });
		expect(stopped.client.stopped).toBe("stopped by hand");
		expect(stopped.client.steps.filter(({ state }) => state === "not-sent").map(({ step }) => step.summary)).toEqual(["BYE"]);
	});

	it("a message of the peer that is overdue is waited for no longer, or longer", async () => {
		const { client, server } = await plans(CHAT);
		const awaited = client.steps.find(({ summary }) => summary === "MSRP 200")!;
		const deaf = { ...server, steps: server.steps.filter(({ entry }) => entry !== awaited.entry) };
		const asked: string[] = [];
		const gate = async (pending: Pending): Promise<Decision> => {
			if (pending.kind === "send") return { kind: "go" };
			asked.push(pending.step.summary);
			return asked.length === 1 ? { kind: "go" } : { kind: "skip" };
		};
		const reports = await against(client, deaf, "tcp", { client: { gate, timeout: 200 } });
		expect(asked).toEqual(["MSRP 200", "MSRP 200"]);
		expect(reports.client.stopped).toBeUndefined();
		expect(reports.client.steps.filter(({ state }) => state === "skipped").map(({ step }) => step.entry)).toEqual([awaited.entry]);
	});
});

describe("--step", () => {
	const run = async (typed: string, argv: string[] = [], world: World = {}) => {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		const input = new PassThrough();
		input.end(typed);
		const result = await mitmsrp(["replay", REGISTER, "--to", focus.places[0]!, "--timeout", "5", "--step", ...argv], {
			analyze: analyzeCapture,
			input,
			...world,
		});
		await focus.close();
		return result;
	};

	it("shows each message, its octets when asked, and sends it on Enter", async () => {
		const { err, out } = await run("?\nv\n\n", ["--entry", "1-2"]);
		expect(err).toMatch(/→ #1 REGISTER sip:\S+ SIP\/2.0 \(\d+ octets\)/);
		expect(err).toContain("edit it in $EDITOR, lengths follow");
		expect(err).toMatch(/^ {4}Call-ID: /m);
		expect(err).toMatch(/← #2 \d+ to REGISTER/);
		expect(out).toContain("✓ #1 → REGISTER");
	});

	it("changes of a header go out; what is not understood is said, and the message stays", async () => {
		const { err, out } = await run("nonsense\nheader User-Agent=stepped\nv\nq\n", ["--entry", "1-2"]);
		expect(err).toContain('there is no "nonsense": Enter send');
		expect(err).toContain("changed: REGISTER");
		expect(err).toMatch(/^ {4}User-Agent: stepped/m);
		expect(out).toContain("stopped: stopped by hand");
	});

	it("goes on by itself after c, and when nobody answers any more", async () => {
		for (const typed of ["c\n", ""]) {
			const { err, out } = await run(typed);
			expect(err.match(/→ #\d+ REGISTER/g)).toHaveLength(typed === "" ? (out.match(/#\d+ → REGISTER/g) ?? []).length : 1);
		}
	});

	it("k skips", async () => {
		const { out } = await run("k\n", ["--entry", "1-2"]);
		expect(out).toContain("– #1 → REGISTER was skipped");
		expect(out).toContain("– #2 ←");
	});

	it("edits in $EDITOR, lengths follow", async () => {
		const { err } = await run("e\nv\nq\n", ["--entry", "1-2"], { env: { EDITOR } });
		expect(err).toContain("changed: REGISTER");
		expect(err).toMatch(/^ {4}User-Agent: edited/m);
		const none = await run("e\nq\n", ["--entry", "1-2"]);
		expect(none.err).toContain("no editor is set: set EDITOR");
		const failing = await run("e\nq\n", ["--entry", "1-2"], { env: { EDITOR: "false" } });
		expect(failing.err).toContain("false ended with 1: nothing was changed");
	});

	it("goes through one run at a time, and not with the capture on standard input", async () => {
		expect((await run("", ["--concurrency", "2"])).code).toBe(2);
		const piped = await mitmsrp(["replay", "-", "--to", "tcp://127.0.0.1:9", "--step"]);
		expect([piped.code, piped.err]).toEqual([2, expect.stringContaining("give the capture as a file")]);
		const wrong = await mitmsrp(["replay", REGISTER, "--to", "tcp://127.0.0.1:9", "--entry", "7-3"]);
		expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("5,9,20-40")]);
	});
});

it("a capture that is cut off is played up to there, and it is said where that is", async () => {
	const folder = mkdtempSync(join(tmpdir(), "mitmsrp-cut-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const cut = join(folder, "cut.pcap");
	const whole = readFileSync(REGISTER);
	writeFileSync(cut, whole.subarray(0, whole.length - 10));
	const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
	onTestFinished(() => focus.close());
	const { out } = await mitmsrp(["replay", cut, "--to", focus.places[0]!, "--timeout", "1"], { analyze: analyzeCapture });
	expect(out).toMatch(/^not played: what follows the damage in .*cut\.pcap \(octet \d+: .*\)$/m);
	expect(out).toContain("✓ #1 → REGISTER");
});
