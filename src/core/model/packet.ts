import type { Problem } from "./problem.js";

/**
 * One captured packet. Readers hand out the same object again and again:
 * nothing in it may be kept beyond the next call to the reader.
 */
export interface Packet {
	/** 1-based, in file order */
	number: number;
	sec: number;
	nsec: number;
	/** the captured octets are buf[start, end) */
	buf: Buffer;
	start: number;
	end: number;
	/** octets on the wire; greater than end - start when the snap length cut the packet */
	originalLength: number;
	/** LINKTYPE_ number (tcpdump.org registry) of the interface */
	linkType: number;
	/** number over all sections of the file, from 0 */
	interfaceId: number;
	/** octets of frame check sequence at the end of the captured data (pcapng epb_flags, pcap link word) */
	fcsLength: number;
	/** as the capture says: 0 unknown, 1 inbound, 2 outbound */
	direction: 0 | 1 | 2;
	/** pcapng opt_comment values of this packet */
	comments: readonly string[] | null;
}

/** A named interface of a capture. */
export interface CaptureInterface {
	id: number;
	linkType: number;
	snapLength: number;
	name?: string;
	description?: string;
}

/** What a capture says beside its packets. Grows while the file is read. */
export interface CaptureInfo {
	format: "pcap" | "pcap-ns" | "pcap-modified" | "pcapng";
	compressed: "no" | "gzip";
	interfaces: CaptureInterface[];
	/** address (text form) to host name, from name resolution blocks */
	names: Map<string, string>;
	/** texts of TLS key logs found in decryption secrets blocks */
	keyLogs: string[];
	/** section, interface and name-resolution comments */
	comments: string[];
	/** damage and oddities, each with the file offset; the last one is fatal when `damaged` is true */
	problems: Problem[];
	/** reading stopped before the end because the file is broken or cut there */
	damaged: boolean;
}

/**
 * Incremental capture parser: octets in, packets out, no I/O.
 *
 *     parser.push(buf, start, end);
 *     while ((packet = parser.next()) !== null) use(packet);
 *     parser.end();
 *     while ((packet = parser.next()) !== null) use(packet);
 *
 * `push` borrows the memory until `next` has returned null; an incomplete record at the end is copied.
 */
export interface CaptureParser {
	readonly info: CaptureInfo;
	push(buf: Buffer, start: number, end: number): void;
	end(): void;
	next(): Packet | null;
}
