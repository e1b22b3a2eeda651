import { describe, expect, it } from "vitest";
import { decodeHep, looksLikeHep } from "../../src/core/protocols/hep/decode.js";
import { type Entry, Pipeline } from "../../src/index.js";

function chunk(type: number, value: Buffer, vendor = 0): Buffer {
	const head = Buffer.alloc(6);
	head.writeUInt16BE(vendor, 0);
	head.writeUInt16BE(type, 2);
	head.writeUInt16BE(6 + value.length, 4);
	return Buffer.concat([head, value]);
}

function hep(payload: string, from = [192, 0, 2, 1], to = [198, 51, 100, 20]): Buffer {
	const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
	const body = Buffer.concat([
		chunk(1, Buffer.from([2])),
		chunk(2, Buffer.from([17])),
		chunk(3, Buffer.from(from)),
		chunk(4, Buffer.from(to)),
		chunk(7, u16(5060)),
		chunk(8, u16(5080)),
		chunk(9, Buffer.from([0x60, 0, 0, 0])),
		chunk(10, Buffer.from([0, 0, 1, 0])),
		chunk(11, Buffer.from([1])),
		chunk(99, Buffer.from("unknown")),
		chunk(1, Buffer.from("other vendor"), 7),
		chunk(15, Buffer.from(payload)),
	]);
	return Buffer.concat([Buffer.from("HEP3"), u16(6 + body.length), body]);
}

const OPTIONS =
	"OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: 1@x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

function run(datagrams: Buffer[]): Entry[] {
	const entries: Entry[] = [];
	const pipeline = new Pipeline({ onEntry: (entry) => entries.push(entry) });
	const at = { sec: 5, nsec: 0, packet: 1 };
	const sink = pipeline.openFlow({
		id: 1,
		transport: "udp",
		a: { address: "203.0.113.1", port: 9060 },
		b: { address: "203.0.113.2", port: 9060 },
		openerKnown: false,
		midStream: false,
		tunnels: [],
		began: at,
	});
	for (const datagram of datagrams) sink.data(0, datagram, 0, datagram.length, at);
	pipeline.finish();
	return entries;
}

describe("HEP3", () => {
	it("is taken apart", () => {
		const packet = hep(OPTIONS);
		expect(looksLikeHep(packet, 0, packet.length)).toBe(true);
		const decoded = decodeHep(packet, 0, packet.length);
		expect(decoded).toMatchObject({
			transport: "udp",
			from: { address: "192.0.2.1", port: 5060 },
			to: { address: "198.51.100.20", port: 5080 },
			sec: 0x60000000,
			nsec: 256_000,
			protocolType: 1,
		});
	});

	it("carries SIP with the agent's addresses and time, both directions in one flow", () => {
		const ok = OPTIONS.replace("OPTIONS sip:b@example.com SIP/2.0", "SIP/2.0 200 OK").replace(
			"To: <sip:b@example.com>",
			"To: <sip:b@example.com>;tag=2",
		);
		const swapped = hep(ok);
		// ports are fixed in the helper: swap them with the addresses
		const back = hep(ok, [198, 51, 100, 20], [192, 0, 2, 1]);
		const text = back
			.toString("latin1")
			.replace("\x00\x07\x00\x08\x13\xc4", "\x00\x07\x00\x08\x13\xd8")
			.replace("\x00\x08\x00\x08\x13\xd8", "\x00\x08\x00\x08\x13\xc4");
		const entries = run([hep(OPTIONS), Buffer.from(text, "latin1")]);
		expect(swapped.length).toBe(back.length);
		expect(entries.map((entry) => [entry.protocol, entry.over, entry.from.address, entry.dir, entry.at.sec])).toEqual([
			["sip", "exported", "192.0.2.1", 0, 0x60000000],
			["sip", "exported", "198.51.100.20", 1, 0x60000000],
		]);
		expect(entries[0]!.flow.id).toBe(entries[1]!.flow.id);
		expect(entries[1]!.links.answers).toBe(1);
	});

	it("hep.bad-chunk: a chunk that passes the end drops the packet, with the place", () => {
		const packet = hep(OPTIONS);
		packet.writeUInt16BE(3, 6 + 4);
		expect(run([packet]).map((entry) => entry.problems)).toEqual([
			[{ id: "hep.bad-chunk", offset: 6, length: packet.length - 6, detail: `chunk length 3 with ${packet.length - 6} octets left` }],
		]);
	});

	it("hep.bad-chunk stays silent on good packets", () => {
		expect(run([hep(OPTIONS)])[0]!.problems).toEqual([]);
	});

	it("survives every cut", () => {
		const packet = hep(OPTIONS);
		for (let length = 0; length < packet.length; length++) {
			const cut = packet.subarray(0, length);
			if (looksLikeHep(cut, 0, length)) expect(() => decodeHep(cut, 0, length)).not.toThrow();
		}
	});
});
