import type { Direction } from "../../model/flow.js";
import type { Limits } from "../../model/limits.js";
import { HEADER, TlsConnection } from "./connection.js";
import { plausibleRecord } from "./detect.js";
import type { Half } from "./half.js";
import type { KeyLog, TlsSink } from "./types.js";

export interface TlsLimits extends Partial<Limits> {
	/** octets of one direction that are held while a secret (or the other side's hello) may still come; default 256 KiB */
	tlsHeld?: number;
}

/**
 * Decrypts one TLS 1.2 or 1.3 connection with the secrets of a key log (RFC 5246, RFC 8446; AEAD suites).
 * Who is the client is found by who sends the ClientHello. After missing octets the record sequence number is found
 * again by trial: an AEAD tag proves a guess. `end` must be called for both directions, else held octets stay accounted for.
 */
export class TlsDecoder {
	readonly #keyLog: KeyLog;
	readonly #mostHeld: number;
	readonly #connection: TlsConnection;
	#revision: number;

	constructor(keyLog: KeyLog, sink: TlsSink, limits: TlsLimits = {}) {
		this.#keyLog = keyLog;
		this.#mostHeld = limits.tlsHeld ?? 256 << 10;
		this.#connection = new TlsConnection(keyLog, sink);
		this.#revision = keyLog.revision;
	}

	/** False once nothing of either direction can be shown any more: the rest need not be fed. */
	get interested(): boolean {
		const [a, b] = this.#connection.halves;
		return !a.dead || !b.dead;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number): void {
		const half = this.#connection.halves[dir];
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
		for (const each of this.#connection.halves) this.#account(each);
	}

	/** `length` octets are missing (0: unknown). */
	gap(dir: Direction, length: number): void {
		const half = this.#connection.halves[dir];
		this.#lookForSecrets();
		half.offset += half.pending.length + length;
		half.pending.clear();
		if (!half.dead) this.#connection.gap(half, length);
		for (const each of this.#connection.halves) this.#account(each);
	}

	/** The direction is over. */
	end(dir: Direction): void {
		const half = this.#connection.halves[dir];
		this.#lookForSecrets();
		if (half.stalled) this.#connection.giveUpWaiting(half);
		half.pending.clear();
		this.#account(half);
		this.#connection.close(half);
		half.dead = true;
	}

	#lookForSecrets(): void {
		if (this.#keyLog.revision === this.#revision) return;
		this.#revision = this.#keyLog.revision;
		this.#connection.learned = true;
		this.#resume();
	}

	/** Goes on with what was held, for as long as one direction teaches the other something. */
	#resume(): void {
		while (this.#connection.learned) {
			this.#connection.learned = false;
			for (const half of this.#connection.halves) {
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
				this.#connection.notTls(half);
				continue;
			} else {
				next = at + HEADER + buf.readUInt16BE(at + 3);
				if (next > end) break;
				this.#connection.record(half, buf, at, next);
				if (half.stalled) break;
			}
			half.offset += next - at;
			at = next;
			if (half.lost) break;
		}
		return at;
	}

	/** Looks for a record that authenticates; returns how far it need not look again. Ends `lost` when it has found one. */
	#resync(half: Half, buf: Buffer, start: number, end: number): number {
		for (let at = start; end - at >= HEADER; at++) {
			if (!plausibleRecord(buf, at)) continue;
			const next = at + HEADER + buf.readUInt16BE(at + 3);
			if (next > end) return at;
			if (this.#connection.openLost(half, buf, at, next)) {
				half.lost = false;
				return next;
			}
			if (half.dead) return at;
		}
		return Math.max(start, end - HEADER + 1);
	}

	/** Brings the key log's account of held octets up to date; gives up where there are too many. */
	#account(half: Half): void {
		const held = half.stalled ? half.pending.length : 0;
		if (held > half.held && (held > this.#mostHeld || !this.#keyLog.hold(held - half.held))) {
			this.#connection.giveUpWaiting(half);
			half.offset += half.pending.length;
			half.pending.clear();
			this.#keyLog.release(half.held);
			half.held = 0;
			return;
		}
		if (held < half.held) this.#keyLog.release(half.held - held);
		half.held = held;
	}
}
