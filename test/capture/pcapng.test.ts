import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PcapngParser } from "../../src/core/capture/pcapng.js";
import { PcapngBlocks } from "../../src/core/capture/write-pcapng.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { data, everyOctet, packet, parse } from "./helpers.js";

const orders = [new PcapngBlocks(false), new PcapngBlocks(true)];
const le = orders[0]!;
const T = 1_700_000_000n;

function read(octets: Buffer, cuts: readonly number[] = []) {
	const parser = new PcapngParser();
	return { packets: parse(parser, octets, cuts), info: parser.info };
}

function ids(info: { problems: { id: string; offset: number }[] }): [string, number][] {
	return info.problems.map(({ id, offset }) => [id, offset]);
}

/** A file with everything in it, and the packets it holds. */
const rich = Buffer.concat([
	le.section([[1, "a section"]]),
	le.secrets("CLIENT_RANDOM 00 11\n"),
	le.interface(1, { name: "eth0", description: "first", resolution: 9, comment: "an interface" }),
	le.interface(113, { snapLength: 0 }),
	le.packet(0, T * 1_000_000_000n + 123_456_789n, data(61), { comments: ["one", "zwei ä"], flags: 0b1_0000_0001 | (2 << 5) }),
	le.names([[Buffer.from([192, 0, 2, 1]), "a.example", "alias"]], [[1, "a name"]]),
	le.block(5, Buffer.concat([Buffer.alloc(12), le.options([[1, "a count"]])])),
	le.block(0x0bad, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])),
	le.packet(1, T * 1_000_000n + 7n, data(5), { originalLength: 500 }),
	orders[1]!.section(),
	orders[1]!.interface(228, { name: "tun0" }),
	orders[1]!.block(0x80000001, data(9)),
	orders[1]!.packet(0, T * 1_000_000n + 8n, data(33)),
	orders[1]!.simplePacket(data(12), 90),
	orders[1]!.obsoletePacket(0, T * 1_000_000n + 9n, data(2)),
]);
const richPackets = [
	packet(1, 1_700_000_000, 123_456_789, data(61), { direction: 1, fcsLength: 10, comments: ["one", "zwei ä"] }),
	packet(2, 1_700_000_000, 7000, data(5), { linkType: 113, interfaceId: 1, originalLength: 500 }),
	packet(3, 1_700_000_000, 8000, data(33), { linkType: 228, interfaceId: 2 }),
	packet(4, 1_700_000_000, 8000, data(12), { linkType: 228, interfaceId: 2, originalLength: 90 }),
	packet(5, 1_700_000_000, 9000, data(2), { linkType: 228, interfaceId: 2 }),
];

