import { BLOCK_PACKET } from "../capture/pcapng.js";
import { align4, OPT_COMMENT } from "../capture/pcapng-options.js";

/** Octets before the packet's data in an Enhanced Packet Block. */
const HEAD = 28;
/** An option's length is 16 bits; comments are for people, who read far less. */
const LONGEST_COMMENT = 4096;

/** An Enhanced Packet Block whose packet is to be written in place: one copy of the payload, no more. */
export interface PacketBlock {
	block: Buffer;
	/** where the packet's first octet goes */
	at: number;
}

/**
 * A whole Enhanced Packet Block (draft-ietf-opsawg-pcapng §4.3), little-endian, times in nanoseconds, with room for `length`
 * octets of packet at `at`. `originalLength`: octets on the wire where that is more.
 */
export function packetBlock(
	interfaceId: number,
	at: { sec: number; nsec: number },
	length: number,
	comments: readonly string[],
	originalLength: number = length,
): PacketBlock {
	const texts = comments.map((text) => cut(Buffer.from(text, "utf8")));
	let options = texts.length === 0 ? 0 : 4;
	for (const text of texts) options += 4 + align4(text.length);
	const total = HEAD + align4(length) + options + 4;
	const block = Buffer.allocUnsafe(total);
	block.writeUInt32LE(BLOCK_PACKET, 0);
	block.writeUInt32LE(total, 4);
	block.writeUInt32LE(interfaceId, 8);
	const ticks = BigInt(at.sec) * 1_000_000_000n + BigInt(at.nsec);
	block.writeUInt32LE(Number((ticks >> 32n) & 0xffff_ffffn), 12);
	block.writeUInt32LE(Number(ticks & 0xffff_ffffn), 16);
	block.writeUInt32LE(length, 20);
	block.writeUInt32LE(originalLength, 24);
	block.fill(0, HEAD + length);
	let next = HEAD + align4(length);
	for (const text of texts) {
		block.writeUInt16LE(OPT_COMMENT, next);
		block.writeUInt16LE(text.length, next + 2);
		text.copy(block, next + 4);
		next += 4 + align4(text.length);
	}
	block.writeUInt32LE(total, total - 4);
	return { block, at: HEAD };
}

/** Not longer than allowed, and no character in halves. */
function cut(text: Buffer): Buffer {
	if (text.length <= LONGEST_COMMENT) return text;
	let end = LONGEST_COMMENT;
	while ((text[end]! & 0xc0) === 0x80) end--;
	return text.subarray(0, end);
}
