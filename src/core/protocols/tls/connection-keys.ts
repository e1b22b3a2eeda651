import type { ServerHello } from "./hello.js";
import { prf12 } from "./key-schedule.js";
import type { SecretLabel } from "./keylog.js";
import { RecordCipher } from "./record-cipher.js";
import type { AeadSuite } from "./suites.js";
import type { KeyLog } from "./types.js";

export type Role = "client" | "server";
/** TLS 1.2 knows only "plain" and "application". */
export type Epoch = "plain" | "early" | "handshake" | "application";

const LABEL: Record<Role, Record<Exclude<Epoch, "plain">, SecretLabel>> = {
	client: {
		early: "CLIENT_EARLY_TRAFFIC_SECRET",
		handshake: "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
		application: "CLIENT_TRAFFIC_SECRET_0",
	},
	// A server has no early data; the label is never asked for.
	server: {
		early: "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		handshake: "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		application: "SERVER_TRAFFIC_SECRET_0",
	},
};

/** Makes the record ciphers of one connection from the key log and both hellos. */
export class ConnectionKeys {
	readonly #keyLog: KeyLog;
	readonly #clientRandom: Buffer;
	readonly #serverRandom: Buffer;
	readonly #suite: AeadSuite;
	readonly tls13: boolean;

	constructor(keyLog: KeyLog, clientRandom: Buffer, hello: ServerHello, suite: AeadSuite) {
		this.#keyLog = keyLog;
		this.#clientRandom = clientRandom;
		this.#serverRandom = hello.random;
		this.#suite = suite;
		this.tls13 = hello.version === 0x0304;
	}

	/** A fresh cipher (sequence number 0); null when the key log lacks the secret. */
	cipher(role: Role, epoch: Exclude<Epoch, "plain">): RecordCipher | null {
		const label = this.tls13 ? LABEL[role][epoch] : "CLIENT_RANDOM";
		const secret = this.#keyLog.secret(this.#clientRandom.toString("hex"), label);
		if (secret === undefined) return null;
		return this.tls13 ? RecordCipher.tls13(this.#suite, secret) : this.#tls12(role, secret);
	}

	/** Key expansion of an AEAD suite: no MAC keys, then both keys, then both fixed nonces (RFC 5246 §6.3). */
	#tls12(role: Role, master: Buffer): RecordCipher {
		const { keyLength, explicitNonce, hash } = this.#suite;
		const ivLength = 12 - explicitNonce;
		const seed = Buffer.concat([this.#serverRandom, this.#clientRandom]);
		const block = prf12(hash, master, "key expansion", seed, 2 * (keyLength + ivLength));
		const second = role === "server" ? 1 : 0;
		const keyAt = second * keyLength;
		const ivAt = 2 * keyLength + second * ivLength;
		const iv = Buffer.alloc(12);
		block.copy(iv, 0, ivAt, ivAt + ivLength);
		return RecordCipher.tls12(this.#suite, block.subarray(keyAt, keyAt + keyLength), iv);
	}
}
