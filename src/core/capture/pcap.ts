import type { Limits } from "../model/limits.js";
import { DEFAULT_LIMITS } from "../model/limits.js";
import type { CaptureInfo, CaptureParser, Packet } from "../model/packet.js";
import { type PcapHeader, PcapRecords } from "./pcap-records.js";
import { RecordFeed } from "./record-feed.js";
import { u16, u32 } from "./words.js";

export const PCAP_HEADER = 24;

/** Magic numbers, as read in the file's own order. */
export const PCAP_MAGIC = 0xa1b2c3d4;
export const PCAP_MAGIC_NS = 0xa1b23c4d;
export const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;

const FORMATS: ReadonlyMap<number, PcapHeader["format"]> = new Map([
	[PCAP_MAGIC, "pcap"],
	[PCAP_MAGIC_NS, "pcap-ns"],
	[PCAP_MAGIC_MODIFIED, "pcap-modified"],
]);

/** Format and octet order that a file's first four octets (at `at`) tell; undefined when it is no classic pcap. */
export function pcapFormat(buf: Buffer, at: number): { format: PcapHeader["format"]; little: boolean } | undefined {
	const asLittle = FORMATS.get(u32(buf, at, true));
	if (asLittle !== undefined) return { format: asLittle, little: true };
	const asBig = FORMATS.get(u32(buf, at, false));
	return asBig === undefined ? undefined : { format: asBig, little: false };
}

/**
 * Classic pcap in all its forms: microseconds, nanoseconds, and the modified form of old Linux tools
 * (24-octet record headers with interface, protocol and packet type), each in both octet orders.
 */
export class PcapParser implements CaptureParser {
	readonly #records: PcapRecords;
	readonly #feed = new RecordFeed();
	#little = true;
	#headerRead = false;
	/** octets of a record header */
	#head = 16;
	#ended = false;
	#stopped = false;

	constructor(limits: Limits = DEFAULT_LIMITS) {
		this.#records = new PcapRecords(limits);
	}

	get info(): CaptureInfo {
		return this.#records.info;
	}

	push(buf: Buffer, start: number, end: number): void {
		if (!this.#stopped) this.#feed.push(buf, start, end);
	}

	end(): void {
		this.#ended = true;
	}

	next(): Packet | null {
		if (this.#stopped) return null;
		const feed = this.#feed;
		if (!this.#headerRead && !this.#readHeader()) return null;
		const head = this.#head;
		if (!feed.need(head)) return this.#lacking(head);
		const little = this.#little;
		let captured = u32(feed.buf, feed.pos + 8, little);
		let original = u32(feed.buf, feed.pos + 12, little);
		if (this.#records.swapped(captured, original)) [captured, original] = [original, captured];
		if (!this.#records.plausible(captured, feed.offset)) return this.#stop();
		if (!feed.need(head + captured)) return this.#lacking(head + captured);
		const { buf, pos, offset } = feed;
		const packet = this.#records.packet(u32(buf, pos, little), u32(buf, pos + 4, little), captured, original, buf, pos + head, offset);
		if (head === 24) packet.direction = direction(buf[pos + 22]!);
		feed.advance(head + captured);
		return packet;
	}

	#readHeader(): boolean {
		const feed = this.#feed;
		if (!feed.need(PCAP_HEADER)) {
			this.#lacking(PCAP_HEADER);
			return false;
		}
		const { buf, pos } = feed;
		const found = pcapFormat(buf, pos);
		if (found === undefined) {
			this.#records.notes.fatal("cap.bad-record", feed.offset, 4, "no magic number of a pcap file");
			this.#stop();
			return false;
		}
		const { format, little } = found;
		this.#little = little;
		if (format === "pcap-modified") this.#head = 24;
		this.#records.header({
			format,
			major: u16(buf, pos + 4, little),
			minor: u16(buf, pos + 6, little),
			snapLength: u32(buf, pos + 16, little),
			linkWord: u32(buf, pos + 20, little),
		});
		feed.advance(PCAP_HEADER);
		this.#headerRead = true;
		return true;
	}

	#lacking(want: number): null {
		const have = this.#feed.pending;
		if (this.#ended && have > 0) {
			this.#records.truncated(this.#feed.offset, have, want);
			this.#stop();
		}
		return null;
	}

	#stop(): null {
		this.#stopped = true;
		this.#feed.drop();
		return null;
	}
}

/** Linux packet types: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 outgoing. */
function direction(packetType: number): 0 | 1 | 2 {
	if (packetType === 4) return 2;
	return packetType <= 2 ? 1 : 0;
}
