/**
 * Octets that have arrived but are not yet consumed, in one contiguous block.
 * Appending is amortised O(1) an octet; consuming moves a cursor. Never searches anything by itself:
 * callers keep how far they have looked, so that no octet is searched twice.
 */
export class ReceiveBuffer {
	/** pending octets are buf[start, end) */
	buf: Buffer;
	start = 0;
	end = 0;

	constructor(capacity = 0) {
		this.buf = capacity > 0 ? Buffer.allocUnsafeSlow(capacity) : EMPTY;
	}

	get length(): number {
		return this.end - this.start;
	}

	append(from: Buffer, start: number, end: number): void {
		const add = end - start;
		if (this.end + add > this.buf.length) this.#makeRoom(add);
		from.copy(this.buf, this.end, start, end);
		this.end += add;
	}

	consume(count: number): void {
		this.start += count;
		if (this.start >= this.end) {
			this.start = 0;
			this.end = 0;
			// A block that grew for one big message is not kept for the life of the flow.
			if (this.buf.length > KEEP) this.buf = EMPTY;
		}
	}

	clear(): void {
		this.consume(this.length);
	}

	#makeRoom(add: number): void {
		const pending = this.length;
		if (pending + add <= this.buf.length && this.start >= this.buf.length >> 1) {
			this.buf.copyWithin(0, this.start, this.end);
		} else {
			const grown = Buffer.allocUnsafeSlow(Math.max(512, (pending + add) * 2));
			this.buf.copy(grown, 0, this.start, this.end);
			this.buf = grown;
		}
		this.start = 0;
		this.end = pending;
	}
}

const EMPTY = Buffer.alloc(0);
const KEEP = 64 << 10;
