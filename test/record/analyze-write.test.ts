import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { analyzeCapture } from "../../src/index.js";
import { mitmsrp } from "../cli/process.js";
import { readFile } from "./files.js";

const CAPTURE = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...argv: string[]) => mitmsrp(["analyze", ...argv], { analyze: analyzeCapture });

describe("analyze --write", () => {
	it("writes the chosen messages, which read back the same", async () => {
		const file = join(folder, "chosen.pcapng");
		const first = await run(CAPTURE, "--session", "c1", "--write", file);
		expect(first.code).toBe(0);
		const count = Number(/^mitmsrp: (\d+) messages written to /m.exec(first.err)![1]);
		expect(count).toBe(first.out.trimEnd().split("\n").length);
		const again = await run(file);
		// Columns of the summary: numbers, times and packets belong to the capture.
		const words = (text: string) =>
			text
				.trimEnd()
				.split("\n")
				.map((line) => line.replace(/^\s*#?\d+\s+\S+/, "").replaceAll(/#\d+/g, "#"));
		expect(words(again.out).length).toBe(count);
		const { packets } = readFile(readFileSync(file));
		expect(packets.some(({ comments }) => comments?.some((text) => /^#\d+ class /.test(text)))).toBe(true);
	});

	it("as exported PDUs: one packet a message", async () => {
		const file = join(folder, "pdus.pcapng");
		const { err } = await run(CAPTURE, "--summary", "--write", file, "--write-format", "exported-pdu");
		const count = Number(/^mitmsrp: (\d+) messages written to /m.exec(err)![1]);
		const { packets } = readFile(readFileSync(file));
		expect(packets.length).toBe(count);
		expect(packets.every(({ linkType }) => linkType === 252)).toBe(true);
		expect(packets.some(({ comments }) => comments?.some((text) => /^#\d+ class /.test(text)))).toBe(true);
	});

	it("refuses to replace the capture that it reads, and a place where nothing can be written", async () => {
		const same = await run(CAPTURE, "--write", CAPTURE);
		expect(same.code).toBe(2);
		expect(same.err).toContain("this is the capture that is read");
		const nowhere = await run(CAPTURE, "--write", join(folder, "no", "x.pcapng"));
		expect(nowhere.code).toBe(2);
		expect(nowhere.err).toContain("cannot record: the folder does not exist (ENOENT)");
	});
});
