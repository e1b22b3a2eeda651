import type { Limits } from "../model/limits.js";
import { DEFAULT_LIMITS } from "../model/limits.js";
import type { CaptureInfo, CaptureParser, Packet } from "../model/packet.js";
import { CaptureNotes, emptyCaptureInfo } from "./notes.js";
import { emptyPacket } from "./pcap-records.js";
import { type Body, PcapngMeta, type SectionInterface } from "./pcapng-meta.js";
import { align4 } from "./pcapng-options.js";
import { PcapngPackets } from "./pcapng-packets.js";
import { RecordFeed } from "./record-feed.js";
import { u16, u32 } from "./words.js";

export const BLOCK_SECTION = 0x0a0d0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const BLOCK_INTERFACE = 1;
export const BLOCK_OBSOLETE_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_NAMES = 4;
const BLOCK_STATISTICS = 5;
export const BLOCK_PACKET = 6;
export const BLOCK_SECRETS = 10;
const BLOCK_CUSTOM = 0x0bad;
const BLOCK_CUSTOM_NO_COPY = 0x40000bad;

/** Least total length of the blocks that we read, and of any block. */
const LEAST: ReadonlyMap<number, number> = new Map([
	[BLOCK_SECTION, 28],
	[BLOCK_INTERFACE, 20],
	[BLOCK_OBSOLETE_PACKET, 32],
	[BLOCK_SIMPLE_PACKET, 16],
	[BLOCK_NAMES, 12],
	[BLOCK_STATISTICS, 24],
	[BLOCK_PACKET, 32],
	[BLOCK_SECRETS, 20],
]);
const LEAST_ANY = 12;
/** Octets of options and headers that a packet block may have beside the packet. */
const PACKET_EXTRA = 1 << 20;
/** Interfaces over all sections; each takes memory for as long as the file is open. */
const MAX_INTERFACES = 100_000;
const MAX_LENGTH_PROBLEMS = 100;

/** pcapng (draft-ietf-opsawg-pcapng): every block type that carries packets, names, secrets or comments. */
export class PcapngParser implements CaptureParser {
	readonly info: CaptureInfo = emptyCaptureInfo("pcapng");
	readonly #notes = new CaptureNotes(this.info);
	readonly #feed = new RecordFeed();
	readonly #packet = emptyPacket();
	readonly #meta = new PcapngMeta(this.#notes);
	readonly #packets: PcapngPackets;
	readonly #limits: Limits;
	/** of the current section, by number in that section */
	#interfaces: SectionInterface[] = [];
	#little = true;
	#inSection = false;
	#ended = false;
	#stopped = false;
	/** total length and offset of a block being passed by, whose trailing length comes next; 0 when none is */
	#skipped = 0;
	#skippedAt = 0;
	#lengthProblems = 0;

	constructor(limits: Limits = DEFAULT_LIMITS) {
		this.#limits = limits;
		this.#packets = new PcapngPackets(limits, this.#notes, this.#packet);
	}

