import { ReceiveBuffer } from "../../bytes/receive-buffer.js";

export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const END_OF_EARLY_DATA = 5;
export const ENCRYPTED_EXTENSIONS = 8;
export const FINISHED = 20;
export const KEY_UPDATE = 24;

/** A body that is kept; the certificates of hostile peers may be 16 MiB and are of no use here. */
const LONGEST_BODY = 64 << 10;

/** Puts handshake messages together that span records. Bodies that nobody needs are counted, not kept. */
export class HandshakeReader {
	readonly #head = Buffer.alloc(4);
	#headLength = 0;
	#left = 0;
	#keep = false;
	readonly #body = new ReceiveBuffer();

	/** `message` gets type and body of each message that ends here; the body is empty for types that are not kept. */
	push(buf: Buffer, start: number, end: number, message: (type: number, buf: Buffer, start: number, end: number) => void): void {
		let at = start;
		while (at < end) {
			if (this.#headLength < 4) {
				this.#head[this.#headLength++] = buf[at++] as number;
				if (this.#headLength < 4) continue;
				this.#left = this.#head.readUIntBE(1, 3);
				const type = this.#head[0];
				this.#keep = (type === CLIENT_HELLO || type === SERVER_HELLO || type === ENCRYPTED_EXTENSIONS) && this.#left <= LONGEST_BODY;
			}
			const take = Math.min(this.#left, end - at);
			if (this.#keep) this.#body.append(buf, at, at + take);
			at += take;
			this.#left -= take;
			if (this.#left > 0) return;
			this.#headLength = 0;
			message(this.#head[0] as number, this.#body.buf, this.#body.start, this.#body.end);
			this.#body.clear();
		}
	}

	/** Octets are missing: what is open is dropped. */
	reset(): void {
		this.#headLength = 0;
		this.#left = 0;
		this.#body.clear();
	}
}
