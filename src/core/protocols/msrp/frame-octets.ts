import { ReceiveBuffer } from "../../bytes/receive-buffer.js";
import type { OpenFrame } from "./open-frame.js";

/** Octets of a long body that are taken in at once. */
export const SLICE = 64 << 10;

/**
 * The octets of the open frame that came in earlier feeds: the head and the body up to `inspect` octets, and of a longer
 * body also a window on the latest ones, in which its end-line is looked for.
 */
export class FrameOctets {
	held = new ReceiveBuffer();
	#window: ReceiveBuffer | null = null;
	/** offset in the frame of the window's first octet */
	#windowFrom = 0;

	/** The body has outgrown what is held. */
	get streaming(): boolean {
		return this.#window !== null;
	}

	/** The latest octets of the frame: buffer, index of the frame's first octet in it (negative when that is not in it), end. */
	latest(): [Buffer, number, number] {
		const { held } = this;
		const window = this.#window;
		return window === null ? [held.buf, held.start, held.end] : [window.buf, window.start - this.#windowFrom, window.end];
	}

	/** Keeps memory bounded while a body goes on; to be called when octets were added to `held`. */
	bound(open: OpenFrame, inspect: number): void {
		const { held } = this;
		const kept = open.frame.bodyOffset + inspect;
		if (held.length <= kept + SLICE) return;
		this.#windowFrom = open.decided;
		this.#window = new ReceiveBuffer();
		this.#window.append(held.buf, held.start + this.#windowFrom, held.end);
		held.end = held.start + kept;
	}

	/** Takes buf[from, to) into a long body. Returns the index of the first octet behind the frame when that is whole, else -1. */
	stream(open: OpenFrame, buf: Buffer, from: number, to: number): number {
		const { held } = this;
		const window = this.#window!;
		window.append(buf, from, to);
		const base = window.start - this.#windowFrom;
		if (open.search(window.buf, base, window.end, held.buf, held.start)) {
			return to - (window.end - base - open.finishBody(window.buf, base, held.buf, held.start));
		}
		window.consume(open.decided - this.#windowFrom);
		this.#windowFrom = open.decided;
		return -1;
	}

	clear(): void {
		this.#window = null;
		this.held.clear();
	}

	/** Forgets everything without touching the memory, which somebody still reads. */
	detach(): void {
		this.#window = null;
		this.held = new ReceiveBuffer();
	}
}
