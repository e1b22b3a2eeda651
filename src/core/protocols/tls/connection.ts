import type { DiagnosticId } from "../../model/problem.js";
import { alertText, CLOSE_NOTIFY } from "./alerts.js";
import type { Epoch } from "./connection-keys.js";
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from "./detect.js";
import { present, upcoming } from "./epochs.js";
import { Half } from "./half.js";
import { Handshake } from "./handshake.js";
import { CLIENT_HELLO, ENCRYPTED_EXTENSIONS, END_OF_EARLY_DATA, FINISHED, KEY_UPDATE, SERVER_HELLO } from "./handshake-reader.js";
import type { RecordCipher } from "./record-cipher.js";
import type { KeyLog, TlsSink } from "./types.js";

export const HEADER = 5;
/** smallest protected record: header, tag and one octet */
const SMALLEST_RECORD = 22;
/** consecutive records that do not authenticate before a direction is given up */
const MOST_FAILURES = 16;
/** records of unknown epoch that are passed by before a direction is given up */
const MOST_SKIPPED = 64;
/** sequence numbers tried for one record after a gap, and for all gaps of a connection */
const MOST_MISSED = 128;
const MOST_TRIES = 4096;

const MID_STREAM = "the capture starts inside the TLS connection: without its handshake no secret can be matched";
const DO_NOT_FIT = "the records do not authenticate under the given secrets";

/** What the records of one connection mean, one whole record at a time. */
export class TlsConnection {
	readonly halves: readonly [Half, Half] = [new Half(0), new Half(1)];
	/** something was learned that may end a stall; cleared by who looks */
	learned = false;
	readonly #keyLog: KeyLog;
	readonly #sink: TlsSink;
	readonly #handshake: Handshake;
	/** the reason now in the facts is that a secret is missing, which may change */
	#waiting = false;
	#noSecretsReported = false;
	#anyData = false;
	#tries = 0;

	constructor(keyLog: KeyLog, sink: TlsSink) {
		this.#keyLog = keyLog;
		this.#sink = sink;
		this.#handshake = new Handshake(keyLog);
	}

	/** Takes the record buf[at, end), or sets `half.stalled` when it has to come again later. */
	record(half: Half, buf: Buffer, at: number, end: number): void {
		const type = buf[at] as number;
		if (half.epoch === "plain") this.#plain(half, type, buf, at + HEADER, end);
		else this.#protected(half, type, buf, at, end);
	}

