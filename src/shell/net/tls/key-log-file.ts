import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";

/** TLS secrets as they come, one a line (NSS key log), in a file that only the user can read. */
export class KeyLogFile {
	readonly #stream: WriteStream;
	/** what ended the writing */
	error: Error | undefined;

	private constructor(stream: WriteStream) {
		this.#stream = stream;
		stream.on("error", (error) => {
			this.error ??= error;
		});
	}

	/** Opens for appending. Rejects with the error of the file system. */
	static async open(path: string): Promise<KeyLogFile> {
		const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
		await once(stream, "open");
		return new KeyLogFile(stream);
	}

	/** `line` as `keylog` events bring it, with its line feed. */
	write(line: Buffer): void {
		if (this.error === undefined) this.#stream.write(line);
	}

	async close(): Promise<void> {
		if (this.#stream.closed) return;
		const closed = once(this.#stream, "close").catch(() => {});
		this.#stream.end();
		await closed;
	}
}
