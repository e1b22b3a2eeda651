import { type CipherCCM, type CipherCCMTypes, type CipherGCMTypes, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { expandLabel } from "./key-schedule.js";
import type { AeadSuite } from "./suites.js";

type Decipher = ReturnType<typeof createDecipheriv> & Pick<CipherCCM, "setAAD"> & { setAuthTag(tag: Buffer): void };

// Filled anew for every record and copied by the cipher within the call.
const nonce = Buffer.alloc(12);
const aad = Buffer.alloc(13);

/** Opens the records of one direction under one key (RFC 5246 §6.2.3.3, RFC 8446 §5.2). */
export class RecordCipher {
	/** sequence number of the next record; 2^53 records are never reached */
	seq = 0;
	readonly #suite: AeadSuite;
	readonly #key: KeyObject;
	readonly #iv: Buffer;
	/** TLS 1.3 traffic secret; null in TLS 1.2 */
	readonly #secret: Buffer | null;

	private constructor(suite: AeadSuite, key: Buffer, iv: Buffer, secret: Buffer | null) {
		this.#suite = suite;
		this.#key = createSecretKey(key);
		this.#iv = iv;
		this.#secret = secret;
	}

	static tls12(suite: AeadSuite, key: Buffer, iv: Buffer): RecordCipher {
		return new RecordCipher(suite, key, iv, null);
	}

	static tls13(suite: AeadSuite, secret: Buffer): RecordCipher {
		const key = expandLabel(suite.hash, secret, "key", suite.keyLength);
		return new RecordCipher(suite, key, expandLabel(suite.hash, secret, "iv", 12), secret);
	}

	/** The cipher after a KeyUpdate (RFC 8446 §7.2); null in TLS 1.2. */
	next(): RecordCipher | null {
		if (this.#secret === null) return null;
		return RecordCipher.tls13(this.#suite, expandLabel(this.#suite.hash, this.#secret, "traffic upd", this.#secret.length));
	}

	/**
	 * Plaintext of the record buf[header, end), or null when it does not authenticate under sequence number `seq`.
	 * On success the next expected number is `seq` + 1. In TLS 1.3 the plaintext still has its inner type and padding.
	 */
	open(buf: Buffer, header: number, end: number, seq = this.seq): Buffer | null {
		const suite = this.#suite;
		const start = header + 5 + suite.explicitNonce;
		const tag = end - suite.tagLength;
		if (tag < start) return null;
		const aadLength = this.#prepare(buf, header, tag - start, seq);
		try {
			const decipher = createDecipheriv(suite.algorithm as CipherCCMTypes & CipherGCMTypes, this.#key, nonce, {
				authTagLength: suite.tagLength,
			}) as unknown as Decipher;
			decipher.setAuthTag(buf.subarray(tag, end));
			decipher.setAAD(aad.subarray(0, aadLength), { plaintextLength: tag - start });
			const plain = decipher.update(buf.subarray(start, tag));
			decipher.final();
			this.seq = seq + 1;
			return plain;
		} catch {
			return null;
		}
	}

	/** Fills `nonce` and `aad`; returns the length of the latter. */
	#prepare(buf: Buffer, header: number, plainLength: number, seq: number): number {
		this.#iv.copy(nonce);
		if (this.#suite.explicitNonce > 0) {
			buf.copy(nonce, 4, header + 5, header + 13);
		} else {
			nonce.writeUInt32BE((nonce.readUInt32BE(4) ^ Math.floor(seq / 2 ** 32)) >>> 0, 4);
			nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ (seq >>> 0)) >>> 0, 8);
		}
		if (this.#secret !== null) return buf.copy(aad, 0, header, header + 5);
		aad.writeUInt32BE(Math.floor(seq / 2 ** 32), 0);
		aad.writeUInt32BE(seq >>> 0, 4);
		buf.copy(aad, 8, header, header + 3);
		aad.writeUInt16BE(plainLength, 11);
		return 13;
	}
}
