import type { Limits } from "../model/limits.js";
import type { CaptureInfo, Packet } from "../model/packet.js";
import { CaptureNotes, emptyCaptureInfo } from "./notes.js";

export function emptyPacket(): Packet {
	return {
		number: 0,
		sec: 0,
		nsec: 0,
		buf: EMPTY,
		start: 0,
		end: 0,
		originalLength: 0,
		linkType: 0,
		interfaceId: 0,
		fcsLength: 0,
		direction: 0,
		comments: null,
	};
}

/** What the 24-octet header of a classic capture says. */
export interface PcapHeader {
	format: Exclude<CaptureInfo["format"], "pcapng">;
	major: number;
	minor: number;
	snapLength: number;
	/** the last word: link type in the low 16 bits, length of the frame check sequence above */
	linkWord: number;
}

/**
 * The meaning of classic pcap headers and records, apart from how the octets come in:
 * every reader of the format goes through here, so that all report and repair the same.
 * Source: draft-ietf-opsawg-pcap; libpcap's habits for old files.
 */
export class PcapRecords {
	readonly info: CaptureInfo = emptyCaptureInfo("pcap");
	readonly notes = new CaptureNotes(this.info);
	readonly #limit: number;
	readonly #packet = emptyPacket();
	/** nanoseconds in a unit of the fraction word */
	#unit = 1000;
	#perSecond = 1_000_000;
	#minor = 4;
	#fcs = 0;

	constructor(limits: Limits) {
		this.#limit = limits.packet;
	}

	header(header: PcapHeader): void {
		this.info.format = header.format;
		if (header.format === "pcap-ns") {
			this.#unit = 1;
			this.#perSecond = 1_000_000_000;
		}
		this.#minor = header.major === 2 ? header.minor : 4;
		if (header.major !== 2 || header.minor > 4) {
			this.notes.problem("cap.bad-value", 4, 4, `version ${header.major}.${header.minor} read as 2.4`);
		}
		const linkType = header.linkWord & 0xffff;
		// Bit 26 says that the top four bits count 16-bit words of FCS.
		if ((header.linkWord & 0x0400_0000) !== 0) this.#fcs = (header.linkWord >>> 28) * 2;
		this.info.interfaces.push({ id: 0, linkType, snapLength: header.snapLength });
		this.#packet.linkType = linkType;
	}

	/** False when no record can be that long; the problem is then reported and reading has to stop. */
	plausible(captured: number, offset: number): boolean {
		if (captured <= this.#limit) return true;
		this.notes.fatal(
			"cap.bad-record",
			offset,
			16,
			`record ${this.#packet.number + 1} claims ${captured} octets, more than the limit of ${this.#limit}`,
		);
		return false;
	}

	/** The record as a packet; `offset` is where the record begins in the file. */
	packet(sec: number, fraction: number, captured: number, original: number, buf: Buffer, start: number, offset: number): Packet {
		const packet = this.#packet;
		packet.number++;
		packet.sec = sec;
		if (fraction < this.#perSecond) {
			packet.nsec = fraction * this.#unit;
		} else {
			packet.sec = sec + Math.floor(fraction / this.#perSecond);
			packet.nsec = (fraction % this.#perSecond) * this.#unit;
			this.notes.once("fraction", "cap.bad-value", offset + 4, 4, `fraction ${fraction} is a second or more; carried into the seconds`);
		}
		packet.buf = buf;
		packet.start = start;
		packet.end = start + captured;
		packet.originalLength = original;
		if (original < captured) {
			packet.originalLength = captured;
			this.notes.once(
				"original",
				"cap.bad-value",
				offset + 12,
				4,
				`original length ${original} is less than the ${captured} octets captured; taken as ${captured}`,
			);
		}
		packet.fcsLength = this.#fcs < captured ? this.#fcs : 0;
		return packet;
	}

	/** Before version 2.3 the two lengths stood the other way round, in 2.3 either way (libpcap, sf-pcap.c). */
	swapped(captured: number, original: number): boolean {
		return this.#minor < 3 || (this.#minor === 3 && captured > original);
	}

	truncated(offset: number, have: number, want: number): void {
		const what = offset === 0 ? "the file header" : `record ${this.#packet.number + 1}`;
		this.notes.fatal("cap.truncated", offset, have, `${what} has ${have} of ${want} octets`);
	}
}

const EMPTY = Buffer.alloc(0);
