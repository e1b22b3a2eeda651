import type { Limits } from "../model/limits.js";
import type { Packet } from "../model/packet.js";
import type { CaptureNotes } from "./notes.js";
import type { SectionInterface } from "./pcapng-meta.js";
import { align4, OPT_COMMENT, optionText, readOptions } from "./pcapng-options.js";
import { u16, u32 } from "./words.js";

/**
 * Reads the packet blocks of pcapng into one reused Packet. Every method takes a block's body, buf[start, end), and
 * returns true for a packet, false when the block was passed by, null when the file is broken there (reported).
 */
export class PcapngPackets {
	readonly #limit: number;
	readonly #notes: CaptureNotes;
	readonly #packet: Packet;

	constructor(limits: Limits, notes: CaptureNotes, packet: Packet) {
		this.#limit = limits.packet;
		this.#notes = notes;
		this.#packet = packet;
	}

	/** Enhanced Packet Block (draft-ietf-opsawg-pcapng §4.3). */
	enhanced(interfaces: SectionInterface[], buf: Buffer, start: number, end: number, little: boolean, offset: number): boolean | null {
		return this.#timed(u32(buf, start, little), interfaces, buf, start, end, little, offset);
	}

	/** Packet Block (appendix; obsolete): like the enhanced one, with a 16-bit interface number and a drop count. */
	obsolete(interfaces: SectionInterface[], buf: Buffer, start: number, end: number, little: boolean, offset: number): boolean | null {
		return this.#timed(u16(buf, start, little), interfaces, buf, start, end, little, offset);
	}

	/** Simple Packet Block (§4.4): no time of its own, so the last packet's is kept; interface 0; cut by its snap length. */
	simple(interfaces: SectionInterface[], buf: Buffer, start: number, end: number, little: boolean, offset: number): boolean | null {
		const from = interfaces[0];
		const packet = this.#packet;
		packet.number++;
		if (from === undefined) return this.#undescribed(0, offset);
		const original = u32(buf, start, little);
		let captured = from.snapLength === 0 ? original : Math.min(original, from.snapLength);
		const room = end - start - 4;
		if (captured > room) {
			this.#notes.once("simple", "cap.bad-value", offset + 8, 4, `packet of ${captured} octets in a block with room for ${room}; cut`);
			captured = room;
		}
		if (captured > this.#limit) return this.#impossible(captured, offset);
		this.#fill(from, buf, start + 4, captured, original);
		return true;
	}

	#timed(
		id: number,
		interfaces: SectionInterface[],
		buf: Buffer,
		start: number,
		end: number,
		little: boolean,
		offset: number,
	): boolean | null {
		const packet = this.#packet;
		packet.number++;
		const captured = u32(buf, start + 12, little);
		const original = u32(buf, start + 16, little);
		const data = start + 20;
		if (captured > end - data || captured > this.#limit) return this.#impossible(captured, offset);
		const from = interfaces[id];
		if (from === undefined) return this.#undescribed(id, offset);
		if (!from.clock.set(packet, u32(buf, start + 4, little), u32(buf, start + 8, little))) {
			this.#notes.once("time", "cap.bad-value", offset + 12, 8, "time beyond what a date can be");
		}
		this.#fill(from, buf, data, captured, original);
		if (original < captured) {
			packet.originalLength = captured;
			this.#notes.once(
				"original",
				"cap.bad-value",
				offset + 24,
				4,
				`original length ${original} is less than the ${captured} octets captured; taken as ${captured}`,
			);
		}
		const options = data + align4(captured);
		if (options < end) this.#options(buf, options, end, little, offset);
		return true;
	}

	#fill(from: SectionInterface, buf: Buffer, start: number, captured: number, original: number): void {
		const packet = this.#packet;
		packet.buf = buf;
		packet.start = start;
		packet.end = start + captured;
		packet.originalLength = original;
		packet.linkType = from.linkType;
		packet.interfaceId = from.id;
		packet.fcsLength = from.fcsLength < captured ? from.fcsLength : 0;
		packet.direction = 0;
		packet.comments = null;
	}

	#options(buf: Buffer, start: number, end: number, little: boolean, offset: number): void {
		const packet = this.#packet;
		let comments: string[] | null = null;
		const whole = readOptions(buf, start, end, little, (code, at, length) => {
			if (code === OPT_COMMENT) {
				comments ??= [];
				comments.push(optionText(buf, at, length));
			} else if (code === 2 && length >= 4) {
				// Bits 0-1: direction; bits 5-8: octets of frame check sequence, 0 when not told (§4.3.1).
				const flags = u32(buf, at, little);
				const direction = flags & 3;
				packet.direction = direction === 1 || direction === 2 ? direction : 0;
				const fcs = (flags >>> 5) & 15;
				if (fcs > 0 && fcs < packet.end - packet.start) packet.fcsLength = fcs;
			}
		});
		packet.comments = comments;
		if (!whole) {
			this.#notes.once(
				"overrun packet",
				"cap.bad-value",
				offset,
				end - start,
				"options of a packet block do not fit into it; the rest was left unread",
			);
		}
	}

	#undescribed(id: number, offset: number): false {
		this.#notes.once(
			`interface ${id}`,
			"cap.bad-interface",
			offset,
			12,
			`packet ${this.#packet.number} is of interface ${id}; packets of it are passed by`,
		);
		return false;
	}

	#impossible(captured: number, offset: number): null {
		this.#notes.fatal(
			"cap.bad-record",
			offset,
			32,
			`packet ${this.#packet.number} claims ${captured} octets, more than its block or the limit holds`,
		);
		return null;
	}
}
