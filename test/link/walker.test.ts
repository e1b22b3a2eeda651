import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ethernet, frame, ipv4, ipv6, Tap, tcp, udp } from "./packets.js";

const DATA = "OPTIONS sip:x SIP/2.0";
const UDP4 = ipv4(17, udp(5060, 5061, DATA));
const UDP6 = ipv6(17, udp(5060, 5061, DATA));
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));

/** What one packet of that link type carried. */
function carried(linkType: number, data: Buffer, more = {}): string {
	return new Tap().packet(data, { linkType, ...more }).text();
}

describe("link types", () => {
	const cases: [string, number, Buffer][] = [
		["Ethernet", 1, ethernet(0x0800, UDP4)],
		["Ethernet, IPv6", 1, ethernet(0x86dd, UDP6)],
		["Ethernet with padding after IP", 1, Buffer.concat([ethernet(0x0800, UDP4), Buffer.alloc(20, 0x55)])],
		["VLAN", 1, ethernet(0x0800, UDP4, [[0x8100, 7]])],
		[
			"QinQ",
			1,
			ethernet(0x0800, UDP4, [
				[0x88a8, 7],
				[0x8100, 8],
			]),
		],
		["802.3 with LLC and SNAP", 1, ethernet(8 + UDP4.length, Buffer.concat([Buffer.from([0xaa, 0xaa, 3, 0, 0, 0, 8, 0]), UDP4]))],
		["PPPoE in Ethernet", 1, ethernet(0x8864, Buffer.concat([Buffer.from([0x11, 0]), u16(1, UDP4.length + 2), u16(0x21), UDP4]))],
		["NULL, little-endian writer", 0, Buffer.concat([Buffer.from([2, 0, 0, 0]), UDP4])],
		["NULL, big-endian writer, IPv6", 0, Buffer.concat([Buffer.from([0, 0, 0, 30]), UDP6])],
		["LOOP", 108, Buffer.concat([Buffer.from([0, 0, 0, 2]), UDP4])],
		["PPP", 9, Buffer.concat([Buffer.from([0xff, 3, 0, 0x21]), UDP4])],
		["PPP, compressed", 9, Buffer.concat([Buffer.from([0x57]), UDP6])],
		["Cisco HDLC", 104, Buffer.concat([Buffer.from([0x0f, 0, 8, 0]), UDP4])],
		["raw", 101, UDP4],
		["raw, IPv6", 101, UDP6],
		["IPv4", 228, UDP4],
		["IPv6", 229, UDP6],
		["Linux cooked", 113, Buffer.concat([Buffer.alloc(14), u16(0x0800), UDP4])],
		["Linux cooked 2", 276, Buffer.concat([u16(0x86dd), Buffer.alloc(18), UDP6])],
	];
	for (const [name, linkType, data] of cases) {
		it(name, () => expect(carried(linkType, data)).toBe(DATA));
	}

	it("cap.unknown-link-type: named once, other interfaces go on", () => {
		const tap = new Tap()
			.packet(Buffer.alloc(60), { linkType: 127 })
			.packet(Buffer.alloc(60), { linkType: 127 })
			.packet(UDP4, { linkType: 101 });
		expect(tap.link.problems).toEqual([
			{
				id: "cap.unknown-link-type",
				offset: 0,
				length: 0,
				detail: "link type 127 (IEEE 802.11 with Radiotap header) from packet 1 on is not decoded",
			},
		]);
		expect(tap.text()).toBe(DATA);
	});

	it("exported PDU: protocol name, addresses, ports", () => {
		const tag = (type: number, value: Buffer) => Buffer.concat([u16(type, value.length), value]);
		const pdu = Buffer.concat([
			tag(12, Buffer.from("sip\0")),
			tag(20, Buffer.from([192, 0, 2, 1])),
			tag(21, Buffer.from([192, 0, 2, 2])),
			tag(25, Buffer.from([0, 0, 0x13, 0xc4])),
			tag(26, Buffer.from([0, 0, 0x13, 0xc5])),
			u16(0, 0),
			Buffer.from(DATA),
		]);
		const tap = new Tap().packet(pdu, { linkType: 252 });
		expect(tap.text()).toBe(DATA);
		expect(tap.flows[0]!.flow).toMatchObject({
			protocolHint: "sip",
			a: { address: "192.0.2.1", port: 5060 },
			b: { address: "192.0.2.2", port: 5061 },
		});
	});
});

