import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { SecretsScan } from "../../src/core/capture/secrets-scan.js";
import { analyzeCapture } from "../../src/index.js";
import { collectSecrets } from "../../src/shell/capture/secrets.js";

const folder = mkdtempSync(join(tmpdir(), "mitmsrp-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = fileURLToPath(new URL("../../captures/sipjs-kamailio-wss-keys.pcapng", import.meta.url));
const file = readFileSync(path);
const SECRETS = 0x0a;

/** The file's blocks, which are little-endian. */
function blocks(): Buffer[] {
	const found: Buffer[] = [];
	for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) found.push(file.subarray(at, at + file.readUInt32LE(at + 4)));
	return found;
}

function late(packets: number): Buffer {
	const all = blocks();
	const secrets = all.filter((block) => block.readUInt32LE(0) === SECRETS);
	const rest = all.filter((block) => block.readUInt32LE(0) !== SECRETS);
	// A note of a megabyte between packets and secrets: far beyond what is read at once.
	const note = Buffer.alloc(1 << 20);
	note.writeUInt32LE(0x0bad, 0);
	note.writeUInt32LE(note.length, 4);
	note.writeUInt32LE(note.length, note.length - 4);
	return Buffer.concat([...rest, ...Array.from({ length: packets }, () => note), ...secrets]);
}

async function shown(octets: Buffer, name: string): Promise<string[]> {
	const target = join(folder, name);
	writeFileSync(target, octets);
	const seen: string[] = [];
	await analyzeCapture(
		target,
		{},
		{ entry: (entry) => void seen.push(`${entry.protocol} ${entry.over} ${entry.problems.map(({ id }) => id).join(" ")}`) },
	);
	return seen;
}

describe("TLS secrets anywhere in a pcapng file", () => {
	it("behind all packets they open them as they do in front", async () => {
		const before = await shown(file, "before.pcapng");
		expect(before.filter((line) => line.startsWith("sip wss")).length).toBeGreaterThan(4);
		expect(await shown(late(9), "after.pcapng")).toEqual(before);
	});

	it("found whole, octet by octet and at random cuts", () => {
		const octets = late(0);
		const log = collectSecrets(path, 1 << 20)!;
		expect(log).toHaveLength(1);
		expect(log[0]).toMatch(/^(?:CLIENT|SERVER)_[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+/);
		const scan = (cuts: readonly number[]): readonly string[] => {
			const one = new SecretsScan(1 << 20);
			let from = 0;
			for (const cut of [...cuts].sort((a, b) => a - b).concat(octets.length)) {
				if (cut > from) one.feed(octets.subarray(from, cut));
				from = Math.max(from, cut + one.skip());
			}
			return one.keyLogs;
		};
		expect(scan([])).toEqual(log);
		expect(scan(Array.from(octets.keys()))).toEqual(log);
		fc.assert(
			fc.property(fc.array(fc.nat(octets.length), { maxLength: 20 }), (cuts) => {
				expect(scan(cuts)).toEqual(log);
			}),
			{ numRuns: 100 },
		);
	});

	it("hostile octets end it or are passed by", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(file.length - 1), (noise, at) => {
				const octets = Buffer.from(file);
				octets.set(noise.subarray(0, Math.min(noise.length, octets.length - at)), at);
				const scan = new SecretsScan(1 << 20);
				scan.feed(octets);
				expect(scan.keyLogs.length).toBeLessThanOrEqual(1);
			}),
			{ numRuns: 200 },
		);
	});

	it("other files have none to look for", () => {
		const other = join(folder, "classic.pcap");
		writeFileSync(other, Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex"));
		expect(collectSecrets(other, 1 << 20)).toBeUndefined();
		expect(collectSecrets(join(folder, "nowhere"), 1 << 20)).toBeUndefined();
		expect(collectSecrets(folder, 1 << 20)).toBeUndefined();
	});
});
