import { isIPv4, isIPv6 } from "node:net";
import { ipv4At, ipv6At } from "../../core/bytes/ip-text.js";
import type { Endpoint } from "../../core/model/flow.js";
import { parseIpv6 } from "../../core/protocols/uri/ip.js";

/** haproxy.org "The PROXY protocol", versions 1 and 2. */
export type ProxyVersion = "v1" | "v2";

const V2 = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
/** §2.1: the longest line of version 1 */
const LONGEST_V1 = 107;
const V2_FIXED = 16;
const CRLF = Buffer.from("\r\n");

/** What a header says: whom the connection is from and to; undefined for connections of the proxy itself (UNKNOWN, LOCAL). */
export interface ProxyHeader {
	source: Endpoint;
	destination: Endpoint;
}

/** Octets of the header at the start of a stream; undefined while that cannot be told; 0 when there is none. */
export function proxyHeaderLength(octets: Buffer): number | undefined {
	const seen = Math.min(octets.length, V2.length);
	if (seen > 0 && octets.compare(V2, 0, seen, 0, seen) === 0) {
		if (octets.length < V2_FIXED) return undefined;
		return V2_FIXED + octets.readUInt16BE(14);
	}
	const start = octets.toString("latin1", 0, Math.min(octets.length, 6));
	if (!"PROXY ".startsWith(start)) return 0;
	const end = octets.indexOf(CRLF);
	if (end >= 0 && end + 2 <= LONGEST_V1) return end + 2;
	return octets.length >= LONGEST_V1 ? 0 : undefined;
}

/** Reads a whole header. @throws Error when it is not right */
export function parseProxyHeader(header: Buffer): ProxyHeader | undefined {
	return header[0] === V2[0] ? parseV2(header) : parseV1(header.toString("latin1").trimEnd());
}

function parseV1(line: string): ProxyHeader | undefined {
	const [, family, source, destination, sourcePort, destinationPort] = line.split(" ");
	if (family === "UNKNOWN") return undefined;
	const valid = family === "TCP4" ? isIPv4 : family === "TCP6" ? isIPv6 : undefined;
	if (valid === undefined || !valid(source ?? "") || !valid(destination ?? "")) throw new Error("the PROXY line has no addresses");
	return {
		source: { address: source!, port: portOf(sourcePort) },
		destination: { address: destination!, port: portOf(destinationPort) },
	};
}

function portOf(text: string | undefined): number {
	const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : Number.NaN;
	if (!(port <= 65535)) throw new Error("the PROXY line has no ports");
	return port;
}

function parseV2(header: Buffer): ProxyHeader | undefined {
	const command = header[12]!;
	if (command >> 4 !== 2) throw new Error(`PROXY protocol version ${command >> 4} is not known`);
	const family = header[13]! >> 4;
	if ((command & 15) === 0 || (family !== 1 && family !== 2)) return undefined;
	const size = family === 1 ? 4 : 16;
	if (header.length < V2_FIXED + 2 * size + 4) throw new Error("the PROXY header is too short for its addresses");
	const address = (at: number): string => (size === 4 ? ipv4At(header, at) : ipv6At(header, at));
	const ports = V2_FIXED + 2 * size;
	return {
		source: { address: address(V2_FIXED), port: header.readUInt16BE(ports) },
		destination: { address: address(V2_FIXED + size), port: header.readUInt16BE(ports + 2) },
	};
}

/** The header that tells a target whom a TCP connection is from. */
export function writeProxyHeader(version: ProxyVersion, source: Endpoint, destination: Endpoint): Buffer {
	const six = !(isIPv4(source.address) && isIPv4(destination.address));
	if (version === "v1") {
		// One family for both: an IPv4 address among IPv6 ones is written as mapped.
		const text = (address: string): string => (six && isIPv4(address) ? `::ffff:${address}` : address);
		return Buffer.from(
			`PROXY ${six ? "TCP6" : "TCP4"} ${text(source.address)} ${text(destination.address)} ${source.port} ${destination.port}\r\n`,
			"latin1",
		);
	}
	const octets = (address: string): Buffer => (six ? sixteen(address) : Buffer.from(address.split(".").map(Number)));
	const body = Buffer.concat([octets(source.address), octets(destination.address), Buffer.alloc(4)]);
	body.writeUInt16BE(source.port, body.length - 4);
	body.writeUInt16BE(destination.port, body.length - 2);
	const head = Buffer.alloc(V2_FIXED);
	V2.copy(head);
	head[12] = 0x21;
	head[13] = six ? 0x21 : 0x11;
	head.writeUInt16BE(body.length, 14);
	return Buffer.concat([head, body]);
}

function sixteen(address: string): Buffer {
	const octets = Buffer.alloc(16);
	const groups = parseIpv6(address.includes(":") ? address : `::ffff:${address}`) ?? [];
	for (const [index, group] of groups.entries()) octets.writeUInt16BE(group, index * 2);
	return octets;
}
