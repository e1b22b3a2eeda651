import type { Direction } from "../../model/flow.js";
import type { Limits } from "../../model/limits.js";
import type { DiagnosticId } from "../../model/problem.js";
import { alertText, CLOSE_NOTIFY } from "./alerts.js";
import type { Epoch } from "./connection-keys.js";
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, plausibleRecord } from "./detect.js";
import { Half } from "./half.js";
import { Handshake } from "./handshake.js";
import { CLIENT_HELLO, ENCRYPTED_EXTENSIONS, END_OF_EARLY_DATA, FINISHED, KEY_UPDATE, SERVER_HELLO } from "./handshake-reader.js";
import type { RecordCipher } from "./record-cipher.js";
import type { KeyLog, TlsSink } from "./types.js";

export interface TlsLimits extends Partial<Limits> {
	/** octets of one direction that are held while a secret (or the other side's hello) may still come; default 256 KiB */
	tlsHeld?: number;
}

const HEADER = 5;
/** smallest protected record: header, tag and one octet */
const SMALLEST_RECORD = 22;
/** consecutive records that do not authenticate before a direction is given up */
const MOST_FAILURES = 16;
/** records of unknown epoch that are passed by before a direction is given up */
const MOST_SKIPPED = 64;
/** sequence numbers tried for one record after a gap, and for all gaps of a connection */
const MOST_MISSED = 128;
const MOST_TRIES = 4096;

/**
 * Decrypts one TLS 1.2 or 1.3 connection with the secrets of a key log (RFC 5246, RFC 8446; AEAD suites).
 * Who is the client is found by who sends the ClientHello. After missing octets the record sequence number is found
 * again by trial: an AEAD tag proves a guess. `end` must be called for both directions, else held octets stay accounted for.
 */
export class TlsDecoder {
	readonly #keyLog: KeyLog;
	readonly #sink: TlsSink;
	readonly #mostHeld: number;
	readonly #handshake: Handshake;
	readonly #halves: readonly [Half, Half] = [new Half(0), new Half(1)];
	#revision: number;
	/** something was learned that may end a stall */
	#learned = false;
	/** the reason now in the facts is that a secret is missing, which may change */
	#waiting = false;
	#noSecretsReported = false;
	#anyData = false;
	#tries = 0;

	constructor(keyLog: KeyLog, sink: TlsSink, limits: TlsLimits = {}) {
		this.#keyLog = keyLog;
		this.#sink = sink;
		this.#mostHeld = limits.tlsHeld ?? 256 << 10;
		this.#handshake = new Handshake(keyLog);
		this.#revision = keyLog.revision;
	}

	/** False once nothing of either direction can be shown any more: the rest need not be fed. */
	get interested(): boolean {
		return !this.#halves[0].dead || !this.#halves[1].dead;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number): void {
		const half = this.#halves[dir];
		this.#lookForSecrets();
		if (half.dead) {
			half.offset += end - start;
			return;
		}
		if (half.pending.length > 0 || half.stalled) {
			half.pending.append(buf, start, end);
			if (!half.stalled) this.#runPending(half);
		} else {
			const used = this.#run(half, buf, start, end);
			if (half.dead) half.offset += end - used;
			else if (used < end) half.pending.append(buf, used, end);
		}
		this.#resume();
		for (const each of this.#halves) this.#account(each);
	}

	/** `length` octets are missing (0: unknown). */
	gap(dir: Direction, length: number): void {
		const half = this.#halves[dir];
		this.#lookForSecrets();
		half.offset += half.pending.length + length;
		half.pending.clear();
		if (half.dead) return;
		if (half.stalled) {
			this.#giveUpWaiting(half);
		} else if (half.epoch === "plain" && this.#handshake.keys === undefined) {
			this.#fail(this.#handshake.clientHelloSeen ? "octets of the handshake are missing" : MID_STREAM, "tls.no-secrets");
		} else {
			this.#lose(half, length);
		}
		this.#account(half);
	}

	/** The direction is over. */
	end(dir: Direction): void {
		const half = this.#halves[dir];
		this.#lookForSecrets();
		if (half.stalled) this.#giveUpWaiting(half);
		half.pending.clear();
		this.#account(half);
		this.#close(half);
		half.dead = true;
	}

	#lookForSecrets(): void {
		if (this.#keyLog.revision === this.#revision) return;
		this.#revision = this.#keyLog.revision;
		this.#learned = true;
		this.#resume();
	}

	/** Goes on with what was held, for as long as one direction teaches the other something. */
	#resume(): void {
		while (this.#learned) {
			this.#learned = false;
			for (const half of this.#halves) {
				if (!half.stalled) continue;
				half.stalled = false;
				this.#runPending(half);
			}
		}
	}

