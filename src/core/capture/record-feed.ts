import { ReceiveBuffer } from "../bytes/receive-buffer.js";

/**
 * Turns chunks of a file into contiguous records. What lies wholly inside a chunk is read in place;
 * only the incomplete record at a chunk's end is copied, and completed by exactly the octets that it lacks.
 *
 *     feed.push(buf, start, end);
 *     while (feed.need(size)) { read feed.buf from feed.pos; feed.advance(size); }
 *
 * The chunk is borrowed until `need` has returned false.
 */
export class RecordFeed {
	/** the octets at hand are buf[pos, end); `need` may exchange all three */
	buf: Buffer = EMPTY;
	pos = 0;
	end = 0;
	/** file offset of `pos` */
	offset = 0;

	readonly #carry = new ReceiveBuffer();
	#carrying = false;
	/** the rest of the chunk while the window is the carry */
	#chunk: Buffer = EMPTY;
	#chunkPos = 0;
	#chunkEnd = 0;
	/** octets that are still to be dropped from chunks to come */
	#skip = 0;

	push(buf: Buffer, start: number, end: number): void {
		if (this.pos < this.end || this.#chunkPos < this.#chunkEnd) this.#stash();
		const drop = Math.min(this.#skip, end - start);
		this.#skip -= drop;
		this.offset += drop;
		if (this.#carrying) {
			this.#chunk = buf;
			this.#chunkPos = start + drop;
			this.#chunkEnd = end;
		} else {
			this.buf = buf;
			this.pos = start + drop;
			this.end = end;
		}
	}

	/** True when `count` octets are contiguous at `pos`; else the octets at hand have been kept for the next push. */
	need(count: number): boolean {
		return this.end - this.pos >= count || this.#gather(count);
	}

	/** Moves on by `count` octets, which `need` has confirmed. They stay readable until the next call of `need` or `push`. */
	advance(count: number): void {
		this.pos += count;
		this.offset += count;
		if (this.#carrying) {
			this.#carry.consume(count);
			if (this.#carry.length === 0) this.#leaveCarry();
		}
	}

	/** Drops `count` octets, those that have not come yet included, without ever holding them. */
	skip(count: number): void {
		let left = count;
		while (left > 0 && this.end > this.pos) {
			const here = Math.min(left, this.end - this.pos);
			this.advance(here);
			left -= here;
		}
		this.#skip += left;
	}

	/** Octets of an unfinished record: those at hand, or those that a skip still lacks (then `missing` is more than 0). */
	get pending(): number {
		return this.end - this.pos + (this.#chunkEnd - this.#chunkPos);
	}

	/** Octets that a skip still waits for. */
	get missing(): number {
		return this.#skip;
	}

	/** Forgets everything at hand, so that no memory is held after a fatal problem. */
	drop(): void {
		this.#carry.clear();
		this.#carrying = false;
		this.#chunk = EMPTY;
		this.#chunkPos = 0;
		this.#chunkEnd = 0;
		this.buf = EMPTY;
		this.pos = 0;
		this.end = 0;
	}

	#gather(count: number): boolean {
		if (!this.#carrying) {
			if (this.pos < this.end) this.#stash();
			return false;
		}
		const add = Math.min(count - (this.end - this.pos), this.#chunkEnd - this.#chunkPos);
		if (add > 0) {
			this.#carry.append(this.#chunk, this.#chunkPos, this.#chunkPos + add);
			this.#chunkPos += add;
			this.#showCarry();
		}
		return this.end - this.pos >= count;
	}

	#stash(): void {
		if (this.#carrying) {
			this.#carry.append(this.#chunk, this.#chunkPos, this.#chunkEnd);
		} else {
			this.#carry.append(this.buf, this.pos, this.end);
			this.#carrying = true;
		}
		this.#chunk = EMPTY;
		this.#chunkPos = 0;
		this.#chunkEnd = 0;
		this.#showCarry();
	}

	#showCarry(): void {
		this.buf = this.#carry.buf;
		this.pos = this.#carry.start;
		this.end = this.#carry.end;
	}

	#leaveCarry(): void {
		this.#carrying = false;
		this.buf = this.#chunk;
		this.pos = this.#chunkPos;
		this.end = this.#chunkEnd;
		this.#chunk = EMPTY;
		this.#chunkPos = 0;
		this.#chunkEnd = 0;
	}
}

const EMPTY = Buffer.alloc(0);
