import { parseIpv4, parseIpv6 } from "../protocols/uri/ip.js";

/** Octets of a numeric address (zone ids are left out); undefined when the text is none. */
export function addressOctets(text: string): Buffer | undefined {
	const v4 = parseIpv4(text);
	if (v4 >= 0) {
		const octets = Buffer.alloc(4);
		octets.writeUInt32BE(v4);
		return octets;
	}
	const groups = parseIpv6(text.replace(/%.*$/s, ""));
	if (groups === undefined) return undefined;
	const octets = Buffer.alloc(16);
	for (const [index, group] of groups.entries()) octets.writeUInt16BE(group, index * 2);
	return octets;
}

/** Both ends in one family: an IPv4 address beside an IPv6 one is written as mapped (RFC 4291 §2.5.5.2); what is none as zeros. */
export function addressPair(a: string, b: string): readonly [Buffer, Buffer] {
	const octets = [addressOctets(a) ?? Buffer.alloc(4), addressOctets(b) ?? Buffer.alloc(4)] as const;
	return octets[0].length === octets[1].length ? octets : [mapped(octets[0]), mapped(octets[1])];
}

function mapped(octets: Buffer): Buffer {
	return octets.length === 16 ? octets : Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), octets]);
}
