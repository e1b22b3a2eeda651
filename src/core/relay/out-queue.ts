import type { Rewriting } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";
import type { Annotated, Outlet } from "./outlet.js";
import { earlier, isBefore, later } from "./time.js";
import type { Carriage, CloseCode } from "./types.js";

interface Waiting {
	/** undefined: the end */
	octets: Buffer | undefined;
	close: "fin" | "rst" | undefined;
	due: Moment | undefined;
	rewriting: Rewriting | undefined;
	as?: Carriage | undefined;
	code?: CloseCode | undefined;
}

interface Aside extends Waiting {
	/** messages that may still go first */
	messages: number;
	latest: Moment;
}

/** How long octets that are to be joined with what follows wait for it, at most and by default (seconds). */
const JOIN = 60;

/**
 * What goes on in one direction, in order: at once, or when its time has come, and then nothing behind it goes first
 * unless it was put aside.
 */
export class OutQueue {
	readonly #outlet: Outlet;
	#waiting: Waiting[] = [];
	#asides: Aside[] = [];
	#joining: { octets: Buffer[]; rewritings: { at: number; rewriting: Rewriting }[]; size: number; due: Moment } | undefined;
	/** octets that wait here */
	held = 0;
	/** the direction was ended: nothing may follow */
	#ended = false;

	constructor(outlet: Outlet) {
		this.#outlet = outlet;
	}

	/** Nothing waits. */
	get empty(): boolean {
		return this.#waiting.length === 0 && this.#asides.length === 0 && this.#joining === undefined;
	}

	get wakeAt(): Moment | undefined {
		let at = this.#waiting[0]?.due ?? this.#joining?.due;
		for (const aside of this.#asides) at = earlier(at, aside.latest);
		return at;
	}

	/** Octets buf[start, end), lent unless `owned`, to go out after everything before them and not before `delay` seconds are over. */
	push(buf: Buffer, start: number, end: number, now: Moment, delay = 0, rewriting?: Rewriting, owned = false, as?: Carriage): void {
		if (end === start || this.#ended) return;
		const octets = owned ? buf.subarray(start, end) : Buffer.from(buf.subarray(start, end));
		if (delay <= 0 && this.#waiting.length === 0) this.#send(octets, rewriting, now, as);
		else this.#wait({ octets, close: undefined, due: delay > 0 ? later(now, delay) : undefined, rewriting, as });
	}

	/** Octets (owned) that wait until what is pushed next, or alone after `seconds`. */
	join(octets: Buffer, seconds: number, now: Moment, rewriting?: Rewriting): void {
		if (this.#ended) return;
		if (this.#waiting.length > 0) {
			this.#wait({ octets, close: undefined, due: undefined, rewriting });
			return;
		}
		this.#joining ??= { octets: [], rewritings: [], size: 0, due: later(now, Math.min(seconds, JOIN)) };
		if (rewriting !== undefined) this.#joining.rewritings.push({ at: this.#joining.size, rewriting });
		this.#joining.octets.push(octets);
		this.#joining.size += octets.length;
		this.held += octets.length;
	}

	/** Octets (owned) that let later messages go first. */
	aside(octets: Buffer, messages: number, seconds: number, now: Moment, rewriting?: Rewriting): void {
		if (this.#ended) return;
		this.held += octets.length;
		this.#asides.push({ octets, close: undefined, due: undefined, rewriting, messages, latest: later(now, seconds) });
	}

	/** A message has gone in order: what was put aside may be next. */
	passed(now: Moment): void {
		if (this.#asides.length === 0) return;
		for (const aside of this.#asides) aside.messages--;
		this.#returned((aside) => aside.messages <= 0, now);
	}

	/** The end comes after everything before it; a reset at once. */
	close(how: "fin" | "rst", now: Moment, code?: CloseCode): void {
		if (how === "fin") {
			this.#returned(() => true, now);
			if (this.#waiting.length > 0) this.#waiting.push({ octets: undefined, close: how, due: undefined, rewriting: undefined, code });
			else this.#close(how, now, code);
		} else this.#close(how, now);
	}

	/** A reset after everything before it. */
	resetAfter(now: Moment): void {
		if (this.#waiting.length > 0) this.#waiting.push({ octets: undefined, close: "rst", due: undefined, rewriting: undefined });
		else this.#close("rst", now);
	}

	advance(now: Moment): void {
		this.#returned((aside) => !isBefore(now, aside.latest), now);
		if (this.#joining !== undefined && !isBefore(now, this.#joining.due)) this.#flushJoined(now);
		let done = 0;
		for (; done < this.#waiting.length; done++) {
			const { octets, close, due, rewriting, as, code } = this.#waiting[done]!;
			if (due !== undefined && isBefore(now, due)) break;
			if (octets !== undefined) {
				this.held -= octets.length;
				this.#send(octets, rewriting, now, as);
			} else this.#close(close!, now, code);
			if (this.#ended) return;
		}
		if (done > 0) this.#waiting = this.#waiting.slice(done);
	}

	/** Forgets everything: the connection is over. */
	clear(): void {
		this.#waiting = [];
		this.#asides = [];
		this.#joining = undefined;
		this.held = 0;
		this.#ended = true;
	}

	#wait(item: Waiting): void {
		this.held += item.octets?.length ?? 0;
		this.#waiting.push(item);
	}

	#returned(which: (aside: Aside) => boolean, now: Moment): void {
		if (this.#asides.length === 0) return;
		const back = this.#asides.filter(which);
		if (back.length === 0) return;
		this.#asides = this.#asides.filter((aside) => !back.includes(aside));
		for (const { octets, rewriting } of back) {
			this.held -= octets!.length;
			this.push(octets!, 0, octets!.length, now, 0, rewriting, true);
		}
	}

	#send(octets: Buffer, rewriting: Rewriting | undefined, now: Moment, as?: Carriage): void {
		const joining = this.#joining;
		if (joining === undefined) {
			this.#write(octets, rewriting, now, as);
			return;
		}
		this.#joining = undefined;
		this.held -= joining.size;
		if (rewriting !== undefined) joining.rewritings.push({ at: joining.size, rewriting });
		joining.octets.push(octets);
		this.#writeJoined(joining.octets, joining.rewritings, now);
	}

	#flushJoined(now: Moment): void {
		const { octets, rewritings, size } = this.#joining!;
		this.#joining = undefined;
		this.held -= size;
		this.#writeJoined(octets, rewritings, now);
	}

	#writeJoined(parts: Buffer[], rewritings: { at: number; rewriting: Rewriting }[], now: Moment): void {
		const annotated: Annotated[] = [];
		let at = 0;
		for (const part of parts) {
			annotated.push({ at, rewriting: rewritings.find((item) => item.at === at)?.rewriting });
			at += part.length;
		}
		this.#outlet.send(Buffer.concat(parts), now, annotated);
	}

	#write(octets: Buffer, rewriting: Rewriting | undefined, now: Moment, as?: Carriage): void {
		this.#outlet.send(octets, now, rewriting === undefined ? undefined : [{ at: 0, rewriting }], as);
	}

	#close(how: "fin" | "rst", now: Moment, code?: CloseCode): void {
		if (this.#joining !== undefined && how === "fin") this.#flushJoined(now);
		this.clear();
		this.#outlet.end(how === "fin" ? "fin" : "reset", now, code);
	}
}
