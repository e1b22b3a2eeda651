import type { DiagnosticId } from "../../model/problem.js";
import { EndLine, NOT_FOUND } from "./end-line.js";
import { DecodedMsrpFrame } from "./frame.js";
import { readHeaderRows } from "./header-rows.js";
import type { Paths } from "./path-check.js";
import type { StartLine } from "./start-line.js";
import type { MsrpSink } from "./types.js";

/** Look-alikes reported per frame; a hostile body may hold millions. */
const LOOKALIKES = 16;

/**
 * A frame whose head is known and whose end is not. Offsets are relative to the frame's first octet, which is buf[base];
 * `base` may be negative when `buf` has only the latest octets.
 */
export class OpenFrame {
	readonly frame: DecodedMsrpFrame;
	readonly #sink: MsrpSink;
	readonly #inspect: number;
	#endLine: EndLine | null = null;
	readonly #lenient: boolean;
	#lookalikes = 0;
	/** body octets before this offset were handed to the sink */
	#delivered = 0;
	/** `text` has the head's octets, `lines` the starts of its lines and, last, where the head ends. */
	constructor(sink: MsrpSink, paths: Paths, inspect: number, offset: number, startLine: StartLine, text: string, lines: readonly number[]) {
		this.#sink = sink;
		this.#inspect = inspect;
		const headEnd = lines[lines.length - 1]!;
		const head = readHeaderRows(text, lines, paths, startLine.problems);
		this.frame = new DecodedMsrpFrame(offset, startLine, text, headEnd, head);
		this.#lenient = head.bareLf;
	}
	get bareLf(): boolean {
		return this.#lenient;
	}
	beginBody(bodyOffset: number): void {
		const frame = this.frame;
		frame.bodyOffset = bodyOffset;
		this.#delivered = bodyOffset;
		this.#endLine = new EndLine(frame.transactionId, bodyOffset, this.#lenient, this);
	}
	/** Called by the search: "-------id" and a flag that are no end-line. */
	lookalike(at: number, length: number): void {
		this.#lookalikes++;
		if (this.#lookalikes <= LOOKALIKES) this.frame.note({ id: "msrp.end-line-lookalike", offset: at, length });
	}
	/** Octets before this offset are body for certain. */
	get decided(): number {
		return Math.max(this.frame.bodyOffset, this.#endLine!.scan - 2);
	}
	/** Looks for the end-line in what has come; true when it is there. Hands body octets on otherwise. */
	search(buf: Buffer, base: number, end: number, head: Buffer, headBase: number): boolean {
		if (this.#endLine!.search(buf, base, end) !== NOT_FOUND) return true;
		this.#deliver(buf, base, this.decided, head, headBase);
		return false;
	}
	/** After a search that found the end-line: fills the frame. Returns the frame's length. */
	finishBody(buf: Buffer, base: number, head: Buffer, headBase: number): number {
		const frame = this.frame;
		const endLine = this.#endLine!;
		const at = endLine.scan;
		const lineEnd = endLine.lineEndBefore(buf, base, at);
		if (at === frame.bodyOffset) frame.note({ id: "msrp.body-missing-crlf", offset: at, length: endLine.length + 1 });
		this.#deliver(buf, base, at - lineEnd, head, headBase);
		frame.bodyLength = at - lineEnd - frame.bodyOffset;
		frame.flag = endLine.flag;
		this.#lend(head, headBase, endLine.after);
		frame.complete = true;
		return endLine.after;
	}
	/** A frame without body is whole: its end-line was a line of the head. */
	finishHead(buf: Buffer, base: number, length: number, flag: "$" | "+" | "#"): void {
		this.frame.flag = flag;
		this.#lend(buf, base, length);
		this.frame.complete = true;
	}
	/** Closes the frame after `length` octets without an end-line. */
	abandon(buf: Buffer, base: number, length: number, head: Buffer, headBase: number, id: DiagnosticId, at: number): void {
		const frame = this.frame;
		if (frame.bodyOffset >= 0) {
			frame.bodyLength = length - frame.bodyOffset;
			this.#deliver(buf, base, length, head, headBase);
		}
		frame.note({ id, offset: at, length: 0 });
		this.#lend(head, headBase, length);
	}
	/** At the end of the stream: was only the line end of the end-line missing? */
	noteUnterminated(buf: Buffer, base: number, end: number): void {
		const endLine = this.#endLine;
		if (endLine?.unterminated(buf, base, end)) {
			this.frame.note({ id: "msrp.end-line-unterminated", offset: endLine.scan, length: endLine.length + 1 });
		}
	}
	#deliver(buf: Buffer, base: number, to: number, head: Buffer, headBase: number): void {
		const from = this.#delivered;
		if (to <= from) return;
		this.#delivered = to;
		const sink = this.#sink;
		if (sink.body === undefined) return;
		const frame = this.frame;
		frame.bytes = head;
		frame.start = headBase;
		frame.end = headBase + frame.bodyOffset;
		sink.body(frame, buf, base + from, base + to);
	}
	#lend(head: Buffer, headBase: number, length: number): void {
		const frame = this.frame;
		frame.length = length;
		frame.bytes = head;
		frame.start = headBase;
		frame.bodyKept = Math.min(frame.bodyLength, this.#inspect);
		frame.end = headBase + (frame.bodyLength > this.#inspect ? frame.bodyOffset + this.#inspect : length);
	}
}