describe("pcapng", () => {
	it("reads every block, whole and octet by octet", () => {
		// The simple packet says 90 octets but holds 12: its interface has no snap length of 12.
		const octets = rich;
		for (const cuts of [[], everyOctet(octets)]) {
			const { packets, info } = read(octets, cuts);
			expect(packets).toEqual(richPackets);
			expect(info).toMatchObject({
				format: "pcapng",
				compressed: "no",
				interfaces: [
					{ id: 0, linkType: 1, snapLength: 262_144, name: "eth0", description: "first" },
					{ id: 1, linkType: 113, snapLength: 0 },
					{ id: 2, linkType: 228, snapLength: 262_144, name: "tun0" },
				],
				keyLogs: ["CLIENT_RANDOM 00 11\n"],
				comments: ["a section", "an interface", "a name", "a count"],
				damaged: false,
			});
			expect([...info.names]).toEqual([["192.0.2.1", "a.example"]]);
			expect(info.problems.map(({ id, detail }) => [id, detail])).toEqual([
				["cap.unknown-block", "type 0x80000001"],
				["cap.bad-value", "packet of 90 octets in a block with room for 12; cut"],
			]);
		}
	});

	it("gives the same for any cuts", () => {
		const { info } = read(rich);
		fc.assert(
			fc.property(fc.array(fc.nat(rich.length)), (cuts) => {
				const again = read(rich, cuts);
				expect(again.packets).toEqual(richPackets);
				expect(again.info).toEqual(info);
			}),
			{ numRuns: 100 },
		);
	});

	it("ended at every offset: all packets before, then cap.truncated at the unfinished block", () => {
		const starts: number[] = [];
		let little = true;
		for (let at = 0; at < rich.length; ) {
			starts.push(at);
			if (rich.readUInt32LE(at) === 0x0a0d0d0a) little = rich.readUInt32LE(at + 8) === 0x1a2b3c4d;
			at += little ? rich.readUInt32LE(at + 4) : rich.readUInt32BE(at + 4);
		}
		const packetEnds = starts
			.map((start, i) => ({ type: Math.max(rich[start]!, rich[start + 3]!), end: starts[i + 1] ?? rich.length }))
			.filter(({ type }) => type === 6 || type === 3 || type === 2)
			.map(({ end }) => end);
		expect(packetEnds.length).toBe(5);
		for (let end = 0; end <= rich.length; end++) {
			const { packets, info } = read(rich.subarray(0, end));
			expect(packets).toEqual(richPackets.slice(0, packetEnds.filter((e) => e <= end).length));
			const clean = end === rich.length || starts.includes(end);
			expect(info.damaged).toBe(!clean);
			if (!clean) {
				const start = starts.filter((s) => s < end).at(-1)!;
				expect(info.problems.at(-1)).toMatchObject({ id: "cap.truncated", offset: start, length: end - start });
			}
		}
	});

	for (const [i, blocks] of orders.entries()) {
		const name = i === 0 ? "little-endian" : "big-endian";
		it(`${name}: time resolutions and offsets, exactly`, () => {
			const sec = 1_700_000_000n;
			const cases: [resolution: number | undefined, offset: bigint | undefined, ticks: bigint, sec: number, nsec: number][] = [
				[undefined, undefined, sec * 1_000_000n + 999_999n, 1_700_000_000, 999_999_000],
				[0, undefined, sec, 1_700_000_000, 0],
				[3, undefined, sec * 1000n + 1n, 1_700_000_000, 1_000_000],
				[6, undefined, 0n, 0, 0],
				[7, undefined, sec * 10_000_000n + 9_999_999n, 1_700_000_000, 999_999_900],
				[9, undefined, sec * 1_000_000_000n + 999_999_999n, 1_700_000_000, 999_999_999],
				[9, undefined, 0xffff_ffff_ffff_ffffn, 18_446_744_073, 709_551_615],
				[9, 100n, 1_000_000_001n, 101, 1],
				[6, -3600n, sec * 1_000_000n + 5n, 1_699_996_400, 5000],
				[6, 1_600_000_000n, 100_000_001n, 1_600_000_100, 1000],
				[12, undefined, 12_345_678_901_234_567n, 12_345, 678_901_234],
				[20, undefined, 0xffff_ffff_ffff_ffffn, 0, 184_467_440],
				[127, undefined, 0xffff_ffff_ffff_ffffn, 0, 0],
				[0x80, undefined, sec, 1_700_000_000, 0],
				[0x80 + 10, undefined, (sec << 10n) + 512n, 1_700_000_000, 500_000_000],
				[0x80 + 32, undefined, (sec << 32n) + 1n, 1_700_000_000, 0],
				[0x80 + 32, undefined, (sec << 32n) + 0xffff_ffffn, 1_700_000_000, 999_999_999],
				[0x80 + 64, 7n, 1n << 63n, 7, 500_000_000],
				[0xff, undefined, 0xffff_ffff_ffff_ffffn, 0, 0],
			];
			for (const [resolution, timeOffset, ticks, s, ns] of cases) {
				const octets = Buffer.concat([
					blocks.section(),
					blocks.interface(1, { ...(resolution !== undefined && { resolution }), ...(timeOffset !== undefined && { timeOffset }) }),
					blocks.packet(0, ticks, data(4)),
				]);
				const { packets, info } = read(octets);
				expect([resolution, packets]).toEqual([resolution, [packet(1, s, ns, data(4))]]);
				expect(info.problems).toEqual([]);
			}
		});

		it(`${name}: any tick count in nanoseconds and microseconds agrees with BigInt arithmetic`, () => {
			fc.assert(
				fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.integer({ min: 3, max: 9 }), (ticks, resolution) => {
					const per = 10n ** BigInt(resolution);
					fc.pre(ticks / per < 8_640_000_000_000n);
					const { packets } = read(
						Buffer.concat([blocks.section(), blocks.interface(1, { resolution }), blocks.packet(0, ticks, data(1))]),
					);
					expect([packets[0]!.sec, packets[0]!.nsec]).toEqual([Number(ticks / per), Number(((ticks % per) * 1_000_000_000n) / per)]);
				}),
				{ numRuns: 200 },
			);
		});
	}

	it("cap.bad-value: times that no date can be, offsets beyond exact numbers", () => {
		const octets = Buffer.concat([
			le.section(),
			le.interface(1, { resolution: 0 }),
			le.interface(1, { timeOffset: -(1n << 62n) }),
			le.packet(0, 1n << 60n, data(1)),
			le.packet(1, 5_000_000n, data(1)),
		]);
		const { packets, info } = read(octets);
		expect(packets.map((p) => [p.sec, p.nsec])).toEqual([
			[8_640_000_000_000, 0],
			[5, 0],
		]);
		expect(info.problems.map((p) => p.id)).toEqual(["cap.bad-value", "cap.bad-value"]);
		expect(info.damaged).toBe(false);
	});

	it("flags: direction and frame check sequence; the interface's as default, in octets or bits", () => {
		const octets = Buffer.concat([
			le.section(),
			le.interface(1, { fcsLength: 4 }),
			le.interface(1, { fcsLength: 32 }),
			le.packet(0, 0n, data(20)),
			le.packet(1, 0n, data(20), { flags: 2 }),
			le.packet(1, 0n, data(20), { flags: 3 | (2 << 5) }),
			le.packet(1, 0n, data(3)),
		]);
		expect(read(octets).packets.map((p) => [p.direction, p.fcsLength])).toEqual([
			[0, 4],
			[2, 4],
			[0, 2],
			[0, 0],
		]);
	});

	it("simple packets: cut by the snap length of interface 0, time of the packet before", () => {
		const octets = Buffer.concat([
			le.section(),
			le.interface(1, { snapLength: 10 }),
			le.simplePacket(data(10), 77),
			le.packet(0, 3_000_001n, data(4)),
			le.simplePacket(data(6)),
		]);
		const { packets, info } = read(octets);
		expect(packets).toEqual([packet(1, 0, 0, data(10), { originalLength: 77 }), packet(2, 3, 1000, data(4)), packet(3, 3, 1000, data(6))]);
		expect(info.problems).toEqual([]);
	});

	it("names: both families in normal form, first name kept, entries of other kinds passed by", () => {
		const v6 = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
		const octets = Buffer.concat([
			le.section(),
			le.names([
				[Buffer.from([198, 51, 100, 7]), "seven"],
				[v6("20010db8 00000000 00000000 00000001"), "doc"],
				[v6("00000000 00000000 00000000 00000001"), "loop"],
				[v6("20010db8 00000001 00000000 00010000"), "middle"],
				[v6("00010002 00030004 00050006 00070008"), "full"],
				[v6("00000000 00030004 00050006 00070000"), "left"],
				[v6("20010db8 00000002 00030004 00050000"), "single"],
			]),
			le.block(4, Buffer.concat([le.options([[3, data(9)]])])),
		]);
		const { info } = read(octets);
		expect([...info.names]).toEqual([
			["198.51.100.7", "seven"],
			["2001:db8::1", "doc"],
			["::1", "loop"],
			["2001:db8:0:1::1:0", "middle"],
			["1:2:3:4:5:6:7:8", "full"],
			["::3:4:5:6:7:0", "left"],
			["2001:db8:0:2:3:4:5:0", "single"],
		]);
		expect(info.problems).toEqual([]);
	});

	it("secrets of other protocols are passed by", () => {
		const { info } = read(Buffer.concat([le.section(), le.secrets("ssh", 0x5353484b), le.secrets("TLS")]));
		expect(info.keyLogs).toEqual(["TLS"]);
		expect(info.problems).toEqual([]);
	});

	it("texts end at a zero octet; local options are passed by; the end mark may be missing", () => {
		const withOptions = le.block(
			1,
			Buffer.concat([
				Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]),
				le
					.options([
						[2, "eth1\0junk"],
						[0x8001, "x"],
					])
					.subarray(0, -4),
			]),
		);
		const { info } = read(Buffer.concat([le.section(), withOptions]));
		expect(info.interfaces).toEqual([{ id: 0, linkType: 1, snapLength: 0, name: "eth1" }]);
		expect(info.problems).toEqual([]);
	});

	it("cap.bad-value: contents that overrun their block, each kind of block once", () => {
		const overrun = Buffer.from([1, 0, 200, 0]);
		const octets = Buffer.concat([
			le.section(),
			le.block(1, Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), overrun])),
			le.block(1, Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), overrun])),
			le.block(4, overrun),
			le.block(10, Buffer.from([0x4b, 0x53, 0x4c, 0x54, 99, 0, 0, 0])),
			le.packet(0, 0n, data(4)),
		]);
		const { packets, info } = read(octets);
		expect(packets.length).toBe(1);
		expect(info.keyLogs).toEqual([]);
		expect(ids(info)).toEqual([
			["cap.bad-value", 28],
			["cap.bad-value", 76],
			["cap.bad-value", 92],
		]);
	});

	it("cap.bad-interface: packets of interfaces that were not described, in this section", () => {
		const octets = Buffer.concat([
			le.section(),
			le.interface(1),
			le.packet(0, 0n, data(4)),
			le.packet(3, 0n, data(4)),
			le.packet(3, 0n, data(4)),
			le.section(),
			le.packet(0, 0n, data(4)),
			le.interface(1),
			le.packet(0, 0n, data(4)),
		]);
		const { packets, info } = read(octets);
		expect(packets.map((p) => [p.number, p.interfaceId])).toEqual([
			[1, 0],
			[5, 1],
		]);
		expect(ids(info)).toEqual([
			["cap.bad-interface", 84],
			["cap.bad-interface", 184],
		]);
		expect(info.damaged).toBe(false);
	});

	it("cap.block-length: trailing length differs; the first is trusted, in blocks read and passed by", () => {
		const wrong = le.packet(0, 0n, data(4));
		wrong.writeUInt32LE(99, wrong.length - 4);
		const custom = le.block(0xbad, data(8));
		custom.writeUInt32LE(0, custom.length - 4);
		const octets = Buffer.concat([le.section(), le.interface(1), wrong, custom, le.packet(0, 0n, data(5))]);
		for (const cuts of [[], everyOctet(octets)]) {
			const { packets, info } = read(octets, cuts);
			expect(packets.map((p) => p.data)).toEqual([data(4).toString("hex"), data(5).toString("hex")]);
			expect(ids(info)).toEqual([
				["cap.block-length", 48],
				["cap.block-length", 84],
			]);
			expect(info.damaged).toBe(false);
		}
	});

	it("cap.block-length: not a multiple of 4, padded all the same or not padded", () => {
		const head = Buffer.concat([le.section(), le.interface(1)]);
		const padded = le.packet(0, 0n, data(5));
		padded.writeUInt32LE(37, 4);
		padded.writeUInt32LE(37, padded.length - 4);
		const bare = Buffer.concat([padded.subarray(0, 33), padded.subarray(padded.length - 4)]);
		const passedBy = le.block(0x77, data(5));
		passedBy.writeUInt32LE(17, 4);
		passedBy.writeUInt32LE(17, passedBy.length - 4);
		for (const odd of [padded, bare]) {
			for (const after of [le.packet(0, 0n, data(6)), Buffer.alloc(0)]) {
				const { packets, info } = read(Buffer.concat([head, odd, after]));
				expect(packets.map((p) => p.data)).toEqual([5, 6].slice(0, after.length > 0 ? 2 : 1).map((size) => data(size).toString("hex")));
				expect(ids(info)).toEqual([["cap.block-length", 48]]);
			}
		}
		const { packets, info } = read(Buffer.concat([head, passedBy, le.packet(0, 0n, data(6))]));
		expect(packets.length).toBe(1);
		expect(ids(info)).toEqual([
			["cap.unknown-block", 48],
			["cap.block-length", 48],
		]);
	});

	it("cap.unknown-block: one note for a type", () => {
		const unknown = [7, 9, 7, 7].map((type) => le.block(type, data(4)));
		const { info } = read(Buffer.concat([le.section(), ...unknown, le.block(0x40000bad, data(4))]));
		expect(info.problems.map(({ id, detail }) => [id, detail])).toEqual([
			["cap.unknown-block", "type 0x00000007"],
			["cap.unknown-block", "type 0x00000009"],
		]);
	});

	it("cap.bad-record: what cannot be read on", () => {
		const head = Buffer.concat([le.section(), le.interface(1), le.packet(0, 0n, data(4))]);
		const short = le.block(6, data(4));
		const tiny = le.block(0x99, data(4));
		tiny.writeUInt32LE(8, 4);
		const tooMuch = le.packet(0, 0n, data(4));
		tooMuch.writeUInt32LE(5, 20);
		const huge = le.packet(0, 0n, data(4));
		huge.writeUInt32LE(0xffff_fffc, 4);
		const magic = le.section();
		magic[8] = 0;
		const version = le.section();
		version[12] = 2;
		for (const bad of [short, tiny, tooMuch, huge, magic, version]) {
			const { packets, info } = read(Buffer.concat([head, bad, head]));
			expect(packets.length).toBe(1);
			expect(ids(info)).toEqual([["cap.bad-record", head.length]]);
			expect(info.damaged).toBe(true);
		}
		const { info } = read(le.interface(1));
		expect(ids(info)).toEqual([["cap.bad-record", 0]]);
	});

	it("holds no memory for blocks that it passes by, and little for lengths that lie", () => {
		const parser = new PcapngParser({ ...DEFAULT_LIMITS, pcapngBlock: 1000 });
		const head = Buffer.concat([le.section(), le.interface(1)]);
		const claim = Buffer.from([0x77, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff]);
		const secrets = le.secrets("x".repeat(2000));
		const octets = Buffer.concat([head, secrets, claim]);
		expect(parse(parser, octets, [100, 1000])).toEqual([]);
		expect(parser.info.keyLogs).toEqual([]);
		expect(parser.info.problems.map((p) => p.id)).toEqual(["cap.bad-value", "cap.truncated"]);

		const long = new PcapngParser();
		long.push(Buffer.concat([head, claim, Buffer.alloc(4)]), 0, head.length + 12);
		expect(long.next()).toBe(null);
		const block = Buffer.alloc(1 << 20);
		const before = process.memoryUsage().arrayBuffers;
		for (let i = 0; i < 200; i++) {
			long.push(block, 0, block.length);
			expect(long.next()).toBe(null);
		}
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
	});

	it("is total: mutated files never throw, and cuts never matter", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(rich.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
				fc.array(fc.nat(rich.length), { maxLength: 8 }),
				(changes, cuts) => {
					const mutated = Buffer.from(rich);
					for (const [at, value] of changes) mutated[at] = value;
					const whole = read(mutated);
					expect(whole.packets.length).toBeLessThanOrEqual(rich.length / 16);
					expect(read(mutated, cuts)).toEqual(whole);
				},
			),
			{ numRuns: 1000 },
		);
	});
});
