import type { HeaderField } from "../fields/types.js";
import { type JsonWriter, memberPrefix } from "./json-writer.js";

export interface HeaderRow {
	readonly name: string;
	readonly key: string;
	readonly value: string;
	/** the value's octets in the frame */
	readonly valueStart: number;
	readonly valueEnd: number;
}

interface Slot {
	readonly prefix: Uint8Array;
	readonly many: boolean;
	readonly integer: boolean;
	/** the message under work has had a row of it */
	seen: boolean;
}

const DIGITS = /^[0-9]{1,15}$/;

/**
 * Header rows to JSON members in one pass over the rows, instead of one search for each known header.
 * Gives the same as the definitions' `get` (a test holds the two together).
 */
export class HeaderWriter {
	readonly #slots = new Map<string, Slot>();
	readonly #row: (Slot | undefined)[] = [];
	readonly #other: HeaderRow[] = [];
	readonly #otherPrefix: Uint8Array;

	constructor(otherName: string, fields: readonly HeaderField<never>[]) {
		this.#otherPrefix = memberPrefix(otherName);
		for (const { name, header, type } of fields) {
			this.#slots.set(header, { prefix: memberPrefix(name), many: type === "strings", integer: type === "integer", seen: false });
		}
	}

	/** `bytes[start]` is the frame's first octet. */
	write(out: JsonWriter, rows: readonly HeaderRow[], bytes: Uint8Array, start: number): void {
		const slots = this.#row;
		const other = this.#other;
		other.length = 0;
		for (let at = 0; at < rows.length; at++) slots[at] = this.#slots.get(rows[at]!.key);
		for (let at = 0; at < rows.length; at++) {
			const slot = slots[at];
			const row = rows[at]!;
			if (slot === undefined) other.push(row);
			else if (slot.seen) {
				if (!slot.many) other.push(row);
			} else {
				slot.seen = true;
				if (slot.integer && !DIGITS.test(row.value)) {
					other.push(row);
					continue;
				}
				out.raw(slot.prefix);
				if (slot.integer) out.number(Number(row.value));
				else if (slot.many) this.#array(out, rows, at, bytes, start);
				else out.span(bytes, start + row.valueStart, start + row.valueEnd, row);
			}
		}
		for (let at = 0; at < rows.length; at++) {
			const slot = slots[at];
			if (slot !== undefined) slot.seen = false;
		}
		if (other.length > 0) {
			out.raw(this.#otherPrefix);
			out.strings(other.map((row) => `${row.name}: ${row.value}`));
		}
	}

	#array(out: JsonWriter, rows: readonly HeaderRow[], first: number, bytes: Uint8Array, start: number): void {
		const slot = this.#row[first];
		out.openArray();
		for (let at = first; at < rows.length; at++) {
			if (this.#row[at] !== slot) continue;
			if (at > first) out.comma();
			const row = rows[at]!;
			out.span(bytes, start + row.valueStart, start + row.valueEnd, row);
		}
		out.closeArray();
	}
}
