import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Drive } from "../pipeline/drive.js";

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);

function chunk(type: number, value: Buffer): Buffer {
	return Buffer.concat([u16(0), u16(type), u16(6 + value.length), value]);
}

function hep(payload: string): Buffer {
	const body = Buffer.concat([
		chunk(1, Buffer.from([2])),
		chunk(2, Buffer.from([6])),
		chunk(3, Buffer.from([192, 0, 2, 1])),
		chunk(4, Buffer.from([198, 51, 100, 20])),
		chunk(7, u16(5060)),
		chunk(8, u16(5080)),
		chunk(9, Buffer.from([0x60, 0, 0, 0])),
		chunk(11, Buffer.from([1])),
		chunk(15, Buffer.from(payload)),
	]);
	return Buffer.concat([Buffer.from("HEP3"), u16(6 + body.length), body]);
}

const request = (n: number) =>
	`OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK${n}\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: ${n}@x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;

function entries(octets: Buffer, cuts: readonly number[] = []): string[] {
	const drive = new Drive();
	const connection = drive.connect("203.0.113.1:40000", "203.0.113.2:9060");
	const places = [0, ...[...cuts].sort((a, b) => a - b), octets.length];
	for (let n = 1; n < places.length; n++) if (places[n]! > places[n - 1]!) connection.send("a", octets.subarray(places[n - 1], places[n]));
	connection.close("a");
	connection.close("b");
	return drive.entries.map((entry) =>
		entry.protocol === "sip"
			? `sip ${entry.sip.get("call-id")} from ${entry.from.address}`
			: `${entry.protocol} ${"text" in entry ? entry.text : ""}`,
	);
}

describe("HEP3 over TCP", () => {
	const three = Buffer.concat([hep(request(1)), hep(request(2)), hep(request(3))]);
	const expected = [1, 2, 3].map((n) => `sip ${n}@x from 192.0.2.1`);

	it("packet after packet, whole, octet by octet, and at random cuts", () => {
		expect(entries(three)).toEqual(expected);
		expect(entries(three, [...three.keys()])).toEqual(expected);
		fc.assert(
			fc.property(fc.array(fc.nat(three.length), { maxLength: 12 }), (cuts) => {
				expect(entries(three, cuts)).toEqual(expected);
			}),
		);
	});

	it("damaged octets between packets are shown, and the next packet is found", () => {
		const octets = Buffer.concat([hep(request(1)), Buffer.from("noise"), hep(request(2))]);
		expect(entries(octets)).toEqual([expected[0], "unparsed 5 octets that belong to no message", expected[1]]);
		expect(entries(octets, [...octets.keys()])).toEqual([expected[0], "unparsed 5 octets that belong to no message", expected[1]]);
	});

	it("a chunk that passes the end of its packet: the packet is told, the next one is read", () => {
		const bad = hep(request(1));
		bad.writeUInt16BE(60_000, 10);
		expect(entries(Buffer.concat([bad, hep(request(2))]))).toEqual([`unparsed ${bad.length} octets of a damaged HEP packet`, expected[1]]);
	});

	it("a packet that is cut off is told at the end", () => {
		const octets = Buffer.concat([hep(request(1)), hep(request(2)).subarray(0, 50)]);
		expect(entries(octets)).toEqual([expected[0], "unparsed 50 octets that belong to no message"]);
	});

	it("hostile octets never break it", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 60 }),
				fc.nat(three.length - 1),
				fc.array(fc.nat(three.length), { maxLength: 5 }),
				(noise, at, cuts) => {
					const octets = Buffer.from(three);
					octets.set(noise.subarray(0, Math.min(noise.length, octets.length - at)), at);
					expect(entries(octets, cuts)).toEqual(entries(octets));
				},
			),
			{ numRuns: 200 },
		);
	});
});
