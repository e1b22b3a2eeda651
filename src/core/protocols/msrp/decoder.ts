import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { DiagnosticId } from "../../model/problem.js";
import type { StreamDecoder } from "../../model/stream.js";
import { checkFrame } from "./frame-check.js";
import { FrameOctets, SLICE } from "./frame-octets.js";
import { HeadLines } from "./head-lines.js";
import { CR, LF } from "./octets.js";
import { OpenFrame } from "./open-frame.js";
import { PathMemory } from "./path-check.js";
import { findSwallowedFrames } from "./recovery.js";
import { Resync } from "./resync.js";
import { couldBeStartLine, type StartLine } from "./start-line.js";
import type { MsrpSink } from "./types.js";

export interface MsrpDecoderOptions {
	limits?: Limits;
	/** the capture begins inside the stream: look for a frame start without calling wrong what comes before it */
	midStream?: boolean;
}

/** between frames */
const START = 0;
/** dropping octets until a start line comes */
const RESYNC = 1;
/** in the start line or the header lines */
const HEAD = 2;
const BODY = 3;

/**
 * MSRP framing of one direction of a stream (RFC 4975 §7, §9), lenient. A body ends at its end-line and nowhere else:
 * Byte-Range never frames. Memory is bounded by `Limits.inspect` and the head limits, however long a body is.
 *
 * Octets before `consumed` belong to frames and skipped ranges that were reported. At the end of the stream, and only
 * there, frames are looked for inside a body whose end-line never came; of a body beyond `inspect` only in the octets kept.
 */
export class MsrpStreamDecoder implements StreamDecoder {
	readonly #sink: MsrpSink;
	readonly #limits: Limits;
	readonly #paths = { to: new PathMemory(), from: new PathMemory() };
	readonly #head = new HeadLines();
	readonly #resync = new Resync();
	readonly #octets = new FrameOctets();
	#state: number;
	#offset = 0;
	/** this run of empty lines was already reported */
	#strayReported = false;
	#startLine: StartLine | null = null;
	#open: OpenFrame | null = null;

