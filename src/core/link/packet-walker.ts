import type { Problem } from "../model/problem.js";
import { readExportedPdu } from "./exported-pdu.js";
import type { Ends } from "./flow-table.js";
import { Fragments } from "./fragments.js";
import { LINK } from "./link-types.js";

/** Receives what the walker finds. `ends` and the octets are lent for the call. */
export interface WalkerSink {
	udp(ends: Ends, buf: Buffer, start: number, end: number): void;
	/** `cut` payload octets after `end` were not captured */
	tcp(ends: Ends, seq: number, ack: number, flags: number, buf: Buffer, start: number, end: number, cut: number): void;
	/** one PDU that another analyser exported */
	pdu(ends: Ends, protocol: string, buf: Buffer, start: number, end: number): void;
	problem(id: Problem["id"], detail: string): void;
}

const ETHERTYPE = { IPV4: 0x0800, IPV6: 0x86dd, VLAN: 0x8100, QINQ: 0x88a8, OLD_QINQ: 0x9100, PPPOE: 0x8864, TEB: 0x6558 } as const;
const PROTOCOL = { IPIP: 4, TCP: 6, UDP: 17, IPV6: 41, GRE: 47 } as const;
const GTP_PORT = 2152;
const VXLAN_PORT = 4789;
const MOST_TUNNELS = 4;
const MOST_TAGS = 4;
const MOST_EXTENSIONS = 8;

/** Finds the way from a packet's first octet to UDP datagrams and TCP segments: link header, IP, tunnels. No object per packet. */
export class PacketWalker {
	readonly #sink: WalkerSink;
	readonly #fragments = new Fragments();
	readonly #ends: Ends = { family: 4, s0: 0, s1: 0, s2: 0, s3: 0, d0: 0, d1: 0, d2: 0, d3: 0, sport: 0, dport: 0, protocol: 0, tunnel: 0 };
	readonly #chains = new Map<string, number>();
	/** names of the tunnels around the packet in hand, outside in; empty most of the time */
	#tunnels: string[] = [];
	#kinds = "";
	/** the snap length cut this packet */
	#cut = false;
	#now = 0;

	constructor(sink: WalkerSink) {
		this.#sink = sink;
	}

	/** Tunnels around the packet that is being walked. */
	tunnelNames(): readonly string[] {
		return this.#tunnels.length === 0 ? NONE : [...this.#tunnels];
	}

	/** Walks one packet. @param now seconds of capture time, for fragment time-outs */
	walk(linkType: number, buf: Buffer, start: number, end: number, cut: boolean, now: number): void {
		this.#cut = cut;
		this.#now = now;
		if (this.#tunnels.length > 0) {
			this.#tunnels = [];
			this.#kinds = "";
			this.#ends.tunnel = 0;
		}
		switch (linkType) {
			case LINK.ETHERNET:
				this.#ethernet(buf, start, end);
				break;
			case LINK.SLL:
				if (end - start >= 16) this.#etherType(buf.readUInt16BE(start + 14), buf, start + 16, end);
				break;
			case LINK.SLL2:
				if (end - start >= 20) this.#etherType(buf.readUInt16BE(start), buf, start + 20, end);
				break;
			case LINK.NULL:
			case LINK.LOOP:
				this.#family(linkType, buf, start, end);
				break;
			case LINK.PPP:
			case LINK.PPP_HDLC:
			case LINK.C_HDLC:
				this.#ppp(buf, start, end);
				break;
			case LINK.PPPOE:
				this.#pppoe(buf, start, end);
				break;
			case LINK.IPV4:
				this.#ipv4(buf, start, end);
				break;
			case LINK.IPV6:
				this.#ipv6(buf, start, end);
				break;
			case LINK.EXPORTED_PDU:
				this.#exported(buf, start, end);
				break;
			default:
				this.#ip(buf, start, end);
		}
	}

