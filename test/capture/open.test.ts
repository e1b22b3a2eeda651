import { describe, expect, it } from "vitest";
import { createCaptureParser, isGzip } from "../../src/core/capture/open.js";
import { PcapParser } from "../../src/core/capture/pcap.js";
import { PcapngParser } from "../../src/core/capture/pcapng.js";
import { pcapFileHeader } from "../../src/core/capture/write-pcap.js";
import { PcapngBlocks } from "../../src/core/capture/write-pcapng.js";

function message(first: Buffer | string): string {
	const result = createCaptureParser(Buffer.from(first as string));
	return "error" in result ? result.error : "(a capture)";
}

function hex(text: string): Buffer {
	return Buffer.concat([Buffer.from(text, "hex"), Buffer.alloc(20, 1)]);
}

describe("createCaptureParser", () => {
	it("knows captures by their first four octets", () => {
		for (const format of ["pcap", "pcap-ns", "pcap-modified"] as const) {
			for (const bigEndian of [true, false]) {
				expect(createCaptureParser(pcapFileHeader({ format, bigEndian, linkType: 1 }).subarray(0, 4))).toBeInstanceOf(PcapParser);
			}
		}
		for (const bigEndian of [true, false]) {
			expect(createCaptureParser(new PcapngBlocks(bigEndian).section())).toBeInstanceOf(PcapngParser);
		}
	});

	it("says what a file is that is no capture, and what to do", () => {
		expect(message("")).toBe("the file is empty");
		expect(message(hex("1f8b08"))).toBe("this is gzip data: unpack it first (gunzip)");
		expect(message(hex("28b52ffd"))).toBe("this is zstd data: unpack it first (zstd -d)");
		expect(message(hex("04224d18"))).toBe("this is lz4 data: unpack it first (lz4 -d)");
		expect(message(hex("fd377a585a00"))).toBe("this is xz data: unpack it first (xz -d)");
		expect(message(hex("425a6839"))).toBe("this is bzip2 data: unpack it first (bunzip2)");
		expect(message(hex("504b0304"))).toBe("this is a zip archive: unpack it first (unzip)");
		expect(message("snoop\0\0\0\0\0\0\u0002\0\0\0\u0004")).toBe(
			"this is a snoop capture (RFC 1761): convert it with: editcap -F pcapng IN OUT",
		);
		expect(message(hex("0000000000f1536502040040000000003c"))).toBe(
			"this looks like an ERF (Endace) capture: convert it with: editcap -F pcapng IN OUT",
		);
		expect(message("HEP3\u0001\0")).toBe("this looks like a stream of HEP3 packets, not a capture file");
		expect(message(hex("0d0a0d0a"))).toBe("this looks like a pcapng file damaged by a transfer as text: transfer it again as binary");
		expect(message('{"a": 1}')).toMatch(/^this looks like JSON, not a capture file; captures are pcap or pcapng files/);
		expect(message("[1, 2, 3]")).toMatch(/^this looks like JSON/);
		expect(message("<?xml version")).toMatch(/^this looks like XML or HTML/);
		expect(message("INVITE sip:a@b SIP/2.0\r\n")).toMatch(/^this is SIP text/);
		expect(message("SIP/2.0 200 OK\r\n")).toMatch(/^this is SIP text/);
		expect(message("MSRP a786hjs2 SEND\r\n")).toMatch(/^this is MSRP text/);
		expect(message("No. Time Source")).toMatch(/^this looks like text/);
		expect(message(Buffer.from([0xd4, 0xc3]))).toMatch(/^the file has only 2 octets; /);
		expect(message(hex("0001020304"))).toMatch(/^this is no capture file that can be read \(it begins with 00010203\)/);
	});

	it("knows gzip", () => {
		expect([isGzip(hex("1f8b")), isGzip(hex("1f8c")), isGzip(Buffer.from([0x1f]))]).toEqual([true, false, false]);
	});
});