	push(buf: Buffer, start: number, end: number): void {
		if (!this.#stopped) this.#feed.push(buf, start, end);
	}

	end(): void {
		this.#ended = true;
	}

	next(): Packet | null {
		const feed = this.#feed;
		while (!this.#stopped) {
			if (this.#skipped > 0 && !this.#endSkip()) return null;
			if (!feed.need(LEAST_ANY)) return this.#lacking(LEAST_ANY);
			const type = u32(feed.buf, feed.pos, this.#little);
			if (type === BLOCK_SECTION && !this.#byteOrder()) return null;
			const total = u32(feed.buf, feed.pos + 4, this.#little);
			if (!this.#inSection && type !== BLOCK_SECTION) return this.#fatal(12, "the file does not begin with a section header");
			const least = LEAST.get(type);
			if (total < (least ?? LEAST_ANY)) return this.#fatal(12, `block of type ${hex(type)} has an impossible length of ${total}`);
			if (least === undefined) {
				this.#pass(type, total);
				continue;
			}
			if (total > this.#most(type)) {
				if (type !== BLOCK_NAMES && type !== BLOCK_SECRETS) {
					return this.#fatal(12, `block of type ${hex(type)} claims ${total} octets, more than the limit`);
				}
				this.#notes.once(`big ${type}`, "cap.bad-value", feed.offset, 8, `block of type ${hex(type)} with ${total} octets was passed by`);
				this.#startSkip(total);
				continue;
			}
			const size = this.#whole(total);
			if (size === 0) return this.#lacking(total);
			const { buf, pos, offset } = feed;
			const found = this.#read(type, buf, pos, pos + total - 4, offset);
			if (this.#stopped) return null;
			feed.advance(size);
			if (found) return this.#packet;
		}
		return null;
	}

	/** Reads a whole block, whose body is buf[pos + 8, end). True when `#packet` now holds a packet. */
	#read(type: number, buf: Buffer, pos: number, end: number, offset: number): boolean {
		const little = this.#little;
		const start = pos + 8;
		let found: boolean | null = false;
		if (type === BLOCK_PACKET) found = this.#packets.enhanced(this.#interfaces, buf, start, end, little, offset);
		else if (type === BLOCK_SIMPLE_PACKET) found = this.#packets.simple(this.#interfaces, buf, start, end, little, offset);
		else if (type === BLOCK_OBSOLETE_PACKET) found = this.#packets.obsolete(this.#interfaces, buf, start, end, little, offset);
		else this.#readMeta(type, { buf, start, end, little, offset });
		if (found === null) {
			this.#stop();
			return false;
		}
		return found;
	}

	#readMeta(type: number, body: Body): void {
		if (type === BLOCK_SECTION) {
			this.#section(body);
		} else if (type === BLOCK_INTERFACE) {
			if (this.info.interfaces.length >= MAX_INTERFACES) {
				this.#fatal(12, `more than ${MAX_INTERFACES} interfaces`);
			} else {
				this.#interfaces.push(this.#meta.interface(body));
			}
		} else if (type === BLOCK_NAMES) {
			this.#meta.names(body);
		} else if (type === BLOCK_SECRETS) {
			this.#meta.secrets(body);
		} else {
			this.#meta.comments(body, body.start + 12, "interface statistics");
		}
	}

	#section(body: Body): void {
		const major = u16(body.buf, body.start + 4, body.little);
		const minor = u16(body.buf, body.start + 6, body.little);
		if (major !== 1) {
			this.#fatal(16, `section of version ${major}.${minor}; only 1.x can be read`);
			return;
		}
		// 0 and 2 mean the same; later minor versions must stay readable.
		if (minor !== 0 && minor !== 2) {
			this.#notes.once("minor", "cap.bad-value", body.offset + 14, 2, `section version ${major}.${minor} read as 1.0`);
		}
		this.#interfaces = [];
		this.#inSection = true;
		this.#meta.comments(body, body.start + 16, "section header");
	}

	/** Takes the octet order of the section that begins here. */
	#byteOrder(): boolean {
		const { buf, pos } = this.#feed;
		if (u32(buf, pos + 8, true) === BYTE_ORDER_MAGIC) this.#little = true;
		else if (u32(buf, pos + 8, false) === BYTE_ORDER_MAGIC) this.#little = false;
		else {
			this.#fatal(12, "section header without byte-order magic");
			return false;
		}
		return true;
	}

	/** Octets to move on by once the whole block is at hand, after a look at its trailing length; 0 when octets lack. */
	#whole(total: number): number {
		const feed = this.#feed;
		const padded = align4(total);
		if (!feed.need(padded)) {
			if (padded === total || !this.#ended || !feed.need(total)) return 0;
			this.#badLength(feed.offset, `length ${total} is not a multiple of 4`);
			return total;
		}
		const trailing = u32(feed.buf, feed.pos + padded - 4, this.#little);
		if (padded !== total) {
			this.#badLength(feed.offset, `length ${total} is not a multiple of 4`);
			// A writer that does not pad either keeps the next block right behind.
			return trailing !== total && u32(feed.buf, feed.pos + total - 4, this.#little) === total ? total : padded;
		}
		if (trailing !== total) this.#badLength(feed.offset, `leading length ${total}, trailing length ${trailing}; the first was used`);
		return padded;
	}

	#pass(type: number, total: number): void {
		if (type !== BLOCK_CUSTOM && type !== BLOCK_CUSTOM_NO_COPY) {
			this.#notes.once(`block ${type}`, "cap.unknown-block", this.#feed.offset, total, `type ${hex(type)}`);
		}
		this.#startSkip(total);
	}

	#startSkip(total: number): void {
		const padded = align4(total);
		this.#skipped = total;
		this.#skippedAt = this.#feed.offset;
		if (padded !== total) this.#badLength(this.#feed.offset, `length ${total} is not a multiple of 4`);
		this.#feed.skip(padded - 4);
	}

	/** Reads the trailing length of a block that was passed by. */
	#endSkip(): boolean {
		const feed = this.#feed;
		const total = this.#skipped;
		if (!feed.need(4)) {
			if (this.#ended) this.#truncated(this.#skippedAt, total);
			return false;
		}
		const trailing = u32(feed.buf, feed.pos, this.#little);
		if (trailing !== total && total % 4 === 0) {
			this.#badLength(this.#skippedAt, `leading length ${total}, trailing length ${trailing}; the first was used`);
		}
		feed.advance(4);
		this.#skipped = 0;
		return true;
	}

	#most(type: number): number {
		const packet = type === BLOCK_PACKET || type === BLOCK_SIMPLE_PACKET || type === BLOCK_OBSOLETE_PACKET;
		return packet ? this.#limits.packet + PACKET_EXTRA : this.#limits.pcapngBlock;
	}

	#badLength(offset: number, detail: string): void {
		if (++this.#lengthProblems <= MAX_LENGTH_PROBLEMS) this.#notes.problem("cap.block-length", offset, 4, detail);
	}

	#lacking(want: number): null {
		if (this.#ended && this.#feed.pending > 0) this.#truncated(this.#feed.offset, want);
		return null;
	}

	#truncated(offset: number, want: number): void {
		const have = this.#feed.offset + this.#feed.pending - offset;
		this.#notes.fatal("cap.truncated", offset, have, `block has ${have} of ${want} octets`);
		this.#stop();
	}

	#fatal(length: number, detail: string): null {
		this.#notes.fatal("cap.bad-record", this.#feed.offset, length, detail);
		this.#stop();
		return null;
	}

	#stop(): void {
		this.#stopped = true;
		this.#feed.drop();
	}
}

function hex(type: number): string {
	return `0x${type.toString(16).padStart(8, "0")}`;
}
