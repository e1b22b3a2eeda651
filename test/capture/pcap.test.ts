import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PcapParser } from "../../src/core/capture/pcap.js";
import { type PcapFileOptions, pcapFileHeader, pcapRecord } from "../../src/core/capture/write-pcap.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { PcapStreamParser } from "../../src/shell/capture/pcap-stream-parser.js";
import { data, everyOctet, packet, parse } from "./helpers.js";

const forms = (["pcap", "pcap-ns", "pcap-modified"] as const).flatMap((format) =>
	[false, true].map((bigEndian) => ({ format, bigEndian })),
);
const sizes = [0, 1, 60, 1514];

function file(options: Partial<PcapFileOptions> = {}): Buffer {
	const records = sizes.map((size, i) => pcapRecord({ ...options, sec: 1_700_000_000 + i, nsec: 123_456_789, data: data(size, i) }));
	return Buffer.concat([pcapFileHeader({ linkType: 1, ...options }), ...records]);
}

/** The parsers that can read the form: both, for classic microseconds. */
function parsers(format = "pcap") {
	return format === "pcap" ? [() => new PcapParser(), () => new PcapStreamParser()] : [() => new PcapParser()];
}

describe("classic pcap", () => {
	for (const form of forms) {
		const expected = sizes.map((size, i) =>
			packet(i + 1, 1_700_000_000 + i, form.format === "pcap-ns" ? 123_456_789 : 123_456_000, data(size, i), {
				direction: form.format === "pcap-modified" ? 1 : 0,
			}),
		);
		for (const make of parsers(form.format)) {
			const name = `${form.format} ${form.bigEndian ? "big" : "little"}-endian by ${make().constructor.name}`;
			it(`${name}: whole and octet by octet`, () => {
				for (const cuts of [[], everyOctet(file(form))]) {
					const parser = make();
					expect(parse(parser, file(form), cuts)).toEqual(expected);
					expect(parser.info.format).toBe(form.format);
					expect(parser.info.interfaces).toEqual([{ id: 0, linkType: 1, snapLength: 262_144 }]);
					expect(parser.info.problems).toEqual([]);
					expect(parser.info.damaged).toBe(false);
				}
			});
			it(`${name}: cut at random places`, () => {
				const octets = file(form);
				fc.assert(
					fc.property(fc.array(fc.nat(octets.length)), (cuts) => {
						expect(parse(make(), octets, cuts)).toEqual(expected);
					}),
					{ numRuns: 50 },
				);
			});
			it(`${name}: ended at every offset`, () => {
				const octets = file(form);
				const head = form.format === "pcap-modified" ? 24 : 16;
				const starts = [0];
				let at = 24;
				for (const size of sizes) {
					starts.push(at);
					at += head + size;
				}
				for (let end = 0; end <= octets.length; end++) {
					const parser = make();
					const whole = starts.filter((start, i) => i > 0 && start + head + sizes[i - 1]! <= end).length;
					expect(parse(parser, octets.subarray(0, end))).toEqual(expected.slice(0, whole));
					const at = end === 0 || end === octets.length || starts.includes(end) ? undefined : starts.filter((start) => start < end).at(-1)!;
					expect(parser.info.problems.map(({ id, offset, length }) => ({ id, offset, length }))).toEqual(
						at === undefined ? [] : [{ id: "cap.truncated", offset: at, length: end - at }],
					);
					expect(parser.info.damaged).toBe(at !== undefined);
				}
			});
		}
	}

	it("takes link type and frame check sequence from the last word", () => {
		for (const make of parsers()) {
			const parser = make();
			const octets = file({ linkType: 113, fcsLength: 4 });
			// Reserved bits must be ignored (draft-ietf-opsawg-pcap).
			octets[22] = 0xff;
			expect(parse(parser, octets).map((p) => [p.linkType, p.fcsLength])).toEqual([
				[113, 0],
				[113, 0],
				[113, 4],
				[113, 4],
			]);
			expect(parse(make(), file({ fcsLength: 0 })).map((p) => p.fcsLength)).toEqual([0, 0, 0, 0]);
		}
	});

	it("reads a snap length of 0 as no limit, and keeps what the snap length cut", () => {
		for (const make of parsers()) {
			const parser = make();
			const octets = Buffer.concat([
				pcapFileHeader({ linkType: 1, snapLength: 0 }),
				pcapRecord({ sec: 1, nsec: 0, data: data(10), originalLength: 99 }),
			]);
			expect(parse(parser, octets)).toEqual([packet(1, 1, 0, data(10), { originalLength: 99 })]);
			expect(parser.info.problems).toEqual([]);
		}
	});

	it("reads seconds as unsigned", () => {
		for (const make of parsers()) {
			const octets = Buffer.concat([pcapFileHeader({ linkType: 1 }), pcapRecord({ sec: 0xffff_fffe, nsec: 0, data: data(1) })]);
			expect(parse(make(), octets)[0]!.sec).toBe(0xffff_fffe);
		}
	});

	it("cap.bad-value: captured more than original, a fraction of a second or more, another version; each once", () => {
		for (const make of parsers()) {
			const parser = make();
			const odd = pcapRecord({ sec: 5, nsec: 2_500_000_000, data: data(10), originalLength: 4 });
			const octets = Buffer.concat([pcapFileHeader({ linkType: 1 }), odd, odd]);
			expect(parse(parser, octets)).toEqual([packet(1, 7, 500_000_000, data(10)), packet(2, 7, 500_000_000, data(10))]);
			expect(parser.info.problems.map(({ id, offset }) => [id, offset])).toEqual([
				["cap.bad-value", 28],
				["cap.bad-value", 36],
			]);
			expect(parser.info.damaged).toBe(false);
		}
		const parser = new PcapParser();
		expect(parse(parser, file({ minor: 7 })).length).toBe(4);
		expect(parser.info.problems).toEqual([{ id: "cap.bad-value", offset: 4, length: 4, detail: "version 2.7 read as 2.4" }]);
	});

	it("reads the lengths of versions before 2.4 in their order", () => {
		const record = pcapRecord({ sec: 1, nsec: 0, data: data(20), originalLength: 60 });
		const swapped = Buffer.from(record);
		record.copy(swapped, 8, 12, 16);
		record.copy(swapped, 12, 8, 12);
		const expected = [packet(1, 1, 0, data(20), { originalLength: 60 })];
		for (const [minor, octets] of [
			[2, swapped],
			[3, swapped],
			[3, record],
		] as const) {
			const parser = new PcapParser();
			expect(parse(parser, Buffer.concat([pcapFileHeader({ linkType: 1, minor }), octets]))).toEqual(expected);
			expect(parser.info.problems).toEqual([]);
		}
	});

	it("cap.bad-record: an impossible length stops there, after the packets before it", () => {
		const bad = pcapRecord({ sec: 9, nsec: 0, data: data(8) });
		bad.writeUInt32LE(DEFAULT_LIMITS.packet + 1, 8);
		const octets = Buffer.concat([file(), bad, file().subarray(24)]);
		for (const make of parsers()) {
			for (const cuts of [[], everyOctet(octets)]) {
				const parser = make();
				expect(parse(parser, octets, cuts).length).toBe(4);
				expect(parser.info.damaged).toBe(true);
				expect(parser.info.problems).toEqual([
					{
						id: "cap.bad-record",
						offset: file().length,
						length: 16,
						detail: `record 5 claims 262145 octets, more than the limit of 262144`,
					},
				]);
				parser.push(file(), 0, 100);
				expect(parser.next()).toBe(null);
			}
		}
	});

	it("takes a packet of exactly the limit", () => {
		const big = data(DEFAULT_LIMITS.packet);
		const octets = Buffer.concat([pcapFileHeader({ linkType: 1 }), pcapRecord({ sec: 9, nsec: 0, data: big })]);
		for (const make of parsers()) {
			const parser = make();
			expect(parse(parser, octets, [30, 31, 70_000])[0]!.data === big.toString("hex")).toBe(true);
			expect(parser.info.damaged).toBe(false);
		}
	});

	it("reads records inside a chunk in place, and reuses one packet", () => {
		const parser = new PcapParser();
		const octets = file();
		parser.push(octets, 0, octets.length);
		const first = parser.next()!;
		expect([first.buf === octets, first.start, first.end]).toEqual([true, 40, 40]);
		expect(parser.next()).toBe(first);
		expect([first.buf === octets, first.start, first.end]).toEqual([true, 56, 57]);
	});

	it("tells outgoing packets of the modified form", () => {
		const records = [0, 1, 2, 3, 4].map((packetType) =>
			pcapRecord({ format: "pcap-modified", sec: 1, nsec: 0, data: data(3), packetType }),
		);
		const octets = Buffer.concat([pcapFileHeader({ format: "pcap-modified", linkType: 1 }), ...records]);
		expect(parse(new PcapParser(), octets).map((p) => p.direction)).toEqual([1, 1, 1, 0, 2]);
	});

	it("is total: mutated files never throw, and both parsers agree on them", () => {
		const octets = file();
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.integer({ min: 24, max: octets.length - 1 }), fc.nat(255)), { maxLength: 20 }),
				fc.array(fc.nat(octets.length)),
				(changes, cuts) => {
					const mutated = Buffer.from(octets);
					for (const [at, value] of changes) mutated[at] = value;
					const own = new PcapParser();
					const stream = new PcapStreamParser();
					const packets = parse(own, mutated);
					expect(parse(stream, mutated, cuts)).toEqual(packets);
					expect(stream.info).toEqual(own.info);
				},
			),
			{ numRuns: 300 },
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
				const parser = new PcapParser();
				expect(parse(parser, Buffer.from(noise)).length).toBeLessThanOrEqual(noise.length / 16);
			}),
		);
	});
});
