import type { FilterField } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";

type Protocol = Entry["protocol"];
/** Methods of requests, and RESPONSE for responses; "any" where it could be every one. */
export type Methods = ReadonlySet<string> | "any";
export type Kinds = ReadonlyMap<Protocol, Methods>;

export const RESPONSE = "(response)";
const PROTOCOLS: readonly Protocol[] = ["sip", "msrp", "tls", "websocket", "tcp", "unparsed", "keepalive"];

/** What an expression can match at all, and what has to be known to tell: what an index of rules goes by. */
export interface FilterNeeds {
	/** kinds of entries that can match; everything else certainly does not */
	kinds: Kinds;
	/** names of the fields that are asked, sorted */
	fields: readonly string[];
	/** the message must be classified */
	verdict: boolean;
	/** the content of the message must be decoded: its head is not enough */
	content: boolean;
}

export const EVERYTHING: Kinds = new Map(PROTOCOLS.map((protocol) => [protocol, "any"]));

/** What has the field at all. */
export function kindsOf(fields: readonly FilterField[]): Kinds {
	return fields.map(({ name, on }) => kindsOfField(name, on)).reduce(bothKinds, EVERYTHING);
}

function kindsOfField(name: string, on: FilterField["on"]): Kinds {
	if (on === undefined) return EVERYTHING;
	const responses = name === "sip.Status-Code" || name === "msrp.status.code" || name === "status" || name === "response";
	return new Map(on.map((protocol) => [protocol, responses ? new Set([RESPONSE]) : "any"]));
}

/** Requests with one of these methods, where the field is the method. */
export function kindsOfMethods(field: FilterField, methods: readonly string[]): Kinds | undefined {
	if (field.name !== "sip.Method" && field.name !== "msrp.method" && field.name !== "method") return undefined;
	return new Map((field.on ?? []).map((protocol) => [protocol, new Set(methods)]));
}

/** What matches both. */
export function bothKinds(a: Kinds, b: Kinds): Kinds {
	const both = new Map<Protocol, Methods>();
	for (const [protocol, methods] of a) {
		const other = b.get(protocol);
		if (other === undefined) continue;
		const shared = methods === "any" ? other : other === "any" ? methods : new Set([...methods].filter((method) => other.has(method)));
		if (shared === "any" || shared.size > 0) both.set(protocol, shared);
	}
	return both;
}

/** What matches one of them. */
export function eitherKind(a: Kinds, b: Kinds): Kinds {
	const either = new Map(a);
	for (const [protocol, methods] of b) {
		const other = either.get(protocol);
		either.set(protocol, other === undefined ? methods : methods === "any" || other === "any" ? "any" : new Set([...methods, ...other]));
	}
	return either;
}
