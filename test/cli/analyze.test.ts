import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/shell/capture/capture-error.js";
import type { AnalyzeListener, AnalyzeRequest } from "../../src/shell/cli/run.js";
import { chat } from "../export/samples.js";
import { captureInfo, mitmsrp, Sink } from "./process.js";

const entries = () => chat();
const lines = (text: string) => text.split("\n").slice(0, -1);
const numbers = (out: string) => lines(out).map((line) => JSON.parse(line).entry as number);

describe("analyze: output", () => {
	test("text by default, the totals on standard error", async () => {
		const { code, out, err, asked } = await mitmsrp(["analyze", "x.pcap"], { entries: entries() });
		expect(code).toBe(0);
		expect(asked?.path).toBe("x.pcap");
		expect(lines(out).length).toBe(13);
		expect(lines(out)[0]).toBe(
			"    1    0.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        SIP               INVITE sip:room@example.com (sdp: MSRP)",
		);
		expect(err).toBe("12 messages (2 SIP, 10 MSRP) in 1 session, 1 error, 1 warning\n");
	});

	test("-v and -vv add detail", async () => {
		const plain = await mitmsrp(["analyze", "x"], { entries: entries() });
		const detail = await mitmsrp(["analyze", "-v", "x"], { entries: entries() });
		const dump = await mitmsrp(["analyze", "-vv", "x"], { entries: entries() });
		expect(plain.out).not.toContain("Call-ID: 7c1");
		expect(detail.out).toContain("      Call-ID: 7c1\n");
		expect(detail.out).not.toContain("00000000  49 4e 56");
		expect(dump.out).toContain("      00000000  49 4e 56 49 54 45 20 73  69 70 3a 72 6f 6f 6d 40  INVITE sip:room@\n");
	});

	test("--json: lines, late findings in their place, capture problems at the end", async () => {
		const { out, err } = await mitmsrp(["analyze", "--json", "--stats", "x"], {
			entries: entries().slice(0, 2),
			late: [[1, { id: "sip.missing-header", offset: 0, length: 0 }]],
			info: { problems: [{ id: "tcp.gap", offset: 5, length: 0 }] },
		});
		expect(lines(out).map((line) => JSON.parse(line).event ?? JSON.parse(line).protocol)).toEqual([
			"sip",
			"sip",
			"late-problem",
			"capture-problem",
			"summary",
		]);
		expect(err).toBe("✗ tcp.gap at octet 5 of x\n");
	});

	test("--summary: no messages", async () => {
		const { out, err } = await mitmsrp(["analyze", "--summary", "x"], { entries: entries() });
		expect(lines(out)[0]).toBe("12 messages (2 SIP, 10 MSRP) in 1 session, 1 error, 1 warning, 14.000000 s, 2,546 octets");
		expect(err).toBe("");
		const json = await mitmsrp(["analyze", "--summary", "--json", "x"], { entries: entries() });
		expect(lines(json.out).length).toBe(1);
		expect(JSON.parse(json.out).event).toBe("summary");
	});

	test("--stats: tables on standard error", async () => {
		const { out, err } = await mitmsrp(["analyze", "--stats", "x"], { entries: entries() });
		expect(lines(out).length).toBe(13);
		expect(err).toContain("MSRP requests   SEND 5  REPORT 1\n");
	});

	test("--ladder, --ladder=mermaid", async () => {
		const ladder = await mitmsrp(["analyze", "--ladder", "x"], { entries: entries() });
		expect(lines(ladder.out)[0]).toBe("session c1, 13.000000 s");
		const mermaid = await mitmsrp(["analyze", "--ladder=mermaid", "x"], { entries: entries() });
		expect(lines(mermaid.out)[0]).toBe("sequenceDiagram");
	});

	test("colour only where it belongs", async () => {
		const tty = () => Object.assign(new Sink(), { isTTY: true, columns: 200 });
		const coloured = async (argv: string[], stdout: Sink, env = {}) =>
			(await mitmsrp(["analyze", ...argv, "x"], { entries: entries(), stdout, env })).out.includes("\x1b[");
		expect(await coloured([], new Sink())).toBe(false);
		expect(await coloured([], tty())).toBe(true);
		expect(await coloured([], tty(), { NO_COLOR: "1" })).toBe(false);
		expect(await coloured([], tty(), { NO_COLOR: "" })).toBe(true);
		expect(await coloured([], tty(), { TERM: "dumb" })).toBe(false);
		expect(await coloured(["--color", "never"], tty())).toBe(false);
		expect(await coloured(["--color", "always"], new Sink(), { NO_COLOR: "1" })).toBe(true);
	});

	test("width: the terminal's, or --width", async () => {
		const stdout = Object.assign(new Sink(), { isTTY: true, columns: 80 });
		const narrow = await mitmsrp(["analyze", "x"], { entries: entries(), stdout, env: { NO_COLOR: "1" } });
		expect(Math.max(...lines(narrow.out).map((line) => [...line].length))).toBe(80);
		const given = await mitmsrp(["analyze", "--width", "90", "x"], { entries: entries() });
		expect(Math.max(...lines(given.out).map((line) => [...line].length))).toBe(90);
	});
});

