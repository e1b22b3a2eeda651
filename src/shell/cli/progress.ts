import { grouped } from "../../core/export/stats-text.js";
import { truncate } from "../../core/export/width.js";
import type { Io } from "./io.js";

const FIRST = 500;
const EVERY = 200;

/** One line on a terminal, redrawn at most five times a second, from half a second on; gone when the work is done. */
export class Progress {
	readonly #io: Io;
	readonly #began: number;
	#next: number;
	#drawn = false;

	constructor(io: Io) {
		this.#io = io;
		this.#began = io.now();
		this.#next = this.#began + FIRST;
	}

	update(read: number, total: number | undefined, messages: number): void {
		const now = this.#io.now();
		if (now < this.#next) return;
		this.#next = now + EVERY;
		this.#drawn = true;
		const line = progressText(read, total, messages, now - this.#began);
		this.#io.stderr.write(`\r\x1b[K${truncate(line, (this.#io.stderr.columns ?? 80) - 1)}`);
	}

	clear(): void {
		if (this.#drawn) this.#io.stderr.write("\r\x1b[K");
		this.#drawn = false;
	}
}

/** "42 %, 420.0 of 1000.0 MB, 12,345 messages, 85.0 MB/s, 7 s left" */
export function progressText(read: number, total: number | undefined, messages: number, milliseconds: number): string {
	const rate = milliseconds > 0 ? read / (milliseconds / 1000) : 0;
	const speed = `${grouped(messages)} messages, ${megabytes(rate)} MB/s`;
	if (total === undefined || total <= 0) return `${megabytes(read)} MB, ${speed}`;
	const left = rate > 0 ? `, ${Math.max(0, Math.ceil((total - read) / rate))} s left` : "";
	return `${Math.min(100, Math.floor((read / total) * 100))} %, ${megabytes(read)} of ${megabytes(total)} MB, ${speed}${left}`;
}

function megabytes(octets: number): string {
	return (octets / 1e6).toFixed(1);
}