	/** `length` octets are missing (0: unknown); what was pending is gone. */
	gap(half: Half, length: number): void {
		if (half.stalled) this.giveUpWaiting(half);
		else if (half.epoch !== "plain" || this.#handshake.keys !== undefined) this.#lose(half, length);
		else this.#fail(this.#handshake.clientHelloSeen ? "octets of the handshake are missing" : MID_STREAM, "tls.no-secrets");
	}

	#plain(half: Half, type: number, buf: Buffer, start: number, end: number): void {
		const handshake = this.#handshake;
		if (!half.began) {
			half.began = true;
			const first = buf[start];
			const hello = type === HANDSHAKE && (first === CLIENT_HELLO || first === SERVER_HELLO);
			if (!hello && type !== ALERT) {
				this.#fail(MID_STREAM, "tls.no-secrets");
				return;
			}
		}
		if (type === HANDSHAKE) {
			half.handshake.push(buf, start, end, (kind, body, from, to) => this.#message(half, kind, body, from, to));
		} else if (type === ALERT) {
			this.#alert(half, buf, start, end);
		} else if (type === CHANGE_CIPHER_SPEC) {
			if (handshake.version === undefined) half.stalled = true;
			else if (handshake.version !== 0x0304) this.#changeCipher(half);
		} else if (type === APPLICATION_DATA) {
			if (handshake.keys === undefined) half.stalled = true;
			else this.#fail("application data without encryption", null);
		}
	}

	/** TLS 1.2: everything after this record is protected with new keys. */
	#changeCipher(half: Half): void {
		const { keys } = this.#handshake;
		if (keys === undefined) {
			half.stalled = true;
			return;
		}
		const cipher = keys.cipher(this.#handshake.role(half.dir), "application");
		if (cipher === null && half.epoch === "application") {
			// A renegotiation: its record is opened already and cannot be held.
			this.giveUpWaiting(half);
			return;
		}
		if (cipher === null) {
			this.#awaitSecret(half);
			return;
		}
		this.#use(half, "application", cipher);
	}

	#protected(half: Half, type: number, buf: Buffer, at: number, end: number): void {
		const { keys, earlyAccepted } = this.#handshake;
		if (keys === undefined) return;
		if (keys.tls13 && type !== APPLICATION_DATA) {
			// Unprotected: an alert of a side that has no keys, or the meaningless ChangeCipherSpec (RFC 8446 §5).
			if (type === ALERT) this.#alert(half, buf, at + HEADER, end);
			return;
		}
		if (half.epoch === "early" && earlyAccepted === undefined) {
			// The EncryptedExtensions of the other direction will tell.
			half.stalled = true;
			return;
		}
		this.#ownCipher(half);
		let plain = half.cipher?.open(buf, at, end) ?? null;
		if (plain === null && (half.cipher === null || half.epoch === "early" || half.unsure)) {
			const [epoch, cipher] = upcoming(half, this.#handshake);
			plain = cipher?.open(buf, at, end) ?? null;
			if (cipher !== null && plain !== null) this.#use(half, epoch, cipher);
			else if (half.cipher === null && cipher === null) {
				this.#awaitSecret(half);
				return;
			}
		}
		if (plain !== null) this.#opened(half, type, plain);
		else this.#notOpened(half);
	}

	/** Makes the cipher of the present epoch where that has not been done and its secret is known. */
	#ownCipher(half: Half): void {
		if (half.cipher !== null) return;
		const cipher = present(half, this.#handshake);
		if (cipher !== null) this.#use(half, half.epoch, cipher);
	}

	#use(half: Half, epoch: Epoch, cipher: RecordCipher): void {
		half.epoch = epoch;
		half.cipher = cipher;
		if (!this.#waiting) return;
		this.#waiting = false;
		this.#handshake.facts.reason = undefined;
		this.#tell();
	}

	#opened(half: Half, type: number, plain: Buffer): void {
		half.failures = 0;
		half.skipped = 0;
		half.unsure = false;
		let end = plain.length;
		let inner = type;
		if (this.#handshake.keys?.tls13) {
			while (end > 0 && plain[end - 1] === 0) end--;
			if (end === 0) return;
			inner = plain[--end] as number;
		}
		if (inner === APPLICATION_DATA) {
			if (end === 0 || (half.epoch === "early" && !this.#handshake.earlyAccepted)) return;
			this.#anyData = true;
			this.#sink.data(half.dir, plain, 0, end);
		} else if (inner === HANDSHAKE) {
			half.handshake.push(plain, 0, end, (kind, body, from, to) => this.#message(half, kind, body, from, to));
		} else if (inner === ALERT) {
			this.#alert(half, plain, 0, end);
		} else if (inner === CHANGE_CIPHER_SPEC) {
			this.#changeCipher(half);
		}
	}

	#notOpened(half: Half): void {
		if (half.cipher === null || half.epoch === "early") {
			// Not a failure: the record belongs to an epoch whose secret is not in the log.
			if (half.epoch === "early" && half.skipped === 0 && this.#handshake.earlyAccepted) this.#sink.gap(half.dir);
			if (++half.skipped >= MOST_SKIPPED) this.#giveUp(half, DO_NOT_FIT, "tls.decrypt-failed");
			return;
		}
		if (!half.failureReported) {
			half.failureReported = true;
			this.#problem(half, "tls.decrypt-failed", `record ${half.cipher.seq} of the ${half.epoch} keys`);
		}
		if (half.failures === 0 && this.#anyData) this.#sink.gap(half.dir);
		half.cipher.seq++;
		half.unsure = true;
		if (++half.failures >= MOST_FAILURES) this.#giveUp(half, DO_NOT_FIT, null);
	}

	#message(half: Half, type: number, body: Buffer, start: number, end: number): void {
		const handshake = this.#handshake;
		const keys = handshake.keys;
		const changed = handshake.message(half.dir, type, body, start, end);
		const secured = handshake.keys !== undefined && handshake.keys !== keys;
		for (const { id, detail } of handshake.findings.splice(0)) this.#problem(half, id, detail);
		if (handshake.unsupported) this.#kill();
		if (changed) this.#tell();
		if (changed || type === SERVER_HELLO || type === ENCRYPTED_EXTENSIONS) this.learned = true;
		if (secured && handshake.keys?.tls13) {
			for (const each of this.halves) {
				const early = each.dir === handshake.client && handshake.earlyAccepted !== false;
				each.epoch = early ? "early" : "handshake";
			}
		}
		if (!handshake.keys?.tls13 || half.epoch === "plain") return;
		if (type === FINISHED && half.epoch === "handshake") {
			half.epoch = "application";
			half.cipher = null;
		} else if (type === END_OF_EARLY_DATA && half.epoch === "early") {
			half.epoch = "handshake";
			half.cipher = null;
		} else if (type === KEY_UPDATE && half.epoch === "application" && half.cipher !== null) {
			half.cipher = half.cipher.next();
		}
	}

	#alert(half: Half, buf: Buffer, start: number, end: number): void {
		if (end - start !== 2) return;
		const level = buf[start] as number;
		const description = buf[start + 1] as number;
		if (description === CLOSE_NOTIFY) {
			this.close(half);
			return;
		}
		const text = alertText(level, description);
		this.#problem(half, "tls.alert", text);
		if (level === 2 && !this.#anyData && this.#handshake.facts.reason === undefined) {
			this.#handshake.facts.reason = `the handshake failed: ${text}`;
			this.#tell();
		}
	}

	#lose(half: Half, length: number): void {
		half.lost = true;
		half.handshake.reset();
		half.missed = length > 0 ? Math.min(MOST_MISSED, Math.ceil(length / SMALLEST_RECORD) + 1) : MOST_MISSED;
		if (half.epoch === "application" && this.#anyData) this.#sink.gap(half.dir);
	}

	/** The next octets of this direction are no record. */
	notTls(half: Half): void {
		if (this.#handshake.keys === undefined || half.epoch === "plain") this.#fail(`octet ${half.offset} does not start a TLS record`, null);
		else this.#lose(half, 0);
	}

	/** Tries a record after missing octets, under the sequence numbers that they leave open; true when it was one. */
	openLost(half: Half, buf: Buffer, at: number, end: number): boolean {
		const type = buf[at] as number;
		const tls13 = this.#handshake.keys?.tls13 === true;
		if (tls13 && type !== APPLICATION_DATA) return false;
		this.#ownCipher(half);
		const [epoch, next] = upcoming(half, this.#handshake);
		for (const cipher of [half.cipher, next]) {
			if (cipher === null) continue;
			for (let seq = cipher.seq, last = seq + half.missed; seq <= last; seq++) {
				if (++this.#tries > MOST_TRIES) {
					this.#giveUp(half, "too many octets are missing to find the record sequence again", "tls.decrypt-failed");
					return false;
				}
				const plain = cipher.open(buf, at, end, seq);
				if (plain === null) continue;
				if (cipher !== half.cipher) this.#use(half, epoch, cipher);
				this.#opened(half, type, plain);
				return true;
			}
		}
		if (half.cipher === null && next === null) this.#giveUp(half, this.#noSecret(), "tls.no-secrets");
		if (half.epoch !== "plain" || (type !== HANDSHAKE && type !== CHANGE_CIPHER_SPEC)) return false;
		this.#plain(half, type, buf, at + HEADER, end);
		return true;
	}

	#noSecret(): string {
		return `the key log has no secret for client random ${this.#handshake.facts.clientRandom}`;
	}

	/** The next record has to wait for a secret. (While a hello is missing waiting is no news: it may only be captured later.) */
	#awaitSecret(half: Half): void {
		half.stalled = true;
		const { facts } = this.#handshake;
		if (!this.#keyLog.mayGrow) {
			this.giveUpWaiting(half);
		} else if (facts.reason === undefined) {
			this.#waiting = true;
			facts.reason = this.#noSecret();
			this.#tell();
		}
	}

	giveUpWaiting(half: Half): void {
		const handshake = this.#handshake;
		let reason = handshake.facts.reason;
		if (reason === undefined || this.#waiting) {
			if (handshake.keys !== undefined) reason = this.#noSecret();
			else reason = `the ${handshake.clientHelloSeen ? "Server" : "Client"}Hello is not in the capture`;
		}
		this.#giveUp(half, reason, "tls.no-secrets");
	}

	/** Nothing more of this direction is shown. */
	#giveUp(half: Half, reason: string, id: DiagnosticId | null): void {
		if (half.dead) return;
		half.dead = true;
		half.stalled = false;
		const once = id === "tls.no-secrets" ? !this.#noSecretsReported : !half.failureReported;
		if (id === "tls.no-secrets") this.#noSecretsReported = true;
		if (id !== null && once) this.#problem(half, id, reason);
		if (this.#anyData) this.#sink.gap(half.dir);
		const { facts } = this.#handshake;
		this.#waiting = false;
		if (facts.reason !== reason) {
			facts.reason = reason;
			this.#tell();
		}
	}

	/** Nothing more of either direction is shown. */
	#fail(reason: string, id: DiagnosticId | null): void {
		for (const half of this.halves) this.#giveUp(half, reason, id);
		this.#kill();
	}

	#kill(): void {
		for (const half of this.halves) {
			half.dead = true;
			half.stalled = false;
			half.offset += half.pending.length;
			half.pending.clear();
		}
	}

	close(half: Half): void {
		if (half.closed) return;
		half.closed = true;
		this.#sink.closed(half.dir);
	}

	#problem(half: Half, id: DiagnosticId, detail: string): void {
		this.#sink.problem(half.dir, { id, offset: half.offset, length: 0, detail });
	}

	#tell(): void {
		this.#sink.facts({ ...this.#handshake.facts });
	}
}
