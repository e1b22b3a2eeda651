import type { Entry } from "../model/entry.js";
import { CPIM_FIELDS, PAYLOAD_FIELDS } from "./content.js";
import { EVENT_FIELDS } from "./event.js";
import { FRAME_FIELDS } from "./frame.js";
import { IM_FIELDS } from "./im.js";
import { MSRP_FIELDS, MSRP_HEADER_FIELDS } from "./msrp.js";
import { SDP_FIELDS } from "./sdp.js";
import { SIP_FIELDS, SIP_HEADER_FIELDS } from "./sip.js";
import { type Field, type FieldType, type FieldValue, own, some } from "./types.js";

export type { Field, FieldType, FieldValue };

const SIP_OTHER = otherField("sip", SIP_HEADER_FIELDS);
const MSRP_OTHER = otherField("msrp", MSRP_HEADER_FIELDS);

export interface FieldGroup {
	readonly title: string;
	/** when an entry has the fields of this group, in words */
	readonly when: string;
	readonly fields: readonly Field<never>[];
	/** entries that can have them; undefined: all */
	readonly on: readonly Entry["protocol"][] | undefined;
}

const CONTENT: readonly Entry["protocol"][] = ["sip", "msrp"];
const EVENTS: readonly Entry["protocol"][] = ["tls", "websocket", "tcp", "unparsed", "keepalive"];

/** All fields, in the order of the reference page. JSON, schema and filters are made from this table. */
export const FIELD_GROUPS: readonly FieldGroup[] = [
	{ title: "Every entry", when: "always", fields: FRAME_FIELDS, on: undefined },
	{
		title: "SIP",
		when: "`protocol` is `sip`",
		fields: [...SIP_FIELDS, ...SIP_HEADER_FIELDS, SIP_OTHER],
		on: ["sip"],
	},
	{ title: "SDP", when: "a SIP message carries SDP", fields: SDP_FIELDS, on: ["sip"] },
	{
		title: "MSRP",
		when: "`protocol` is `msrp`",
		fields: [...MSRP_FIELDS, ...MSRP_HEADER_FIELDS, MSRP_OTHER],
		on: ["msrp"],
	},
	{ title: "CPIM", when: "the content is message/cpim", fields: CPIM_FIELDS, on: CONTENT },
	{ title: "Content", when: "the innermost content is understood", fields: PAYLOAD_FIELDS, on: CONTENT },
	{ title: "Verdict", when: "messages are classified (not with `--no-classify`)", fields: IM_FIELDS, on: CONTENT },
	{ title: "Events", when: "`protocol` is neither `sip` nor `msrp`", fields: EVENT_FIELDS, on: EVENTS },
];

/** The value of a field in an entry by the field's name; undefined when the entry has none. Slow: for tests and single look-ups. */
export function fieldValue(entry: Entry, name: string): FieldValue | undefined {
	for (const group of FIELD_GROUPS) {
		if (group.on?.includes(entry.protocol) === false) continue;
		const field = group.fields.find((one) => one.name === name);
		if (field) return field.get(entry as never);
	}
	return undefined;
}

/**
 * What header fields leave out, so that no row is lost: rows of unknown headers, repeated rows of a header that has one value,
 * and values that are no number where one must be.
 */
function otherField(protocol: "sip" | "msrp", known: readonly (Field<never> & { readonly header: string })[]): Field<never> {
	const types = new Map(known.map((field) => [field.header, field.type]));
	return own(`${protocol}.other`, "strings", 'header rows that have no field of their own, as "Name: value"', (entry: Entry) => {
		const message = entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
		const seen = new Set<string>();
		return some(
			message?.headers
				.filter(({ key, value }) => {
					const type = types.get(key);
					if (type === "strings") return false;
					if (type === undefined || seen.has(key)) return true;
					seen.add(key);
					return type === "integer" && !/^[0-9]{1,15}$/.test(value);
				})
				.map(({ name, value }) => `${name}: ${value}`),
		);
	});
}
