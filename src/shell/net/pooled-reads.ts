import type { OnReadOpts } from "node:net";

const SIZE = 64 << 10;
/** A read of this many octets shows bulk traffic, which gets memory of its own. */
const BULK = 16 << 10;
/** A read below this shows that the bulk is over. */
const CALM = 4 << 10;

/** All sockets that are not busy are read into this: a read has been handled before the next one can happen. */
const shared = Buffer.allocUnsafeSlow(SIZE);

/** What a read does with its octets; answers true when it still needs the memory afterwards. */
export type Take = (chunk: Buffer) => boolean;

/**
 * Reads of one socket without an allocation each (`onread` of net.Socket). Idle connections own no memory: they share
 * a buffer, whose octets are copied because a pending write of one connection would meet the read of another. Busy ones
 * own a buffer, which is read into again as soon as the octets are written.
 */
export class PooledReads implements OnReadOpts {
	/** set before the socket is allowed to read */
	take: Take = () => false;
	#own: Buffer | undefined;

	readonly buffer = (): Uint8Array => this.#own ?? shared;

	readonly callback = (octets: number, buffer: Uint8Array): boolean => {
		if (buffer === shared) {
			if (octets >= BULK) this.#own = Buffer.allocUnsafeSlow(SIZE);
			this.take(Buffer.from(shared.subarray(0, octets)));
			return true;
		}
		const used = this.take((buffer as Buffer).subarray(0, octets));
		if (octets < CALM) this.#own = undefined;
		else if (used) this.#own = Buffer.allocUnsafeSlow(SIZE);
		return true;
	};
}