describe("tunnels", () => {
	const outer = (protocol: number, payload: Buffer) => ipv4(protocol, payload, { from: "203.0.113.1", to: "203.0.113.2" });
	const cases: [string, Buffer, string[]][] = [
		["IP in IP", outer(4, UDP4), ["ip-in-ip"]],
		["IPv6 in IPv4", outer(41, UDP6), ["ipv6-in-ip"]],
		["GRE", outer(47, Buffer.concat([u16(0, 0x0800), UDP4])), ["gre"]],
		["GRE with checksum, key and sequence", outer(47, Buffer.concat([u16(0xb000, 0x0800), Buffer.alloc(12), UDP4])), ["gre"]],
		["GRE with Ethernet", outer(47, Buffer.concat([u16(0, 0x6558), ethernet(0x0800, UDP4)])), ["gre"]],
		[
			"GTP-U",
			outer(17, udp(2152, 2152, Buffer.concat([Buffer.from([0x30, 255]), u16(UDP4.length), Buffer.from([0, 0, 0, 9]), UDP4]))),
			["gtp-u teid 0x9"],
		],
		[
			"GTP-U with an extension header",
			outer(
				17,
				udp(
					2152,
					2152,
					Buffer.concat([Buffer.from([0x34, 255]), u16(UDP4.length + 8), Buffer.from([0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 0, 0]), UDP4]),
				),
			),
			["gtp-u teid 0x9"],
		],
		["VXLAN", outer(17, udp(999, 4789, Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 5, 0]), ethernet(0x0800, UDP4)]))), ["vxlan vni 5"]],
	];
	for (const [name, data, names] of cases) {
		it(name, () => {
			const tap = new Tap().packet(data, { linkType: 101 });
			expect(tap.text()).toBe(DATA);
			expect(tap.flows[0]!.flow.tunnels).toEqual(names);
			expect(tap.flows[0]!.flow.a.address).toBe(name === "IPv6 in IPv4" ? "2001:db8::1" : "10.0.0.1");
		});
	}

	it("the same addresses inside and outside a tunnel are two flows", () => {
		expect(new Tap().packet(UDP4, { linkType: 101 }).packet(outer(4, UDP4), { linkType: 101 }).flows).toHaveLength(2);
	});

	it("endless nesting ends", () => {
		let data = UDP4;
		for (let i = 0; i < 40; i++) data = outer(4, data);
		expect(new Tap().packet(data, { linkType: 101 }).flows).toHaveLength(0);
	});
});

