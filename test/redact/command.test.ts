import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFocus } from "../../src/index.js";
import { build } from "../interop/build.js";
import { ProxyProcess } from "./proxy-process.js";

let program: ReturnType<typeof build>;
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-redact-"));
const ROOM = "rules/room.pcapng";
const NAMES = /alice|\bbob\b|carol|example\.com|Captain|sailing/i;

beforeAll(() => {
	program = build();
}, 120_000);
afterAll(() => {
	program.remove();
	rmSync(folder, { recursive: true, force: true });
});

function mitmsrp(...args: string[]): string {
	return execFileSync(process.execPath, [program.main, ...args], {
		encoding: "utf8",
		maxBuffer: 1 << 28,
		stdio: ["ignore", "pipe", "pipe"],
	});
}

it("lines, JSON, explanations, pages and captures have no name in them, and tell the same", () => {
	const capture = join(folder, "public.pcapng");
	const page = join(folder, "public.html");
	const key = ["--redact-key", "k"];
	const text = mitmsrp("analyze", ...key, "--write", capture, ROOM);
	expect(text).not.toMatch(NAMES);
	expect(mitmsrp("analyze", "-vv", ...key, ROOM)).not.toMatch(NAMES);
	expect(mitmsrp("analyze", "--json", ...key, ROOM)).not.toMatch(NAMES);
	expect(mitmsrp("analyze", "--checks", ...key, ROOM)).not.toMatch(NAMES);
	expect(mitmsrp("explain", "--entry", "105", ...key, ROOM)).not.toMatch(NAMES);
	mitmsrp("report", ...key, "-o", page, ROOM);
	expect(readFileSync(page, "utf8")).not.toMatch(NAMES);
	expect(readFileSync(capture, "latin1")).not.toMatch(NAMES);
	const classes = (output: string) => [...output.matchAll(/(?:MSRP|SIP) ([A-Z0-9-]+ |)/g)].map(([, word]) => word);
	expect(classes(mitmsrp("analyze", capture))).toEqual(classes(mitmsrp("analyze", ROOM)));
	expect(mitmsrp("analyze", ...key, ROOM)).toBe(text);
});

it("a running proxy redacts its log, its recording and its report", async () => {
	const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
	const recording = join(folder, "live.pcapng");
	const page = join(folder, "live.html");
	const proxy = await ProxyProcess.start(program.main, [
		"--hop",
		`tcp://127.0.0.1:0=>${focus.places[0]}`,
		"--redact",
		"--anchor",
		"path",
		"--write",
		recording,
		"--report",
		page,
	]);
	await proxy.register("sip:alice@example.com");
	await proxy.stop();
	await focus.close();
	expect(proxy.output).toMatch(/REGISTER sip:/);
	expect(proxy.output).not.toMatch(NAMES);
	expect(existsSync(recording)).toBe(true);
	expect(readFileSync(recording, "latin1")).toContain("REGISTER");
	expect(readFileSync(recording, "latin1")).not.toMatch(NAMES);
	expect(readFileSync(page, "utf8")).not.toMatch(NAMES);
});
