import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { internetChecksum, wordSum } from "../../src/core/record/checksum.js";
import type { CloseHow, Direction } from "../../src/index.js";
import { flow, flows, memoryCapture, readFile } from "./files.js";

const at = (step: number) => ({ sec: 1_700_000_000, nsec: step * 1000, packet: 0 });

/** Verifies every checksum of a packet by summing over it: the result must be all ones. */
function verify(packet: Buffer): void {
	const v4 = packet.readUInt16BE(12) === 0x0800;
	const ip = 14;
	const protocol = packet[v4 ? ip + 9 : ip + 6]!;
	const start = ip + (v4 ? 20 : 40);
	if (v4) expect(internetChecksum(wordSum(packet, ip, start))).toBe(0);
	const length = packet.length - start;
	expect(v4 ? packet.readUInt16BE(ip + 2) : packet.readUInt16BE(ip + 4)).toBe(v4 ? length + 20 : length);
	const addresses = v4 ? wordSum(packet, ip + 12, ip + 20) : wordSum(packet, ip + 8, ip + 40);
	expect(internetChecksum(addresses + protocol + length + wordSum(packet, start, packet.length))).toBe(0);
}

describe("a TCP connection in the file", () => {
	it("has its handshake, segments, acknowledgements and ends", () => {
		const { capture, file } = memoryCapture({ sequence: () => [1000, 5000] });
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from("hello"), at(1));
		capture.data(one, 1, Buffer.from("you"), at(2));
		capture.close(one, 0, "fin", at(3));
		capture.data(one, 1, Buffer.from("!"), at(4));
		capture.close(one, 1, "fin", at(5));
		expect(capture.open).toBe(0);
		const rows = readFile(file()).packets.map(({ data, nsec }) => [
			data.readUInt16BE(34) === 40_000 ? "a" : "b",
			data.readUInt32BE(38),
			data.readUInt32BE(42),
			data[47],
			data.length - 34 - (data[46]! >> 4) * 4,
			nsec,
		]);
		expect(rows).toEqual([
			["a", 1000, 0, 2, 0, 1],
			["b", 5000, 1001, 18, 0, 1],
			["a", 1001, 5001, 16, 0, 1],
			["a", 1001, 5001, 24, 5, 1000],
			["b", 5001, 1006, 16, 0, 1000],
			["b", 5001, 1006, 24, 3, 2000],
			["a", 1006, 5004, 16, 0, 2000],
			["a", 1006, 5004, 17, 0, 3000],
			["b", 5004, 1007, 16, 0, 3000],
			["b", 5004, 1007, 24, 1, 4000],
			["a", 1007, 5005, 16, 0, 4000],
			["b", 5005, 1007, 17, 0, 5000],
			["a", 1007, 5006, 16, 0, 5000],
		]);
	});

	it("has a hole where there is no room, of which no packet is made, and goes on behind it", () => {
		const asked: [number, number][] = [];
		let room = false;
		const { capture, file } = memoryCapture({
			sequence: () => [1000, 5000],
			room: (octets, packets) => {
				asked.push([octets, packets]);
				return room;
			},
		});
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.alloc(70_000, 7), at(1), ["lost"]);
		room = true;
		capture.data(one, 0, Buffer.from("hello"), at(2));
		expect(asked).toEqual([
			[70_000, 3],
			[5, 2],
		]);
		const { packets } = readFile(file());
		expect(
			packets.slice(3).map(({ data }) => [data.readUInt32BE(38), data.readUInt32BE(42), data.length - 34 - (data[46]! >> 4) * 4]),
		).toEqual([
			[71_001, 5001, 5],
			[5001, 71_006, 0],
		]);
	});

	it("splits what no packet can carry, and pushes with the last part", () => {
		const { capture, file } = memoryCapture();
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.alloc(200_000, 7), at(1), ["whole"]);
		const { packets } = readFile(file());
		const segments = packets.filter(({ data }) => data.length > 100);
		expect(segments.map(({ data, comments }) => [data.length - 54, data[47], comments])).toEqual([
			[65_495, 16, null],
			[65_495, 16, null],
			[65_495, 16, null],
			[3515, 24, ["whole"]],
		]);
		for (const { data } of packets) verify(data);
	});

	it("sequence numbers go round after 4 GiB", () => {
		const { capture, file } = memoryCapture({ sequence: () => [2 ** 32 - 3, 2 ** 32 - 1] });
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from("abcdef"), at(1));
		capture.data(one, 0, Buffer.from("ghi"), at(2));
		capture.data(one, 1, Buffer.from("jk"), at(3));
		const found = flows(file())[0]!;
		expect(found.octets.map(String)).toEqual(["abcdefghi", "jk"]);
		expect(found.problems).toEqual([]);
		expect(readFile(file()).packets.at(-2)!.data.readUInt32BE(38)).toBe(0);
	});

	it("a reset ends it; nothing follows", () => {
		const { capture, file } = memoryCapture();
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from("x"), at(1));
		capture.close(one, 1, "rst", at(2));
		expect(capture.open).toBe(0);
		const found = flows(file())[0]!;
		expect(found.ends).toEqual(["rst 1"]);
		expect(readFile(file()).packets.at(-1)!.data[47]).toBe(20);
	});

	it("idle and end of capture leave no packet", () => {
		for (const how of ["idle", "end-of-capture"] as const) {
			const { capture, blocks } = memoryCapture();
			const one = flow();
			capture.openFlow(one);
			const before = blocks.length;
			capture.close(one, 0, how, at(2));
			expect(blocks.length).toBe(before);
			expect(capture.open).toBe(0);
		}
	});

	it("whose beginning was not seen has no handshake; a gap is a hole", () => {
		const { capture, file } = memoryCapture();
		const one = flow({ midStream: true });
		capture.data(one, 0, Buffer.from("abc"), at(1));
		capture.gap(one, 0, 10);
		capture.data(one, 0, Buffer.from("def"), at(2));
		const found = flows(file())[0]!;
		expect(found.flow.midStream).toBe(true);
		expect(String(found.octets[0])).toBe("abcdef");
		expect(found.problems).toContain("gap 0 10");
	});
});

