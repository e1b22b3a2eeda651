import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Direction } from "../model/flow.js";
import { copyMoment, type Moment } from "../model/time.js";
import type { DecodedMsrpFrame } from "../protocols/msrp/frame.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { LaneContext } from "./context.js";
import { Course } from "./course.js";
import type { Framer, FramerSink } from "./framer.js";
import type { Leg } from "./leg.js";
import type { OutQueue } from "./out-queue.js";
import type { Passage } from "./passage.js";
import { earlier, isBefore, later } from "./time.js";

/**
 * One direction of a relay, the side where octets come in: tells the leg of them, cuts them into messages, and hands those on.
 * Knows which octets have gone on before their message was whole; such a message is left alone.
 */
export class Lane implements FramerSink {
	readonly course: Course;
	readonly #dir: Direction;
	readonly #context: LaneContext;
	readonly #in: Leg;
	#framer: Framer | undefined;
	#opaque = false;
	/** what came before it was known what is spoken */
	#first = new ReceiveBuffer();
	#listening = false;
	/** octets of the front of what the framer will give out that have gone on already */
	#sent = 0;
	/** the chunk at hand, as far as the leg was not told of it */
	#chunk: { buf: Buffer; told: number; end: number } | undefined;
	/** octets that the framer has given out, and that have come in */
	#given = 0;
	#came = 0;
	/** when the oldest octet came that the framer holds */
	#since: Moment | undefined;
	#now: Moment;

	constructor(dir: Direction, context: LaneContext, incoming: Leg, out: OutQueue) {
		this.#dir = dir;
		this.#context = context;
		this.#in = incoming;
		this.#now = context.connection.now;
		this.course = new Course(dir, context, out);
	}