	constructor(sink: MsrpSink, options: MsrpDecoderOptions = {}) {
		this.#sink = sink;
		this.#limits = options.limits ?? DEFAULT_LIMITS;
		this.#state = options.midStream === true ? RESYNC : START;
		if (this.#state === RESYNC) this.#resync.begin(0);
	}

	/** Stream offset of the first octet that is not yet part of a reported frame or a dropped range. */
	get consumed(): number {
		return this.#offset;
	}

	feed(buf: Buffer, start: number, end: number): void {
		let from = start;
		while (this.#octets.streaming && from < end) from = this.#stream(buf, from, Math.min(end, from + SLICE));
		if (from >= end) return;
		const { held } = this.#octets;
		if (held.length === 0) {
			const at = this.#run(buf, from, end);
			if (at === end) return;
			held.append(buf, at, end);
		} else {
			held.append(buf, from, end);
			const at = this.#run(held.buf, held.start, held.end);
			held.consume(at - held.start);
		}
		if (this.#state === BODY) this.#octets.bound(this.#open!, this.#limits.inspect);
	}

	gap(length: number): void {
		this.#close();
		this.#offset += length;
		this.#state = RESYNC;
		this.#resync.begin(this.#offset);
	}

	end(): void {
		if (this.#state === BODY) this.#recover();
		if (this.#state === BODY) {
			const [buf, base, end] = this.#octets.latest();
			this.#open!.noteUnterminated(buf, base, end);
		}
		this.#close();
		this.#state = START;
	}

	/** Consumes what buf[from, end) has of whole frames; returns the index of the first octet that is left. */
	#run(buf: Buffer, from: number, end: number): number {
		let pos = from;
		for (;;) {
			const before = pos;
			const state = this.#state;
			if (state === HEAD) pos = this.#headState(buf, pos, end);
			else if (state === BODY) pos = this.#bodyState(buf, pos, end);
			else if (state === START) pos = this.#startState(buf, pos, end);
			else pos = this.#resyncState(buf, pos, end);
			this.#offset += pos - before;
			if (state === this.#state && (pos === before || pos === end)) return pos;
		}
	}

	#startState(buf: Buffer, pos: number, end: number): number {
		let at = pos;
		while (at + 1 < end && buf[at] === CR && buf[at + 1] === LF) {
			if (!this.#strayReported) this.#sink.problem({ id: "msrp.stray-crlf", offset: this.#offset + at - pos, length: 2 });
			this.#strayReported = true;
			at += 2;
		}
		if (at === end || (at + 1 === end && buf[at] === CR)) return at;
		const could = couldBeStartLine(buf, at, end);
		if (could === "yes") this.#enterHead();
		else if (could === "no") this.#lose(this.#offset + at - pos, "msrp.bad-start-line");
		return at;
	}

	#resyncState(buf: Buffer, pos: number, end: number): number {
		const at = this.#resync.seek(buf, pos, end);
		if (this.#resync.found) this.#enterHead();
		return at;
	}

	#enterHead(): void {
		this.#state = HEAD;
		this.#startLine = null;
		this.#head.reset();
	}

	/** Framing is lost at that stream offset. */
	#lose(offset: number, id: DiagnosticId): void {
		this.#sink.problem({ id, offset, length: 0 });
		this.#state = RESYNC;
		this.#resync.begin(offset);
	}

	#headState(buf: Buffer, pos: number, end: number): number {
		const head = this.#head;
		const { msrpLine, msrpHead } = this.#limits;
		for (;;) {
			const event = head.step(buf, pos, end, msrpLine, msrpHead);
			if (event === "header") continue;
			if (event === "more") return pos;
			if (event === "start-line") {
				if (!this.#takeStartLine()) return pos;
				continue;
			}
			if (event === "too-large") return pos + this.#tooLarge(buf, pos);
			head.lines.push(head.line);
			if (event === "blank") {
				head.lines.push(head.next);
				this.#open = this.#openFrame(buf, pos, head.next);
				this.#open.beginBody(head.next);
				this.#state = BODY;
				return pos;
			}
			if (event === "end-line") return pos + this.#endInHead(buf, pos);
			const open = this.#openFrame(buf, pos, head.line);
			open.abandon(buf, pos, head.line, buf, pos, "msrp.end-line-missing", head.line);
			this.#report(open);
			return pos + head.line;
		}
	}

	/** False when the first line is no start line; the state has changed then. */
	#takeStartLine(): boolean {
		this.#startLine = this.#head.startLine();
		if (this.#startLine !== null) {
			if (this.#resync.active) {
				const skipped = this.#offset > this.#resync.from;
				this.#endSkip();
				if (skipped) this.#sink.problem({ id: "msrp.resync", offset: this.#offset, length: 0 });
			}
			return true;
		}
		this.#refuse("msrp.bad-start-line");
		return false;
	}

	#refuse(id: DiagnosticId): void {
		if (!this.#resync.active) this.#lose(this.#offset, id);
		this.#state = RESYNC;
		this.#resync.refuseLine();
	}

	/** A line or the whole head is above its limit: what came before that line is the frame. Returns its length. */
	#tooLarge(buf: Buffer, pos: number): number {
		const head = this.#head;
		if (this.#startLine === null) {
			this.#refuse("msrp.header-too-large");
			return 0;
		}
		head.lines.push(head.line);
		const open = this.#openFrame(buf, pos, head.line);
		open.abandon(buf, pos, head.line, buf, pos, "msrp.header-too-large", head.line);
		this.#report(open);
		this.#state = RESYNC;
		this.#resync.begin(open.frame.offset + head.line);
		return head.line;
	}