describe("IP", () => {
	const body = udp(5060, 5061, "0123456789abcdefghijklmnopqrstuvwxyz");
	const part = (from: number, to: number, more: boolean, id = 7) =>
		ipv4(17, body.subarray(from, to), { id, fragment: (more ? 0x2000 : 0) | (from / 8) });

	it("IPv4 fragments in any order", () => {
		const tap = new Tap();
		for (const piece of [part(24, 44, false), part(0, 8, true), part(8, 24, true)]) tap.packet(piece, { linkType: 101 });
		expect(tap.text()).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
	});

	it("ip.fragment-overlap: IPv4 keeps the first copy and says so; equal copies are silent", () => {
		const other = Buffer.from(body);
		other.fill("X", 8, 24);
		const tap = new Tap();
		for (const piece of [
			part(0, 8, true),
			part(8, 24, true),
			ipv4(17, other.subarray(8, 24), { id: 7, fragment: 0x2001 }),
			part(24, 44, false),
		])
			tap.packet(piece, { linkType: 101 });
		expect(tap.text()).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
		expect(tap.link.problems.map((problem) => problem.id)).toEqual(["ip.fragment-overlap"]);
		const same = new Tap();
		for (const piece of [part(0, 8, true), part(8, 24, true), part(8, 24, true), part(24, 44, false)])
			same.packet(piece, { linkType: 101 });
		expect(same.text()).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
		expect(same.link.problems).toEqual([]);
	});

	it("ip.fragment-timeout: what is not complete after 30 s is given up", () => {
		const tap = new Tap().packet(part(0, 8, true), { linkType: 101 });
		tap.now += 31;
		tap.packet(part(0, 8, true, 8), { linkType: 101 });
		expect(tap.link.problems.map((problem) => problem.id)).toEqual(["ip.fragment-timeout"]);
	});

	it("IPv6 fragments behind extension headers; an atomic fragment is complete", () => {
		const head = (next: number, offset: number, more: number) =>
			Buffer.concat([Buffer.from([next, 0]), u16(offset | more), Buffer.from([0, 0, 0, 5])]);
		const options = Buffer.concat([Buffer.from([44, 0]), Buffer.alloc(6)]);
		const tap = new Tap();
		tap.packet(ipv6(0, Buffer.concat([options, head(17, 0, 1), body.subarray(0, 24)])), { linkType: 101 });
		tap.packet(ipv6(0, Buffer.concat([options, head(17, 24, 0), body.subarray(24)])), { linkType: 101 });
		expect(tap.text()).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
		expect(new Tap().packet(ipv6(44, Buffer.concat([head(17, 0, 0), body])), { linkType: 101 }).text()).toBe(
			"0123456789abcdefghijklmnopqrstuvwxyz",
		);
	});

	it("total length 0 means the captured length; ICMP that quotes SIP is no SIP", () => {
		const offload = Buffer.from(UDP4);
		offload.writeUInt16BE(0, 2);
		expect(carried(101, offload)).toBe(DATA);
		expect(new Tap().packet(ipv4(1, Buffer.concat([Buffer.from([3, 3, 0, 0, 0, 0, 0, 0]), UDP4])), { linkType: 101 }).flows).toEqual([]);
	});

	it("ip.malformed: a header that does not fit is named, and good packets are not", () => {
		const short = Buffer.from(UDP4);
		short[0] = 0x44;
		expect(new Tap().packet(short, { linkType: 101 }).link.problems.map((problem) => problem.id)).toEqual(["ip.malformed"]);
		expect(new Tap().packet(ipv4(6, tcp({}).subarray(0, 10)), { linkType: 101 }).link.problems.map((problem) => problem.id)).toEqual([
			"ip.malformed",
		]);
		expect(new Tap().packet(UDP4, { linkType: 101 }).link.problems).toEqual([]);
	});
});

describe("hostile packets", () => {
	const seeds = [
		frame({ seq: 1, data: "x" }),
		ethernet(0x86dd, UDP6, [[0x8100, 1]]),
		ethernet(0x0800, ipv4(47, Buffer.concat([u16(0xb000, 0x0800), Buffer.alloc(12), UDP4]))),
	];

	it("nothing throws, whatever the octets and the link type", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...seeds),
				fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
				fc.nat(120),
				fc.constantFrom(0, 1, 9, 12, 50, 51, 101, 104, 108, 113, 228, 229, 252, 276, 5000),
				(seed, changes, cut, linkType) => {
					const data = Buffer.from(seed);
					for (const [at, value] of changes) if (at < data.length) data[at] = value;
					const short = data.subarray(0, Math.max(0, data.length - (cut % 60)));
					const tap = new Tap().packet(short, { linkType }).packet(data, { linkType, originalLength: data.length + cut });
					expect(() => tap.link.finish()).not.toThrow();
				},
			),
			{ numRuns: 2000 },
		);
	});
});
