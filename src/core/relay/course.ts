import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Direction } from "../model/flow.js";
import type { Rewriting } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { LaneContext } from "./context.js";
import { LateQueue } from "./late.js";
import { followEdits } from "./mend-frame.js";
import { endLineEdit } from "./mend-msrp.js";
import type { OutQueue } from "./out-queue.js";
import { type Halt, keepEntry, Passage } from "./passage.js";
import { sendMessage } from "./send.js";
import { applyEdits } from "./span-edits.js";
import type { Action, Injection } from "./stage.js";
import { earlier, isBefore, later } from "./time.js";
import type { CloseCode } from "./types.js";
import type { WaitHold } from "./wait-hold.js";

type Entry = Passage["entry"];

/** A frame whose head has been seen and whose body goes on as it comes, or is gathered. */
interface Streaming {
	/** undefined: it is left alone */
	passage: Passage | undefined;
	dropped: boolean;
	/** as the frame came, how much of that is head, and how long it may take */
	gather: { came: ReceiveBuffer; head: number; due: Moment } | undefined;
}

/** Octets of somebody's own that wait for a message boundary. */
interface Injected {
	octets: Buffer;
	delay: number;
	by: string | undefined;
}

const NOTHING = Buffer.alloc(0);

/** One direction of a relay, from the messages on: takes them through the stages and sends what becomes of them, in order. */
export class Course {
	readonly out: OutQueue;
	/** part of the message under way has gone on beside the stages */
	begun = false;
	readonly #dir: Direction;
	readonly #context: LaneContext;
	#streaming: Streaming | undefined;
	#blocked: { passage: Passage; hold: WaitHold; due: Moment } | undefined;
	readonly #late = new LateQueue();
	/** injections that wait for the end of the message under way */
	readonly #injections: Injected[] = [];
	/** the direction is over: what still comes goes nowhere */
	#ended = false;

	constructor(dir: Direction, context: LaneContext, out: OutQueue) {
		this.#dir = dir;
		this.#context = context;
		this.out = out;
	}

	/** octets that wait */
	get held(): number {
		return this.out.held + this.#late.octets + (this.#streaming?.gather?.came.length ?? 0) + (this.#blocked?.passage.octets.length ?? 0);
	}

	get busy(): boolean {
		return (
			this.#blocked !== undefined ||
			this.#injections.length > 0 ||
			!this.out.empty ||
			this.#streaming?.gather !== undefined ||
			this.#streaming?.passage !== undefined
		);
	}

