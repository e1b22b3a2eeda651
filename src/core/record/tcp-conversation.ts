import type { Direction } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { ACK, FIN, MOST_PAYLOAD, PSH, RST, type Stamp, SYN, tcpPacket, type Way } from "./ip-packet.js";

const NOTHING = new Uint8Array(0);

/**
 * A made-up TCP connection around octets whose packets nobody saw: handshake, data, acknowledgements, ends.
 * Nothing is lost or repeated in it, so every acknowledgement follows at once.
 */
export class TcpConversation {
	readonly #ways: readonly [Way, Way];
	readonly #interfaceId: number;
	readonly #write: (block: Buffer) => void;
	/** next sequence number of each side */
	readonly #next: [number, number];
	/** side has sent its FIN */
	readonly #ended: [boolean, boolean] = [false, false];
	#reset = false;

	/** `first` is the sequence number of each side's SYN. */
	constructor(ways: readonly [Way, Way], first: readonly [number, number], interfaceId: number, write: (block: Buffer) => void) {
		this.#ways = ways;
		this.#interfaceId = interfaceId;
		this.#write = write;
		this.#next = [first[0] >>> 0, first[1] >>> 0];
	}

	/** Both directions are over: nothing can follow. */
	get over(): boolean {
		return this.#reset || (this.#ended[0] && this.#ended[1]);
	}

	/** The three packets of the handshake (RFC 9293 §3.5); the comments stand at the first. */
	open(at: Moment, comments: readonly string[]): void {
		this.#segment(0, SYN, NOTHING, at, comments);
		this.#advance(0, 1);
		this.#segment(1, SYN | ACK, NOTHING, at);
		this.#advance(1, 1);
		this.#segment(0, ACK, NOTHING, at);
	}

	/** Octets in as few segments as possible, then their acknowledgement; the comments stand at the last segment. */
	data(dir: Direction, octets: Uint8Array, at: Moment, comments: readonly string[]): void {
		if (this.#reset || this.#ended[dir] || octets.length === 0) return;
		for (let start = 0; start < octets.length; start += MOST_PAYLOAD) {
			const part = octets.subarray(start, start + MOST_PAYLOAD);
			const last = start + MOST_PAYLOAD >= octets.length;
			this.#segment(dir, last ? PSH | ACK : ACK, part, at, last ? comments : []);
			this.#advance(dir, part.length);
		}
		this.#segment(other(dir), ACK, NOTHING, at);
	}

	/** Packets that `data` makes of so many octets. */
	packets(dir: Direction, octets: number): number {
		return this.#reset || this.#ended[dir] || octets === 0 ? 0 : Math.ceil(octets / MOST_PAYLOAD) + 1;
	}

	/** Octets that are not in the file: a hole in the sequence numbers. */
	skip(dir: Direction, length: number): void {
		this.#advance(dir, length);
	}

	fin(dir: Direction, at: Moment): void {
		if (this.over || this.#ended[dir]) return;
		this.#segment(dir, FIN | ACK, NOTHING, at);
		this.#ended[dir] = true;
		this.#advance(dir, 1);
		this.#segment(other(dir), ACK, NOTHING, at);
	}

	rst(dir: Direction, at: Moment): void {
		if (this.over) return;
		this.#segment(dir, RST | ACK, NOTHING, at);
		this.#reset = true;
	}

	#segment(dir: Direction, flags: number, payload: Uint8Array, at: Moment, comments: readonly string[] = []): void {
		const stamp: Stamp = { interfaceId: this.#interfaceId, at, comments };
		this.#write(tcpPacket(this.#ways[dir], stamp, this.#next[dir], this.#next[other(dir)], flags, payload));
	}

	#advance(dir: Direction, octets: number): void {
		this.#next[dir] = (this.#next[dir] + octets) % 2 ** 32;
	}
}

function other(dir: Direction): Direction {
	return dir === 0 ? 1 : 0;
}
