import { ACTIONS } from "../actions/index.js";
import type { OptionSpec, OptionTable } from "../actions/options.js";
import type { ActionDefinition } from "../actions/types.js";
import { optionsOf } from "./action.js";
import { HEADLINES, SIDES } from "./expect.js";
import { CONDITIONS } from "./match.js";
import { DEFAULT_KEYS, DIRECTIONS, LEGS, ONCE, RULE_KEYS } from "./rule.js";
import { DURATION_PATTERN, PERCENT_PATTERN, RATE_PATTERN, SIZE_PATTERN } from "./units.js";

type Schema = Record<string, unknown>;

const TEXT: Schema = { type: ["string", "number", "boolean"] };
const FILTER: Schema = { type: "string", description: "filter expression (docs/reference/filter.md)" };
const VALUE: Schema = { type: ["string", "number", "boolean", "null"] };
const EDGE: Schema = { anyOf: [{ type: "integer", minimum: 0 }, { type: "string", pattern: DURATION_PATTERN }, FILTER] };

/** JSON Schema of rule files, made from the definitions: what editors complete and check by. */
export function rulesSchema(): Schema {
	return {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "mitmsrp rule file",
		description: "rules for mitmsrp --rules: an object, or a list of rules alone",
		anyOf: [{ type: "array", items: { $ref: "#/$defs/rule" } }, { $ref: "#/$defs/file" }, { type: "null" }],
		$defs: {
			file: {
				type: "object",
				additionalProperties: false,
				properties: {
					include: {
						description: "rule files that go first, relative to this one",
						anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
					},
					variables: { type: "object", description: "for ${name} in texts", additionalProperties: TEXT },
					defaults: {
						type: "object",
						description: "what rules of this file say where they say nothing themselves",
						additionalProperties: false,
						properties: pick(ruleProperties(), DEFAULT_KEYS),
					},
					seed: seedSchema("what chance goes by; --seed goes first"),
					rules: { type: ["array", "null"], items: { $ref: "#/$defs/rule" } },
					expect: { type: ["array", "null"], description: "what mitmsrp rules test checks", items: { $ref: "#/$defs/expectation" } },
				},
			},
			rule: { type: "object", additionalProperties: false, required: ["actions"], properties: pick(ruleProperties(), RULE_KEYS) },
			match: {
				description: "a filter expression, or fields with what they have to be",
				anyOf: [FILTER, { type: "object", minProperties: 1, additionalProperties: { $ref: "#/$defs/condition" } }],
			},
			condition: {
				anyOf: [
					VALUE,
					{ type: "array", minItems: 1, items: { type: ["string", "number", "boolean"] } },
					{
						type: "object",
						additionalProperties: false,
						properties: Object.fromEntries(
							Object.entries(CONDITIONS).map(([name, op]) => [name, { ...TEXT, description: `the field ${op} this` }]),
						),
					},
				],
			},
			action: { anyOf: [{ enum: ACTIONS.filter(bare).map(({ name }) => name) }, ...ACTIONS.map(actionSchema)] },
			expectation: { anyOf: expectations() },
		},
	};
}

function ruleProperties(): Record<(typeof RULE_KEYS)[number], Schema> {
	return {
		name: { ...TEXT, description: "for entries, logs and counts; unique" },
		match: { $ref: "#/$defs/match" },
		actions: {
			description: "in order",
			anyOf: [{ type: "array", minItems: 1, items: { $ref: "#/$defs/action" } }, { $ref: "#/$defs/action" }],
		},
		note: { ...TEXT, description: "why" },
		enabled: { type: "boolean", default: true },
		leg: { enum: LEGS, description: "the side on which the message comes in" },
		direction: { enum: DIRECTIONS },
		times: { type: "integer", minimum: 1, description: "fires at most so often" },
		after: { ...EDGE, description: "not before so many matches, so much time, or a message that matches" },
		every: { type: "integer", minimum: 1, description: "only every n-th match" },
		for: { type: ["string", "number"], pattern: DURATION_PATTERN, description: "so long from the first time it fired" },
		until: { ...EDGE, description: "not after so many matches, so much time, or a message that matches" },
		probability: { ...percentage(), description: "30%, or 0.3" },
		once: { enum: ONCE, description: "at most once for each" },
		seed: seedSchema("a seed of its own"),
		stop: { type: "boolean", default: false, description: "no later rule sees what this one fired on" },
		fix: { type: "boolean", default: true, description: "false: lengths, Byte-Range and end-lines stay as edits leave them" },
	};
}

