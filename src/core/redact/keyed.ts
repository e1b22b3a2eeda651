import { createHmac } from "node:crypto";
import { RecentMap } from "../session/bounded.js";

/** Pseudonyms that are remembered; others are worked out again, with the same result. */
const REMEMBERED = 1 << 16;
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const HEX = "0123456789abcdef";

/** What a pseudonym stands for: two kinds never share one. */
export type Kind = "user" | "host" | "name" | "id" | "address";

/**
 * Pseudonyms of the same length, letter for letter and digit for digit, from a secret key. For a key the mapping is one to one: what
 * was equal stays equal, what differed stays different, also where only case differed. A letter's stand-in depends on all letters before
 * it and on the length, so equal beginnings of names of different lengths tell nothing.
 */
export class Keyed {
	readonly #key: Buffer;
	readonly #known = new RecentMap<string, string>(REMEMBERED);
	readonly #shuffled = new RecentMap<string, string>(REMEMBERED);

	constructor(key: Buffer | string) {
		this.#key = Buffer.from(key as string);
	}

	/** Letters and digits are replaced, everything else stays. Octets above 0x7F (UTF-8) become letters. */
	text(kind: Kind, text: string): string {
		return this.#remembered(`${kind} ${text}`, () => {
			const units = [...text];
			return this.#each(kind, units.length, units);
		});
	}

	/**
	 * The same for a part of a URI: an escaped character counts as what it stands for, and its stand-in is escaped as it was, so that
	 * URIs that were equivalent (RFC 3261 §19.1.4) still are.
	 */
	escaped(kind: Kind, text: string): string {
		if (!text.includes("%")) return this.text(kind, text);
		return this.#remembered(`${kind}% ${text}`, () => {
			const units = text.match(/%[0-9A-Fa-f]{2}|[\s\S]/g) ?? [];
			const plain = units.map((unit) => (unit.length === 3 ? String.fromCharCode(Number.parseInt(unit.slice(1), 16)) : unit));
			const mapped = [...this.#each(kind, plain.length, plain)];
			return units.map((unit, n) => (unit.length === 3 ? escapedAs(mapped[n]!, unit) : mapped[n]!)).join("");
		});
	}

	/** Hexadecimal digits become others; case stays. */
	hex(kind: Kind, text: string): string {
		return this.#remembered(`${kind}# ${text}`, () => this.#each(`${kind}#`, text.length, [...text], HEX));
	}

	/** A number from a list becomes another one of the list; `before` is what came before it. */
	choice(kind: Kind, before: string, list: readonly number[], value: number): number {
		const order = this.#shuffle(`${kind} ${before} ${list.length}`, list.map((item) => String.fromCharCode(item)).join(""));
		return order.charCodeAt(list.indexOf(value));
	}

	#each(kind: string, length: number, units: readonly string[], hex?: string): string {
		let before = `${kind} ${length} `;
		let out = "";
		for (const unit of units) {
			const low = unit.toLowerCase();
			const list = hex ?? (LOWER.includes(low) ? LOWER : DIGITS);
			const at = list.indexOf(low);
			if (at >= 0) {
				const made = this.#shuffle(before, list)[at]!;
				out += low === unit ? made : made.toUpperCase();
			} else out += unit.charCodeAt(0) > 0x7f ? "x" : unit;
			before += low;
		}
		return out;
	}

	/** The characters in an order that the key and `what` decide (Fisher and Yates). */
	#shuffle(what: string, list: string): string {
		const name = `${what}\n${list.length}`;
		let order = this.#shuffled.get(name);
		if (order === undefined) {
			const items = [...list];
			let random = createHmac("sha256", this.#key).update(name).digest();
			for (let i = items.length - 1, used = 0; i > 0; i--, used += 2) {
				if (used >= random.length) {
					random = createHmac("sha256", this.#key).update(random).digest();
					used = 0;
				}
				const j = random.readUInt16BE(used) % (i + 1);
				[items[i], items[j]] = [items[j]!, items[i]!];
			}
			order = items.join("");
			this.#shuffled.set(name, order);
		}
		return order;
	}

	#remembered(name: string, make: () => string): string {
		let known = this.#known.get(name);
		if (known === undefined) {
			known = make();
			this.#known.set(name, known);
		}
		return known;
	}
}

/** As `like` was written: capital or small hexadecimal digits. */
function escapedAs(character: string, like: string): string {
	const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
	return `%${like === like.toLowerCase() ? hex : hex.toUpperCase()}`;
}
