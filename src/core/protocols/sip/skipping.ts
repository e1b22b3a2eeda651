import { findLf, startInLine } from "./recognise.js";
import type { SipSink } from "./types.js";

/** Why octets are dropped: between two messages, after the framing was lost, or next to a gap (reported by who found it). */
export type SkipCause = "stray" | "lost" | "gap";

/** Drops octets up to the next start line and says so once: one skipped range, one finding at most. */
export class Skipping {
	/** the last search ended at a start line */
	found = false;
	readonly #sink: SipSink;
	/** longest start line (octets) */
	readonly #window: number;
	#from = 0;
	#cause: SkipCause = "stray";
	/** octets of the line at hand that were searched for LF */
	#scanned = 0;

	constructor(sink: SipSink, window: number) {
		this.#sink = sink;
		this.#window = window;
	}

	/** `from`: stream offset of the first octet that is dropped */
	begin(from: number, cause: SkipCause): void {
		this.#from = from;
		this.#cause = cause;
		this.#scanned = 0;
	}

	/** Searches buf[start, end); returns the position of the start line (`found`) or the first octet that must be seen again. */
	search(buf: Buffer, start: number, end: number): number {
		let pos = start;
		this.found = false;
		for (;;) {
			const lf = findLf(buf, pos + this.#scanned, end);
			if (lf < 0) {
				this.#scanned = end - pos;
				// Of a line without end only what can be a start line is kept (and one octet, to tell that it was cut).
				const drop = this.#scanned - this.#window - 1;
				if (drop <= 0) return pos;
				this.#scanned -= drop;
				return pos + drop;
			}
			const at = startInLine(buf, pos, lf, this.#window);
			if (at >= 0) {
				this.found = true;
				return at;
			}
			pos = lf + 1;
			this.#scanned = 0;
		}
	}

	/** `to`: stream offset of the first octet that is not dropped */
	report(to: number): void {
		const offset = this.#from;
		const length = to - offset;
		if (length <= 0) return;
		this.#sink.skipped(offset, length);
		if (this.#cause === "stray") this.#sink.problem({ id: "sip.stray-octets", offset, length });
		else if (this.#cause === "lost") this.#sink.problem({ id: "sip.framing-lost", offset, length });
	}
}
