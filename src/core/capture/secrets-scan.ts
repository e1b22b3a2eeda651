import { SECRETS_TLS_KEY_LOG } from "./pcapng-meta.js";
import { u32 } from "./words.js";

const SECTION = 0x0a0d0d0a;
const SECRETS = 0x0a;
const BIG_ENDIAN_MAGIC = 0x1a2b3c4d;
/** octets of key logs in one file that are taken in */
const MOST = 64 << 20;
/** type, length, and for a section the byte-order magic; for secrets their type and length */
const HEAD = 16;

/**
 * Finds the TLS key logs of a pcapng file (draft-ietf-opsawg-pcapng §4.7) without looking at anything else, so that secrets
 * which follow the packets that they open are there in time. Fed with the file's octets in order; `skip` tells how many of
 * the octets to come need not be read at all. Stops at the first block that cannot be: whoever reads the packets reports it.
 */
export class SecretsScan {
	readonly keyLogs: string[] = [];
	readonly #limit: number;
	#little = true;
	#held: Buffer = Buffer.alloc(0);
	#skip = 0;
	#over = false;
	/** of all key logs */
	#octets = 0;

	/** `limit`: octets of one block that are taken in */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** nothing more will be found */
	get over(): boolean {
		return this.#over;
	}

	/** octets that may be left out before the next `feed`; asking takes them as left out */
	skip(): number {
		const octets = this.#skip;
		this.#skip = 0;
		return octets;
	}

	feed(octets: Buffer): void {
		let buf = this.#held.length === 0 ? octets : Buffer.concat([this.#held, octets]);
		let at = 0;
		while (!this.#over) {
			if (this.#skip > 0) {
				const step = Math.min(this.#skip, buf.length - at);
				at += step;
				this.#skip -= step;
				if (this.#skip > 0) break;
			}
			if (buf.length - at < HEAD) break;
			const step = this.#block(buf, at);
			if (step === 0) break;
			at += step;
		}
		// What is kept is small: a block's head, or one block of secrets.
		buf = buf.subarray(at);
		this.#held = Buffer.from(buf);
	}

	/** Octets consumed, 0 when more are needed. */
	#block(buf: Buffer, at: number): number {
		const type = u32(buf, at, this.#little);
		if (type === SECTION || u32(buf, at, false) === SECTION) this.#little = buf.readUInt32BE(at + 8) !== BIG_ENDIAN_MAGIC;
		const length = u32(buf, at + 4, this.#little);
		if (length < 12 || length % 4 !== 0) {
			this.#over = true;
			return 0;
		}
		if (type !== SECRETS || length > this.#limit || u32(buf, at + 8, this.#little) !== SECRETS_TLS_KEY_LOG) {
			this.#skip = length;
			return buf.length - at > 0 ? this.#advance(buf.length - at) : 0;
		}
		if (buf.length - at < length) return 0;
		const size = Math.min(u32(buf, at + 12, this.#little), length - 20);
		this.#octets += length;
		if (this.#octets > MOST) this.#over = true;
		else this.keyLogs.push(buf.toString("latin1", at + 16, at + 16 + size));
		return length;
	}

	#advance(available: number): number {
		const step = Math.min(this.#skip, available);
		this.#skip -= step;
		return step;
	}
}
