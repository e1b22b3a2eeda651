import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createFocus } from "../../src/demo/index.js";
import { analyzeCapture } from "../../src/index.js";
import { mitmsrp } from "../cli/process.js";

const capture = (name: string): string => fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
const run = (...argv: string[]) => mitmsrp(["replay", ...argv], { analyze: analyzeCapture });

describe("mitmsrp replay", () => {
	it("compares what a live peer answers with the capture: exit code, text and JUnit", async () => {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		const result = await run(capture("suricata-sip-tcp-method.pcap"), "--to", focus.places[0]!, "--timeout", "1", "--junit", "out.xml");
		await focus.close();
		expect(result.code).toBe(0);
		expect(result.out).toBe("✓ #1 → REGISTER\n✓ #2 ← 200 to REGISTER (2 that must differ)\nthe same as in the capture\n");
		expect(result.written.get("out.xml")).toMatch(/<testcase name="#\d+ REGISTER" classname="send"\/>/);
	});

	it("wants to know where to, and where to listen", async () => {
		const none = await run("x.pcap");
		expect([none.code, none.err]).toEqual([2, "mitmsrp: say where the peer is: --to tcp://HOST:PORT\n"]);
		const server = await run("x.pcap", "--as", "server");
		expect([server.code, server.err]).toEqual([2, "mitmsrp: say where to listen: --listen tcp://HOST:PORT\n"]);
	});

	it("says so when a capture has nothing to play", async () => {
		const result = await run(capture("sipnab-sip-register.pcap"), "--to", "tcp://127.0.0.1:9", "--session", "c99");
		expect(result.code).toBe(1);
		expect(result.err).toContain("there is no whole SIP or MSRP message to play");
	});
});
