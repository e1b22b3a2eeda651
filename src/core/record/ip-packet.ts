import { internetChecksum, wordSum } from "./checksum.js";
import { type PacketBlock, packetBlock } from "./packet-block.js";

export const TCP = 6;
export const UDP = 17;
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

const ETHERNET = 14;
const TTL = 64;
/** with the scale that the SYN announces: far more than is ever unacknowledged */
const WINDOW = 0xffff;
/** maximum segment size 65,495, window scale 2^7, and one NOP to fill (RFC 9293 §3.2, RFC 7323 §2) */
const SYN_OPTIONS = Buffer.from([2, 4, 0xff, 0xd7, 1, 3, 3, 7]);
/** What one packet can carry at most: 65,535 less IPv4 and TCP headers (RFC 791 §3.1). */
export const MOST_PAYLOAD = 65_535 - 20 - 20;

/** One way of a conversation, as its packets need it. */
export interface Way {
	/** 4 or 16 octets each */
	source: Buffer;
	target: Buffer;
	sport: number;
	dport: number;
	/** the sender is side b: its packets come from the other station */
	back: boolean;
	/** next IPv4 identification */
	id: number;
}

export interface Stamp {
	interfaceId: number;
	at: { sec: number; nsec: number };
	comments: readonly string[];
}

/** A TCP segment in an Ethernet frame in an Enhanced Packet Block, with its checksums. */
export function tcpPacket(way: Way, stamp: Stamp, seq: number, ack: number, flags: number, payload: Uint8Array): Buffer {
	const options = (flags & SYN) === 0 ? 0 : SYN_OPTIONS.length;
	const { block, at, end } = ipPacket(way, stamp, TCP, 20 + options + payload.length);
	block.writeUInt16BE(way.sport, at);
	block.writeUInt16BE(way.dport, at + 2);
	block.writeUInt32BE(seq, at + 4);
	block.writeUInt32BE((flags & ACK) === 0 ? 0 : ack, at + 8);
	block.writeUInt16BE((((20 + options) / 4) << 12) | flags, at + 12);
	block.writeUInt16BE((flags & RST) === 0 ? WINDOW : 0, at + 14);
	block.writeUInt32BE(0, at + 16);
	if (options > 0) block.set(SYN_OPTIONS, at + 20);
	block.set(payload, at + 20 + options);
	block.writeUInt16BE(transportChecksum(way, TCP, block, at, end), at + 16);
	return block;
}

/** A UDP datagram likewise; `payload` has at most 65,507 octets. */
export function udpPacket(way: Way, stamp: Stamp, payload: Uint8Array): Buffer {
	const { block, at, end } = ipPacket(way, stamp, UDP, 8 + payload.length);
	block.writeUInt16BE(way.sport, at);
	block.writeUInt16BE(way.dport, at + 2);
	block.writeUInt16BE(8 + payload.length, at + 4);
	block.writeUInt16BE(0, at + 6);
	block.set(payload, at + 8);
	// A checksum of zero would say that there is none (RFC 768).
	block.writeUInt16BE(transportChecksum(way, UDP, block, at, end) || 0xffff, at + 6);
	return block;
}

/** Everything before the transport header; `at` is where that goes, `end` where the packet ends. */
function ipPacket(way: Way, stamp: Stamp, protocol: number, length: number): PacketBlock & { end: number } {
	const v4 = way.source.length === 4;
	const header = v4 ? 20 : 40;
	const { block, at: start } = packetBlock(stamp.interfaceId, stamp.at, ETHERNET + header + length, stamp.comments);
	// Locally administered stations 1 (side a) and 2 (side b).
	block.fill(0, start, start + ETHERNET);
	block[start] = block[start + 6] = 2;
	block[start + 5] = way.back ? 1 : 2;
	block[start + 11] = way.back ? 2 : 1;
	block.writeUInt16BE(v4 ? 0x0800 : 0x86dd, start + 12);
	const ip = start + ETHERNET;
	if (v4) {
		block.writeUInt16BE(0x4500, ip);
		block.writeUInt16BE(20 + length, ip + 2);
		block.writeUInt16BE(way.id, ip + 4);
		way.id = (way.id + 1) & 0xffff;
		block.writeUInt16BE(0x4000, ip + 6);
		block[ip + 8] = TTL;
		block[ip + 9] = protocol;
		block.writeUInt16BE(0, ip + 10);
		way.source.copy(block, ip + 12);
		way.target.copy(block, ip + 16);
		block.writeUInt16BE(internetChecksum(wordSum(block, ip, ip + 20)), ip + 10);
	} else {
		block.writeUInt32BE(0x6000_0000, ip);
		block.writeUInt16BE(length, ip + 4);
		block[ip + 6] = protocol;
		block[ip + 7] = TTL;
		way.source.copy(block, ip + 8);
		way.target.copy(block, ip + 24);
	}
	return { block, at: ip + header, end: ip + header + length };
}

/** Over the pseudo header and the segment (RFC 9293 §3.1, RFC 8200 §8.1), whose checksum field is zero. */
function transportChecksum({ source, target }: Way, protocol: number, block: Buffer, start: number, end: number): number {
	const pseudo = wordSum(source, 0, source.length) + wordSum(target, 0, target.length) + protocol + (end - start);
	return internetChecksum(pseudo + wordSum(block, start, end));
}
