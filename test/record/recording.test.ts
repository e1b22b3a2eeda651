import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Flow } from "../../src/index.js";
import { createRecording, type RecordingError, type RecordingOptions } from "../../src/shell/proxy/recording.js";
import { type OpenTarget, openTarget } from "../../src/shell/proxy/recording-file.js";
import { until } from "../proxy/peers.js";
import { flow, flows, readFile } from "./files.js";

const folder = mkdtempSync(join(tmpdir(), "mitmsrp-recording-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (step: number) => ({ sec: 1_700_000_000 + step, nsec: 0, packet: 0 });
const SINK = { data: () => {}, gap: () => {}, close: () => {}, problem: () => {}, interested: () => false };

async function record(options: RecordingOptions) {
	const recording = await createRecording(options);
	const open = recording.tap(() => SINK);
	let step = 0;
	return {
		recording,
		open,
		send: (one: Flow, octets: Buffer, sink = open(one)) => {
			sink.data(0, octets, 0, octets.length, at(++step));
			return sink;
		},
	};
}

describe("a recording", () => {
	it("is in the file within a second, without being closed", async () => {
		const file = join(folder, "live.pcapng");
		const { recording, send } = await record({ file, application: "mitmsrp test" });
		send(flow(), Buffer.from("hello"));
		await until(() => readFileSync(file).length > 200, 1000);
		expect(String(flows(readFileSync(file))[0]!.octets[0])).toBe("hello");
		const summary = await recording.close();
		expect(summary).toEqual({ files: [file], packets: 5, octets: readFileSync(file).length, lost: 0 });
	});

	it("replaces a file that is there, and takes nothing after it was closed", async () => {
		const file = join(folder, "again.pcapng");
		for (const text of ["a longer text than the second", "short"]) {
			const { recording, send } = await record({ file });
			const sink = send(flow(), Buffer.from(text));
			await recording.close();
			sink.data(0, Buffer.from("late"), 0, 4, at(9));
			expect((await recording.close()).lost).toBe(0);
		}
		expect(String(flows(readFileSync(file))[0]!.octets[0])).toBe("short");
	});

	it("writes secrets only when it was asked to", async () => {
		for (const secrets of [false, true]) {
			const file = join(folder, `secrets-${secrets}.pcapng`);
			const { recording } = await record({ file, secrets });
			recording.secrets("CLIENT_RANDOM 00 11\n");
			await recording.close();
			expect(readFile(readFileSync(file)).info.keyLogs).toEqual(secrets ? ["CLIENT_RANDOM 00 11\n"] : []);
		}
	});
});

describe("rotation", () => {
	it("by size: each file begins anew, none is longer, nothing is lost", async () => {
		const file = join(folder, "size.pcapng");
		const names = [["192.0.2.1", "alice.example.com"]] as const;
		const { recording, send } = await record({ file, rotate: { octets: 20_000 }, names });
		const one = flow({ leg: "client", hop: "h" });
		const sink = send(one, Buffer.alloc(5000, 65));
		for (let count = 0; count < 10; count++) {
			send(one, Buffer.alloc(5000, 65), sink);
			if (count === 5) send(flow({ id: 2, leg: "server", hop: "h", a: { address: "192.0.2.1", port: 3 } }), Buffer.from("second"));
		}
		const { files, packets } = await recording.close();
		expect(files.length).toBeGreaterThanOrEqual(4);
		expect(files[0]).toBe(join(folder, "size_00001.pcapng"));
		let seen = 0;
		let octets = 0;
		for (const path of files) {
			const content = readFileSync(path);
			expect(content.length).toBeLessThanOrEqual(20_000);
			const read = readFile(content);
			expect(read.info.problems).toEqual([]);
			expect(read.info.names.get("192.0.2.1")).toBe("alice.example.com");
			for (const { interfaceId, data } of read.packets) {
				const port = Math.min(data.readUInt16BE(34), data.readUInt16BE(36));
				expect(read.info.interfaces[interfaceId]!.name).toBe(port === 3 ? "mitmsrp server leg" : "mitmsrp client leg");
			}
			seen += read.packets.length;
			octets += flows(content).reduce((sum, found) => sum + found.octets[0].length, 0);
		}
		expect(seen).toBe(packets);
		expect(octets).toBe(55_000 + 6);
	});

	it("keeps only so many files", async () => {
		const { recording, send } = await record({ file: join(folder, "kept.pcapng"), rotate: { octets: 5000, keep: 2 } });
		const sink = send(flow(), Buffer.alloc(3000));
		for (let count = 0; count < 10; count++) send(flow(), Buffer.alloc(3000), sink);
		const { files } = await recording.close();
		expect(files.length).toBe(2);
		expect(files.every((path) => existsSync(path))).toBe(true);
		expect(existsSync(join(folder, "kept_00001.pcapng"))).toBe(false);
	});

	it("by time", async () => {
		const { recording, send } = await record({ file: join(folder, "time.pcapng"), rotate: { seconds: 0 } });
		const sink = send(flow(), Buffer.from("one"));
		await until(() => existsSync(join(folder, "time_00001.pcapng")) && readFileSync(join(folder, "time_00001.pcapng")).length > 200);
		send(flow(), Buffer.from("two"), sink);
		const { files } = await recording.close();
		expect(files.map((path) => readFile(readFileSync(path)).packets.length)).toEqual([5, 2]);
	});
});

/** A disk whose writes are finished by hand, then go to the real file. */
function slowDisk(): { open: OpenTarget; go(): void } {
	let go = (): void => {};
	const gate = new Promise<void>((resolve) => {
		go = resolve;
	});
	const open: OpenTarget = async (path) => {
		const target = await openTarget(path);
		return { ...target, write: async (octets) => gate.then(() => target.write(octets)) };
	};
	return { open, go };
}

describe("a slow disk", () => {
	it("those who can wait are told, and lose nothing", async () => {
		const disk = slowDisk();
		const file = join(folder, "slow.pcapng");
		const { recording, send } = await record({ file, open: disk.open, buffer: 1 << 20 });
		const sink = send(flow(), Buffer.alloc(1000, 65));
		let sent = 1;
		for (; recording.drained() === undefined; sent++) send(flow(), Buffer.alloc(1000, 65), sink);
		const drained = recording.drained()!;
		expect(recording.drained()).toBe(drained);
		disk.go();
		await drained;
		expect(recording.drained()).toBeUndefined();
		expect((await recording.close()).lost).toBe(0);
		expect(flows(readFileSync(file))[0]!.octets[0].length).toBe(sent * 1000);
	});

	it("for those who cannot, packets are left out and counted; memory stays bounded and what is there is right", async () => {
		const disk = slowDisk();
		const file = join(folder, "lossy.pcapng");
		const { recording, send } = await record({ file, open: disk.open, buffer: 100_000 });
		const sink = send(flow(), Buffer.alloc(1000, 65));
		for (let count = 0; count < 200; count++) send(flow(), Buffer.alloc(1000, 65), sink);
		const { lost } = recording;
		expect(lost).toBeGreaterThan(100);
		disk.go();
		const { octets } = await recording.close();
		expect(octets).toBeLessThanOrEqual(100_000);
		const { packets, info } = readFile(readFileSync(file));
		expect(info.problems).toEqual([]);
		expect(packets.length).toBe(3 + 201 * 2 - lost);
	});
});

describe("writing", () => {
	it("is done in large pieces, however small the packets are", async () => {
		const writes: number[] = [];
		const open: OpenTarget = async () => ({
			write: async (blocks) => {
				writes.push(blocks.reduce((sum, { length }) => sum + length, 0));
				await new Promise(setImmediate);
			},
			truncate: async () => {},
			close: async () => {},
		});
		const { recording, send } = await record({ file: "none", open, buffer: 4 << 20 });
		const sink = send(flow(), Buffer.alloc(1000));
		for (let count = 0; count < 20_000; count++) {
			send(flow(), Buffer.alloc(1000), sink);
			await recording.drained();
			if (count % 64 === 0) await new Promise(setImmediate);
		}
		const { octets, lost } = await recording.close();
		expect(lost).toBe(0);
		expect(writes.reduce((sum, one) => sum + one, 0)).toBe(octets);
		expect(octets / writes.length).toBeGreaterThan(32 << 10);
		expect(Math.max(...writes)).toBeLessThanOrEqual(1 << 20);
	});
});

describe("what cannot be written", () => {
	it("is said at once where the file cannot be created", async () => {
		const file = join(folder, "no", "such", "folder.pcapng");
		await expect(createRecording({ file })).rejects.toMatchObject({
			code: "ENOENT",
			message: `${file}: cannot record: the folder does not exist (ENOENT)`,
		});
		await expect(createRecording({ file: folder })).rejects.toMatchObject({ code: "EISDIR" });
	});

	it.runIf(existsSync("/dev/full"))("a full disk: told once, then nothing is kept, and closing still works", async () => {
		const errors: RecordingError[] = [];
		const { recording, send } = await record({ file: "/dev/full", onError: (error) => errors.push(error) });
		const sink = send(flow(), Buffer.alloc(300_000));
		await until(() => errors.length > 0);
		expect(errors[0]!.message).toBe("/dev/full: cannot record: the disk is full; free some space or record elsewhere (ENOSPC)");
		send(flow(), Buffer.alloc(300_000), sink);
		const { lost } = await recording.close();
		expect(lost).toBeGreaterThan(0);
		expect(errors.length).toBe(1);
	});

	it("a disk that becomes full: the file ends with a whole packet", async () => {
		const file = join(folder, "full.pcapng");
		let left = 30_000;
		const open: OpenTarget = async (path) => {
			const target = await openTarget(path);
			return {
				...target,
				write: async (blocks) => {
					const octets = Buffer.concat(blocks);
					await target.write([octets.subarray(0, left)]);
					left -= octets.length;
					if (left < 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
				},
			};
		};
		const errors: RecordingError[] = [];
		const { recording, send } = await record({ file, open, onError: (error) => errors.push(error) });
		const sink = send(flow(), Buffer.alloc(10_000, 65));
		await until(() => readFileSync(file).length > 10_000);
		send(flow(), Buffer.alloc(50_000, 65), sink);
		await until(() => errors.length === 1);
		await recording.close();
		const content = readFileSync(file);
		expect(readFile(content).info.problems).toEqual([]);
		expect(flows(content)[0]!.octets[0].length).toBe(10_000);
	});
});
