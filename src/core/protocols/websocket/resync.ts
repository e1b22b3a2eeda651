import type { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import { CONTINUATION, FrameHeader } from "./frame-header.js";

/** Frames in a row that make a start credible. WebSocket has no resync marker. */
const CHAIN = 3;
/** Octets that a chain may span. A longer one is not waited for. */
const LONGEST_CHAIN = 256 << 10;

const header = new FrameHeader();

/** Looks for a place in pending octets where three plausible frames follow each other; looks at no place twice. */
export class FrameFinder {
	/** end of the frames found so far, from the start of the pending octets */
	#chain = 0;
	#count = 0;
	/** whether the chain is inside a fragmented message; undefined until it shows */
	#open: boolean | undefined;
	#masked: boolean | undefined;

	/** mask bit of the frames found */
	get masked(): boolean | undefined {
		return this.#masked;
	}

	/** Consumes what can be no frame start; true when `pending` starts with a frame. `masked`: what the direction must have, if known. */
	find(pending: ReceiveBuffer, masked: boolean | undefined): boolean {
		while (pending.length > 0) {
			const verdict = this.#check(pending, masked);
			if (verdict === "yes") {
				this.reset();
				return true;
			}
			if (verdict === "maybe") return false;
			pending.consume(1);
			this.reset();
		}
		return false;
	}

	/** At the end of the stream: fewer frames will do when they end exactly there. */
	endsExactly(pending: ReceiveBuffer): boolean {
		return this.#count > 0 && this.#chain === pending.length;
	}

	reset(): void {
		this.#chain = 0;
		this.#count = 0;
		this.#open = undefined;
	}

	#check(pending: ReceiveBuffer, masked: boolean | undefined): "yes" | "no" | "maybe" {
		while (this.#count < CHAIN) {
			if (!header.read(pending.buf, pending.start + this.#chain, pending.end)) return this.#chain > LONGEST_CHAIN ? "no" : "maybe";
			if (this.#count === 0) this.#masked = masked ?? header.masked;
			if (!this.#plausible()) return "no";
			this.#chain += header.headerLength + header.payloadLength;
			this.#count++;
		}
		return "yes";
	}

	#plausible(): boolean {
		if (header.masked !== this.#masked || !header.knownOpcode || !header.lengthOk || (header.rsv & 3) !== 0) return false;
		if (header.payloadLength > LONGEST_CHAIN) return false;
		if (header.control) return header.fin && header.payloadLength <= 125 && header.rsv === 0;
		const continuation = header.opcode === CONTINUATION;
		if (continuation && header.rsv !== 0) return false;
		if (this.#open !== undefined && this.#open !== continuation) return false;
		this.#open = !header.fin;
		return true;
	}
}
