import type { Entry } from "../../model/entry.js";
import { FIELD_GROUPS } from "../index.js";
import type { Field, HeaderField } from "../types.js";
import { some } from "../types.js";
import { CONTENT_FILTERS } from "./content.js";
import { MSRP_FILTERS } from "./msrp.js";
import { NETWORK_FILTERS } from "./network.js";
import { SDP_FILTERS } from "./sdp.js";
import { SIP_FILTERS } from "./sip.js";
import type { FilterField, FilterType } from "./types.js";

export interface FilterGroup {
	readonly title: string;
	readonly fields: readonly FilterField[];
}

/** Fields whose text is an address. */
const ADDRESSES = new Set(["ip.src", "ip.dst", "ipv6.src", "ipv6.dst"]);
const CONTENT = /^(cpim|imdn|payload|composing|conference|resource_list|external)\./;

/** A JSON field as a filter field: the same value, with the type that comparisons need. */
function fromJson(field: Field<never>, on: readonly Entry["protocol"][] | undefined): FilterField[] {
	const { name, origin, description } = field;
	const base = { name, origin, description, on, ...needsOf(name) };
	const get = field.get as (entry: Entry) => ReturnType<Field["get"]>;
	switch (field.type) {
		case "map":
			return [];
		case "epoch":
			return [{ ...base, type: "time", get: (entry) => epochOf(get(entry) as string | undefined) }];
		case "integer":
		case "integers":
			return [{ ...base, type: "number", get: headerGet(field) ?? (get as FilterField["get"]) }];
		default: {
			const type: FilterType = field.type === "boolean" ? "boolean" : ADDRESSES.has(name) ? "ip" : "string";
			return [{ ...base, type, get: headerGet(field) ?? (get as FilterField["get"]) }];
		}
	}
}

/** Header fields that JSON gives once: filters see every row. */
function headerGet(field: Field<never>): FilterField["get"] | undefined {
	if (!("header" in field)) return undefined;
	const { header, type } = field as unknown as HeaderField;
	return (entry) => {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return undefined;
		const values = (entry.protocol === "sip" ? entry.sip : entry.msrp).rowValues(header);
		if (type !== "integer" || values === undefined) return values;
		return some((typeof values === "string" ? [values] : values).filter((value) => /^[0-9]{1,15}$/.test(value)).map(Number));
	};
}

function needsOf(name: string): Pick<FilterField, "needs"> {
	if (name.startsWith("im.")) return { needs: "verdict" };
	return CONTENT.test(name) ? { needs: "content" } : {};
}

function epochOf(text: string | undefined): bigint | undefined {
	return text === undefined ? undefined : BigInt(text.replace(".", ""));
}

const MODELS = ["legacy", "isfocus", "literal", "dialog", "phone", "reference", "truth"] as const;

const MODEL_FILTERS: readonly FilterField[] = MODELS.map((model) => ({
	name: `im.models.${model}`,
	type: "string",
	origin: "mitmsrp",
	description: `what a client of the kind ${model} shows`,
	on: ["sip", "msrp"],
	needs: "verdict",
	get: (entry) =>
		entry.protocol === "sip" || entry.protocol === "msrp" ? entry.verdict?.models.find((one) => one.model === model)?.headline : undefined,
}));

const ADDED: Readonly<Record<string, readonly FilterField[]>> = {
	"Every entry": NETWORK_FILTERS,
	SIP: SIP_FILTERS,
	SDP: SDP_FILTERS,
	MSRP: MSRP_FILTERS,
	Content: CONTENT_FILTERS,
	Verdict: MODEL_FILTERS,
};

/** All fields that filters know, in the order of the reference page. Where JSON has a field of that name too, the one for filters counts. */
export const FILTER_GROUPS: readonly FilterGroup[] = FIELD_GROUPS.map(({ title, fields, on }) => {
	const added = ADDED[title] ?? [];
	const names = new Set(added.map(({ name }) => name));
	return { title, fields: [...fields.flatMap((field) => fromJson(field, on)).filter(({ name }) => !names.has(name)), ...added] };
});

const TABLE: ReadonlyMap<string, FilterField> = new Map(FILTER_GROUPS.flatMap(({ fields }) => fields.map((field) => [field.name, field])));

export function filterField(name: string): FilterField | undefined {
	return TABLE.get(name);
}

export function filterFieldNames(): readonly string[] {
	return [...TABLE.keys()];
}
