import { type DeskRule, RuleDeskError } from "../../../core/rules/index.js";
import type { ControlledProxy } from "../../live/controlled-proxy.js";
import { ApiError, created, DONE, ok, route } from "../route.js";
import { any, boolean, map, object, optional, string } from "../schema.js";

const counted = { type: "object", properties: { clause: { type: "string" }, messages: { type: "integer" } } };
const RULE = {
	type: "object",
	required: ["name", "actions", "from", "enabled"],
	properties: {
		name: { type: "string" },
		note: { type: "string" },
		match: { type: "string", description: "its condition; absent: every message, or every connection" },
		actions: { type: "array", items: { type: "string" } },
		from: { type: "string", description: "FILE:LINE, or added" },
		enabled: { type: "boolean" },
		report: {
			type: "object",
			description: "since it was last switched on",
			properties: {
				name: { type: "string" },
				hits: { type: "integer", description: "times that its actions ran" },
				matches: { type: "integer", description: "messages that met all of its conditions" },
				near: { type: "integer", description: "messages that met all but one of its clauses" },
				failed: { ...counted, description: "the clause on which most messages failed" },
				nearest: { ...counted, description: "the clause that alone kept most messages from matching" },
				held: { type: "object", additionalProperties: { type: "integer" }, description: "triggers that kept it from firing" },
				over: { type: "boolean", description: "it can fire no more" },
			},
		},
	},
};
const name = string("name of the rule", { min: 1, max: 1_000 });

export const RULES = {
	name: "rules",
	description: "faults and other changes by rule",
	routes: [
		route({
			method: "GET",
			path: "/rules",
			name: "listRules",
			summary: "All rules in the order in which messages meet them, and what each did",
			answers: {
				200: {
					description: "the rules",
					schema: {
						type: "object",
						required: ["seed", "rules"],
						properties: {
							seed: { type: "integer", description: "the same input, seed and rules give the same faults" },
							rules: { type: "array", items: RULE },
						},
					},
				},
			},
			handle: (_request, { proxy }) => ok({ seed: proxy.rules.seed, rules: proxy.rules.list() }),
		}),
		route({
			method: "POST",
			path: "/rules",
			name: "addRules",
			summary: "Adds rules behind those that there are, from the next message on",
			more: "In the language of rule files (docs/reference/actions.md), without `include` and without options that name files.",
			body: object({
				yaml: optional(string("one rule, a list of rules, or a whole file, in YAML; or give `rule`", { min: 1, max: 1 << 20 })),
				rule: optional(map("one rule", any("what rule files have there"))),
			}),
			answers: { 201: { description: "the rules that were added", schema: { type: "array", items: RULE } } },
			handle: ({ body: { yaml, rule } }, { proxy }) => {
				if ((yaml === undefined) === (rule === undefined)) throw new ApiError(400, "Bad request", "give one of yaml and rule");
				try {
					const { names } = proxy.addRule(yaml ?? rule!);
					return created(names.map((one) => proxy.rules.get(one)));
				} catch (error) {
					if (error instanceof RuleDeskError) throw new ApiError(400, "Bad rule", error.message);
					throw error;
				}
			},
		}),
		route({
			method: "GET",
			path: "/rules/{name}",
			name: "getRule",
			summary: "One rule",
			parameters: { name },
			answers: { 200: { description: "the rule", schema: RULE } },
			handle: ({ path }, { proxy }) => ok(found(proxy, path.name)),
		}),
		route({
			method: "PATCH",
			path: "/rules/{name}",
			name: "switchRule",
			summary: "Switches a rule on or off, from the next message on",
			parameters: { name },
			body: object({ enabled: boolean("off, it forgets what its triggers counted") }),
			answers: { 200: { description: "the rule", schema: RULE } },
			handle: ({ path, body }, { proxy }) => {
				found(proxy, path.name);
				proxy.rules.enable(path.name, body.enabled);
				return ok(proxy.rules.get(path.name));
			},
		}),
		route({
			method: "DELETE",
			path: "/rules/{name}",
			name: "removeRule",
			summary: "Takes away a rule that was added here; those of files can only be switched off",
			parameters: { name },
			answers: { 204: { description: "it is gone" } },
			handle: ({ path }, { proxy }) => {
				found(proxy, path.name);
				proxy.rules.remove(path.name);
				return DONE;
			},
		}),
	],
};

function found(proxy: ControlledProxy, name: string): DeskRule {
	const rule = proxy.rules.list().find((one) => one.name === name);
	if (rule === undefined) throw new ApiError(404, "No such rule", `no rule ${JSON.stringify(name)}; GET /rules lists them`);
	return rule;
}
