import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapFileHeader, pcapRecord } from "../../src/core/capture/write-pcap.js";
import { PcapngBlocks } from "../../src/core/capture/write-pcapng.js";
import { CaptureError } from "../../src/shell/capture/capture-error.js";
import type { CaptureReader } from "../../src/shell/capture/capture-reader.js";
import { openCapture } from "../../src/shell/capture/open-capture.js";
import { data, type Kept, keep, packet } from "./helpers.js";

let dir = "";
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "capture-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function put(name: string, octets: Buffer): string {
	const path = join(dir, name);
	writeFileSync(path, octets);
	return path;
}

const count = 50;
const expected = Array.from({ length: count }, (_, i) => packet(i + 1, 1000 + i, 5000, data(i * 11, i)));
const records = expected.map((p) => pcapRecord({ sec: p.sec, nsec: p.nsec, data: Buffer.from(p.data, "hex") }));
const classic = Buffer.concat([pcapFileHeader({ linkType: 1 }), ...records]);
const blocks = new PcapngBlocks();
const modern = Buffer.concat([
	blocks.section(),
	blocks.interface(1),
	...expected.map((p) => blocks.packet(0, BigInt(p.sec) * 1_000_000n + 5n, Buffer.from(p.data, "hex"))),
]);
/** Data that hardly shrinks, so that it fills many pieces. */
const noisy = Buffer.concat([
	pcapFileHeader({ linkType: 1 }),
	...Array.from({ length: 300 }, (_, i) => {
		const noise = Buffer.alloc(1000);
		for (let at = 0, x = i + 1; at < 1000; at++) {
			x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
			noise[at] = x >> 16;
		}
		return pcapRecord({ sec: i, nsec: 0, data: noise });
	}),
]);

async function collect(reader: CaptureReader): Promise<Kept[]> {
	const out: Kept[] = [];
	await reader.packets((p) => out.push(keep(p)));
	return out;
}

function stdin(octets: Buffer, size = 100): Readable {
	const chunks: Buffer[] = [];
	for (let at = 0; at < octets.length; at += size) chunks.push(Buffer.from(octets.subarray(at, at + size)));
	return Readable.from(chunks, { objectMode: false });
}

async function failure(promise: Promise<unknown>): Promise<CaptureError> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(CaptureError);
	return error as CaptureError;
}

