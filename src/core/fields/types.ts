import type { Entry } from "../model/entry.js";

export type FieldValue = string | number | bigint | boolean | readonly string[] | readonly number[] | Readonly<Record<string, string>>;

/** "strings" and "integers" are arrays; "map" is an object of strings; "epoch" is a string of seconds with nine digits, because a double cannot hold them. */
export type FieldType = "string" | "strings" | "integer" | "integers" | "boolean" | "map" | "epoch";

/**
 * One field of an entry: the JSON output, its schema, the reference page and the filter language all follow from this.
 * `get` gives undefined where the entry has no such field; it never gives an empty array.
 */
export interface Field<E extends Entry = Entry> {
	readonly name: string;
	readonly type: FieldType;
	/** whose name it is: Wireshark's display filter name, or ours where Wireshark has none */
	readonly origin: "wireshark" | "mitmsrp";
	readonly description: string;
	get(entry: E): FieldValue | undefined;
}

/** A field that is a header row as it stands (unfolded, trimmed). Repeated rows give an array where `type` is "strings". */
export interface HeaderField<E extends Entry = Entry> extends Field<E> {
	/** lower-case name of the header */
	readonly header: string;
}

export function wireshark<E extends Entry>(name: string, type: FieldType, description: string, get: Field<E>["get"]): Field<E> {
	return { name, type, origin: "wireshark", description, get };
}

export function own<E extends Entry>(name: string, type: FieldType, description: string, get: Field<E>["get"]): Field<E> {
	return { name, type, origin: "mitmsrp", description, get };
}

/** Arrays are either absent or have elements. */
export function some<T>(values: readonly T[] | undefined): readonly T[] | undefined {
	return values === undefined || values.length === 0 ? undefined : values;
}

const DIGITS = /^[0-9]{1,15}$/;

/** The number that a header value writes; undefined when it is anything else than up to 15 digits. */
export function integerOf(text: string | undefined): number | undefined {
	return text !== undefined && DIGITS.test(text) ? Number(text) : undefined;
}
