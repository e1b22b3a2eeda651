import { LF } from "./octets.js";
import { couldBeStartLine } from "./start-line.js";

const NEEDLE = Buffer.from("\nMSRP", "latin1");

/** Drops octets until a line comes that could be a start line (wire rule 2). Looks at each octet once. */
export class Resync {
	/** stream offset of the first dropped octet */
	from = 0;
	/** octets are being dropped, or were and are not yet reported */
	active = false;
	/** `seek` stopped at something that could be a start line */
	found = false;
	/** the octets at hand belong to a line whose beginning was dropped */
	#midLine = false;

	begin(offset: number): void {
		this.from = offset;
		this.active = true;
		this.#midLine = false;
	}

	/** The line that begins at the next octet is no start line after all. */
	refuseLine(): void {
		this.#midLine = true;
	}

	/** Octets of buf[pos, end) before the returned index are dropped; what is left may yet become a start line. */
	seek(buf: Buffer, pos: number, end: number): number {
		this.found = false;
		let at = pos;
		for (;;) {
			if (!this.#midLine) {
				const could = couldBeStartLine(buf, at, end);
				this.found = could === "yes";
				if (could !== "no") return at;
				this.#midLine = true;
			}
			const hit = buf.subarray(at, end).indexOf(NEEDLE);
			if (hit < 0) return this.#dropTail(buf, at, end);
			at += hit + 1;
			this.#midLine = false;
		}
	}

	#dropTail(buf: Buffer, from: number, end: number): number {
		for (let i = Math.max(from, end - NEEDLE.length); i < end; i++) {
			if (buf[i] === LF && couldBeStartLine(buf, i + 1, end) === "maybe") {
				this.#midLine = false;
				return i + 1;
			}
		}
		return end;
	}
}
