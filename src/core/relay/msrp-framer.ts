import { ReceiveBuffer } from "../bytes/receive-buffer.js";
import type { Limits } from "../model/limits.js";
import { EndLine, NOT_FOUND } from "../protocols/msrp/end-line.js";
import { HeadLines } from "../protocols/msrp/head-lines.js";
import { CR, LF } from "../protocols/msrp/octets.js";
import { OpenFrame } from "../protocols/msrp/open-frame.js";
import { PathMemory } from "../protocols/msrp/path-check.js";
import { Resync } from "../protocols/msrp/resync.js";
import { couldBeStartLine, type StartLine } from "../protocols/msrp/start-line.js";
import type { MsrpSink } from "../protocols/msrp/types.js";
import type { Framer, FramerSink } from "./framer.js";

/** between frames */
const START = 0;
/** looking for a start line */
const RESYNC = 1;
const HEAD = 2;
const BODY = 3;

const NOBODY: MsrpSink = { frame: () => {}, skipped: () => {}, problem: () => {} };
const UNOBSERVED = { lookalike: () => {} };

/**
 * MSRP frames of a stream (RFC 4975 §7): heads whole, bodies as they come, of which only what may begin the end-line is held.
 * Made of the decoder's own parts, so both see the same frames; what the decoder calls wrong goes out as raw octets.
 */
export class MsrpFramer implements Framer {
	readonly held = new ReceiveBuffer();
	readonly #sink: FramerSink;
	readonly #limits: Limits;
	readonly #paths = { to: new PathMemory(), from: new PathMemory() };
	readonly #head = new HeadLines();
	readonly #resync = new Resync();
	#state: number;
	#startLine: StartLine | null = null;
	#endLine: EndLine | null = null;
	#bodyOffset = 0;
	/** BODY: offset in the frame of the first octet not yet given out */
	#inFrame = 0;

	constructor(sink: FramerSink, limits: Limits, midStream: boolean) {
		this.#sink = sink;
		this.#limits = limits;
		this.#state = midStream ? RESYNC : START;
		if (midStream) this.#resync.begin(0);
	}

	get lost(): boolean {
		return this.#state === RESYNC;
	}

	feed(buf: Buffer, start: number, end: number): void {
		const { held } = this;
		if (held.length === 0) {
			const at = this.#run(buf, start, end);
			if (at < end) held.append(buf, at, end);
			return;
		}
		held.append(buf, start, end);
		held.consume(this.#run(held.buf, held.start, held.end) - held.start);
	}

	#run(buf: Buffer, from: number, end: number): number {
		let pos = from;
		for (;;) {
			const before = pos;
			const state = this.#state;
			if (state === HEAD) pos = this.#headState(buf, pos, end);
			else if (state === BODY) pos = this.#bodyState(buf, pos, end);
			else if (state === START) pos = this.#startState(buf, pos, end);
			else pos = this.#resyncState(buf, pos, end);
			if (state === this.#state && (pos === before || pos === end)) return pos;
		}
	}

	#startState(buf: Buffer, pos: number, end: number): number {
		let at = pos;
		while (at + 1 < end && buf[at] === CR && buf[at + 1] === LF) at += 2;
		this.#raw(buf, pos, at);
		if (at === end || (at + 1 === end && buf[at] === CR)) return at;
		const could = couldBeStartLine(buf, at, end);
		if (could === "yes") this.#enterHead();
		else if (could === "no") this.#lose();
		return at;
	}

	#resyncState(buf: Buffer, pos: number, end: number): number {
		const at = this.#resync.seek(buf, pos, end);
		this.#raw(buf, pos, at);
		if (this.#resync.found) this.#enterHead();
		return at;
	}

	#enterHead(): void {
		this.#state = HEAD;
		this.#startLine = null;
		this.#head.reset();
	}

	#lose(): void {
		this.#state = RESYNC;
		this.#resync.begin(0);
	}

	#headState(buf: Buffer, pos: number, end: number): number {
		const head = this.#head;
		const { msrpLine, msrpHead } = this.#limits;
		for (;;) {
			const event = head.step(buf, pos, end, msrpLine, msrpHead);
			if (event === "header") continue;
			if (event === "more") return pos;
			if (event === "start-line") {
				this.#startLine = head.startLine();
				if (this.#startLine !== null) {
					this.#resync.active = false;
					continue;
				}
				this.#refuse();
				return pos;
			}
			if (event === "too-large" && this.#startLine === null) {
				this.#refuse();
				return pos;
			}
			if (event === "too-large" || event === "next-frame") {
				this.#raw(buf, pos, pos + head.line);
				if (event === "too-large") this.#lose();
				else this.#state = START;
				return pos + head.line;
			}
			return this.#headDone(buf, pos, event === "blank");
		}
	}

	#headDone(buf: Buffer, pos: number, body: boolean): number {
		const head = this.#head;
		head.lines.push(head.line);
		const length = head.next;
		if (body) head.lines.push(length);
		const text = head.headText(buf, pos, length);
		const open = new OpenFrame(NOBODY, this.#paths, this.#limits.inspect, 0, this.#startLine!, text, head.lines);
		const { frame } = open;
		if (body) {
			this.#state = BODY;
			this.#bodyOffset = length;
			this.#inFrame = length;
			this.#endLine = new EndLine(frame.transactionId, length, open.bareLf, UNOBSERVED);
			frame.bodyOffset = length;
			frame.length = length;
			frame.bytes = buf;
			frame.start = pos;
			frame.end = pos + length;
		} else {
			this.#state = START;
			open.finishHead(buf, pos, length, head.flag as "$");
		}
		this.#sink.head(frame, buf, pos, pos + length);
		return pos + length;
	}

	#refuse(): void {
		if (!this.#resync.active) this.#resync.begin(0);
		this.#state = RESYNC;
		this.#resync.refuseLine();
	}

	#bodyState(buf: Buffer, pos: number, end: number): number {
		const endLine = this.#endLine!;
		const base = pos - this.#inFrame;
		if (endLine.search(buf, base, end) === NOT_FOUND) {
			const decided = base + Math.max(this.#bodyOffset, endLine.scan - 2);
			if (decided > pos) {
				this.#inFrame += decided - pos;
				this.#sink.body(buf, pos, decided);
			}
			return Math.max(pos, decided);
		}
		const at = endLine.scan;
		const bodyEnd = base + at - endLine.lineEndBefore(buf, base, at);
		if (bodyEnd > pos) this.#sink.body(buf, pos, bodyEnd);
		this.#state = START;
		this.#endLine = null;
		this.#sink.tail(buf, bodyEnd, base + endLine.after);
		return base + endLine.after;
	}

	#raw(buf: Buffer, from: number, to: number): void {
		if (to > from) this.#sink.raw(buf, from, to);
	}
}
