import { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import type { StreamDecoder } from "../../model/stream.js";
import { add, headProblems } from "./framing-problems.js";
import { type Head, indexHead, LENGTH_ABSENT } from "./head.js";
import { DecodedSipMessage } from "./message.js";
import { latin1 } from "./octets.js";
import { type SkipCause, Skipping } from "./skipping.js";
import { parseStartLine, type StartLine } from "./start-line.js";
import type { SipSink } from "./types.js";

enum State {
	/** CRLF before a start line is passed over */
	Between,
	/** from the first octet of a frame to its empty line */
	Head,
	/** the octets of a body that is kept whole are awaited */
	Body,
	/** octets of a body beyond Limits.inspect are counted */
	Passing,
	/** looking for the next start line */
	Resync,
}

/** A head that is complete and waits for its body. */
interface OpenFrame {
	text: string;
	line: StartLine;
	head: Head;
	problems: Problem[] | null;
	bodyLength: number;
}

/** Octets asked for at once while an unfinished head is pending. */
const STEP = 4096;
const SMALLEST_GUESS = 512;

/**
 * Cuts one direction of a TCP or TLS stream into SIP messages by Content-Length (RFC 3261 §7.5, §18.3). Keep-alive CRLFs are
 * counted (RFC 5626 §3.5.1), bare LF is tolerated and reported. After a bad length, or octets that are no start line, it looks
 * for the next valid start line.
 * Memory: one head (Limits.sipHeaderSection) and Limits.inspect octets of one body.
 */
export class SipStreamDecoder implements StreamDecoder {
	readonly #sink: SipSink;
	readonly #limits: Limits;
	readonly #pending = new ReceiveBuffer();
	readonly #skipping: Skipping;
	/** stream offset of the first octet that is not consumed */
	#offset = 0;
	/** stream offset = position in the buffer at hand + shift */
	#shift = 0;
	#state = State.Between;
	/** octets of the open head that were searched for LF */
	#scanned = 0;
	/** offset in the open head of its last LF */
	#lastLf = -1;
	/** next head's likely size */
	#guess = SMALLEST_GUESS;
	#open: OpenFrame | undefined;
	#passing: DecodedSipMessage | undefined;
	#left = 0;
	/** the last message had no Content-Length: whatever is no start line shows that the framing was lost */
	#doubt = false;
	#runStart = 0;
	#runCount = 0;

	/** `midStream`: the flow began before the capture, so what comes before the first start line is no finding. */
	constructor(sink: SipSink, options: { limits?: Limits; midStream?: boolean } = {}) {
		this.#sink = sink;
		this.#limits = options.limits ?? DEFAULT_LIMITS;
		this.#skipping = new Skipping(sink, this.#limits.sipStartLine);
		if (options.midStream === true) this.#lose(0, "gap");
	}

	/** Stream offset before which every octet belongs to a message, or to a range that was or will be dropped: none can begin one. */
	get consumed(): number {
		return this.#offset;
	}

	/** False while it looks for the next start line. */
	get framed(): boolean {
		return this.#state !== State.Resync;
	}

	feed(buf: Buffer, start: number, end: number): void {
		let pos = start;
		const pending = this.#pending;
		while (pos < end) {
			if (pending.length === 0) {
				pos = this.#run(buf, pos, end);
				if (pos < end) pending.append(buf, pos, end);
				return;
			}
			const step = Math.min(end - pos, this.#wanted());
			pending.append(buf, pos, pos + step);
			pos += step;
			pending.consume(this.#run(pending.buf, pending.start, pending.end) - pending.start);
			// What is left came with this call: decode it where it lies instead of copying on and on.
			if (pending.length > 0 && pending.length <= step && this.#state !== State.Body) {
				pos -= pending.length;
				pending.clear();
				pos = this.#run(buf, pos, end);
				if (pos < end) pending.append(buf, pos, end);
				return;
			}
		}
	}

	gap(length: number): void {
		this.#flush();
		this.#offset += length;
		this.#lose(this.#offset, "gap");
	}

	end(): void {
		this.#flush();
		this.#state = State.Between;
	}

	#wanted(): number {
		if (this.#state !== State.Body || this.#open === undefined) return STEP;
		return Math.max(1, this.#open.head.end + this.#open.bodyLength - this.#pending.length);
	}

	/** Goes through buf[start, end) as far as it can; returns the first position that must be seen again. */
	#run(buf: Buffer, start: number, end: number): number {
		this.#shift = this.#offset - start;
		let pos = start;
		for (;;) {
			const before = this.#state;
			const from = pos;
			if (before === State.Between) pos = this.#between(buf, pos, end);
			else if (before === State.Head) pos = this.#headStep(buf, pos, end);
			else if (before === State.Body) pos = this.#bodyStep(buf, pos, end);
			else if (before === State.Passing) pos = this.#passStep(pos, end);
			else pos = this.#resyncStep(buf, pos, end);
			if (pos >= end && this.#state !== State.Passing) break;
			if (pos === from && this.#state === before) break;
		}
		this.#offset = pos + this.#shift;
		return pos;
	}

	#between(buf: Buffer, start: number, end: number): number {
		let pos = start;
		while (pos + 1 < end && buf[pos] === 13 && buf[pos + 1] === 10) {
			if (this.#runCount === 0) this.#runStart = pos + this.#shift;
			this.#runCount++;
			pos += 2;
		}
		if (pos >= end || (pos + 1 === end && buf[pos] === 13)) return pos;
		this.#reportKeepalives();
		this.#openHead();
		return pos;
	}

	#openHead(): void {
		this.#state = State.Head;
		this.#scanned = 0;
		this.#lastLf = -1;
	}

	/** An even run is made of pings (CRLFCRLF), an odd one of pongs (CRLF): RFC 5626 §3.5.1. */
	#reportKeepalives(): void {
		const count = this.#runCount;
		if (count === 0) return;
		this.#runCount = 0;
		if (count % 2 === 0) this.#sink.keepalive("ping", this.#runStart, count / 2);
		else this.#sink.keepalive("pong", this.#runStart, count);
	}

	#headStep(buf: Buffer, pos: number, end: number): number {
		return this.#scanned === 0 ? this.#wholeHead(buf, pos, end) : this.#partialHead(buf, pos, end);
	}

	/** The common case: the head is there at once, found in one pass over one slice. */
	#wholeHead(buf: Buffer, pos: number, end: number): number {
		const limits = this.#limits;
		const available = Math.min(end - pos, limits.sipHeaderSection);
		let size = Math.min(available, this.#guess);
		let text = latin1(buf, pos, pos + size);
		let head = indexHead(text, size, limits, false, true);
		let line = this.#startLine(text, head);
		if (head.end < 0 && size < available && (line !== undefined || head.startLineEnd < 0)) {
			size = available;
			text = latin1(buf, pos, pos + size);
			head = indexHead(text, size, limits, false, true);
			line = this.#startLine(text, head);
		}
		if (line === undefined) {
			if (head.startLineEnd >= 0 || size > limits.sipStartLine + 1) return this.#garbage(pos);
		} else if (head.end >= 0) return this.#headFound(buf, pos, end, text, head, line);
		if (size >= limits.sipHeaderSection) return this.#headTooLarge(pos);
		this.#scanned = size;
		this.#lastLf = text.lastIndexOf("\n");
		return pos;
	}

	/** undefined: not complete yet, too long, or no start line */
	#startLine(text: string, head: Head): StartLine | undefined {
		const end = head.startLineEnd;
		return end < 0 || end > this.#limits.sipStartLine ? undefined : parseStartLine(text, end);
	}

	/** A head that comes in pieces: each octet is searched once for the empty line. */
	#partialHead(buf: Buffer, pos: number, end: number): number {
		const limits = this.#limits;
		const stop = Math.min(end, pos + limits.sipHeaderSection);
		for (let i = pos + this.#scanned; i < stop; i++) {
			if (buf[i] !== 10) continue;
			const at = i - pos;
			const previous = this.#lastLf;
			this.#lastLf = at;
			if (previous < 0) {
				const lineEnd = at > 0 && buf[i - 1] === 13 ? at - 1 : at;
				if (lineEnd > limits.sipStartLine || parseStartLine(latin1(buf, pos, i), lineEnd) === undefined) return this.#garbage(pos);
			} else if (at === previous + 1 || (at === previous + 2 && buf[i - 1] === 13)) {
				const text = latin1(buf, pos, i + 1);
				const head = indexHead(text, at + 1, limits, false, true);
				return this.#found(buf, pos, end, text, head);
			}
		}
		this.#scanned = stop - pos;
		if (this.#lastLf < 0 && this.#scanned > limits.sipStartLine + 1) return this.#garbage(pos);
		if (this.#scanned < limits.sipHeaderSection) return pos;
		const text = latin1(buf, pos, stop);
		const head = indexHead(text, stop - pos, limits, false, true);
		return head.end >= 0 ? this.#found(buf, pos, end, text, head) : this.#headTooLarge(pos);
	}

	#garbage(pos: number): number {
		this.#lose(pos + this.#shift, this.#doubt ? "lost" : "stray");
		return pos;
	}

	#headTooLarge(pos: number): number {
		const limit = this.#limits.sipHeaderSection;
		const offset = pos + this.#shift;
		this.#sink.problem({ id: "sip.header-too-large", offset, length: limit, detail: `no empty line in ${limit} octets` });
		// The whole section is dropped, so that no octet of it is searched for a head again.
		this.#lose(offset, "lost");
		return pos + limit;
	}

	#lose(skipFrom: number, cause: SkipCause): void {
		this.#state = State.Resync;
		this.#skipping.begin(skipFrom, cause);
		this.#doubt = false;
	}

	#found(buf: Buffer, pos: number, end: number, text: string, head: Head): number {
		const line = this.#startLine(text, head);
		return line === undefined ? this.#garbage(pos) : this.#headFound(buf, pos, end, text, head, line);
	}

	#headFound(buf: Buffer, pos: number, end: number, text: string, head: Head, line: StartLine): number {
		let problems = headProblems(text, line, head, this.#limits);
		this.#guess = Math.max(SMALLEST_GUESS, Math.min(this.#limits.sipHeaderSection, (head.end + 511) & ~255));
		this.#doubt = false;
		if (head.cut) {
			const detail = "another start line comes first";
			problems = add(problems, { id: "sip.header-section-unterminated", offset: head.end, length: 0, detail });
			this.#emit({ text, line, head, problems, bodyLength: 0 }, buf, pos, head.end, false);
			this.#openHead();
			return pos + head.end;
		}
		if (head.contentLength < 0) {
			const absent = head.contentLength === LENGTH_ABSENT;
			if (absent) problems = add(problems, { id: "sip.missing-content-length", offset: head.end, length: 0 });
			this.#emit({ text, line, head, problems, bodyLength: 0 }, buf, pos, head.end, absent);
			this.#state = State.Between;
			if (absent) this.#doubt = true;
			else this.#lose(pos + head.end + this.#shift, "lost");
			return pos + head.end;
		}
		this.#open = { text, line, head, problems, bodyLength: head.contentLength };
		this.#state = State.Body;
		return this.#bodyStep(buf, pos, end);
	}

	#emit(open: OpenFrame, buf: Buffer, pos: number, kept: number, complete: boolean): void {
		this.#sink.message(this.#message(open, buf, pos, kept, open.head.end + open.bodyLength, complete));
	}

	#message(open: OpenFrame, buf: Buffer, pos: number, kept: number, length: number, complete: boolean): DecodedSipMessage {
		const bodyLength = length - open.head.end;
		const place = { bytes: buf, start: pos, end: pos + kept, offset: pos + this.#shift, length, complete, bodyLength };
		return new DecodedSipMessage(open.text, open.line, open.head, place, open.problems);
	}

	#bodyStep(buf: Buffer, pos: number, end: number): number {
		const open = this.#open!;
		const total = open.head.end + open.bodyLength;
		const kept = open.head.end + Math.min(open.bodyLength, this.#limits.inspect);
		if (end - pos < kept) return pos;
		this.#open = undefined;
		if (end - pos >= total) {
			this.#state = State.Between;
			this.#emit(open, buf, pos, kept, true);
			return pos + total;
		}
		this.#passing = this.#message(open, buf, pos, kept, total, true).retain();
		this.#left = total - kept;
		this.#state = State.Passing;
		return pos + kept;
	}

	#passStep(pos: number, end: number): number {
		const count = Math.min(this.#left, end - pos);
		this.#left -= count;
		if (this.#left === 0) {
			const message = this.#passing!;
			this.#passing = undefined;
			this.#state = State.Between;
			this.#sink.message(message);
		}
		return pos + count;
	}

	#resyncStep(buf: Buffer, start: number, end: number): number {
		const pos = this.#skipping.search(buf, start, end);
		if (this.#skipping.found) {
			this.#skipping.report(pos + this.#shift);
			this.#openHead();
		}
		return pos;
	}

	/** Reports what is open; afterwards nothing is pending and `#offset` is behind the last octet seen. */
	#flush(): void {
		const pending = this.#pending;
		this.#shift = this.#offset - pending.start;
		const { buf, start, end } = pending;
		let pos = start;
		if (this.#passing !== undefined) {
			this.#sink.message(this.#passing.cutTo(this.#passing.length - this.#left));
			this.#passing = undefined;
		} else if (this.#open !== undefined) {
			const open = this.#open;
			this.#open = undefined;
			this.#sink.message(this.#message(open, buf, pos, end - pos, end - pos, false));
			pos = end;
		}
		this.#reportKeepalives();
		while (this.#state === State.Head && pos < end) pos = this.#flushHead(buf, pos, end);
		const to = end + this.#shift;
		if (this.#state === State.Resync) this.#skipping.report(to);
		else if (pos < end) this.#sink.skipped(pos + this.#shift, end - pos);
		this.#offset = to;
		pending.clear();
		this.#open = undefined;
	}

	#flushHead(buf: Buffer, pos: number, end: number): number {
		const text = latin1(buf, pos, end);
		const head = indexHead(text, end - pos, this.#limits, true, true);
		const line = text.includes("\n") ? this.#startLine(text, head) : undefined;
		if (line === undefined) return this.#garbage(pos);
		if (head.cut) return this.#headFound(buf, pos, end, text, head, line);
		head.end = end - pos;
		const problems = headProblems(text, line, head, this.#limits);
		this.#emit({ text, line, head, problems, bodyLength: 0 }, buf, pos, head.end, false);
		this.#state = State.Between;
		return end;
	}
}