describe("files and streams", () => {
	for (const [name, octets] of [
		["pcap", classic],
		["pcapng", modern],
	] as const) {
		it(`${name}: file, small blocks, stream, gzip file, gzip stream, members of gzip`, async () => {
			const members = Buffer.concat([gzipSync(octets.subarray(0, 777)), gzipSync(octets.subarray(777)), Buffer.alloc(10)]);
			const ways: [string, Promise<CaptureReader>, string][] = [
				["file", openCapture(put(`${name}.1`, octets)), "no"],
				["small blocks", openCapture(put(`${name}.2`, octets), { blockSize: 7 }), "no"],
				["stream", openCapture("-", { stdin: stdin(octets) }), "no"],
				["octets", openCapture("-", { stdin: stdin(octets, 1) }), "no"],
				["gzip", openCapture(put(`${name}.3`, gzipSync(octets))), "gzip"],
				["gzip stream", openCapture("-", { stdin: stdin(gzipSync(octets), 10) }), "gzip"],
				["members", openCapture(put(`${name}.4`, members)), "gzip"],
				["members in small blocks", openCapture(put(`${name}.4`, members), { blockSize: 1 }), "gzip"],
			];
			for (const [way, opening, compressed] of ways) {
				const reader = await opening;
				expect([way, await collect(reader)]).toEqual([way, expected]);
				expect([way, reader.info.compressed, reader.info.problems, reader.info.damaged]).toEqual([way, compressed, [], false]);
			}
		});
	}

	it("is an iterator of packets and of batches", async () => {
		const path = put("iterate", classic);
		const single: Kept[] = [];
		for await (const p of await openCapture(path, { blockSize: 100 })) single.push(keep(p));
		expect(single).toEqual(expected);
		const batched: Kept[] = [];
		let batches = 0;
		for await (const batch of (await openCapture(path, { blockSize: 1000 })).batches()) {
			batches++;
			for (const p of batch) batched.push(keep(p));
		}
		expect(batched).toEqual(expected);
		expect(batches).toBe(Math.ceil(classic.length / 1000) + 1);
		const firsts: number[] = [];
		for await (const p of await openCapture(path)) {
			firsts.push(p.number);
			if (p.number === 3) break;
		}
		expect(firsts).toEqual([1, 2, 3]);
	});

	it("stops where a callback closes it, and passes on what a callback throws", async () => {
		const reader = await openCapture(put("close", classic));
		const seen: number[] = [];
		await reader.packets((p) => {
			seen.push(p.number);
			if (p.number === 2) reader.close();
		});
		expect(seen).toEqual([1, 2]);
		const other = await openCapture(put("throw", classic));
		await expect(
			other.packets(() => {
				throw new Error("mine");
			}),
		).rejects.toThrow("mine");
	});

	it("stops a file when told to, which is no damage", async () => {
		const stop = new AbortController();
		const reader = await openCapture(put("stop", classic), { blockSize: 1000, signal: stop.signal });
		const seen: number[] = [];
		await reader.packets((p) => {
			seen.push(p.number);
			stop.abort();
		});
		expect(seen.length).toBeLessThan(count);
		expect(reader.info).toMatchObject({ damaged: false, problems: [] });
	});

	it("knows format and interfaces before the first packet is read", async () => {
		for (const [octets, format] of [
			[pcapFileHeader({ linkType: 1, format: "pcap-ns", bigEndian: true }), "pcap-ns"],
			[classic, "pcap"],
			[modern, "pcapng"],
		] as const) {
			for (const reader of [await openCapture(put("early", octets)), await openCapture("-", { stdin: stdin(octets, octets.length) })]) {
				expect(reader.info.format).toBe(format);
				expect(reader.info.interfaces).toEqual([{ id: 0, linkType: 1, snapLength: 262_144 }]);
				reader.close();
				expect(await collect(reader)).toEqual([]);
			}
		}
	});

	it("tells progress in octets of the file", async () => {
		const progress: [number, number | undefined][] = [];
		const path = put("progress", classic);
		await (await openCapture(path, { blockSize: 5000 })).packets(
			() => {},
			(done, total) => progress.push([done, total]),
		);
		const size = classic.length;
		const full = Array.from({ length: Math.floor(size / 5000) }, (_, i): [number, number] => [(i + 1) * 5000, size]);
		expect(progress).toEqual([...full, [size, size], [size, size]]);
		const piped: unknown[] = [];
		await (await openCapture("-", { stdin: stdin(classic, size) })).packets(
			() => {},
			(_, total) => piped.push(total),
		);
		expect(piped).toEqual([undefined, undefined]);
	});

	it("lets the event loop run between blocks", async () => {
		let turns = 0;
		const timer = setInterval(() => turns++, 0);
		await (await openCapture(put("turns", noisy), { blockSize: 100 })).packets(() => {});
		clearInterval(timer);
		expect(turns).toBeGreaterThan(0);
	});
});

