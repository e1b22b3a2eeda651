import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PcapParser } from "../../src/core/capture/pcap.js";
import { pcapFileHeader, pcapRecord } from "../../src/core/capture/write-pcap.js";
import { PcapngBlocks } from "../../src/core/capture/write-pcapng.js";
import { openCapture } from "../../src/shell/capture/open-capture.js";
import { PcapStreamParser } from "../../src/shell/capture/pcap-stream-parser.js";
import { data, parse } from "./helpers.js";

let dir = "";
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "live-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const header = pcapFileHeader({ linkType: 1 });
const record = (sec: number) => pcapRecord({ sec, nsec: 0, data: data(40) });
const blocks = new PcapngBlocks();

/** Resolves when `seen` has `length` members. */
async function reached(seen: readonly unknown[], length: number): Promise<void> {
	for (let i = 0; i < 500 && seen.length < length; i++) await sleep(10);
	expect(seen.length).toBe(length);
}

describe("live feeds", () => {
	for (const [name, head, one] of [
		["pcap", header, record],
		["pcap-ns", pcapFileHeader({ linkType: 1, format: "pcap-ns" }), record],
		[
			"pcapng",
			Buffer.concat([blocks.section(), blocks.interface(1)]),
			(sec: number) => blocks.packet(0, BigInt(sec) * 1_000_000n, data(40)),
		],
	] as const) {
		it(`${name}: packets come as they are written`, async () => {
			const input = new PassThrough();
			input.write(head);
			const reader = await openCapture("-", { stdin: input });
			const seen: number[] = [];
			const reading = reader.packets((p) => seen.push(p.sec));
			for (let sec = 1; sec <= 3; sec++) {
				const octets = one(sec);
				input.write(octets.subarray(0, 20));
				await sleep(20);
				expect(seen.length).toBe(sec - 1);
				input.write(octets.subarray(20));
				await reached(seen, sec);
			}
			input.end();
			await reading;
			expect(reader.info).toMatchObject({ format: name, damaged: false, problems: [] });
		});
	}

	it("does not read ahead of who uses the packets", async () => {
		const input = new PassThrough({ highWaterMark: 1000 });
		input.write(header);
		const reader = await openCapture("-", { stdin: input });
		const batches = reader.batches();
		let written = 0;
		while (input.write(record(written)) && written < 1000) written++;
		await sleep(20);
		expect(written).toBeLessThan(1000);
		expect(input.readableLength).toBeGreaterThan(500);
		for await (const batch of batches) {
			for (const p of batch) expect(p.sec).toBeLessThanOrEqual(written);
			input.end();
		}
	});

	it("follows a growing file until told to stop; what is unfinished then is no damage", async () => {
		const path = join(dir, "growing");
		writeFileSync(path, header.subarray(0, 10));
		const stop = new AbortController();
		const opening = openCapture(path, { follow: true, signal: stop.signal });
		await sleep(50);
		appendFileSync(path, header.subarray(10));
		const reader = await opening;
		const seen: number[] = [];
		const reading = reader.packets((p) => seen.push(p.sec));
		appendFileSync(path, Buffer.concat([record(1), record(2).subarray(0, 30)]));
		await reached(seen, 1);
		appendFileSync(path, Buffer.concat([record(2).subarray(30), record(3).subarray(0, 9)]));
		await reached(seen, 2);
		stop.abort();
		await reading;
		expect(seen).toEqual([1, 2]);
		expect(reader.info).toMatchObject({ damaged: false, problems: [] });
	});

	it("follows gzip data too", async () => {
		const path = join(dir, "growing.gz");
		writeFileSync(path, gzipSync(Buffer.concat([header, record(1)])));
		const stop = new AbortController();
		const reader = await openCapture(path, { follow: true, signal: stop.signal });
		const seen: number[] = [];
		const reading = reader.packets((p) => seen.push(p.sec));
		appendFileSync(path, gzipSync(record(2)));
		await reached(seen, 2);
		stop.abort();
		await reading;
		expect(reader.info).toMatchObject({ compressed: "gzip", damaged: false });
	});

	it("says when a followed file shrinks", async () => {
		const path = join(dir, "shrinking");
		writeFileSync(path, Buffer.concat([header, record(1)]));
		const reader = await openCapture(path, { follow: true });
		const reading = reader.packets(() => truncateSync(path, 10));
		await expect(reading).rejects.toThrow(`${path}: the file became shorter while it was followed; start again`);
	});

	it("close ends a waiting read", async () => {
		const path = join(dir, "waiting");
		writeFileSync(path, Buffer.concat([header, record(1)]));
		for (const reader of [await openCapture(path, { follow: true }), await openCapture("-", { stdin: new PassThrough().wrap(feed()) })]) {
			const seen: number[] = [];
			const reading = reader.packets((p) => seen.push(p.sec));
			await reached(seen, 1);
			reader.close();
			await reading;
			expect(reader.info.damaged).toBe(false);
		}
	});

	it.skipIf(process.platform === "win32")("reads a FIFO, waiting for its writer", async () => {
		const path = join(dir, "fifo");
		execFileSync("/usr/bin/env", ["mkfifo", path]);
		const opening = openCapture(path);
		await sleep(150);
		const fd = openSync(path, "w");
		await sleep(150);
		writeSync(fd, Buffer.concat([header, record(1)]));
		const reader = await opening;
		const seen: number[] = [];
		const reading = reader.packets((p) => seen.push(p.sec));
		await reached(seen, 1);
		writeSync(fd, record(2));
		await reached(seen, 2);
		closeSync(fd);
		await reading;
		expect(reader.info).toMatchObject({ format: "pcap", damaged: false, problems: [] });
	});

	it.skipIf(process.platform === "win32")("gives up a FIFO that nobody writes to when told to stop", async () => {
		const path = join(dir, "fifo2");
		execFileSync("/usr/bin/env", ["mkfifo", path]);
		const stop = new AbortController();
		const opening = openCapture(path, { signal: stop.signal });
		setTimeout(() => stop.abort(), 30);
		await expect(opening).rejects.toMatchObject({ code: "empty" });
	});
});

