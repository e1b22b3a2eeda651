import { jsonString } from "./json-string.js";

const FIRST_SIZE = 320 << 10;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

/** 1: stands for itself in JSON; 2: takes a backslash; 0: needs the slow way */
const KIND = new Uint8Array(65536);
KIND.fill(1, 0x20, 0x7f);
KIND[QUOTE] = KIND[BACKSLASH] = 2;

/**
 * JSON members as octets in one growing buffer. Copying octets of the wire by a loop that looks at each costs half of
 * what strings cost (slice, test, concatenate, flatten, encode), and a line of JSON is mostly copied octets.
 */
export class JsonWriter {
	#buf: Buffer;
	#at = 0;

	constructor(size: number = FIRST_SIZE) {
		this.#buf = Buffer.allocUnsafe(size);
	}

	/** octets written since the last `take` */
	get length(): number {
		return this.#at;
	}

	/** Hands over what was written; the octets then belong to the caller. */
	take(): Buffer {
		const taken = this.#buf.subarray(0, this.#at);
		this.#buf = Buffer.allocUnsafe(FIRST_SIZE);
		this.#at = 0;
		return taken;
	}

	/** What was written as a string; the buffer is kept. */
	text(): string {
		const text = this.#buf.toString("utf8", 0, this.#at);
		this.#at = 0;
		return text;
	}

	/** Octets that are JSON already. */
	raw(octets: Uint8Array): void {
		const { length } = octets;
		this.#room(length);
		const buf = this.#buf;
		let at = this.#at;
		for (let i = 0; i < length; i++) buf[at++] = octets[i]!;
		this.#at = at;
	}

	/** ASCII text that is JSON already. */
	ascii(text: string): void {
		const { length } = text;
		this.#room(length);
		const buf = this.#buf;
		let at = this.#at;
		for (let i = 0; i < length; i++) buf[at++] = text.charCodeAt(i);
		this.#at = at;
	}

	openArray(): void {
		this.#octet(OPEN);
	}

	closeArray(): void {
		this.#octet(CLOSE);
	}

	comma(): void {
		this.#octet(COMMA);
	}

	/** JSON has no numbers beyond the finite ones: null stands for them. */
	number(value: number | bigint): void {
		if (typeof value === "number" && value >= 0 && value <= 999_999_999 && Math.floor(value) === value) this.#digits(value, 1);
		else this.ascii(typeof value === "bigint" || Number.isFinite(value) ? String(value) : "null");
	}

	/** `"seconds.nanoseconds"` with nine digits after the point. */
	epoch(sec: number, nsec: number): void {
		this.#octet(QUOTE);
		if (sec >= 1e9 && sec < 1e10) {
			const high = Math.floor(sec / 1e5);
			this.#digits(high, 1);
			this.#digits(sec - high * 1e5, 5);
		} else this.ascii(String(sec));
		this.#octet(46);
		this.#digits(nsec, 9);
		this.#octet(QUOTE);
	}

	/** A string with its quotes and escapes. */
	string(text: string): void {
		const { length } = text;
		this.#room(2 * length + 2);
		const buf = this.#buf;
		let at = this.#at;
		buf[at++] = QUOTE;
		for (let i = 0; i < length; i++) {
			const code = text.charCodeAt(i);
			const kind = KIND[code];
			if (kind !== 1) {
				if (kind === 0) {
					this.#slow(text);
					return;
				}
				buf[at++] = BACKSLASH;
			}
			buf[at++] = code;
		}
		buf[at++] = QUOTE;
		this.#at = at;
	}

	strings(texts: readonly string[]): void {
		this.#octet(OPEN);
		for (let i = 0; i < texts.length; i++) {
			if (i > 0) this.#octet(COMMA);
			this.string(texts[i]!);
		}
		this.#octet(CLOSE);
	}

	/** The octets source[start, end) as a string; `owner` gives the string where they are not plain ASCII. */
	span(source: Uint8Array, start: number, end: number, owner: { readonly value: string }): void {
		this.#room(2 * (end - start) + 2);
		const buf = this.#buf;
		let at = this.#at;
		buf[at++] = QUOTE;
		for (let i = start; i < end; i++) {
			const code = source[i]!;
			const kind = KIND[code];
			if (kind !== 1) {
				if (kind === 0) {
					this.#slow(owner.value);
					return;
				}
				buf[at++] = BACKSLASH;
			}
			buf[at++] = code;
		}
		buf[at++] = QUOTE;
		this.#at = at;
	}

	#slow(text: string): void {
		const json = jsonString(text);
		this.#room(3 * json.length);
		this.#at += this.#buf.write(json, this.#at, "utf8");
	}

	#octet(code: number): void {
		if (this.#at === this.#buf.length) this.#room(1);
		this.#buf[this.#at++] = code;
	}

	#digits(value: number, least: number): void {
		let count = 1;
		for (let limit = 10; value >= limit; limit *= 10) count++;
		if (count < least) count = least;
		this.#room(count);
		const buf = this.#buf;
		let rest = value | 0;
		for (let at = this.#at + count - 1; at >= this.#at; at--) {
			const next = (rest / 10) | 0;
			buf[at] = 48 + rest - next * 10;
			rest = next;
		}
		this.#at += count;
	}

	#room(octets: number): void {
		if (this.#at + octets <= this.#buf.length) return;
		const grown = Buffer.allocUnsafe(Math.max(this.#buf.length * 2, this.#at + octets));
		this.#buf.copy(grown, 0, 0, this.#at);
		this.#buf = grown;
	}
}

/** `,"name":` as octets. */
export function memberPrefix(name: string): Uint8Array {
	return Uint8Array.from(Buffer.from(`,${jsonString(name)}:`, "utf8"));
}
