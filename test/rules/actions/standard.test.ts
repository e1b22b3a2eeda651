import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ACTIONS, problemText } from "../../../src/core/rules/index.js";
import { loadText, type Outcome, runRules, type Step } from "../run.js";
import { ruleFor, STANDARDS, type Standard, USES } from "./standard.js";

const TABLE = fileURLToPath(new URL("table.md", import.meta.url));

it("every action has a use here", () => {
	expect(Object.keys(USES).sort()).toEqual(ACTIONS.map(({ name }) => name).sort());
});

it("what each action does to each protocol is as table.md has it", () => {
	const lines = [
		"What one use of each action does to a message and its answer; behind them comes another pair that the rule does not meet.",
		"Written by `standard.test.ts` (with `UPDATE_TABLE=1` it writes it anew); what is tried stands in `standard.ts`.",
	];
	for (const { name } of ACTIONS) {
		lines.push("", `## ${name}`, "", "| | |", "|---|---|");
		for (const standard of STANDARDS) lines.push(`| ${standard.name} | ${effect(name, standard).replaceAll("|", "\\|")} |`);
	}
	const text = `${lines.join("\n")}\n`;
	if (process.env.UPDATE_TABLE) writeFileSync(TABLE, text);
	expect(text).toBe(readFileSync(TABLE, "utf8"));
});

/** In words: what the loader refuses, or what was done, what the message became, and what is told. */
function effect(action: string, standard: Standard): string {
	const rule = ruleFor(action, standard);
	const { set, problems } = loadText(rule);
	if (set === undefined) return `refused: ${problems.map((problem) => problemText(problem).replace(/^[^ ]* /, "")).join("; ")}`;
	const { steps, websocket } = standard;
	const outcome = runRules(rule, steps, websocket ? { flow: { carrier: "ws" }, messages: true } : {});
	const parts = [
		...outcome.did.map((text) => text.replace(/^[^:]*: /, "")),
		...difference("to the server", sent(steps, 0), outcome.toServer),
	];
	parts.push(...difference("to the client", sent(steps, 1), outcome.toClient), ...ends(outcome), ...carried(outcome));
	parts.push(
		...outcome.log.map((text) => `log: ${text}`),
		...outcome.problems,
		...outcome.entries.flatMap(({ marks }) => marks ?? []).map((mark) => `mark: ${mark}`),
	);
	const said = [...new Set(parts)];
	return said.length === 0 ? "nothing" : said.join("; ");
}

const sent = (steps: readonly Step[], dir: 0 | 1): string =>
	steps.map((step) => ("octets" in step && step.dir === dir ? String(step.octets) : "")).join("");

/** The first line that is another one, and how many octets there are. */
function difference(where: string, before: string, after: string): string[] {
	if (before === after) return [];
	const [was, is] = [before.split("\r\n"), after.split("\r\n")];
	const at = was.findIndex((line, index) => line !== is[index]);
	const shown = (line: string | undefined): string =>
		line === undefined
			? "(end)"
			: `\`${line
					.slice(0, 60)
					.replaceAll("`", "'")
					.replace(/[^ -~]/g, "?")}\``;
	const line = at < 0 ? `more behind ${shown(was.at(-1))}` : `${shown(was[at])} → ${shown(is[at])}`;
	return [`${where} ${before.length} → ${after.length} octets: ${line}`];
}

function ends({ closed }: Outcome): string[] {
	return (["to the server", "to the client"] as const).flatMap((where, dir) =>
		closed[dir]!.length === 0 ? [] : [`${where} ${closed[dir]!.join(" ")}`],
	);
}

function carried({ rig }: Outcome): string[] {
	const found = [...rig.carriages.flat().filter((one) => one !== undefined), ...rig.codes.filter((one) => one !== undefined)];
	return [...new Set(found.map((one) => JSON.stringify(one)))];
}
