import { type Command, InvalidArgumentError } from "commander";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { grouped } from "../../core/export/stats-text.js";
import type { RuleReport, RuleSet } from "../../core/rules/index.js";
import { LiveRules, type LiveRulesOptions, RuleFilesError } from "../rules/live-rules.js";
import type { Io } from "./io.js";
import { collect } from "./values.js";

/** Options about rules, of every command that has them. */
export interface RulesFlags {
	rules?: string[];
	seed?: number | undefined;
}

export function addRulesOptions<C extends Command>(command: C): C {
	command.option("--rules <file>", "faults and other changes by rule, in YAML (docs/reference/actions.md); repeatable", collect);
	return addSeedOption(command);
}

export function addSeedOption<C extends Command>(command: C): C {
	return command.option(
		"--seed <n>",
		"what chance in rules goes by; the same seed, rules and input give the same faults (default: as a rule file says, else drawn)",
		parseSeed,
	);
}

function parseSeed(text: string): number {
	const seed = Number(text);
	if (!/^[0-9]{1,10}$/.test(text) || seed > 0xffffffff) throw new InvalidArgumentError("a seed is a whole number from 0 to 4294967295.");
	return seed;
}

/**
 * The rules that the options name; undefined when they name none. Says on standard error what is in use, and with which seed.
 *
 * @throws RuleFilesError
 */
export async function openRules({ rules, seed }: RulesFlags, io: Io, options: LiveRulesOptions = {}): Promise<LiveRules | undefined> {
	if (rules === undefined) return undefined;
	const live = await LiveRules.open(rules, { ...options, seed });
	io.stderr.write(escapeTerminal(`mitmsrp: ${inUse(live.set)}, seed ${live.seed}`).concat("\n"));
	return live;
}

/** Everything that is wrong with rule files, a line each; undefined when the error is another one. */
export function rulesRefused(error: unknown): string | undefined {
	return error instanceof RuleFilesError ? `${escapeTerminalLines(error.message)}\n` : undefined;
}

/** "12 rules of 2 files". */
export function inUse({ rules, disabled, files }: RuleSet): string {
	const off = disabled.length === 0 ? "" : ` (${disabled.length} switched off)`;
	return `${rules.length === 1 ? "1 rule" : `${grouped(rules.length)} rules`}${off} of ${files.length === 1 ? files[0] : `${files.length} files`}`;
}

/** What each rule did, a line each, escaped. */
export function reportText(reports: readonly RuleReport[]): string {
	return reports.map((report) => `${escapeTerminal(reportLine(report))}\n`).join("");
}

export function reportLine({ name, hits, matches, near, nearest, failed, held }: RuleReport): string {
	const times = hits === 1 ? "fired once" : hits === 0 ? "never fired" : `fired ${grouped(hits)} times`;
	const parts = [`rule ${name}: ${times}`];
	if (matches > hits) {
		const why = Object.entries(held).map(([trigger, count]) => `${trigger} ${grouped(count)}`);
		parts.push(`matched ${grouped(matches)} times${why.length === 0 ? "" : `, held back by ${why.join(", ")}`}`);
	}
	if (near > 0) parts.push(`${grouped(near)} near ${near === 1 ? "miss" : "misses"}, mostly because of ${nearest!.clause}`);
	else if (hits === 0 && failed !== undefined) parts.push(`${grouped(failed.messages)} messages failed on ${failed.clause}`);
	return parts.join("; ");
}