	/** octets that wait anywhere in this direction */
	get held(): number {
		return this.course.held + Math.max(0, this.#unsent);
	}

	/** Something waits, so that later octets must not overtake it. */
	get busy(): boolean {
		return this.#unsent > 0 || this.course.busy;
	}

	/** The messages of this direction are kept track of. */
	get tracked(): boolean {
		return this.#framer !== undefined || this.#first.length > 0;
	}

	get wakeAt(): Moment | undefined {
		const at = this.course.wakeAt;
		return this.#unsent > 0 && this.#since !== undefined ? earlier(at, later(this.#since, this.#patience)) : at;
	}

	/** It is known what is spoken; undefined: nothing of ours. */
	speak(make: ((sink: FramerSink) => Framer) | undefined): void {
		if (make === undefined) this.#opaque = true;
		else this.#framer = make(this);
		if (this.#listening) return;
		const first = this.#first;
		this.#first = new ReceiveBuffer();
		if (first.length > 0) this.#dispatch(first.buf, first.start, first.end);
	}

	/** Octets that came: `gone` when they have gone on already. */
	feed(buf: Buffer, start: number, end: number, at: Moment, gone: boolean): void {
		this.#now = at;
		this.#came += end - start;
		if (gone) this.#sent += end - start;
		const before = this.#given;
		this.#chunk = { buf, told: start, end };
		if (this.#framer === undefined && !this.#opaque) this.#listen(buf, start, end);
		else this.#dispatch(buf, start, end);
		this.#tell(this.#came);
		this.#chunk = undefined;
		if (this.#unsent <= 0) this.#since = undefined;
		else if (this.#since === undefined || this.#given !== before) this.#since = copyMoment(at);
		this.#settle();
		if (this.held > this.#context.relayLimits.octets) this.course.tooMuch();
	}

	advance(now: Moment): void {
		this.#now = now;
		if (this.#unsent > 0 && this.#since !== undefined && !isBefore(now, later(this.#since, this.#patience))) this.#letGo();
		this.course.advance(now);
		this.#settle();
	}

	/** The direction is over: what is held goes out first. */
	end(now: Moment): void {
		this.#now = now;
		this.course.ungather();
		this.#letGo();
		this.course.end();
	}

	/** The connection is over. */
	abandon(): void {
		this.#opaque = true;
		this.#framer = undefined;
		this.#first = new ReceiveBuffer();
		this.course.abandon();
	}

	// What the framer found, in stream order.

	raw(buf: Buffer, start: number, end: number): void {
		this.#give(end - start);
		const from = this.#skip(start, end);
		if (from < end) this.course.pass(buf, from, end);
	}

	sip(message: SipMessage, buf: Buffer, start: number, end: number): void {
		this.#whole(message, buf, start, end);
	}

	whole(frame: MsrpFrame, buf: Buffer, start: number, end: number): void {
		this.#whole(frame, buf, start, end);
	}

	head(frame: DecodedMsrpFrame, buf: Buffer, start: number, end: number): void {
		if (frame.bodyOffset < 0) {
			this.#whole(frame, buf, start, end);
			return;
		}
		this.#give(end - start);
		const from = this.#skip(start, end);
		if (from > start) this.course.leaveAlone(buf, from, end);
		else this.course.message(frame, false, buf.subarray(start, end), undefined);
	}

	body(buf: Buffer, start: number, end: number): void {
		this.#give(end - start);
		const from = this.#skip(start, end);
		if (from < end) this.course.body(buf, from, end);
	}

	tail(buf: Buffer, start: number, end: number): void {
		this.#give(end - start);
		const from = this.#skip(start, end);
		// Without it a frame whose end-line has gone on already would count as open.
		this.course.tail(buf, from, end, this.#entryOf("msrp"));
	}

	#whole(message: SipMessage | MsrpFrame, buf: Buffer, start: number, end: number): void {
		this.#give(end - start);
		const from = this.#skip(start, end);
		if (from === start)
			this.course.message(message, true, buf.subarray(start, end), this.#entryOf("transactionId" in message ? "msrp" : "sip"));
		else if (from < end) this.course.pass(buf, from, end);
	}

	get #unsent(): number {
		return (this.#framer?.held ?? this.#first).length - this.#sent;
	}

	/** Seconds that what the framer holds waits for more. */
	get #patience(): number {
		const { partial, lost } = this.#context.relayLimits;
		return this.#framer === undefined || this.#framer.lost ? lost : partial;
	}

	/** Into the framer; where that fails the direction is opaque from then on, and nothing is lost. */
	#dispatch(buf: Buffer, start: number, end: number): void {
		const framer = this.#framer;
		if (framer === undefined) {
			this.raw(buf, start, end);
			return;
		}
		const { held } = framer;
		const kept = held.length;
		const before = this.#given;
		try {
			framer.feed(buf, start, end);
		} catch (error) {
			// What was not given out is the last of what came: in the framer's memory where it had to add to that.
			const missing = kept + end - start - (this.#given - before);
			this.#opaque = true;
			this.#framer = undefined;
			this.course.ungather();
			const older = held.length > kept ? missing : missing - (end - start);
			if (missing > end - start) this.raw(held.buf, held.end - older, held.end);
			if (missing <= end - start || held.length === kept) this.raw(buf, Math.max(start, end - missing), end);
			this.#context.connection.report(this.#dir, "relay.opaque", error instanceof Error ? error.message : String(error));
		}
	}

	/** It is not known yet what is spoken: empty lines go on, the rest waits until it tells. */
	#listen(buf: Buffer, start: number, end: number): void {
		const first = this.#first;
		const before = first.length;
		let from = start;
		if (before === 0) {
			while (from < end && (buf[from] === 13 || buf[from] === 10)) from++;
			if (from > start) this.raw(buf, start, from);
			if (from === end) return;
		} else first.append(buf, from, end);
		this.#listening = true;
		const decided = before > 0 ? this.#context.decide(first.buf, first.start, first.end) : this.#context.decide(buf, from, end);
		this.#listening = false;
		if (!decided) {
			if (before === 0) first.append(buf, from, end);
			return;
		}
		this.#first = new ReceiveBuffer();
		if (before > 0) this.#dispatch(first.buf, first.start, first.start + before);
		this.#dispatch(buf, from, end);
	}

	/** Tells the leg of the octets up to what the framer has given out, so that the entry of a message is there before its verdict. */
	#give(octets: number): void {
		this.#given += octets;
		this.#tell(this.#given);
	}

	#tell(to: number): void {
		const chunk = this.#chunk;
		if (chunk === undefined) return;
		const end = chunk.end - (this.#came - to);
		if (end <= chunk.told) return;
		this.#in.data(this.#dir, chunk.buf, chunk.told, end, this.#now);
		chunk.told = end;
	}

	#entryOf(protocol: "sip" | "msrp"): Passage["entry"] {
		const { last } = this.#in;
		return last?.protocol === protocol && last.dir === this.#dir ? last : undefined;
	}

	/** Index of the first octet of [start, end) that has not gone on yet. */
	#skip(start: number, end: number): number {
		const skipped = Math.min(this.#sent, end - start);
		this.#sent -= skipped;
		this.course.begun = this.#sent > 0;
		return start + skipped;
	}

	/** At a message boundary, injections go out. */
	#settle(): void {
		this.course.begun = this.#sent > 0;
		this.course.settle();
	}

	/** What the framer holds goes on untouched; so does the rest of that message when it comes. */
	#letGo(): void {
		const unsent = this.#unsent;
		this.#since = undefined;
		if (unsent <= 0) return;
		this.course.ungather();
		const { buf, end } = this.#framer?.held ?? this.#first;
		this.#sent += unsent;
		this.course.pass(buf, end - unsent, end);
	}
}
