import type { CaptureParser, Packet } from "../../src/core/model/packet.js";

/** A packet that outlives the reader's next step. */
export interface Kept {
	number: number;
	sec: number;
	nsec: number;
	data: string;
	originalLength: number;
	linkType: number;
	interfaceId: number;
	fcsLength: number;
	direction: number;
	comments: readonly string[] | null;
}

export function keep(packet: Packet): Kept {
	return {
		number: packet.number,
		sec: packet.sec,
		nsec: packet.nsec,
		data: packet.buf.toString("hex", packet.start, packet.end),
		originalLength: packet.originalLength,
		linkType: packet.linkType,
		interfaceId: packet.interfaceId,
		fcsLength: packet.fcsLength,
		direction: packet.direction,
		comments: packet.comments === null ? null : [...packet.comments],
	};
}

/** A packet with the usual values, for expectations. */
export function packet(number: number, sec: number, nsec: number, data: Buffer, more: Partial<Kept> = {}): Kept {
	return {
		number,
		sec,
		nsec,
		data: data.toString("hex"),
		originalLength: data.length,
		linkType: 1,
		interfaceId: 0,
		fcsLength: 0,
		direction: 0,
		comments: null,
		...more,
	};
}

export function drain(parser: CaptureParser, into: Kept[]): void {
	for (let next = parser.next(); next !== null; next = parser.next()) into.push(keep(next));
}

/**
 * Pushes `octets` cut at the given places. Every chunk lies in memory of its own that is overwritten once it has been
 * drained, so that a parser which keeps borrowed memory shows.
 */
export function parse(parser: CaptureParser, octets: Buffer, cuts: readonly number[] = []): Kept[] {
	const out: Kept[] = [];
	const places = [0, ...[...cuts].sort((a, b) => a - b), octets.length];
	for (let i = 1; i < places.length; i++) {
		const from = Math.min(places[i - 1]!, octets.length);
		const to = Math.min(places[i]!, octets.length);
		const chunk = Buffer.concat([Buffer.from([0xee]), octets.subarray(from, to), Buffer.from([0xee])]);
		parser.push(chunk, 1, chunk.length - 1);
		drain(parser, out);
		chunk.fill(0xdd);
	}
	parser.end();
	drain(parser, out);
	return out;
}

export function everyOctet(octets: Buffer): number[] {
	return Array.from({ length: octets.length }, (_, i) => i);
}

/** Data of `length` octets that differ from place to place. */
export function data(length: number, seed = 1): Buffer {
	return Buffer.from(Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff));
}
