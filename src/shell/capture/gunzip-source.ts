import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteSource } from "./source.js";

/** Compressed octets taken at once: at most 1032 times as many come out (RFC 1951), and wait in memory. */
const PIECE = 16 << 10;
const OUTPUT = 256 << 10;

/**
 * Unpacks gzip data (RFC 1952), concatenated members too. What could be unpacked before damage is handed out first;
 * then `damage` says what is wrong.
 */
export class GunzipSource implements ByteSource {
	damage: string | undefined;
	readonly #source: ByteSource;
	readonly #gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT });
	#output: Buffer[] = [];
	#input: Buffer | null = null;
	/** compressed octets given to zlib */
	#taken = 0;
	#state: "open" | "flushed" | "over" = "open";
	/** resolves the step that is under way */
	#done: (() => void) | undefined;

	constructor(source: ByteSource) {
		this.#source = source;
		const over = (): void => {
			this.#state = "over";
			this.#done?.();
		};
		this.#gunzip.on("data", (chunk: Buffer) => this.#output.push(chunk));
		this.#gunzip.on("end", over);
		this.#gunzip.on("error", (error: NodeJS.ErrnoException) => {
			this.damage =
				error.code === "Z_BUF_ERROR" ? `the gzip data ends early, after ${this.#taken} octets` : `the gzip data is damaged before octet ${this.#taken} of the compressed file: ${error.message}`;
			over();
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
			if (this.#state === "over") return null;
			if (this.#input === null || this.#input.length === 0) {
				const chunk = await this.#source.read();
				if (chunk === null) {
					if (this.#source.aborted || this.#state === "flushed") return null;
					this.#state = "flushed";
					await this.#step(() => this.#gunzip.end());
					continue;
				}
				this.#input = chunk;
			}
			const piece = this.#input.subarray(0, PIECE);
			this.#input = this.#input.subarray(PIECE);
			this.#taken += piece.length;
			await this.#step((done) => this.#gunzip.write(piece, done));
		}
		return this.#output.shift()!;
	}

	close(): void {
		this.#gunzip.destroy();
		this.#state = "over";
		this.#done?.();
		this.#source.close();
	}

	/** Runs one write or the end; resolves when it is done, or when the data turns out to be over or damaged. */
	#step(run: (done: () => void) => void): Promise<void> {
		return new Promise((resolve) => {
			this.#done = resolve;
			run(resolve);
		});
	}
}