describe("any conversation", () => {
	const ends = fc.constantFrom<CloseHow>("fin", "rst");
	const step = fc.oneof(
		fc.record({ dir: fc.constantFrom<Direction>(0, 1), octets: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
		fc.record({ dir: fc.constantFrom<Direction>(0, 1), how: ends }),
	);
	const first = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
	const places = fc.constantFrom(["192.0.2.1", "198.51.100.2"], ["2001:db8::1", "2001:db8::2"], ["192.0.2.1", "2001:db8::2"]);

	it("comes out of TCP reassembly as it went in, and all checksums are right", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), first, places, (steps, sequence, [a, b]) => {
				const { capture, file } = memoryCapture({ sequence: () => sequence });
				const one = flow({ a: { address: a!, port: 1000 }, b: { address: b!, port: 2000 } });
				capture.openFlow(one);
				const sent: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
				const over = [false, false];
				for (const [index, part] of steps.entries()) {
					if (over[0] && over[1]) break;
					if ("how" in part) {
						capture.close(one, part.dir, part.how, at(index));
						over[part.dir] = true;
						if (part.how === "rst") over.fill(true);
					} else if (!over[part.dir]) {
						capture.data(one, part.dir, part.octets, at(index));
						sent[part.dir] = Buffer.concat([sent[part.dir], part.octets]);
					}
				}
				for (const { data } of readFile(file()).packets) verify(data);
				const found = flows(file());
				expect(found.length).toBe(1);
				expect(found[0]!.octets.map((octets) => octets.toString("hex"))).toEqual(sent.map((octets) => octets.toString("hex")));
				expect(found[0]!.problems).toEqual([]);
			}),
			{ numRuns: 300 },
		);
	});

	it("datagrams stay whole", () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { maxLength: 10 }), (datagrams) => {
				const { capture, file } = memoryCapture();
				const one = flow({ transport: "udp" });
				capture.openFlow(one);
				for (const [index, octets] of datagrams.entries()) capture.data(one, index % 2 === 0 ? 0 : 1, octets, at(index));
				const { packets } = readFile(file());
				for (const { data } of packets) verify(data);
				expect(packets.map(({ data }) => data.subarray(42).toString("hex"))).toEqual(
					datagrams.map((octets) => Buffer.from(octets).toString("hex")),
				);
			}),
		);
	});
});