/** A stream with one packet that then stays open. */
function feed(): PassThrough {
	const input = new PassThrough();
	input.write(Buffer.concat([header, record(1)]));
	return input;
}

describe("the guard around pcap-parser", () => {
	it("never lets it use the deprecated Buffer constructor", () => {
		const octets = Buffer.concat([header, ...Array.from({ length: 20 }, (_, i) => record(i))]);
		const real = globalThis.Buffer;
		let constructed = 0;
		globalThis.Buffer = new Proxy(real, {
			construct(target, args) {
				constructed++;
				return Reflect.construct(target, args) as Buffer;
			},
		});
		try {
			for (const step of [1, 3, 16, 50, 57, 1000]) {
				const cuts = Array.from({ length: Math.ceil(octets.length / step) }, (_, i) => i * step);
				expect(parse(new PcapStreamParser(), octets, cuts)).toEqual(parse(new PcapParser(), octets));
			}
		} finally {
			globalThis.Buffer = real;
		}
		expect(constructed).toBe(0);
	});

	it("costs the same for octets that come one by one", () => {
		const big = pcapRecord({ sec: 1, nsec: 0, data: data(200_000) });
		const octets = Buffer.concat([header, big, big]);
		const parser = new PcapStreamParser();
		const began = performance.now();
		let packets = 0;
		for (let at = 0; at < octets.length; at++) {
			parser.push(octets, at, at + 1);
			if (parser.next() !== null) packets++;
		}
		expect(packets).toBe(2);
		// Joining what waits for every octet that comes would copy 40 GB.
		expect(performance.now() - began).toBeLessThan(5000);
	});
});
