import { ipv4At, ipv6At } from "../../bytes/ip-text.js";
import type { Endpoint } from "../../model/flow.js";
import type { Problem } from "../../model/problem.js";

/** What one HEP3 (also EEP3) packet carries: one application message as an agent saw it. */
export interface HepPacket {
	transport: "tcp" | "udp";
	from: Endpoint;
	to: Endpoint;
	/** seconds and nanoseconds of the agent's capture; undefined when it sent none */
	sec: number | undefined;
	nsec: number;
	/** HEP protocol type: 1 SIP ...; undefined when absent */
	protocolType: number | undefined;
	/** octets of the payload within the buffer */
	start: number;
	end: number;
}

/** Chunk types of vendor 0. */
const CHUNK = {
	protocol: 2,
	sourceV4: 3,
	destinationV4: 4,
	sourceV6: 5,
	destinationV6: 6,
	sourcePort: 7,
	destinationPort: 8,
	seconds: 9,
	microseconds: 10,
	protocolType: 11,
	payload: 15,
} as const;

const HEADER = 6;

/** "HEP3" or "EEP3" at the start. */
export function looksLikeHep(buf: Buffer, start: number, end: number): boolean {
	if (end - start < HEADER) return false;
	const first = buf[start];
	return (first === 0x48 || first === 0x45) && buf[start + 1] === 0x45 && buf[start + 2] === 0x50 && buf[start + 3] === 0x33;
}

const MARKS = ["HEP3", "EEP3"];

/** Can a HEP packet begin here? "maybe": the octets end before that is known. */
export function hepPrefix(buf: Buffer, start: number, end: number): "yes" | "no" | "maybe" {
	const seen = buf.toString("latin1", start, Math.min(end, start + 4));
	if (seen.length === 4) return MARKS.includes(seen) ? "yes" : "no";
	return MARKS.some((mark) => mark.startsWith(seen)) ? "maybe" : "no";
}

/** Total length of the packet that begins at `start` (HEP3 rev 37: octets 4 and 5). */
export function hepLength(buf: Buffer, start: number): number {
	return buf.readUInt16BE(start + 4);
}

/**
 * Takes a HEP3 packet apart. A chunk whose length is below 6 or passes the end drops the packet:
 * the answer is then a `hep.bad-chunk` problem with the chunk's offset. No payload or no address: undefined.
 */
export function decodeHep(buf: Buffer, start: number, end: number): HepPacket | Problem | undefined {
	const last = Math.min(end, start + hepLength(buf, start));
	const packet: HepPacket = {
		transport: "udp",
		from: { address: "", port: 0 },
		to: { address: "", port: 0 },
		sec: undefined,
		nsec: 0,
		protocolType: undefined,
		start: -1,
		end: -1,
	};
	let at = start + HEADER;
	while (at < last) {
		const length = at + HEADER <= last ? buf.readUInt16BE(at + 4) : 0;
		if (length < HEADER || at + length > last) {
			return { id: "hep.bad-chunk", offset: at - start, length: last - at, detail: `chunk length ${length} with ${last - at} octets left` };
		}
		if (buf.readUInt16BE(at) === 0) readChunk(packet, buf, buf.readUInt16BE(at + 2), at + HEADER, at + length);
		at += length;
	}
	return packet.start < 0 || packet.from.address === "" || packet.to.address === "" ? undefined : packet;
}

function readChunk(packet: HepPacket, buf: Buffer, type: number, start: number, end: number): void {
	const size = end - start;
	switch (type) {
		case CHUNK.protocol:
			if (size === 1) packet.transport = buf[start] === 6 ? "tcp" : "udp";
			break;
		case CHUNK.sourceV4:
			if (size === 4) packet.from.address = ipv4At(buf, start);
			break;
		case CHUNK.destinationV4:
			if (size === 4) packet.to.address = ipv4At(buf, start);
			break;
		case CHUNK.sourceV6:
			if (size === 16) packet.from.address = ipv6At(buf, start);
			break;
		case CHUNK.destinationV6:
			if (size === 16) packet.to.address = ipv6At(buf, start);
			break;
		case CHUNK.sourcePort:
			if (size === 2) packet.from.port = buf.readUInt16BE(start);
			break;
		case CHUNK.destinationPort:
			if (size === 2) packet.to.port = buf.readUInt16BE(start);
			break;
		case CHUNK.seconds:
			if (size === 4) packet.sec = buf.readUInt32BE(start);
			break;
		case CHUNK.microseconds:
			if (size === 4) packet.nsec = Math.min(buf.readUInt32BE(start), 999_999) * 1000;
			break;
		case CHUNK.protocolType:
			if (size === 1) packet.protocolType = buf[start]!;
			break;
		case CHUNK.payload:
			packet.start = start;
			packet.end = end;
			break;
	}
}
