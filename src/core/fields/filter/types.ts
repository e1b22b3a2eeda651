import type { Entry } from "../../model/entry.js";
import type { Moment } from "../../model/time.js";

/** What a field's values are compared as. "presence": it is there or not, it has no value. */
export type FilterType = "string" | "number" | "boolean" | "ip" | "time" | "bytes" | "presence";

/** Times are nanoseconds as bigint; addresses are text in normal form; presence is true. */
export type FilterValue = string | number | bigint | boolean | Buffer;

/** What some fields need to know beside the entry. Kept by whoever runs the filter, one a run. */
export interface FilterContext {
	/** zero of relative times */
	zero?: Pick<Moment, "sec" | "nsec"> | undefined;
	/** packet with the last SDP that announced MSRP, by session */
	announced?: Map<string, number>;
}

/** One field as filters see it: JSON's fields, and those that JSON does not need because others say the same. */
export interface FilterField {
	readonly name: string;
	readonly type: FilterType;
	readonly origin: "wireshark" | "mitmsrp";
	readonly description: string;
	/** entries that can have it; undefined: all */
	readonly on: readonly Entry["protocol"][] | undefined;
	/** what has to be worked out before it can be asked: the verdict, or the content of the message */
	readonly needs?: "verdict" | "content";
	/** one value, several, or undefined where the entry has none; never an empty array */
	get(entry: Entry, context: FilterContext): FilterValue | readonly FilterValue[] | undefined;
}

type Got = ReturnType<FilterField["get"]>;

/** Maker of the fields of one protocol. */
export function fieldsOn<E extends Entry>(on: readonly E["protocol"][] | undefined, origin: FilterField["origin"]) {
	return (
		name: string,
		type: FilterType,
		description: string,
		get: (entry: E, context: FilterContext) => Got,
		needs?: FilterField["needs"],
	): FilterField => ({
		name,
		type,
		origin,
		description,
		on,
		get: get as FilterField["get"],
		...(needs === undefined ? {} : { needs }),
	});
}

export function nanoseconds(at: Pick<Moment, "sec" | "nsec">): bigint {
	return BigInt(at.sec) * 1_000_000_000n + BigInt(at.nsec);
}