	get wakeAt(): Moment | undefined {
		return earlier(earlier(this.out.wakeAt, this.#blocked?.due), this.#streaming?.gather?.due);
	}

	/** Octets that are no message, or one that is left alone. */
	pass(buf: Buffer, start: number, end: number): void {
		if (this.#ended) return;
		if (this.#blocked === undefined) this.out.push(buf, start, end, this.#now);
		else this.#late.push({ kind: "pass", octets: Buffer.from(buf.subarray(start, end)) });
	}

	/** The rest of a head whose beginning has gone on: the frame is left alone. */
	leaveAlone(buf: Buffer, start: number, end: number): void {
		if (this.#ended) return;
		if (this.#blocked === undefined) {
			this.#streaming = { passage: undefined, dropped: false, gather: undefined };
			this.out.push(buf, start, end, this.#now);
		} else this.#late.push({ kind: "alone", octets: Buffer.from(buf.subarray(start, end)) });
	}

	/** A whole message, or the head of an MSRP frame. Lent. */
	message(message: SipMessage | MsrpFrame, whole: boolean, octets: Buffer, entry: Entry): void {
		if (this.#ended) return;
		if (this.#blocked === undefined) this.#message(message, whole, octets, entry);
		else this.#late.push({ kind: "message", whole, octets: Buffer.from(octets), message: message.retain(), entry: keepEntry(entry) });
	}

	body(buf: Buffer, start: number, end: number): void {
		if (this.#ended) return;
		if (this.#blocked === undefined) this.#body(buf, start, end);
		else this.#late.push({ kind: "body", octets: Buffer.from(buf.subarray(start, end)) });
	}

	/** The end-line; `entry` is the one about the whole frame. */
	tail(buf: Buffer, start: number, end: number, entry: Entry): void {
		if (this.#ended) return;
		if (this.#blocked === undefined) this.#tail(buf, start, end, entry);
		else this.#late.push({ kind: "tail", octets: Buffer.from(buf.subarray(start, end)), entry: keepEntry(entry) });
	}

	/** Sends octets (owned) between two messages. */
	inject(octets: Buffer, delay: number, by?: string): void {
		this.#injections.push({ octets, delay, by });
		this.settle();
	}

	/** At a message boundary, injections go out. */
	settle(): void {
		const streaming = this.#streaming;
		if (this.#injections.length === 0 || this.begun) return;
		if (streaming !== undefined && streaming.gather === undefined && !streaming.dropped && this.#blocked === undefined) return;
		for (const injected of this.#injections.splice(0)) this.#put(injected);
	}

	advance(now: Moment): void {
		if (this.#blocked !== undefined && !isBefore(now, this.#blocked.due)) {
			this.#report(`a message was held for ${this.#patienceOf(this.#blocked.hold)} s: it went on as it came`);
			this.#giveUp();
		}
		const gather = this.#streaming?.gather;
		if (gather !== undefined && !isBefore(now, gather.due)) {
			this.#report(`a frame was not whole after ${this.#context.relayLimits.hold} s: it went on as it came`);
			this.ungather();
		}
		this.out.advance(now);
	}

	end(): void {
		if (this.#blocked === undefined) this.#finish();
		else this.#late.push({ kind: "end", octets: NOTHING });
	}

	abandon(): void {
		this.#ended = true;
		this.#blocked?.hold.expire();
		this.#blocked = undefined;
		this.#late.clear();
		this.#injections.length = 0;
		this.#streaming = undefined;
		this.out.clear();
	}

	/** More waits than may: everything goes on as it came, but for what is only delayed. */
	tooMuch(): void {
		const limit = this.#context.relayLimits.octets;
		if (this.out.held > limit) return;
		this.#report(`more than ${limit} octets waited: they went on as they came`);
		this.#giveUp();
		this.ungather();
	}

	/** A frame that is being gathered goes on as it came. */
	ungather(): void {
		const gather = this.#streaming?.gather;
		if (gather === undefined) return;
		this.#streaming = { passage: undefined, dropped: false, gather: undefined };
		this.pass(gather.came.buf, gather.came.start, gather.came.end);
	}

	get #now(): Moment {
		return this.#context.connection.now;
	}

	get #limit(): Moment {
		return later(this.#now, this.#context.relayLimits.hold);
	}

	/** Seconds that such a wait may last. */
	#patienceOf(hold: WaitHold): number {
		return hold.seconds ?? this.#context.relayLimits.hold;
	}

	#inject({ to, octets, by, own }: Injection, delay: number): void {
		if (own === true) this.#context.own.put(to === "on" ? this.#dir : this.#dir === 0 ? 1 : 0, octets);
		if (to === "on") this.#put({ octets, delay, by });
		else this.#context.inject(this.#dir === 0 ? 1 : 0, octets, delay, by);
	}

	#put({ octets, delay, by }: Injected): void {
		this.out.push(octets, 0, octets.length, this.#now, delay, injectedBy(by, octets), true);
	}

	#message(message: SipMessage | MsrpFrame, whole: boolean, octets: Buffer, entry: Entry): void {
		const stopped = this.#context.own.meet(this.#dir, message);
		if (stopped !== undefined) {
			if (stopped.reason !== undefined) this.#context.connection.report(this.#dir, "relay.dropped", stopped.reason);
			if (stopped.answer !== undefined) this.#context.inject(this.#dir === 0 ? 1 : 0, Buffer.from(stopped.answer), 0);
			if (!whole) this.#streaming = { passage: undefined, dropped: true, gather: undefined };
			return;
		}
		const passage = new Passage(this.#context, this.#dir, message, whole, octets, entry);
		if ("transactionId" in message) {
			passage.edit("mitmsrp", followEdits(message, this.#context.memory));
			if (!whole) this.#streaming = { passage, dropped: false, gather: undefined };
		}
		this.#after(passage, passage.run());
	}

	/** What comes of a message after stages were asked. */
	#after(passage: Passage, halt: Halt): void {
		if (halt.kind === "hold") {
			passage.keep();
			this.#blocked = { passage, hold: halt.hold, due: later(this.#now, this.#patienceOf(halt.hold)) };
			halt.hold.wait((action) => this.#release(passage, action));
		} else if (halt.kind === "gather") {
			const came = new ReceiveBuffer();
			came.append(passage.before, 0, passage.before.length);
			passage.keep();
			this.#streaming = { passage, dropped: false, gather: { came, head: passage.before.length, due: this.#limit } };
		} else this.#go(passage);
	}

	#release(passage: Passage, action: Action | undefined): void {
		if (this.#blocked?.passage !== passage) return;
		this.#blocked = undefined;
		this.#after(passage, passage.released(action));
		this.#drain();
	}

	/** All stages have seen the message: carries out what they want. */
	#go(passage: Passage): void {
		const { effects } = passage;
		if (effects.dropped && !effects.quiet) this.#context.connection.report(this.#dir, "relay.dropped", effects.reason ?? "");
		for (const injection of effects.inject) {
			if (injection.when === "before") this.#inject(injection, injection.delay ?? 0);
		}
		const streaming = this.#streaming;
		if (streaming !== undefined && !passage.whole) {
			streaming.dropped = effects.dropped;
			const { octets, changed } = passage;
			if (!effects.dropped) this.out.push(octets, 0, octets.length, this.#now, effects.delay, passage.rewriting(), changed);
			return;
		}
		this.#streaming = undefined;
		if (!effects.dropped) sendMessage(this.out, passage, this.#now);
		this.#over(passage);
	}

	/** A message is over, dropped or sent. */
	#over(passage: Passage): void {
		const { inject, delay: waited, close, code } = passage.effects;
		for (const injection of inject) if (injection.when === "after") this.#inject(injection, (injection.delay ?? 0) + waited);
		if (close === "fin") this.#finish(code);
		else if (close === "rst") this.#context.reset(this.#dir);
		this.settle();
	}

	#body(buf: Buffer, start: number, end: number): void {
		const streaming = this.#streaming;
		if (streaming?.gather !== undefined) streaming.gather.came.append(buf, start, end);
		else if (streaming?.dropped !== true) this.out.push(buf, start, end, this.#now, streaming?.passage?.effects.delay);
	}

	#tail(buf: Buffer, start: number, end: number, entry: Entry): void {
		const streaming = this.#streaming;
		const passage = streaming?.passage;
		if (passage !== undefined && streaming?.gather !== undefined) {
			const { came, head } = streaming.gather;
			const frame = Buffer.concat([came.buf.subarray(came.start, came.end), buf.subarray(start, end)]);
			const tail = endLine(passage, buf.subarray(start, end));
			const whole = Buffer.concat([passage.octets, frame.subarray(head, frame.length - (end - start)), tail]);
			this.#streaming = undefined;
			this.#after(passage, passage.gathered(whole, frame, entry));
			return;
		}
		this.#streaming = undefined;
		if (passage === undefined) {
			if (streaming?.dropped !== true) this.out.push(buf, start, end, this.#now);
			this.settle();
			return;
		}
		if (!passage.effects.dropped) {
			const octets = endLine(passage, buf.subarray(start, end));
			this.out.push(octets, 0, octets.length, this.#now, passage.effects.delay);
			this.out.passed(this.#now);
		}
		this.#over(passage);
	}

	/** After a hold: what came meanwhile, in order, until a message is held again. */
	#drain(): void {
		while (this.#blocked === undefined) {
			const late = this.#late.shift();
			if (late === undefined) break;
			const { octets } = late;
			if (late.kind === "message") this.#message(late.message, late.whole, octets, late.entry);
			else if (late.kind === "body") this.#body(octets, 0, octets.length);
			else if (late.kind === "tail") this.#tail(octets, 0, octets.length, late.entry);
			else if (late.kind === "alone") this.leaveAlone(octets, 0, octets.length);
			else if (late.kind === "pass") this.pass(octets, 0, octets.length);
			else this.#finish();
		}
		this.settle();
	}

	/** The held message goes on as it came, and what waits behind it through the stages. */
	#giveUp(): void {
		if (this.#blocked === undefined) return;
		const { passage, hold } = this.#blocked;
		this.#blocked = undefined;
		hold.expire();
		this.#streaming = passage.whole ? undefined : { passage: undefined, dropped: false, gather: undefined };
		this.pass(passage.before, 0, passage.before.length);
		this.#drain();
	}

	#finish(code?: CloseCode): void {
		if (this.#ended) return;
		this.#ended = true;
		for (const injected of this.#injections.splice(0)) this.#put(injected);
		this.out.close("fin", this.#now, code);
	}

	#report(detail: string): void {
		this.#context.connection.report(this.#dir, "relay.hold-limit", detail);
	}
}

/** What the entry about an injected message says; nothing where nobody put a name to it. */
function injectedBy(by: string | undefined, octets: Buffer): Rewriting | undefined {
	if (by === undefined) return undefined;
	const edit = { start: 0, end: 0, octets, part: "message", why: "put in here" };
	return { stages: [{ by, edits: [edit] }], before: NOTHING, after: octets, received: undefined, verdict: undefined };
}

/** The end-line of a frame whose head was changed, or that is to have another one. */
function endLine(passage: Passage, tail: Buffer): Buffer {
	if (passage.newTransactionId === undefined && passage.effects.endLine === undefined) return tail;
	const edit = endLineEdit(tail, { transactionId: passage.newTransactionId, ...passage.effects.endLine });
	return edit === undefined ? tail : applyEdits(tail, [edit]);
}