	#ethernet(buf: Buffer, start: number, end: number): void {
		if (end - start < 14) return;
		const type = (buf[start + 12]! << 8) | buf[start + 13]!;
		if (type === ETHERTYPE.IPV4) this.#ipv4(buf, start + 14, end);
		else if (type <= 1500) this.#llc(buf, start + 14, Math.min(end, start + 14 + type));
		else this.#etherType(type, buf, start + 14, end);
	}

	#etherType(first: number, buf: Buffer, from: number, end: number): void {
		let type = first;
		let start = from;
		for (let tags = 0; type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ || type === ETHERTYPE.OLD_QINQ; tags++) {
			if (tags >= MOST_TAGS || end - start < 4) return;
			type = buf.readUInt16BE(start + 2);
			start += 4;
		}
		switch (type) {
			case ETHERTYPE.IPV4:
				this.#ipv4(buf, start, end);
				break;
			case ETHERTYPE.IPV6:
				this.#ipv6(buf, start, end);
				break;
			case ETHERTYPE.PPPOE:
				this.#pppoe(buf, start, end);
				break;
			default:
				// A VLAN tag may stand before an 802.3 length too.
				if (start !== from && type <= 1500) this.#llc(buf, start, Math.min(end, start + type));
		}
	}

	/** 802.2 LLC with SNAP (RFC 1042). */
	#llc(buf: Buffer, start: number, end: number): void {
		if (end - start < 8 || buf[start] !== 0xaa || buf[start + 1] !== 0xaa || buf[start + 2] !== 3) return;
		const type = buf.readUInt16BE(start + 6);
		if (type > 1500) this.#etherType(type, buf, start + 8, end);
	}

	/** BSD loopback: the address family, in the writer's byte order for NULL, big-endian for LOOP. */
	#family(linkType: number, buf: Buffer, start: number, end: number): void {
		if (end - start < 4) return;
		const big = buf.readUInt32BE(start);
		const family = linkType === LINK.NULL && big > 0xffff ? buf.readUInt32LE(start) : big;
		if (family === 2) this.#ipv4(buf, start + 4, end);
		else if (family === 24 || family === 28 || family === 30 || family === 10) this.#ipv6(buf, start + 4, end);
	}

	#ppp(buf: Buffer, from: number, end: number): void {
		let start = from;
		if (end - start < 4) return;
		if (buf[start] === 0x0f || buf[start] === 0x8f) {
			this.#etherType(buf.readUInt16BE(start + 2), buf, start + 4, end);
			return;
		}
		if (buf[start] === 0xff && buf[start + 1] === 0x03) start += 2;
		// The protocol field may be compressed to one octet; its last octet is odd (RFC 1661 §2).
		const one = (buf[start]! & 1) === 1;
		const protocol = one ? buf[start] : end - start >= 2 ? buf.readUInt16BE(start) : 0;
		start += one ? 1 : 2;
		if (protocol === 0x21) this.#ipv4(buf, start, end);
		else if (protocol === 0x57) this.#ipv6(buf, start, end);
	}

	#pppoe(buf: Buffer, start: number, end: number): void {
		if (end - start >= 8) this.#ppp(buf, start + 6, Math.min(end, start + 6 + buf.readUInt16BE(start + 4)));
	}

	#ip(buf: Buffer, start: number, end: number): void {
		const version = start < end ? buf[start]! >> 4 : 0;
		if (version === 4) this.#ipv4(buf, start, end);
		else if (version === 6) this.#ipv6(buf, start, end);
	}

	#ipv4(buf: Buffer, start: number, end: number): void {
		const header = (buf[start]! & 15) * 4;
		if (end - start < 20 || buf[start]! >> 4 !== 4 || header < 20 || end - start < header) {
			this.#malformed("IPv4 header does not fit");
			return;
		}
		const length = (buf[start + 2]! << 8) | buf[start + 3]!;
		// Total length 0 comes from segmentation offload: then the captured length counts.
		let last = length === 0 ? end : start + length;
		if (length !== 0 && length < header) {
			this.#malformed("IPv4 total length is below its header length");
			return;
		}
		const missing = last > end ? last - end : 0;
		if (missing > 0) {
			if (!this.#cut) {
				this.#malformed(`IPv4 total length ${length} exceeds the packet`);
			}
			last = end;
		}
		const ends = this.#ends;
		ends.family = 4;
		ends.s3 = word(buf, start + 12);
		ends.d3 = word(buf, start + 16);
		const protocol = buf[start + 9]!;
		const fragment = (buf[start + 6]! << 8) | buf[start + 7]!;
		if ((fragment & 0x3fff) === 0) {
			this.#transport(protocol, buf, start + header, last, missing);
			return;
		}
		const key = `${ends.s3},${ends.d3},${protocol},${buf.readUInt16BE(start + 4)},${ends.tunnel}`;
		this.#fragment(key, 4, protocol, (fragment & 0x1fff) * 8, (fragment & 0x2000) !== 0, buf, start + header, last);
	}

	#ipv6(buf: Buffer, start: number, end: number): void {
		if (end - start < 40 || buf[start]! >> 4 !== 6) {
			this.#malformed("IPv6 header does not fit");
			return;
		}
		const length = buf.readUInt16BE(start + 4);
		let last = length === 0 ? end : start + 40 + length;
		const missing = last > end ? last - end : 0;
		if (missing > 0) {
			if (!this.#cut) this.#malformed(`IPv6 payload length ${length} exceeds the packet`);
			last = end;
		}
		const ends = this.#ends;
		ends.family = 6;
		ends.s0 = word(buf, start + 8);
		ends.s1 = word(buf, start + 12);
		ends.s2 = word(buf, start + 16);
		ends.s3 = word(buf, start + 20);
		ends.d0 = word(buf, start + 24);
		ends.d1 = word(buf, start + 28);
		ends.d2 = word(buf, start + 32);
		ends.d3 = word(buf, start + 36);
		this.#extensions(buf[start + 6]!, buf, start + 40, last, missing);
	}

	/** IPv6 extension headers (RFC 8200 §4). */
	#extensions(first: number, buf: Buffer, from: number, end: number, missing: number): void {
		let next = first;
		let start = from;
		for (let count = 0; count <= MOST_EXTENSIONS; count++) {
			switch (next) {
				case 0:
				case 43:
				case 60:
				case 135:
				case 139:
				case 140:
					if (end - start < 8) return;
					next = buf[start]!;
					start += (buf[start + 1]! + 1) * 8;
					break;
				case 51:
					if (end - start < 8) return;
					next = buf[start]!;
					start += (buf[start + 1]! + 2) * 4;
					break;
				case 44: {
					if (end - start < 8) return;
					const word16 = buf.readUInt16BE(start + 2);
					next = buf[start]!;
					const id = buf.readUInt32BE(start + 4);
					start += 8;
					if ((word16 & 0xfff9) === 0) break;
					const e = this.#ends;
					const key = `${e.s0},${e.s1},${e.s2},${e.s3},${e.d0},${e.d1},${e.d2},${e.d3},${id},${e.tunnel}`;
					this.#fragment(key, 6, next, word16 & 0xfff8, (word16 & 1) !== 0, buf, start, end);
					return;
				}
				default:
					if (start <= end) this.#transport(next, buf, start, end, missing);
					return;
			}
			if (start > end) return;
		}
	}

	#fragment(key: string, family: 4 | 6, protocol: number, offset: number, more: boolean, buf: Buffer, start: number, end: number): void {
		const whole = this.#fragments.add(key, family, offset, more, buf, start, end, this.#now);
		if (this.#fragments.expired > 0) {
			this.#sink.problem("ip.fragment-timeout", `${this.#fragments.expired} datagrams given up`);
			this.#fragments.expired = 0;
		}
		if (whole === "overlap") this.#sink.problem("ip.fragment-overlap", family === 6 ? "datagram dropped" : "the first copy counts");
		else if (whole !== "waiting") {
			if (family === 6) this.#extensions(protocol, whole, 0, whole.length, 0);
			else this.#transport(protocol, whole, 0, whole.length, 0);
		}
	}

	#transport(protocol: number, buf: Buffer, start: number, end: number, missing: number): void {
		switch (protocol) {
			case PROTOCOL.TCP:
				this.#tcp(buf, start, end, missing);
				break;
			case PROTOCOL.UDP:
				this.#udp(buf, start, end);
				break;
			case PROTOCOL.IPIP:
				if (this.#enter("ip-in-ip", "ip-in-ip")) this.#ipv4(buf, start, end);
				break;
			case PROTOCOL.IPV6:
				if (this.#enter("ipv6-in-ip", "ipv6-in-ip")) this.#ipv6(buf, start, end);
				break;
			case PROTOCOL.GRE:
				this.#gre(buf, start, end);
				break;
		}
	}

	#tcp(buf: Buffer, start: number, end: number, missing: number): void {
		if (end - start < 20) {
			if (missing === 0) this.#malformed("TCP header does not fit");
			return;
		}
		const header = (buf[start + 12]! >> 4) * 4;
		if (header < 20 || end - start < header) {
			if (missing === 0) this.#malformed("TCP header length does not fit");
			return;
		}
		const ends = this.#ends;
		ends.protocol = PROTOCOL.TCP;
		ends.sport = (buf[start]! << 8) | buf[start + 1]!;
		ends.dport = (buf[start + 2]! << 8) | buf[start + 3]!;
		this.#sink.tcp(ends, word(buf, start + 4), word(buf, start + 8), buf[start + 13]!, buf, start + header, end, missing);
	}

	#udp(buf: Buffer, start: number, end: number): void {
		if (end - start < 8) {
			this.#malformed("UDP header does not fit");
			return;
		}
		const ends = this.#ends;
		ends.protocol = PROTOCOL.UDP;
		ends.sport = (buf[start]! << 8) | buf[start + 1]!;
		ends.dport = (buf[start + 2]! << 8) | buf[start + 3]!;
		const length = (buf[start + 4]! << 8) | buf[start + 5]!;
		const last = length >= 8 ? Math.min(end, start + length) : end;
		if ((ends.sport === GTP_PORT || ends.dport === GTP_PORT) && this.#gtp(buf, start + 8, last)) return;
		if (ends.dport === VXLAN_PORT && this.#vxlan(buf, start + 8, last)) return;
		this.#sink.udp(ends, buf, start + 8, last);
	}

	/** GTP-U version 1 (3GPP TS 29.281 §5.1). False when it is none, so that the datagram counts as itself. */
	#gtp(buf: Buffer, start: number, end: number): boolean {
		if (end - start < 12 || (buf[start]! & 0xf0) !== 0x30 || buf[start + 1] !== 255) return false;
		const teid = buf.readUInt32BE(start + 4);
		const last = Math.min(end, start + 8 + buf.readUInt16BE(start + 2));
		let at = start + 8;
		if ((buf[start]! & 7) !== 0) {
			let next = (buf[start]! & 4) !== 0 ? buf[at + 3]! : 0;
			at += 4;
			for (let count = 0; next !== 0 && count < MOST_EXTENSIONS; count++) {
				const size = at < last ? buf[at]! * 4 : 0;
				if (size === 0 || at + size > last) return false;
				next = buf[at + size - 1]!;
				at += size;
			}
		}
		if (at >= last || !this.#enter("gtp-u", `gtp-u teid 0x${teid.toString(16)}`)) return false;
		this.#ip(buf, at, last);
		return true;
	}

	/** VXLAN (RFC 7348 §5). */
	#vxlan(buf: Buffer, start: number, end: number): boolean {
		if (end - start < 22 || buf[start] !== 0x08) return false;
		if (!this.#enter("vxlan", `vxlan vni ${buf.readUIntBE(start + 4, 3)}`)) return false;
		this.#ethernet(buf, start + 8, end);
		return true;
	}

	/** GRE with checksum, key and sequence number (RFC 2784, RFC 2890); version 1 is PPTP's (RFC 2637). */
	#gre(buf: Buffer, start: number, end: number): void {
		if (end - start < 4) return;
		const flags = buf.readUInt16BE(start);
		const type = buf.readUInt16BE(start + 2);
		const version = flags & 7;
		let at = start + 4 + ((flags & 0x8000) !== 0 ? 4 : 0) + ((flags & 0x2000) !== 0 ? 4 : 0) + ((flags & 0x1000) !== 0 ? 4 : 0);
		if (version === 1) at += (flags & 0x80) !== 0 ? 4 : 0;
		if (version > 1 || at > end || !this.#enter("gre", "gre")) return;
		if (version === 1) this.#ppp(buf, at, end);
		else if (type === ETHERTYPE.TEB) this.#ethernet(buf, at, end);
		else this.#etherType(type, buf, at, end);
	}

	/** One tunnel deeper. The chain of kinds is part of the flow key: inner addresses may repeat outer ones. */
	#enter(kind: string, name: string): boolean {
		if (this.#tunnels.length >= MOST_TUNNELS) return false;
		this.#tunnels.push(name);
		this.#kinds += `${kind}/`;
		let number = this.#chains.get(this.#kinds);
		if (number === undefined) {
			number = this.#chains.size + 1;
			this.#chains.set(this.#kinds, number);
		}
		this.#ends.tunnel = number;
		return true;
	}

	#exported(buf: Buffer, start: number, end: number): void {
		const pdu = readExportedPdu(buf, start, end);
		if (pdu === undefined) {
			this.#malformed("exported PDU without a protocol name");
			return;
		}
		const ends = this.#ends;
		ends.family = pdu.family;
		ends.protocol = 0;
		ends.sport = pdu.sport;
		ends.dport = pdu.dport;
		const last = pdu.family === 6 ? 12 : 0;
		if (pdu.family === 6) {
			ends.s0 = pdu.source < 0 ? 0 : word(buf, pdu.source);
			ends.s1 = pdu.source < 0 ? 0 : word(buf, pdu.source + 4);
			ends.s2 = pdu.source < 0 ? 0 : word(buf, pdu.source + 8);
			ends.d0 = pdu.target < 0 ? 0 : word(buf, pdu.target);
			ends.d1 = pdu.target < 0 ? 0 : word(buf, pdu.target + 4);
			ends.d2 = pdu.target < 0 ? 0 : word(buf, pdu.target + 8);
		}
		ends.s3 = pdu.source < 0 ? 0 : word(buf, pdu.source + last);
		ends.d3 = pdu.target < 0 ? 0 : word(buf, pdu.target + last);
		this.#sink.pdu(ends, pdu.protocol, buf, pdu.start, pdu.end);
	}

	#malformed(detail: string): void {
		this.#sink.problem("ip.malformed", detail);
	}
}

const NONE: readonly string[] = [];

/** Four octets as a signed word: only its identity and modular arithmetic matter. */
function word(buf: Buffer, at: number): number {
	return (buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!;
}
