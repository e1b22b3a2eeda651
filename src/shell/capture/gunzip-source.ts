import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteSource } from "./source.js";

/** Compressed octets taken at once: at most 1032 times as many come out (RFC 1951), and wait in memory. */
const PIECE = 16 << 10;
const OUTPUT = 256 << 10;

/**
 * Unpacks gzip data (RFC 1952), concatenated members too. What could be unpacked before damage is handed out first;
 * then `damage` says what is wrong. zlib keeps back what it unpacked from the piece with the damage in it: where the
 * octets can be had again, that piece is unpacked anew octet by octet, else up to 16 KiB of compressed data are lost.
 */
export class GunzipSource implements ByteSource {
	damage: string | undefined;
	readonly #source: ByteSource;
	readonly #again: (() => ByteSource) | undefined;
	readonly #inflater: Inflater;
	#output: Buffer[] = [];
	#input: Buffer = EMPTY;
	/** compressed octets that were unpacked without complaint */
	#good = 0;
	#unpacked = 0;
	#over = false;

	/** @param again opens the same octets once more, from the start */
	constructor(source: ByteSource, again?: () => ByteSource) {
		this.#source = source;
		this.#again = again;
		this.#inflater = new Inflater((chunk) => {
			this.#output.push(chunk);
			this.#unpacked += chunk.length;
		});
	}

	get bytesRead(): number {
		return this.#source.bytesRead;
	}

	get totalBytes(): number | undefined {
		return this.#source.totalBytes;
	}

	get aborted(): boolean {
		return this.#source.aborted;
	}

	async read(): Promise<Buffer | null> {
		while (this.#output.length === 0) {
			if (this.#over) return null;
			if (this.#input.length === 0) {
				const chunk = await this.#source.read();
				if (chunk === null) {
					await this.#end();
					continue;
				}
				this.#input = chunk;
			}
			const piece = this.#input.subarray(0, PIECE);
			this.#input = this.#input.subarray(PIECE);
			await this.#inflater.write(piece);
			if (this.#inflater.error !== undefined) await this.#damaged(this.#inflater.error);
			else this.#good += piece.length;
			if (this.#inflater.over) this.#over = true;
		}
		return this.#output.shift()!;
	}

	close(): void {
		this.#over = true;
		this.#inflater.close();
		this.#source.close();
	}

	async #end(): Promise<void> {
		this.#over = true;
		if (this.#source.aborted) return;
		await this.#inflater.end();
		if (this.#inflater.error !== undefined) this.damage = `the gzip data ends early, after ${this.#good} octets`;
	}

	async #damaged(error: Error): Promise<void> {
		let at = this.#good;
		if (this.#again !== undefined) {
			const source = this.#again();
			try {
				at = await this.#unpackAgain(source);
			} finally {
				source.close();
			}
		}
		this.damage = `the gzip data is damaged after ${at} octets: ${error.message}`;
	}

	/** Unpacks up to the damage, passing by what has been handed out. Returns how many compressed octets were good. */
	async #unpackAgain(source: ByteSource): Promise<number> {
		let known = this.#unpacked;
		const inflater = new Inflater((chunk) => {
			if (known < chunk.length) this.#output.push(chunk.subarray(known));
			known = Math.max(0, known - chunk.length);
		});
		let at = 0;
		for (let chunk = await source.read(); chunk !== null && !inflater.over; chunk = await source.read()) {
			for (let from = 0; from < chunk.length && !inflater.over; ) {
				const size = at < this.#good ? Math.min(PIECE, this.#good - at, chunk.length - from) : 1;
				await inflater.write(chunk.subarray(from, from + size));
				from += size;
				if (inflater.error === undefined) at += size;
			}
		}
		inflater.close();
		return at;
	}
}

/** zlib's stream, one write at a time. */
class Inflater {
	error: Error | undefined;
	/** the data has ended or is damaged: nothing more can be written */
	over = false;
	readonly #gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT });
	#resolve: (() => void) | undefined;

	constructor(onData: (chunk: Buffer) => void) {
		this.#gunzip.on("data", onData);
		this.#gunzip.on("end", () => this.close());
		this.#gunzip.on("error", (error) => {
			this.error = error;
			this.close();
		});
	}

	/** Resolves when all that comes out of `piece` has been handed out, or when the data is over. */
	write(piece: Buffer): Promise<void> {
		return new Promise((resolve) => {
			this.#resolve = resolve;
			this.#gunzip.write(piece, () => resolve());
		});
	}

	/** No more octets: an `error` when they stop inside a member. */
	end(): Promise<void> {
		return new Promise((resolve) => {
			this.#resolve = resolve;
			if (this.over) resolve();
			else this.#gunzip.end();
		});
	}

	close(): void {
		this.over = true;
		this.#gunzip.destroy();
		this.#resolve?.();
	}
}

const EMPTY = Buffer.alloc(0);