describe("damage", () => {
	it("cap.truncated: file, stream and gzip alike, after all packets before", async () => {
		const cut = classic.subarray(0, classic.length - 5);
		for (const opening of [
			openCapture(put("cut", cut)),
			openCapture("-", { stdin: stdin(cut) }),
			openCapture(put("cut.gz", gzipSync(cut))),
		]) {
			const reader = await opening;
			expect(await collect(reader)).toEqual(expected.slice(0, -1));
			expect(reader.info.problems).toEqual([
				{ id: "cap.truncated", offset: classic.length - records.at(-1)!.length, length: 550, detail: "record 50 has 550 of 555 octets" },
			]);
			expect(reader.info.damaged).toBe(true);
		}
	});

	it("cap.gzip: cut gzip data gives everything that can be unpacked", async () => {
		const packed = gzipSync(noisy);
		for (const end of [packed.length - 1, packed.length - 9, packed.length - 50_000, 100_000, 17_000]) {
			const reader = await openCapture(put("short.gz", packed.subarray(0, end)));
			const packets = await collect(reader);
			// Noise does not shrink: nearly every octet that came is an octet of the capture.
			expect(packets.length).toBeGreaterThanOrEqual(Math.floor((end - 2000) / 1016));
			expect(packets.length).toBeLessThanOrEqual(300);
			expect(reader.info.damaged).toBe(true);
			expect(reader.info.problems.at(-1)).toMatchObject({ id: "cap.gzip", detail: `the gzip data ends early, after ${end} octets` });
		}
		const piped = await openCapture("-", { stdin: stdin(packed.subarray(0, packed.length - 9), 1000) });
		expect((await collect(piped)).length).toBe(300);
		expect(piped.info.problems.map((p) => [p.id, p.offset])).toEqual([["cap.gzip", noisy.length]]);
	});

	it("cap.gzip: damaged gzip data is told after all that lies before it", async () => {
		const packed = gzipSync(noisy);
		const checksum = Buffer.from(packed);
		checksum[packed.length - 6]! ^= 1;
		// A second member whose first block has the reserved type 3.
		const member = Buffer.concat([packed, Buffer.from("1f8b080000000000000307", "hex")]);
		for (const [octets, good, message] of [
			[checksum, packed.length - 5, "incorrect data check"],
			[Buffer.concat([packed, Buffer.from("junk")]), packed.length + 1, "incorrect header check"],
			[member, packed.length + 10, "invalid block type"],
		] as const) {
			const reader = await openCapture(put("broken.gz", octets));
			expect((await collect(reader)).length).toBe(300);
			expect(reader.info.damaged).toBe(true);
			expect(reader.info.problems.length).toBe(1);
			expect(reader.info.problems[0]).toMatchObject({ id: "cap.gzip", offset: noisy.length });
			expect(reader.info.problems[0]!.detail).toMatch(new RegExp(`^the gzip data is damaged after \\d+ octets: ${message}$`));
			expect(Math.abs(Number(/\d+/.exec(reader.info.problems[0]!.detail!)![0]) - good)).toBeLessThanOrEqual(4);
			// A stream cannot be read again: what came out of the damaged piece alone is lost.
			const piped = await openCapture("-", { stdin: stdin(octets, 1000) });
			expect((await collect(piped)).length).toBeGreaterThanOrEqual(297);
			expect(piped.info.problems.at(-1)!.id).toBe("cap.gzip");
		}
	});

	it("cap.bad-record stops a stream at once, without waiting for the octets that a length claims", async () => {
		const bad = pcapRecord({ sec: 1, nsec: 0, data: data(4) });
		bad.writeUInt32LE(0x7fff_ffff, 8);
		const input = new PassThrough();
		input.write(Buffer.concat([classic, bad]));
		const reader = await openCapture("-", { stdin: input });
		expect((await collect(reader)).length).toBe(count);
		expect(reader.info.problems.map((p) => [p.id, p.offset])).toEqual([["cap.bad-record", classic.length]]);
		expect(input.destroyed).toBe(true);
	});
});

describe("what cannot be opened", () => {
	it("says what is wrong and what to do", async () => {
		const missing = await failure(openCapture(join(dir, "nowhere")));
		expect([missing.code, missing.message]).toEqual([
			"missing",
			`${join(dir, "nowhere")}: no such file; check the name, or give "-" to read standard input`,
		]);
		mkdirSync(join(dir, "folder"));
		expect((await failure(openCapture(join(dir, "folder")))).code).toBe("directory");
		expect((await failure(openCapture(put("empty", Buffer.alloc(0))))).code).toBe("empty");
		expect((await failure(openCapture("-", { stdin: Readable.from([]) }))).message).toBe(
			"standard input: nothing came; did the capturing program start? (its messages are on standard error)",
		);
		const text = await failure(openCapture(put("text", Buffer.from("INVITE sip:a@b SIP/2.0\r\n"))));
		expect([text.code, text.message.startsWith(`${join(dir, "text")}: this is SIP text`)]).toEqual(["not-a-capture", true]);
		const inside = await failure(openCapture(put("text.gz", gzipSync("just some text, no capture"))));
		expect([inside.code, inside.message.startsWith(`${join(dir, "text.gz")}: this looks like text`)]).toEqual(["not-a-capture", true]);
		const nothing = await failure(openCapture(put("nothing.gz", gzipSync("").subarray(0, 12))));
		expect([nothing.code, nothing.message]).toEqual([
			"not-a-capture",
			`${join(dir, "nothing.gz")}: the gzip data ends early, after 12 octets`,
		]);
		const terminal = Object.assign(new PassThrough(), { isTTY: true });
		expect((await failure(openCapture("-", { stdin: terminal }))).code).toBe("terminal");
	});

	it.skipIf(process.getuid?.() === 0)("no permission", async () => {
		const path = put("secret", classic);
		chmodSync(path, 0);
		expect((await failure(openCapture(path))).code).toBe("denied");
	});

	it("tells a failing stream", async () => {
		const input = new PassThrough();
		input.write(classic);
		const reader = await openCapture("-", { stdin: input });
		const seen: number[] = [];
		const reading = failure(reader.packets((p) => seen.push(p.number)));
		setImmediate(() => input.destroy(new Error("gone")));
		expect(await reading).toMatchObject({ code: "read", message: "standard input: reading failed: gone" });
		expect(seen.length).toBe(count);
	});
});
