import { CR, findLf, HTAB, HYPHEN, isFlag, LF, latin1, SP } from "./octets.js";
import { matchLooseStartLine, matchStartLine, type StartLine, textEnd } from "./start-line.js";

/** Most heads are shorter: one conversion to text serves the whole head. */
const WINDOW = 1024;
const END_LINE = /^-------([^ \t]+)([$+#])([ \t]*)$/;
const M = "M".charCodeAt(0);

export type HeadEvent =
	/** more octets are needed */
	| "more"
	/** the first line is there: [0, line) */
	| "start-line"
	/** a header line was taken */
	| "header"
	/** the blank line: the body begins at `line` */
	| "blank"
	/** an end-line: [line, next) */
	| "end-line"
	/** another frame's start line stands at `line` */
	| "next-frame"
	/** the line at `line` exceeds a limit */
	| "too-large";

/**
 * Cuts the head of one frame into lines, looking at each octet once however the stream was cut.
 * Offsets are relative to the frame's first octet.
 */
export class HeadLines {
	/** starts of the start line and of the header lines taken so far */
	readonly lines: number[] = [];
	/** start of the line at hand */
	line = 0;
	/** offset behind the line at hand */
	next = 0;
	/** of an end-line: its parts */
	id = "";
	flag: "$" | "+" | "#" | "" = "";
	trailingSpace = false;
	#scan = 0;
	#headStart = 0;
	#window = "";
	#text = "";
	#textFrom = 0;

	reset(): void {
		this.lines.length = 0;
		this.line = 0;
		this.next = 0;
		this.#scan = 0;
		this.#window = "";
		this.#text = "";
	}

	/** Lets the text go: an idle connection keeps none. */
	release(): void {
		this.#window = "";
		this.#text = "";
	}

	/** The first line, when it is a start line. */
	startLine(): StartLine | null {
		const end = textEnd(this.#text, 0, this.next);
		return matchStartLine(this.#text, 0, end) ?? matchLooseStartLine(this.#text.slice(0, end));
	}

	/** The frame's first `length` octets as text, one character each; may be longer. */
	headText(buf: Buffer, pos: number, length: number): string {
		return length <= this.#window.length ? this.#window : latin1(buf, pos, pos + length);
	}

	/** Judges the next line of the frame at buf[pos, end). Call until it is not "header" or "start-line". */
	step(buf: Buffer, pos: number, end: number, lineLimit: number, headLimit: number): HeadEvent {
		this.line = this.next;
		const lf = this.#lineFeed(buf, pos, end);
		if (lf < 0) return end - pos - this.line >= lineLimit ? "too-large" : "more";
		if (lf + 1 - this.line > lineLimit) return "too-large";
		if (lf < this.#window.length) {
			this.#text = this.#window;
			this.#textFrom = 0;
		} else {
			this.#text = latin1(buf, pos + this.line, pos + lf + 1);
			this.#textFrom = this.line;
		}
		const event = this.#judge(lf, headLimit);
		if (event !== "too-large") this.next = lf + 1;
		return event;
	}

	#lineFeed(buf: Buffer, pos: number, end: number): number {
		if (this.#scan === 0 && this.line === 0) this.#window = latin1(buf, pos, Math.min(end, pos + WINDOW));
		if (this.#scan < this.#window.length) {
			const found = this.#window.indexOf("\n", this.#scan);
			if (found >= 0) {
				this.#scan = found + 1;
				return found;
			}
			this.#scan = this.#window.length;
		}
		const found = findLf(buf, pos + this.#scan, end);
		this.#scan = (found < 0 ? end : found + 1) - pos;
		return found < 0 ? -1 : found - pos;
	}

	#judge(lf: number, headLimit: number): HeadEvent {
		if (this.line === 0) {
			this.lines.push(0);
			this.#headStart = lf + 1;
			return "start-line";
		}
		const text = this.#text;
		const at = this.line - this.#textFrom;
		const c = text.charCodeAt(at);
		if (c === LF || (c === CR && lf === this.line + 1)) return "blank";
		if (c === HYPHEN && this.#matchEndLine(at, lf + 1 - this.#textFrom)) return "end-line";
		if (c === M && matchStartLine(text, at, textEnd(text, at, lf + 1 - this.#textFrom)) !== null) return "next-frame";
		if (lf + 1 - this.#headStart > headLimit) return "too-large";
		this.lines.push(this.line);
		return "header";
	}

	#matchEndLine(from: number, to: number): boolean {
		const text = this.#text;
		const end = textEnd(text, from, to);
		if (!text.startsWith("-------", from)) return false;
		if (isFlag(text.charCodeAt(end - 1)) && end > from + 8 && !hasBlank(text, from, end)) {
			this.id = text.slice(from + 7, end - 1);
			this.flag = text.charAt(end - 1) as "$" | "+" | "#";
			this.trailingSpace = false;
			return true;
		}
		const m = END_LINE.exec(text.slice(from, end));
		if (m === null) return false;
		this.id = m[1]!;
		this.flag = m[2] as "$" | "+" | "#";
		this.trailingSpace = m[3] !== "";
		return true;
	}
}

function hasBlank(text: string, from: number, to: number): boolean {
	for (let i = from; i < to; i++) {
		const c = text.charCodeAt(i);
		if (c === SP || c === HTAB) return true;
	}
	return false;
}
