import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { CaptureParser } from "../model/packet.js";
import { PcapParser, pcapFormat } from "./pcap.js";
import { BLOCK_SECTION, PcapngParser } from "./pcapng.js";
import { u32 } from "./words.js";

/** Octets that `createCaptureParser` wants to see; fewer only when the file has no more. */
export const SNIFF = 24;

/**
 * The parser for a file that begins with `first`. The octets are only looked at: push them afterwards.
 * `error` says in words for the user what the file is instead, or that it is none that we know.
 */
export function createCaptureParser(first: Buffer, limits: Limits = DEFAULT_LIMITS): CaptureParser | { error: string } {
	if (first.length >= 4) {
		const classic = pcapFormat(first, 0);
		if (classic !== undefined) {
			const parser = new PcapParser(limits);
			parser.info.format = classic.format;
			return parser;
		}
		if (u32(first, 0, false) === BLOCK_SECTION) return new PcapngParser(limits);
	}
	return { error: describe(first) };
}

/** The gzip magic number (RFC 1952 §2.3.1). */
export function isGzip(first: Buffer): boolean {
	return first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
}

const TO_PCAPNG = "convert it with: editcap -F pcapng IN OUT";

/** First octets, as hex, of files that people mistake for captures or that hold packets in another form. */
const FOREIGN: readonly (readonly [magic: string, what: string])[] = [
	["1f8b", "this is gzip data: unpack it first (gunzip)"],
	["28b52ffd", "this is zstd data: unpack it first (zstd -d)"],
	["04224d18", "this is lz4 data: unpack it first (lz4 -d)"],
	["fd377a585a00", "this is xz data: unpack it first (xz -d)"],
	["425a68", "this is bzip2 data: unpack it first (bunzip2)"],
	["504b0304", "this is a zip archive: unpack it first (unzip)"],
	["736e6f6f70000000", `this is a snoop capture (RFC 1761): ${TO_PCAPNG}`],
	["6274736e6f6f7000", "this is a btsnoop (Bluetooth) log, which carries no IP packets"],
	["474d4255", `this is a Network Monitor capture: ${TO_PCAPNG}`],
	["52545353", `this is a Network Monitor capture: ${TO_PCAPNG}`],
	["5452534e49464620", `this is a Sniffer capture: ${TO_PCAPNG}`],
	["58435000", `this is a NetXRay capture: ${TO_PCAPNG}`],
	["697074726163652031", `this is an AIX iptrace capture: ${TO_PCAPNG}`],
	["697074726163652032", `this is an AIX iptrace capture: ${TO_PCAPNG}`],
	["1c0001ac", `this is an IXIA capture: ${TO_PCAPNG}`],
	["ac01001c", `this is an IXIA capture: ${TO_PCAPNG}`],
	["1c0001ab", `this is an IXIA capture: ${TO_PCAPNG}`],
	["ab01001c", `this is an IXIA capture: ${TO_PCAPNG}`],
	["48455033", "this looks like a stream of HEP3 packets, not a capture file"],
	["45455033", "this looks like a stream of EEP3 packets, not a capture file"],
	["7f454c46", "this is a program, not a capture file"],
];

const KNOWN = "captures are pcap or pcapng files, as tcpdump, dumpcap and Wireshark write them";

function describe(first: Buffer): string {
	if (first.length === 0) return "the file is empty";
	const head = first.toString("hex", 0, Math.min(first.length, 16));
	const foreign = FOREIGN.find(([magic]) => head.startsWith(magic));
	if (foreign !== undefined) return foreign[1];
	// The section header holds CR and LF so that a transfer as text shows (draft-ietf-opsawg-pcapng §4.1).
	if (/^(0a0d0a|0a0a|0d0a0d|0a0d0d0d0a)/.test(head))
		return "this looks like a pcapng file damaged by a transfer as text: transfer it again as binary";
	if (looksLikeText(first)) return describeText(first.toString("latin1", 0, Math.min(first.length, 64)));
	if (looksLikeErf(first)) return `this looks like an ERF (Endace) capture: ${TO_PCAPNG}`;
	if (first.length < 4) return `the file has only ${first.length} octets; ${KNOWN}`;
	return `this is no capture file that can be read (it begins with ${head.slice(0, 8)}); ${KNOWN}`;
}

function describeText(text: string): string {
	if (/^MSRP /.test(text)) return `this is MSRP text, not a capture file; ${KNOWN}`;
	if (/^(SIP\/2\.0 |[A-Z]+ sips?:)/.test(text)) return `this is SIP text, not a capture file; ${KNOWN}`;
	if (/^\s*[[{]/.test(text)) return `this looks like JSON, not a capture file; ${KNOWN}`;
	if (/^\s*</.test(text)) return `this looks like XML or HTML, not a capture file; ${KNOWN}`;
	return `this looks like text, not a capture file; ${KNOWN}`;
}

function looksLikeText(first: Buffer): boolean {
	if (first.length < 4) return false;
	return first.every((octet) => octet >= 0x20 || octet === 9 || octet === 10 || octet === 13);
}

/** ERF has no magic number: a little-endian 32.32 time, type (1 HDLC to 48), flags, record length, losses, wire length. */
function looksLikeErf(first: Buffer): boolean {
	if (first.length < 16) return false;
	const type = first[8]! & 0x7f;
	const recordLength = (first[10]! << 8) | first[11]!;
	const seconds = u32(first, 4, true);
	return type >= 1 && type <= 48 && recordLength >= 16 && seconds > 631_152_000 && seconds < 4_000_000_000;
}
