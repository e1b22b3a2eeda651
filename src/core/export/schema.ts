import { FIELD_GROUPS, type FieldType } from "../fields/index.js";
import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import { REWRITING_SCHEMA } from "./rewriting.js";

type Schema = Record<string, unknown>;

const TYPES: Readonly<Record<FieldType, Schema>> = {
	string: { type: "string" },
	strings: { type: "array", items: { type: "string" }, minItems: 1 },
	integer: { type: ["integer", "null"] },
	integers: { type: "array", items: { type: "integer" }, minItems: 1 },
	boolean: { type: "boolean" },
	map: { type: "object", additionalProperties: { type: "string" }, minProperties: 1 },
	epoch: { type: "string", pattern: "^-?[0-9]+\\.[0-9]{9}$" },
};

const ALWAYS = ["entry", "protocol", "frame.time_epoch", "flow", "direction", "carrier", "offset", "length"];

const PROBLEM: Schema = {
	id: { enum: Object.keys(DIAGNOSTICS).sort(), description: "docs/reference/diagnostics.md explains each" },
	severity: { enum: ["error", "warn", "note", "chat"] },
	offset: { type: "integer", description: "octets from the start of the message (of the file in a capture-problem)" },
	length: { type: "integer", minimum: 0, description: "octets concerned, 0 when something is absent" },
	clause: { type: "string", description: "clause of the standard, empty when it rests on none" },
	detail: { type: "string", description: "the particular values" },
};
const PROBLEM_REQUIRED = ["id", "severity", "offset", "length", "clause"];

/** JSON Schema (2020-12) of one line of `mitmsrp analyze --json`, made from the field table. */
export function entrySchema(): Schema {
	const properties: Record<string, Schema> = {};
	for (const group of FIELD_GROUPS) {
		for (const field of group.fields) {
			const name = field.origin === "wireshark" ? `${field.description} (Wireshark's name)` : field.description;
			properties[field.name] = { ...TYPES[field.type], description: name };
		}
	}
	properties["entry"] = { type: "integer", minimum: 1, description: "number of the entry, from 1, in order of completion" };
	properties["body"] = { type: "string", description: "kept octets of the body as UTF-8, with -v" };
	properties["octets"] = { type: "string", contentEncoding: "base64", description: "all kept octets of the message, with -vv" };
	properties["rewritten"] = REWRITING_SCHEMA;
	properties["problems"] = { type: "array", minItems: 1, items: { $ref: "#/$defs/problem" }, description: "findings about the message" };
	const counts: Schema = { type: "object", additionalProperties: { type: "integer", minimum: 1 } };
	return {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "One line of mitmsrp analyze --json",
		oneOf: [{ $ref: "#/$defs/entry" }, { $ref: "#/$defs/late-problem" }, { $ref: "#/$defs/capture-problem" }, { $ref: "#/$defs/summary" }],
		$defs: {
			entry: { type: "object", required: ALWAYS, properties, additionalProperties: false },
			problem: { type: "object", required: PROBLEM_REQUIRED, properties: PROBLEM, additionalProperties: false },
			"late-problem": {
				description: "a finding that came after the entry was written",
				type: "object",
				required: ["event", "entry", ...PROBLEM_REQUIRED],
				properties: { event: { const: "late-problem" }, entry: { type: "integer", minimum: 1 }, ...PROBLEM },
				additionalProperties: false,
			},
			"capture-problem": {
				description: "a finding about the capture file",
				type: "object",
				required: ["event", ...PROBLEM_REQUIRED],
				properties: { event: { const: "capture-problem" }, ...PROBLEM },
				additionalProperties: false,
			},
			summary: {
				description: "the last line of --stats and the only one of --summary",
				type: "object",
				required: [
					"event",
					"entries",
					"sip",
					"msrp",
					"octets",
					"sessions",
					"more_sessions",
					"problems",
					"errors",
					"warnings",
					"classes",
					"divergences",
					"divergent",
				],
				properties: {
					event: { const: "summary" },
					entries: { type: "integer" },
					sip: { type: "integer" },
					msrp: { type: "integer" },
					octets: { type: "integer" },
					first: TYPES.epoch,
					last: TYPES.epoch,
					sip_requests: counts,
					sip_responses: counts,
					msrp_requests: counts,
					msrp_responses: counts,
					content: counts,
					events: counts,
					sessions: {
						type: "array",
						items: {
							type: "object",
							required: ["id", "began", "last", "title", "sip", "msrp", "errors", "warnings"],
							properties: {
								id: { type: "string" },
								began: TYPES.epoch,
								last: TYPES.epoch,
								title: { type: "string" },
								sip: { type: "integer" },
								msrp: { type: "integer" },
								errors: { type: "integer" },
								warnings: { type: "integer" },
							},
							additionalProperties: false,
						},
					},
					more_sessions: { type: "boolean" },
					problems: counts,
					errors: { type: "integer" },
					warnings: { type: "integer" },
					classes: counts,
					divergences: counts,
					divergent: { type: "integer", description: "messages that kinds of client show differently" },
				},
				additionalProperties: false,
			},
		},
	};
}
