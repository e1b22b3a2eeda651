import { answeredByHead } from "./engine/head-entry.js";
import type { BoundAction, Edge, Rule, RuleSet } from "./engine/rule.js";
import { words } from "./load/expect.js";
import { Template } from "./template.js";

/** What each rule meets and does, in sentences. Lines; not escaped. */
export function explainRules(set: RuleSet): string {
	const blocks = set.rules.map((rule, index) => ruleText(rule, index + 1));
	for (const name of set.disabled) blocks.push(`${name}: switched off`);
	if (set.expectations.length > 0) blocks.push(["expected of a run:", ...set.expectations.map(({ name }) => `  - ${name}`)].join("\n"));
	return blocks.join("\n\n");
}

function ruleText(rule: Rule, number: number): string {
	const lines = [`${number}. ${rule.name}  (${rule.place.file}:${rule.place.line})`];
	if (rule.note !== undefined) lines.push(`   ${rule.note}`);
	lines.push(`   meets ${meets(rule)}`);
	const when = conditions(rule);
	if (when.length > 0) lines.push(`   fires ${when.join(", ")}`);
	for (const action of rule.actions) lines.push(`   - ${actionText(action)}`);
	if (rule.stop) lines.push("   later rules do not see what it fired on");
	if (waits(rule)) lines.push("   MSRP frames that it may meet wait until they are whole");
	return lines.join("\n");
}

function meets({ filter, direction }: Rule): string {
	const way = direction === undefined ? "" : direction === 0 ? " from the client" : " from the server";
	return filter === undefined ? `every SIP and MSRP message${way}` : `messages${way} with ${filter.source}`;
}

function conditions({ trigger }: Rule): string[] {
	const { times, after, every, lasts, until, probability, once } = trigger;
	const parts: string[] = [];
	if (after !== undefined) parts.push(`after ${edge(after)}`);
	if (until !== undefined) parts.push(`until ${edge(until)}`);
	if (every !== undefined) parts.push(every === 1 ? "every time" : `every ${every}th time`);
	if (probability !== undefined) parts.push(`with a probability of ${Number((probability * 100).toFixed(2))} %`);
	if (once !== undefined) parts.push(`once for each ${once}`);
	if (times !== undefined) parts.push(`at most ${words({ least: times, most: times })}`);
	if (lasts !== undefined) parts.push(`for ${lasts} s from the first time`);
	return parts;
}

function edge(given: Edge): string {
	if ("matches" in given) return given.matches === 1 ? "one match" : `${given.matches} matches`;
	return "seconds" in given ? `${given.seconds} s` : `a message with ${given.seen.source}`;
}

function actionText({ definition, options, fix }: BoundAction): string {
	const given = Object.entries(options).flatMap(([name, value]) =>
		value === undefined || name === "fix" ? [] : [`${name}: ${valueText(value)}`],
	);
	const left = definition.edits === true && !fix ? "; lengths stay wrong" : "";
	return `${definition.name}${given.length === 0 ? "" : ` (${given.join(", ")})`}: ${definition.title}${left}`;
}

function valueText(value: unknown): string {
	if (value instanceof Template) return value.source;
	if (Buffer.isBuffer(value)) return `${value.length} octets`;
	if (Array.isArray(value)) return value.map(valueText).join(", ");
	return typeof value === "object" && value !== null && "source" in value ? String(value.source) : String(value);
}

function waits({ filter, actions, trigger }: Rule): boolean {
	if (filter !== undefined && !filter.needs.kinds.has("msrp")) return false;
	return (filter !== undefined && !answeredByHead(filter)) || trigger.once === "session" || actions.some(({ need }) => need === "whole");
}
