import { CR, HYPHEN, isFlag, LF } from "./octets.js";

const HYPHENS = 7;
const NEAR = 1024;

/** Outcome of `EndLine.search` when no end-line was found. */
export const NOT_FOUND = -1;

/** Is told of "-------id" with a flag in a body where no end-line is. */
export interface LookalikeObserver {
	lookalike(at: number, length: number): void;
}

/**
 * The search for CRLF "-------" transaction-id flag CRLF in a body (RFC 4975 §7.1, wire rules 4, 7, 10).
 * Offsets are relative to the frame. Fed again and again with growing octets it looks at each one once,
 * but for the at most 9 + id + 2 octets in which an end-line may have begun.
 */
export class EndLine {
	readonly #id: string;
	/** octets of "-------" and the id */
	readonly length: number;
	#needle: Buffer | null = null;
	/** bare LF counts as line end, because the head used it */
	readonly #lenient: boolean;
	readonly #bodyOffset: number;
	readonly #observer: LookalikeObserver;
	/** no "-------id" that is still to be judged begins before this offset */
	scan: number;
	/** of the hit: the offset behind its line end */
	after = 0;
	flag: "$" | "+" | "#" | "" = "";

	constructor(id: string, bodyOffset: number, lenient: boolean, observer: LookalikeObserver) {
		this.#id = id;
		this.length = HYPHENS + id.length;
		this.#lenient = lenient;
		this.#bodyOffset = bodyOffset;
		this.#observer = observer;
		this.scan = bodyOffset;
	}

	/**
	 * Looks at the octets up to buf[end); buf[base] is the frame's first octet (base is negative when that has gone).
	 * Returns the offset of the end-line's first hyphen, or NOT_FOUND.
	 */
	search(buf: Buffer, base: number, end: number): number {
		let p = base + this.scan;
		for (;;) {
			p = this.#next(buf, p, end);
			if (p < 0) {
				this.scan = Math.max(this.scan, end - base - this.length + 1);
				return NOT_FOUND;
			}
			this.scan = p - base;
			const q = p + this.length;
			if (q >= end) return NOT_FOUND;
			const flag = buf[q]!;
			if (isFlag(flag)) {
				if (this.#atLineStart(buf, p, base)) {
					if (q + 1 >= end) return NOT_FOUND;
					const next = buf[q + 1];
					if (next === CR && q + 2 >= end) return NOT_FOUND;
					const after = next === CR && buf[q + 2] === LF ? q + 3 : this.#lenient && next === LF ? q + 2 : -1;
					if (after >= 0) {
						this.after = after - base;
						this.flag = String.fromCharCode(flag) as "$" | "+" | "#";
						return p - base;
					}
				}
				this.#observer.lookalike(p - base, this.length + 1);
			}
			p++;
			this.scan = p - base;
		}
	}

	/** Does an end-line stand at `scan` of which only the line end is missing? To be asked at the end of the stream. */
	unterminated(buf: Buffer, base: number, end: number): boolean {
		const p = base + this.scan;
		const q = p + this.length;
		return q < end && this.#matches(buf, p) && isFlag(buf[q]!) && this.#atLineStart(buf, p, base);
	}

	/** Octets of the framing line end before the end-line at `at`: 2, 1, or 0 when the blank line's is all there is. */
	lineEndBefore(buf: Buffer, base: number, at: number): number {
		if (at === this.#bodyOffset) return 0;
		return at - this.#bodyOffset >= 2 && buf[base + at - 2] === CR ? 2 : 1;
	}

	#atLineStart(buf: Buffer, p: number, base: number): boolean {
		const before = p - base - this.#bodyOffset;
		if (before === 0) return true;
		if (buf[p - 1] !== LF) return false;
		return this.#lenient || (before >= 2 && buf[p - 2] === CR);
	}

	/** Index of the next "-------id" that is whole in buf[from, end), or -1. */
	#next(buf: Buffer, from: number, end: number): number {
		const near = Math.min(end, from + NEAR + this.length);
		// Seven hyphens cannot be missed by a look at every seventh octet.
		for (let i = from + HYPHENS - 1; i < near; i += HYPHENS) {
			if (buf[i] !== HYPHEN) continue;
			for (let p = Math.max(from, i - HYPHENS + 1); p <= i && p + this.length <= end; p++) if (this.#matches(buf, p)) return p;
		}
		if (near === end) return -1;
		const rest = near - this.length;
		// A view, because Buffer.indexOf knows no end and would search the memory behind the octets that were lent.
		const found = buf.subarray(rest, end).indexOf(this.#bytes());
		return found < 0 ? -1 : rest + found;
	}

	#matches(buf: Buffer, p: number): boolean {
		for (let i = 0; i < HYPHENS; i++) if (buf[p + i] !== HYPHEN) return false;
		const id = this.#id;
		const from = p + HYPHENS;
		for (let i = 0; i < id.length; i++) if (buf[from + i] !== id.charCodeAt(i)) return false;
		return true;
	}

	#bytes(): Buffer {
		this.#needle ??= Buffer.from(`-------${this.#id}`, "latin1");
		return this.#needle;
	}
}