	#runPending(half: Half): void {
		const { pending } = half;
		const used = this.#run(half, pending.buf, pending.start, pending.end);
		pending.consume(used - pending.start);
		if (half.dead) {
			half.offset += pending.length;
			pending.clear();
		}
	}

	/** Takes complete records from buf[start, end); returns where it stopped. */
	#run(half: Half, buf: Buffer, start: number, end: number): number {
		let at = start;
		while (!half.dead && end - at >= HEADER) {
			let next: number;
			if (half.lost) {
				next = this.#resync(half, buf, at, end);
			} else if (!plausibleRecord(buf, at)) {
				this.#notTls(half);
				continue;
			} else {
				next = at + HEADER + buf.readUInt16BE(at + 3);
				if (next > end) break;
				this.#record(half, buf, at, next);
				if (half.stalled) break;
			}
			half.offset += next - at;
			at = next;
			if (half.lost) break;
		}
		return at;
	}

	#record(half: Half, buf: Buffer, at: number, end: number): void {
		const type = buf[at] as number;
		if (half.epoch === "plain") this.#plain(half, type, buf, at + HEADER, end);
		else this.#protected(half, type, buf, at, end);
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
			const [epoch, cipher] = this.#upcoming(half);
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
		if (half.cipher !== null || half.epoch === "plain") return;
		const cipher = this.#handshake.keys?.cipher(this.#handshake.role(half.dir), half.epoch) ?? null;
		if (cipher !== null) this.#use(half, half.epoch, cipher);
	}

	/** The keys that come after the present ones in this direction. */
	#upcoming(half: Half): [Epoch, RecordCipher | null] {
		const { keys } = this.#handshake;
		const role = this.#handshake.role(half.dir);
		if (keys === undefined) return ["plain", null];
		if (!keys.tls13) return ["application", half.epoch === "plain" ? keys.cipher(role, "application") : null];
		if (half.epoch === "early") return ["handshake", keys.cipher(role, "handshake")];
		if (half.epoch === "handshake") return ["application", keys.cipher(role, "application")];
		return ["application", half.cipher?.next() ?? null];
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
		if (handshake.facts.reason !== undefined && !this.#waiting) this.#kill();
		if (changed) this.#tell();
		if (changed || type === SERVER_HELLO || type === ENCRYPTED_EXTENSIONS) this.#learned = true;
		if (secured && handshake.keys?.tls13) {
			for (const each of this.#halves) {
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
			this.#close(half);
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

	#notTls(half: Half): void {
		if (this.#handshake.keys === undefined || half.epoch === "plain") this.#fail(`octet ${half.offset} does not start a TLS record`, null);
		else this.#lose(half, 0);
	}

	/** Looks for a record that authenticates; returns how far it need not look again. Ends `lost` when it has found one. */
	#resync(half: Half, buf: Buffer, start: number, end: number): number {
		for (let at = start; end - at >= HEADER; at++) {
			if (!plausibleRecord(buf, at)) continue;
			const next = at + HEADER + buf.readUInt16BE(at + 3);
			if (next > end) return at;
			if (this.#openLost(half, buf, at, next)) {
				half.lost = false;
				return next;
			}
			if (half.dead) return at;
		}
		return Math.max(start, end - HEADER + 1);
	}

	#openLost(half: Half, buf: Buffer, at: number, end: number): boolean {
		const type = buf[at] as number;
		const tls13 = this.#handshake.keys?.tls13 === true;
		if (tls13 && type !== APPLICATION_DATA) return false;
		this.#ownCipher(half);
		const [epoch, upcoming] = this.#upcoming(half);
		for (const cipher of [half.cipher, upcoming]) {
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
		if (half.cipher === null && upcoming === null) this.#giveUp(half, this.#noSecret(), "tls.no-secrets");
		if (half.epoch !== "plain" || (type !== HANDSHAKE && type !== CHANGE_CIPHER_SPEC)) return false;
		this.#plain(half, type, buf, at + HEADER, end);
		return !half.stalled;
	}

	#noSecret(): string {
		return `the key log has no secret for client random ${this.#handshake.facts.clientRandom}`;
	}

	/** The next record has to wait for a secret. (While a hello is missing waiting is no news: it may only be captured later.) */
	#awaitSecret(half: Half): void {
		half.stalled = true;
		const { facts } = this.#handshake;
		if (!this.#keyLog.mayGrow) {
			this.#giveUpWaiting(half);
		} else if (facts.reason === undefined) {
			this.#waiting = true;
			facts.reason = this.#noSecret();
			this.#tell();
		}
	}

	#giveUpWaiting(half: Half): void {
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
		for (const half of this.#halves) this.#giveUp(half, reason, id);
		this.#kill();
	}

	#kill(): void {
		for (const half of this.#halves) {
			half.dead = true;
			half.stalled = false;
			half.offset += half.pending.length;
			half.pending.clear();
		}
	}

	/** Brings the key log's account of held octets up to date; gives up where there are too many. */
	#account(half: Half): void {
		const held = half.stalled ? half.pending.length : 0;
		if (held > half.held && (held > this.#mostHeld || !this.#keyLog.hold(held - half.held))) {
			this.#giveUpWaiting(half);
			half.offset += half.pending.length;
			half.pending.clear();
			this.#keyLog.release(half.held);
			half.held = 0;
			return;
		}
		if (held < half.held) this.#keyLog.release(half.held - held);
		half.held = held;
	}

	#close(half: Half): void {
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

const MID_STREAM = "the capture starts inside the TLS connection: without its handshake no secret can be matched";
const DO_NOT_FIT = "the records do not authenticate under the given secrets";
