import { CLAUSE_CHECKS } from "../checks/clauses/index.js";
import type { CheckResult } from "../checks/clauses/results.js";
import type { ClauseTable } from "../checks/clauses/table.js";
import { CLAUSE_RESULTS, type Finding } from "../checks/clauses/types.js";

/** One line a check, in order of ids, sessions inside; text from the wire stands in JSON strings as it is. */
export function clauseJson(table: ClauseTable): string {
	let out = "";
	for (const { create: _, ...info } of CLAUSE_CHECKS) {
		const found = table.total.get(info.id);
		const sessions: Record<string, unknown> = {};
		for (const [session, results] of table.sessions) {
			const result = results.get(info.id);
			if (result !== undefined)
				sessions[session] = { result: result.result, counts: result.counts, findings: result.findings.map(finding) };
		}
		out += `${JSON.stringify({ event: "check", ...info, ...totals(found), findings: (found?.findings ?? []).map(finding), sessions })}\n`;
	}
	return out;
}

function totals(found: CheckResult | undefined): Pick<CheckResult, "result" | "counts"> {
	return { result: found?.result ?? "n/a", counts: found?.counts ?? { pass: 0, violation: 0, info: 0, unknown: 0, "n/a": 0 } };
}

function finding({ session, blame, ...rest }: Finding): Record<string, unknown> {
	return {
		...(session === undefined ? {} : { session }),
		...rest,
		...(blame === undefined || blame === "?" ? {} : { attribution: blame }),
	};
}

/** JSON Schema (2020-12) of a line of `analyze --checks --json`. */
export function clauseSchema(): Record<string, unknown> {
	const result = { enum: [...CLAUSE_RESULTS] };
	const text = { type: "string" };
	const counts = {
		type: "object",
		properties: Object.fromEntries(CLAUSE_RESULTS.map((one) => [one, { type: "integer", minimum: 0 }])),
		required: [...CLAUSE_RESULTS],
		additionalProperties: false,
	};
	const one = {
		type: "object",
		description: "the first of each result; entry numbers are those of `analyze --json`, the one judged first",
		properties: {
			session: text,
			result,
			entries: { type: "array", items: { type: "integer", minimum: 1 }, minItems: 1 },
			text: { ...text, description: "why" },
			excerpt: { ...text, description: "as on the wire, cut after 160 characters" },
			attribution: { enum: ["client", "switch", "ALG"], description: "who did it; absent where nothing tells" },
		},
		required: ["result", "entries", "text"],
		additionalProperties: false,
	};
	const findings = { type: "array", items: { $ref: "#/$defs/finding" } };
	return {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "A line of `mitmsrp analyze --checks --json`: one check",
		type: "object",
		properties: {
			event: { const: "check" },
			id: { type: "string", pattern: "^C[0-9]{2}$" },
			title: text,
			roles: { type: "array", items: { enum: ["SC", "RC", "SV", "ALG"] } },
			level: { enum: ["MUST", "MUST NOT", "SHOULD", "info"] },
			when: { ...text, description: "precondition" },
			clause: text,
			evidence: text,
			notAtHand: { ...text, description: "clauses whose text was not at hand when the check was written" },
			result,
			counts,
			findings,
			sessions: {
				type: "object",
				additionalProperties: {
					type: "object",
					properties: { result, counts, findings },
					required: ["result", "counts", "findings"],
					additionalProperties: false,
				},
			},
		},
		required: ["event", "id", "title", "roles", "level", "when", "clause", "evidence", "result", "counts", "findings", "sessions"],
		additionalProperties: false,
		$defs: { finding: one },
	};
}
