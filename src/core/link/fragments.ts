interface Part {
	offset: number;
	data: Buffer;
}

interface Datagram {
	began: number;
	parts: Part[];
	/** total octets, once the last fragment is here */
	total: number | undefined;
	held: number;
	/** IPv6: fragments overlapped, so all of it is dropped (RFC 5722) */
	spoiled: boolean;
}

/** Seconds of capture time that a datagram may take to arrive. */
const PATIENCE = 30;
const MOST_DATAGRAMS = 4096;
const MOST_OCTETS = 16 << 20;
const LARGEST = 65_535;

export type FragmentResult = Buffer | "waiting" | "overlap";

/** Puts IP fragments together, keyed by addresses, protocol and identification. */
export class Fragments {
	readonly #open = new Map<string, Datagram>();
	#held = 0;
	/** datagrams given up since last asked */
	expired = 0;

	/**
	 * One fragment buf[start, end) at `offset`. The whole payload when it is complete; "overlap" when
	 * fragments overlap with other octets (IPv4: first copy kept; IPv6: datagram dropped).
	 */
	add(key: string, family: 4 | 6, offset: number, more: boolean, buf: Buffer, start: number, end: number, now: number): FragmentResult {
		this.#expire(now);
		let datagram = this.#open.get(key);
		if (datagram === undefined) {
			datagram = { began: now, parts: [], total: undefined, held: 0, spoiled: false };
			this.#open.set(key, datagram);
			if (this.#open.size > MOST_DATAGRAMS) this.#drop(this.#open.keys().next().value as string);
		}
		if (datagram.spoiled || offset + (end - start) > LARGEST) return "waiting";
		let overlap = false;
		if (!more) datagram.total ??= offset + (end - start);
		let from = start;
		let at = offset;
		for (const part of datagram.parts) {
			const partEnd = part.offset + part.data.length;
			if (at >= partEnd || at + (end - from) <= part.offset) continue;
			const common = buf.subarray(from + Math.max(0, part.offset - at), Math.min(end, from + (partEnd - at)));
			const theirs = part.data.subarray(Math.max(0, at - part.offset), Math.max(0, at - part.offset) + common.length);
			if (family === 6 && !(part.offset === offset && part.data.length === end - start)) {
				datagram.spoiled = true;
				return "overlap";
			}
			if (!common.equals(theirs)) overlap = true;
			if (at >= part.offset) {
				from += partEnd - at;
				at = partEnd;
			} else end = from + (part.offset - at);
			if (from >= end) break;
		}
		if (from < end) {
			datagram.parts.push({ offset: at, data: Buffer.from(buf.subarray(from, end)) });
			datagram.held += end - from;
			this.#held += end - from;
			while (this.#held > MOST_OCTETS && this.#open.size > 1) this.#drop(this.#open.keys().next().value as string);
		}
		if (datagram.total !== undefined && datagram.held === datagram.total) {
			this.#open.delete(key);
			this.#held -= datagram.held;
			return Buffer.concat(datagram.parts.sort((a, b) => a.offset - b.offset).map((part) => part.data));
		}
		return overlap ? "overlap" : "waiting";
	}

	#expire(now: number): void {
		for (const [key, datagram] of this.#open) {
			if (now - datagram.began <= PATIENCE) return;
			this.#drop(key);
			this.expired++;
		}
	}

	#drop(key: string): void {
		const datagram = this.#open.get(key);
		if (datagram === undefined) return;
		this.#held -= datagram.held;
		this.#open.delete(key);
	}
}