function pick<K extends string>(from: Record<K, Schema>, keys: readonly K[]): Record<string, Schema> {
	return Object.fromEntries(keys.map((key) => [key, from[key]]));
}

function seedSchema(description: string): Schema {
	return { type: "integer", minimum: 0, maximum: 0xffffffff, description };
}

function percentage(): Schema {
	return {
		anyOf: [
			{ type: "number", minimum: 0, maximum: 1 },
			{ type: "string", pattern: PERCENT_PATTERN },
		],
	};
}

/** Its name alone will do. */
function bare(definition: ActionDefinition): boolean {
	return !Object.values(optionsOf(definition)).some(({ required }) => required === true);
}

function actionSchema(definition: ActionDefinition): Schema {
	const table = optionsOf(definition);
	const required = Object.keys(table).filter((name) => table[name]!.required === true);
	const properties = Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, optionSchema(spec)]));
	const options: Schema = { type: "object", additionalProperties: false, properties, ...(required.length === 0 ? {} : { required }) };
	const forms: Schema[] = [options];
	const { main } = definition;
	if (main !== undefined && required.every((name) => name === main)) forms.push(optionSchema((table as OptionTable)[main]!));
	if (required.length === 0) forms.push({ type: "null" });
	return {
		type: "object",
		additionalProperties: false,
		required: [definition.name],
		properties: { [definition.name]: { description: definition.title, ...(forms.length === 1 ? options : { anyOf: forms }) } },
	};
}

function optionSchema(spec: OptionSpec): Schema {
	const { doc, default: fallback } = spec;
	return { description: doc, ...(fallback === undefined ? {} : { default: fallback }), ...valueSchema(spec) };
}

function valueSchema(spec: OptionSpec): Schema {
	const { min = 0, max } = spec;
	const number: Schema = { type: "number", minimum: min, ...(max === undefined ? {} : { maximum: max }) };
	switch (spec.type) {
		case "duration":
			return { anyOf: [number, { type: "string", pattern: DURATION_PATTERN }] };
		case "size":
			return { anyOf: [number, { type: "string", pattern: SIZE_PATTERN }] };
		case "rate":
			return { anyOf: [number, { type: "string", pattern: RATE_PATTERN }] };
		case "percentage":
			return percentage();
		case "integer":
			return { ...number, type: "integer" };
		case "boolean":
			return { type: "boolean" };
		case "choice":
			return { enum: spec.values };
		case "text":
		case "template":
			return TEXT;
		case "templates":
		case "names":
			return { anyOf: [TEXT, { type: "array", items: TEXT }] };
		case "filter":
		case "file":
			return { type: "string" };
	}
}

function expectations(): Schema[] {
	const times: Schema = {
		description: "a number, or a range: 2..5, 1..",
		anyOf: [
			{ type: "integer", minimum: 0 },
			{ type: "string", pattern: "^[0-9]+(\\.\\.[0-9]*)?$" },
		],
	};
	const side: Schema = { enum: SIDES, default: "after", description: "messages as they came, or as they went on" };
	const one = (required: readonly string[], properties: Record<string, Schema>): Schema => ({
		type: "object",
		additionalProperties: false,
		required,
		properties: { ...properties, note: TEXT },
	});
	const classes: Schema = { enum: HEADLINES };
	return [
		one(["fires"], { fires: { ...TEXT, description: "name of a rule" }, times }),
		one(["count"], { count: FILTER, times, in: side }),
		one(["class", "of"], {
			class: { anyOf: [classes, { type: "array", minItems: 1, items: classes }] },
			of: FILTER,
			after: { ...TEXT, description: "only messages after this rule fired" },
			in: side,
		}),
		one(["answered", "by"], {
			answered: FILTER,
			by: FILTER,
			within: {
				anyOf: [
					{ type: "number", minimum: 0 },
					{ type: "string", pattern: DURATION_PATTERN },
				],
			},
			in: side,
		}),
	];
}
