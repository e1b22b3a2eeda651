import type { Attributes, Chunk, Ending, Onward, Surroundings, Toxin } from "./types.js";

/** Octets that may wait in a toxic that does not need more. */
export const WINDOW = 64 << 10;

/** A toxic that lets everything pass; kinds change what they have to. Its queue is first in, first out, its end comes last. */
export abstract class BaseToxin implements Toxin {
	protected attributes: Attributes;
	protected readonly onward: Onward;
	protected readonly whole: boolean;
	protected queue: Chunk[] = [];
	protected ending: Ending | undefined;
	/** its end was given on: nothing may follow */
	protected over = false;
	held = 0;
	wakeAt: number | undefined;

	constructor(attributes: Attributes, { onward, whole }: Surroundings) {
		this.attributes = attributes;
		this.onward = onward;
		this.whole = whole;
	}

	push(chunk: Chunk, now: number): void {
		if (this.over || this.ending !== undefined) return;
		this.queue.push(chunk);
		this.held += chunk.octets.length;
		this.advance(now);
	}

	end(how: Ending, now: number): void {
		if (this.over || this.ending !== undefined) return;
		this.ending = how;
		this.advance(now);
	}

	get waiting(): number {
		return this.queue.length;
	}

	abstract advance(now: number): void;

	update(attributes: Attributes, now: number): void {
		this.attributes = attributes;
		this.advance(now);
	}

	remove(now: number): void {
		while (this.queue.length > 0) this.give(this.queue[0]!.octets.length, now);
		if (this.ending !== undefined) this.finish(this.ending, now);
		this.wakeAt = undefined;
	}

	/** The first `size` octets of what waits longest go on. */
	protected give(size: number, now: number): void {
		const chunk = this.queue[0]!;
		this.held -= size;
		if (size === chunk.octets.length) {
			this.queue.shift();
			this.onward.push(chunk, now);
			return;
		}
		this.queue[0] = { ...chunk, octets: chunk.octets.subarray(size), offset: chunk.offset + size };
		this.onward.push({ ...chunk, octets: chunk.octets.subarray(0, size) }, now);
	}

	protected finish(how: Ending, now: number): void {
		if (this.over) return;
		this.over = true;
		this.queue = [];
		this.held = 0;
		this.wakeAt = undefined;
		this.onward.end(how, now);
	}
}
