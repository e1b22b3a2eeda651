import { describe, expect, it } from "vitest";
import { internetChecksum, wordSum } from "../../src/core/record/checksum.js";
import { flow, memoryCapture, readFile } from "./files.js";

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const checksum = (buf: Buffer): number => internetChecksum(wordSum(buf, 0, buf.length));
const AT = { sec: 1_700_000_000, nsec: 0, packet: 0 };

describe("the Internet checksum", () => {
	it("of the example of RFC 1071 §3", () => {
		const example = octets("0001 f203 f4f5 f6f7");
		expect(wordSum(example, 0, 8)).toBe(0x2ddf0);
		expect(checksum(example)).toBe(0x220d);
	});

	it("of an IPv4 header", () => {
		expect(checksum(octets("4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7"))).toBe(0xb861);
		expect(checksum(octets("4500 003c 1c46 4000 4006 0000 ac10 0a63 ac10 0a0c"))).toBe(0xb1e6);
	});

	it("pads an odd octet with zero on the right, and starts at any place", () => {
		expect(checksum(octets("0102 03"))).toBe(0xfbfd);
		const shifted = octets("ff 0102 03 ff");
		expect(wordSum(shifted, 1, 4)).toBe(wordSum(octets("0102 03"), 0, 3));
	});

	it("of nothing, of all ones, and of the longest packet", () => {
		expect(internetChecksum(0)).toBe(0xffff);
		expect(checksum(octets("ffff ffff"))).toBe(0);
		expect(checksum(Buffer.alloc(65_534, 0xff))).toBe(0);
	});
});

describe("whole packets, octet by octet", () => {
	it("UDP over IPv4", () => {
		const { capture, file } = memoryCapture();
		const one = flow({ transport: "udp", a: { address: "192.168.0.31", port: 61_678 }, b: { address: "192.168.0.30", port: 53 } });
		capture.data(one, 0, octets("0102 03"), AT);
		expect(readFile(file()).packets[0]!.data.toString("hex")).toBe(
			["020000000002020000000001 0800", "4500001f 0000 4000 40 11 b940 c0a8001f c0a8001e", "f0ee 0035 000b 8924 010203"]
				.join("")
				.replaceAll(" ", ""),
		);
	});

	it("TCP over IPv6: the SYN with its options", () => {
		const { capture, file } = memoryCapture({ sequence: () => [0x01020304, 0] });
		capture.openFlow(flow({ a: { address: "2001:db8::1", port: 1000 }, b: { address: "2001:db8::2%eth0", port: 2000 } }));
		expect(readFile(file()).packets[0]!.data.toString("hex")).toBe(
			[
				"020000000002020000000001 86dd",
				"60000000 001c 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002",
				"03e8 07d0 01020304 00000000 7002 ffff 1ec2 0000 0204ffd7 01030307",
			]
				.join("")
				.replaceAll(" ", ""),
		);
	});

	it("a UDP checksum that comes out as zero is written as ffff (RFC 768)", () => {
		const { capture, file } = memoryCapture();
		const one = flow({ transport: "udp", a: { address: "192.168.0.31", port: 61_678 }, b: { address: "192.168.0.30", port: 53 } });
		// What the checksum of the same datagram with data 0000 would be: with it the sum is all ones.
		capture.data(one, 0, octets("8d28"), AT);
		const { data } = readFile(file()).packets[0]!;
		expect(data.toString("hex", 34 + 6, 34 + 8)).toBe("ffff");
	});
});
