import {
	BLOCK_INTERFACE,
	BLOCK_NAMES,
	BLOCK_OBSOLETE_PACKET,
	BLOCK_PACKET,
	BLOCK_SECRETS,
	BLOCK_SECTION,
	BLOCK_SIMPLE_PACKET,
	BYTE_ORDER_MAGIC,
} from "./pcapng.js";
import { SECRETS_TLS_KEY_LOG } from "./pcapng-meta.js";
import { align4, OPT_COMMENT } from "./pcapng-options.js";
import { writer } from "./write-pcap.js";

/** An option: its code and its value as octets (texts are written as UTF-8). */
export type PcapngOption = readonly [code: number, value: Uint8Array | string];

/**
 * Builders for pcapng blocks, all in one octet order. Each returns a whole block.
 * A file is `section`, then an `interface` for each interface, then packets.
 */
export class PcapngBlocks {
	readonly #bigEndian: boolean;

	constructor(bigEndian = false) {
		this.#bigEndian = bigEndian;
	}

	/** Any block: `body` is padded to four octets, the lengths are set. */
	block(type: number, body: Uint8Array): Buffer {
		const total = 12 + align4(body.length);
		const out = Buffer.alloc(total);
		const put = writer(out, this.#bigEndian);
		put.u32(0, type);
		put.u32(4, total);
		out.set(body, 8);
		put.u32(total - 4, total);
		return out;
	}

	/** Section Header Block of unknown section length, version 1.0. */
	section(options: readonly PcapngOption[] = []): Buffer {
		const body = Buffer.alloc(16, 0xff);
		const put = writer(body, this.#bigEndian);
		put.u32(0, BYTE_ORDER_MAGIC);
		put.u16(4, 1);
		put.u16(6, 0);
		return this.#with(BLOCK_SECTION, body, options);
	}

	/** Interface Description Block. `resolution` is if_tsresol as it stands in the file (9: nanoseconds; 0x80 + n: 2^-n). */
	interface(
		linkType: number,
		about: {
			snapLength?: number;
			name?: string;
			description?: string;
			resolution?: number;
			/** whole seconds to add to every time */
			timeOffset?: bigint;
			fcsLength?: number;
			comment?: string;
		} = {},
	): Buffer {
		const body = Buffer.alloc(8);
		const put = writer(body, this.#bigEndian);
		put.u16(0, linkType);
		put.u32(4, about.snapLength ?? 262_144);
		const options: PcapngOption[] = [];
		if (about.comment !== undefined) options.push([OPT_COMMENT, about.comment]);
		if (about.name !== undefined) options.push([2, about.name]);
		if (about.description !== undefined) options.push([3, about.description]);
		if (about.resolution !== undefined) options.push([9, Uint8Array.of(about.resolution)]);
		if (about.fcsLength !== undefined) options.push([13, Uint8Array.of(about.fcsLength)]);
		if (about.timeOffset !== undefined) options.push([14, this.#i64(about.timeOffset)]);
		return this.#with(BLOCK_INTERFACE, body, options);
	}

	/** Enhanced Packet Block. `ticks` counts in the interface's resolution. */
	packet(
		interfaceId: number,
		ticks: bigint,
		data: Uint8Array,
		about: { originalLength?: number; comments?: readonly string[] /** epb_flags */; flags?: number } = {},
	): Buffer {
		const body = this.#packetBody(interfaceId, ticks, data, about.originalLength);
		const options: PcapngOption[] = (about.comments ?? []).map((text) => [OPT_COMMENT, text]);
		if (about.flags !== undefined) options.push([2, this.#u32(about.flags)]);
		return this.#with(BLOCK_PACKET, body, options);
	}

	/** Packet Block, obsolete since the enhanced one. */
	obsoletePacket(interfaceId: number, ticks: bigint, data: Uint8Array, originalLength?: number): Buffer {
		const body = this.#packetBody(0, ticks, data, originalLength);
		const put = writer(body, this.#bigEndian);
		put.u16(0, interfaceId);
		put.u16(2, 0xffff);
		return this.#with(BLOCK_OBSOLETE_PACKET, body, []);
	}

	/** Simple Packet Block. */
	simplePacket(data: Uint8Array, originalLength = data.length): Buffer {
		return this.block(BLOCK_SIMPLE_PACKET, Buffer.concat([this.#u32(originalLength), data]));
	}

	/** Name Resolution Block; addresses are four (IPv4) or sixteen (IPv6) octets. */
	names(entries: readonly (readonly [address: Uint8Array, ...names: string[]])[], options: readonly PcapngOption[] = []): Buffer {
		const records = entries.map(
			([address, ...names]): PcapngOption => [
				address.length === 4 ? 1 : 2,
				Buffer.concat([address, ...names.map((name) => Buffer.from(`${name}\0`))]),
			],
		);
		return this.block(BLOCK_NAMES, Buffer.concat([this.options(records), this.options(options)]));
	}

	/** Decryption Secrets Block; `type` defaults to a TLS key log. */
	secrets(text: string, type = SECRETS_TLS_KEY_LOG): Buffer {
		const data = Buffer.from(text, "latin1");
		return this.block(BLOCK_SECRETS, Buffer.concat([this.#u32(type), this.#u32(data.length), data]));
	}

	/** An option list, padded, with its end mark; empty for no options. */
	options(list: readonly PcapngOption[]): Buffer {
		if (list.length === 0) return Buffer.alloc(0);
		const parts = list.map(([code, value]) => {
			const octets = typeof value === "string" ? Buffer.from(value, "utf8") : value;
			const out = Buffer.alloc(4 + align4(octets.length));
			const put = writer(out, this.#bigEndian);
			put.u16(0, code);
			put.u16(2, octets.length);
			out.set(octets, 4);
			return out;
		});
		return Buffer.concat([...parts, Buffer.alloc(4)]);
	}

	#with(type: number, body: Buffer, options: readonly PcapngOption[]): Buffer {
		return this.block(type, options.length === 0 ? body : Buffer.concat([body, this.options(options)]));
	}

	#packetBody(interfaceId: number, ticks: bigint, data: Uint8Array, originalLength = data.length): Buffer {
		const body = Buffer.alloc(20 + align4(data.length));
		const put = writer(body, this.#bigEndian);
		put.u32(0, interfaceId);
		put.u32(4, Number(ticks >> 32n));
		put.u32(8, Number(ticks & 0xffff_ffffn));
		put.u32(12, data.length);
		put.u32(16, originalLength);
		body.set(data, 20);
		return body;
	}

	#u32(value: number): Buffer {
		const out = Buffer.alloc(4);
		writer(out, this.#bigEndian).u32(0, value);
		return out;
	}

	#i64(value: bigint): Buffer {
		const out = Buffer.alloc(8);
		if (this.#bigEndian) out.writeBigInt64BE(value);
		else out.writeBigInt64LE(value);
		return out;
	}
}
