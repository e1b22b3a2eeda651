import type { Field, FieldType, FieldValue } from "../fields/types.js";
import { type JsonWriter, memberPrefix } from "./json-writer.js";

/** A field made ready for writing. */
export interface Member {
	readonly prefix: Uint8Array;
	readonly type: FieldType;
	readonly get: (entry: never) => FieldValue | undefined;
}

export function members(fields: readonly Field<never>[]): readonly Member[] {
	return fields.map(({ name, type, get }) => ({ prefix: memberPrefix(name), type, get }));
}

/** Appends the members that the entry has, each with the comma before it. */
export function writeFields(out: JsonWriter, entry: unknown, group: readonly Member[]): void {
	for (let at = 0; at < group.length; at++) {
		const member = group[at]!;
		const value = member.get(entry as never);
		if (value === undefined) continue;
		out.raw(member.prefix);
		writeValue(out, member.type, value);
	}
}

function writeValue(out: JsonWriter, type: FieldType, value: FieldValue): void {
	switch (type) {
		case "string":
		case "epoch":
			out.string(value as string);
			break;
		case "strings":
			out.strings(value as readonly string[]);
			break;
		case "integer":
			out.number(value as number | bigint);
			break;
		case "boolean":
			out.ascii(value === true ? "true" : "false");
			break;
		case "map":
			writeMap(out, value as Readonly<Record<string, string>>);
			break;
		case "integers":
			out.openArray();
			for (const [index, number] of (value as readonly number[]).entries()) {
				if (index > 0) out.comma();
				out.number(number);
			}
			out.closeArray();
	}
}

function writeMap(out: JsonWriter, map: Readonly<Record<string, string>>): void {
	let separator = "{";
	for (const [name, value] of Object.entries(map)) {
		out.ascii(separator);
		out.string(name);
		out.ascii(":");
		out.string(value);
		separator = ",";
	}
	out.ascii(separator === "{" ? "{}" : "}");
}