	#endInHead(buf: Buffer, pos: number): number {
		const head = this.#head;
		const bareLf = buf[pos + head.next - 2] !== CR;
		const open = this.#openFrame(buf, pos, head.line);
		const length = head.next - head.line;
		if (bareLf && !open.bareLf) open.frame.note({ id: "msrp.bare-lf", offset: head.line, length });
		if (head.id !== open.frame.transactionId) open.frame.note({ id: "msrp.end-line-mismatch", offset: head.line, length, detail: head.id });
		if (head.trailingSpace) open.frame.note({ id: "msrp.end-line-trailing-space", offset: head.line, length });
		open.finishHead(buf, pos, head.next, head.flag as "$");
		this.#report(open);
		return head.next;
	}

	#openFrame(buf: Buffer, pos: number, headEnd: number): OpenFrame {
		const head = this.#head;
		return new OpenFrame(
			this.#sink,
			this.#paths,
			this.#limits.inspect,
			this.#offset,
			this.#startLine!,
			head.headText(buf, pos, headEnd),
			head.lines,
		);
	}

	#bodyState(buf: Buffer, pos: number, end: number): number {
		const open = this.#open!;
		if (!open.search(buf, pos, end, buf, pos)) return pos;
		const length = open.finishBody(buf, pos, buf, pos);
		this.#report(open);
		return pos + length;
	}

	#report(open: OpenFrame): void {
		this.#state = START;
		this.#strayReported = false;
		this.#open = null;
		this.#startLine = null;
		this.#head.release();
		if (open.frame.complete) checkFrame(open.frame);
		this.#sink.frame(open.frame);
	}

	/** Takes buf[from, to) into a long body; returns the index of the first octet behind the frame, or `to`. */
	#stream(buf: Buffer, from: number, to: number): number {
		const open = this.#open!;
		const next = this.#octets.stream(open, buf, from, to);
		if (next < 0) return to;
		this.#report(open);
		this.#offset += open.frame.length;
		this.#octets.clear();
		return next;
	}

	/** Ends what is open, be it a frame or a run of dropped octets. */
	#close(): void {
		const [buf, base, end] = this.#octets.latest();
		const length = end - base;
		const { held } = this.#octets;
		if (this.#state === BODY || this.#startLine !== null) {
			const open = this.#open ?? this.#openHead(held.buf, held.start);
			open.abandon(buf, base, length, held.buf, held.start, "msrp.truncated-frame", 0);
			this.#report(open);
		} else if (length > 0 && !this.#resync.active) {
			this.#lose(this.#offset, this.#state === START && buf[base] === CR ? "msrp.bad-start-line" : "msrp.truncated-frame");
		}
		this.#offset += length;
		this.#octets.clear();
		this.#endSkip();
	}

	/** The frame of a head that was cut off: the lines that are whole. */
	#openHead(buf: Buffer, pos: number): OpenFrame {
		const head = this.#head;
		head.lines.push(head.line);
		return this.#openFrame(buf, pos, head.line);
	}

	#endSkip(): void {
		const resync = this.#resync;
		if (!resync.active) return;
		resync.active = false;
		if (this.#offset > resync.from) this.#sink.skipped(resync.from, this.#offset - resync.from);
	}

	/** Wire rule 8: the stream is over inside a body; frames may have been taken for it because its end-line was lost. */
	#recover(): void {
		const { held } = this.#octets;
		const { buf, end } = held;
		let pos = held.start;
		const swallowed = findSwallowedFrames(buf, pos + this.#open!.frame.bodyOffset, end);
		if (swallowed.length === 0) return;
		const [, base, latest] = this.#octets.latest();
		const lost = latest - base - held.length;
		this.#octets.detach();
		let next = 0;
		while (this.#state === BODY) {
			const open = this.#open!;
			while (next < swallowed.length && swallowed[next]! < pos + open.frame.bodyOffset) next++;
			if (next === swallowed.length) break;
			const length = swallowed[next]! - pos;
			open.abandon(buf, pos, length, buf, pos, "msrp.end-line-missing", length);
			this.#report(open);
			this.#offset += length;
			pos = this.#run(buf, pos + length, end);
		}
		this.#octets.held.append(buf, pos, end);
		if (lost === 0) return;
		this.#close();
		this.#resync.begin(this.#offset);
		this.#offset += lost;
		this.#endSkip();
	}
}
