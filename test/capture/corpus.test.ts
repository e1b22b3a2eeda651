import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createCaptureParser } from "../../src/core/capture/open.js";
import { openCapture } from "../../src/shell/capture/open-capture.js";
import { type Kept, keep, parse } from "./helpers.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));

interface Expected {
	sha256: string;
	bytes: number;
	format: "pcap" | "pcapng" | "nsecpcap";
	link: string;
	packets: number;
}

const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, Expected>;
const LINKS: Record<string, number> = { ether: 1, "linux-sll": 113, null: 0 };
const FORMATS = { pcap: "pcap", pcapng: "pcapng", nsecpcap: "pcap-ns" };

describe("captures of other programs", () => {
	it("are all there", () => {
		const files = readdirSync(folder).filter((name) => /\.(pcap|pcapng|cap)$/.test(name));
		expect(files.sort()).toEqual(Object.keys(expected).sort());
		expect(files.length).toBe(36);
	});

	for (const [name, facts] of Object.entries(expected)) {
		it(name, async () => {
			const path = join(folder, name);
			const octets = readFileSync(path);
			expect(createHash("sha256").update(octets).digest("hex")).toBe(facts.sha256);

			const file = await openCapture(path);
			const packets: Kept[] = [];
			await file.packets((packet) => packets.push(keep(packet)));
			expect(packets.length).toBe(facts.packets);
			expect(packets.map((packet) => packet.number)).toEqual(packets.map((_, i) => i + 1));
			expect(packets.every((packet) => packet.linkType === LINKS[facts.link])).toBe(true);
			expect(file.info).toMatchObject({ format: FORMATS[facts.format], compressed: "no", damaged: false, problems: [] });
			if (name.includes("-keys.")) expect(file.info.keyLogs.length).toBeGreaterThan(0);

			const stream = await openCapture("-", { stdin: createReadStream(path, { highWaterMark: 1000 }) });
			const streamed: Kept[] = [];
			await stream.packets((packet) => streamed.push(keep(packet)));
			expect(streamed).toEqual(packets);
			expect(stream.info).toEqual(file.info);

			if (octets.length < 10_000) {
				const parser = createCaptureParser(octets);
				if ("error" in parser) throw new Error(parser.error);
				expect(
					parse(
						parser,
						octets,
						Array.from(octets, (_, i) => i),
					),
				).toEqual(packets);
			}
		});
	}
});