describe("what the file says beside its packets", () => {
	it("one interface a leg and hop, names, and the program", () => {
		const { capture, file } = memoryCapture({ names: [["192.0.2.1", "alice.example.com"]], application: "mitmsrp 1.2" });
		capture.openFlow(flow({ leg: "client", hop: "sip" }));
		capture.openFlow(flow({ leg: "server", hop: "sip", carrier: "tls" }));
		capture.openFlow(flow({ leg: "client", hop: "sip" }));
		capture.openFlow(flow({ leg: "client", hop: "msrp" }));
		capture.name("2001:db8::1", "bob.example.com");
		capture.name("not an address", "nobody");
		const { info, packets } = readFile(file());
		expect(info.interfaces.map(({ name, description }) => [name, description])).toEqual([
			["mitmsrp client leg", "hop sip"],
			["mitmsrp server leg (tls)", "hop sip"],
			["mitmsrp client leg", "hop msrp"],
		]);
		expect([...info.names]).toEqual([
			["192.0.2.1", "alice.example.com"],
			["2001:db8::1", "bob.example.com"],
		]);
		expect(packets.filter(({ comments }) => comments !== null).map(({ interfaceId, comments }) => [interfaceId, comments])).toEqual([
			[0, ["client leg of hop sip"]],
			[1, ["server leg of hop sip", "was TLS: what follows is the decrypted content"]],
			[0, ["client leg of hop sip"]],
			[2, ["client leg of hop msrp"]],
		]);
		expect(file().includes("mitmsrp 1.2")).toBe(true);
		expect(info.problems).toEqual([]);
	});

	it("secrets only when they are given", () => {
		const { capture, file } = memoryCapture();
		capture.secrets("");
		expect(readFile(file()).info.keyLogs).toEqual([]);
		capture.secrets("CLIENT_RANDOM 00 11\n");
		expect(readFile(file()).info.keyLogs).toEqual(["CLIENT_RANDOM 00 11\n"]);
	});

	it("long comments are cut between characters", () => {
		const { capture, file } = memoryCapture();
		capture.data(flow({ midStream: true }), 0, Buffer.from("x"), at(1), ["é".repeat(4000), "second"]);
		const [long, second] = readFile(file()).packets[0]!.comments!;
		expect(long).toBe("é".repeat(2048));
		expect(second).toBe("second");
	});

	it("cut anywhere, everything before the cut block is readable", () => {
		const { capture, file, blocks } = memoryCapture();
		const one = flow({ leg: "client", hop: "x" });
		capture.openFlow(one);
		for (let step = 0; step < 5; step++) capture.data(one, 0, Buffer.from(`octets ${step}`), at(step), ["note"]);
		const whole = file();
		let end = 0;
		const boundaries = blocks.map((block) => (end += block.length));
		const heads = 2;
		for (let length = boundaries[0]!; length <= whole.length; length++) {
			const complete = boundaries.filter((end) => end <= length).length;
			const { packets } = readFile(whole.subarray(0, length));
			expect(packets.length).toBe(Math.max(0, complete - heads));
		}
	});
});

it("a flow that is over leaves nothing behind", () => {
	const { capture } = memoryCapture();
	for (let count = 0; count < 1000; count++) {
		const one = flow({ id: count });
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from("x"), at(count));
		expect(capture.open).toBe(1);
		capture.close(one, 0, "fin", at(count));
		capture.close(one, 1, "fin", at(count));
		expect(capture.open).toBe(0);
	}
});
