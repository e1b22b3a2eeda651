import { PCAP_HEADER, PCAP_MAGIC, PCAP_MAGIC_MODIFIED, PCAP_MAGIC_NS } from "./pcap.js";

export interface PcapForm {
	/** default "pcap": microseconds */
	format?: "pcap" | "pcap-ns" | "pcap-modified";
	bigEndian?: boolean;
}

export interface PcapFileOptions extends PcapForm {
	linkType: number;
	/** default 262144 */
	snapLength?: number;
	/** octets of frame check sequence (even), written into the link word; absent: not told */
	fcsLength?: number;
	/** default 4: version 2.4 */
	minor?: number;
}

/** The 24 octets that begin a classic capture. */
export function pcapFileHeader(options: PcapFileOptions): Buffer {
	const out = Buffer.alloc(PCAP_HEADER);
	const put = writer(out, options.bigEndian === true);
	const magic = { pcap: PCAP_MAGIC, "pcap-ns": PCAP_MAGIC_NS, "pcap-modified": PCAP_MAGIC_MODIFIED }[options.format ?? "pcap"];
	put.u32(0, magic);
	put.u16(4, 2);
	put.u16(6, options.minor ?? 4);
	put.u32(16, options.snapLength ?? 262_144);
	const fcs = options.fcsLength === undefined ? 0 : ((options.fcsLength / 2) << 28) | 0x0400_0000;
	put.u32(20, (options.linkType | fcs) >>> 0);
	return out;
}

export interface PcapRecordOptions extends PcapForm {
	sec: number;
	/** nanoseconds; microsecond formats drop what they cannot say */
	nsec: number;
	data: Uint8Array;
	/** default: the length of data */
	originalLength?: number;
	/** modified format only: Linux packet type, 4 = outgoing */
	packetType?: number;
}

/** One record: header and data. */
export function pcapRecord(options: PcapRecordOptions): Buffer {
	const head = options.format === "pcap-modified" ? 24 : 16;
	const out = Buffer.alloc(head + options.data.length);
	const put = writer(out, options.bigEndian === true);
	put.u32(0, options.sec);
	put.u32(4, options.format === "pcap-ns" ? options.nsec : Math.floor(options.nsec / 1000));
	put.u32(8, options.data.length);
	put.u32(12, options.originalLength ?? options.data.length);
	if (head === 24) out[22] = options.packetType ?? 0;
	out.set(options.data, head);
	return out;
}

/** Fixed-width writes in one octet order. */
export function writer(out: Buffer, bigEndian: boolean): { u16(at: number, value: number): void; u32(at: number, value: number): void } {
	return bigEndian
		? { u16: (at, value) => out.writeUInt16BE(value, at), u32: (at, value) => out.writeUInt32BE(value, at) }
		: { u16: (at, value) => out.writeUInt16LE(value, at), u32: (at, value) => out.writeUInt32LE(value, at) };
}