describe("analyze: selection", () => {
	test("--session", async () => {
		const { out } = await mitmsrp(["analyze", "--json", "--session", "c1", "x"], { entries: entries() });
		expect(numbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
		const none = await mitmsrp(["analyze", "--session", "c9", "x"], { entries: entries() });
		expect(none).toMatchObject({ code: 0, out: "", err: "mitmsrp: no message was chosen by --session, --filter, --from and --to\n" });
	});

	test("--limit stops the reading", async () => {
		let handed = 0;
		const { out } = await mitmsrp(["analyze", "--json", "--limit", "2", "x"], {
			analyze: async (_path, _request, listener) => {
				for (const entry of entries()) {
					if (listener.done()) break;
					handed++;
					listener.entry(entry);
				}
				return { info: captureInfo() };
			},
		});
		expect(numbers(out)).toEqual([1, 2]);
		expect(handed).toBe(2);
	});

	test.each([
		[
			["--from", "1", "--to", "7"],
			[3, 4, 5, 6, 7],
		],
		[
			["--from", "1.001", "--to", "5"],
			[4, 5],
		],
		[
			["--from", "2023-11-14T22:13:32Z"],
			[11, 12, 13],
		],
		[
			["--from", "2023-11-14 22:13:32", "--to", "2023-11-14T23:13:33.0+01:00"],
			[11, 12],
		],
		[
			["--from", "1700000013"],
			[12, 13],
		],
		[
			["--to", "0.250000000"],
			[1, 2],
		],
	])("%j", async (argv, expected) => {
		const { out } = await mitmsrp(["analyze", "--json", ...argv, "x"], { entries: entries() });
		expect(numbers(out)).toEqual(expected);
	});

	test("late findings on messages that were not chosen are not shown", async () => {
		const problem = { id: "sip.missing-header", offset: 0, length: 0 } as const;
		const { out } = await mitmsrp(["analyze", "--json", "--from", "13", "x"], {
			entries: entries(),
			late: [
				[1, problem],
				[12, problem],
			],
		});
		expect(lines(out).map((line) => [JSON.parse(line).event, JSON.parse(line).entry])).toEqual([
			[undefined, 12],
			[undefined, 13],
			["late-problem", 12],
		]);
	});

	test("--disable, one and a family", async () => {
		const one = await mitmsrp(["analyze", "--disable", "sip.missing-header", "x"], { entries: entries() });
		expect(lines(one.out)[1]).toMatch(/! sip\.start-line-extra-space$/);
		expect(one.err).toContain("0 errors, 1 warning");
		const family = await mitmsrp(["analyze", "--disable", "sip.*", "--disable", "tcp.gap", "x"], {
			entries: entries(),
			info: { problems: [{ id: "tcp.gap", offset: 5, length: 0 }] },
		});
		expect(family.err).toBe("12 messages (2 SIP, 10 MSRP) in 1 session, 0 errors, 0 warnings\n");
	});
});

describe("analyze: exit codes", () => {
	test("--fail-on", async () => {
		const warned = () =>
			entries().map((entry) => ({ ...entry, problems: entry.problems.filter(({ id }) => id === "sip.start-line-extra-space") }));
		const code = async (argv: string[], some = entries()) => (await mitmsrp(["analyze", ...argv, "x"], { entries: some })).code;
		expect(await code([])).toBe(0);
		expect(await code(["--fail-on", "error"])).toBe(1);
		expect(await code(["--fail-on", "warning"])).toBe(1);
		expect(await code(["--fail-on", "error"], warned())).toBe(0);
		expect(await code(["--fail-on", "warning"], warned())).toBe(1);
		expect(await code(["--fail-on", "warning", "--disable", "sip.*"])).toBe(0);
		expect(await code(["--fail-on", "error", "--session", "c9"])).toBe(0);
	});

	test("damage", async () => {
		const { code, out, err } = await mitmsrp(["analyze", "x.pcap"], {
			entries: entries().slice(0, 1),
			info: { damaged: true, problems: [{ id: "cap.truncated", offset: 99, length: 0, detail: "12 of 40 octets" }] as never },
		});
		expect(code).toBe(1);
		expect(lines(out).length).toBe(1);
		expect(err).toContain(
			"cap.truncated at octet 99 of x.pcap: 12 of 40 octets\nmitmsrp: x.pcap is damaged; everything before the damage was read\n",
		);
	});

	test.each([
		["missing", 2],
		["not-a-capture", 2],
		["empty", 1],
		["read", 1],
	] as const)("%s: %d", async (kind, expected) => {
		const { code, out, err } = await mitmsrp(["analyze", "x"], {
			analyze: async () => {
				throw new CaptureError(kind, "x", "x\x1b: what is wrong");
			},
		});
		expect({ code, out, err }).toEqual({ code: expected, out: "", err: "mitmsrp: x\\x1b: what is wrong\n" });
	});

	test("a key log that cannot be read", async () => {
		const { code, err } = await mitmsrp(["analyze", "--keylog", "k", "x"], {
			analyze: async () => {
				throw Object.assign(new Error("open"), { code: "ENOENT", path: "k" });
			},
		});
		expect({ code, err }).toEqual({ code: 2, err: "mitmsrp: k: the key log cannot be read (ENOENT); check its name and mode\n" });
	});

	test("interrupted: what was read is shown and counted", async () => {
		const interrupt = new AbortController();
		const analyze = async (_path: string, request: AnalyzeRequest, listener: AnalyzeListener) => {
			listener.entry(entries()[0]!);
			interrupt.abort();
			expect(request.signal.aborted).toBe(true);
			return { info: captureInfo() };
		};
		const file = await mitmsrp(["analyze", "x"], { analyze, signal: interrupt.signal });
		expect(file.code).toBe(130);
		expect(lines(file.out).length).toBe(1);
		expect(file.err).toContain("mitmsrp: interrupted after 1 messages\n");
		const live = await mitmsrp(["analyze", "-"], { analyze, signal: interrupt.signal });
		expect(live.code).toBe(0);
	});

	test("no message at all", async () => {
		expect(await mitmsrp(["analyze", "x.pcap"])).toMatchObject({ code: 0, out: "", err: "mitmsrp: no SIP or MSRP message in x.pcap\n" });
	});
});

describe("analyze: streams", () => {
	test("a reader that goes away ends the work quietly", async () => {
		const stdout = new Sink();
		stdout._write = (_chunk, _encoding, done) => done(Object.assign(new Error("gone"), { code: "EPIPE" }));
		let asked = 0;
		const { code, err } = await mitmsrp(["analyze", "-v", "-"], {
			stdout,
			analyze: async (_path, _request, listener) => {
				for (let portion = 0; portion < 1000 && !listener.done(); portion++) {
					asked++;
					listener.entry(entries()[0]!);
					listener.progress(portion, undefined);
					await new Promise((resolve) => setImmediate(resolve));
				}
				return { info: captureInfo() };
			},
		});
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(asked).toBeLessThan(5);
	});

	test("a full disk is reported", async () => {
		const stdout = new Sink();
		stdout._write = (_chunk, _encoding, done) => done(Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" }));
		expect(await mitmsrp(["analyze", "x"], { entries: entries(), stdout })).toMatchObject({
			code: 1,
			err: "mitmsrp: cannot write the output: ENOSPC: no space left\n",
		});
	});

	test("live input is written as it comes, files in batches", async () => {
		const analyze = async (_path: string, _request: AnalyzeRequest, listener: AnalyzeListener) => {
			for (const entry of entries()) {
				listener.entry(entry);
				listener.progress(1, undefined);
			}
			return { info: captureInfo() };
		};
		const live = new Sink();
		await mitmsrp(["analyze", "-"], { analyze, stdout: live });
		expect(live.writes).toBe(13);
		const json = new Sink();
		await mitmsrp(["analyze", "--json", "--follow", "x"], { analyze, stdout: json });
		expect(json.writes).toBe(13);
		const file = new Sink();
		await mitmsrp(["analyze", "x"], { analyze, stdout: file });
		expect(file.writes).toBe(1);
	});

	test("the progress line: five times a second at most, and gone at the end", async () => {
		let clock = 0;
		const stderr = Object.assign(new Sink(), { isTTY: true, columns: 100 });
		const analyze = async (_path: string, _request: AnalyzeRequest, listener: AnalyzeListener) => {
			for (let step = 1; step <= 100; step++) {
				clock = step * 20;
				listener.progress(step * 1e6, 100e6);
			}
			return { info: captureInfo() };
		};
		await mitmsrp(["analyze", "x"], { analyze, stderr, now: () => clock });
		const drawn = stderr.text.split("\r\x1b[K");
		expect(drawn.length - 2).toBe(8);
		expect(drawn[1]).toBe("25 %, 25.0 of 100.0 MB, 0 messages, 50.0 MB/s, 2 s left");
		expect(drawn.at(-1)).toBe("mitmsrp: no SIP or MSRP message in x\n");
		const quiet = Object.assign(new Sink(), { isTTY: true });
		await mitmsrp(["analyze", "--no-progress", "x"], { analyze, stderr: quiet, now: () => (clock += 20) });
		expect(quiet.text).toBe("mitmsrp: no SIP or MSRP message in x\n");
	});
});
