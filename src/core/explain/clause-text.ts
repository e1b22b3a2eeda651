import { CLAUSE_CHECKS } from "../checks/clauses/index.js";
import type { CheckResult } from "../checks/clauses/results.js";
import type { ClauseTable } from "../checks/clauses/table.js";
import { CLAUSE_RESULTS, type ClauseCheck, type ClauseResult, type Finding } from "../checks/clauses/types.js";
import { escapeTerminal } from "../export/escape.js";
import type { Palette } from "../export/palette.js";
import { padTo, truncate } from "../export/width.js";

const COLUMNS: Readonly<Record<ClauseResult, string>> = { pass: "pass", violation: "viol.", info: "info", unknown: "unkn.", "n/a": "n/a" };
const COUNT = 7;
/** sessions with violations that are listed */
const SESSIONS = 50;

/** The clause table: one line a check, then what was found where, then the count. Ends with a line feed. */
export function clauseText(table: ClauseTable, palette: Palette, width: number): string {
	const counts = CLAUSE_RESULTS.map((result) => COLUMNS[result].padStart(COUNT)).join("");
	let out = `${palette.bold(`${"check".padEnd(6)}${"result".padEnd(10)}${counts}  ${"level".padEnd(9)} what`)}\n`;
	for (const check of CLAUSE_CHECKS) out += row(check, table.total.get(check.id), palette, width);
	for (const check of CLAUSE_CHECKS) out += details(check, table.total.get(check.id), palette, width);
	return out + sessions(table, palette, width) + summary(table);
}

function row(check: ClauseCheck, found: CheckResult | undefined, palette: Palette, width: number): string {
	const result = found?.result ?? "n/a";
	const counts = CLAUSE_RESULTS.map((one) => String(found?.counts[one] || "-").padStart(COUNT)).join("");
	const left = `${check.id.padEnd(6)}${paint(result, result.padEnd(10), palette)}${counts}  ${check.level.padEnd(9)} `;
	const used = 6 + 10 + COUNT * CLAUSE_RESULTS.length + 2 + 10;
	return `${left}${truncate(check.title, Math.max(20, width - used))}\n`;
}

/** Violations, what is worth knowing, and why the rest is unknown. */
function details(check: ClauseCheck, found: CheckResult | undefined, palette: Palette, width: number): string {
	const list = ["violation", "info", "unknown"].flatMap((result) => (found?.findings ?? []).filter((one) => one.result === result));
	if (found === undefined || list.length === 0) return "";
	const missing = check.notAtHand === undefined ? "" : `; text of ${check.notAtHand} not at hand`;
	let out = `\n${palette.bold(`${check.id} ${check.title}`)}\n  ${palette.dim(`${check.clause} (${check.roles.join(", ")}, ${check.level}${missing})`)}\n`;
	for (const finding of list) out += findingText(finding, palette, width);
	for (const result of ["violation", "info"] as const) {
		const more = found.counts[result] - list.filter((one) => one.result === result).length;
		if (more > 0) out += `  … ${more} more: ${result}\n`;
	}
	return out;
}

function findingText({ result, session, entries, text, excerpt, blame }: Finding, palette: Palette, width: number): string {
	const [first, ...others] = entries;
	const where = `#${first}${others.length > 0 ? ` (with ${others.map((entry) => `#${entry}`).join(" ")})` : ""}`;
	const who =
		blame === undefined || blame === "?" ? "" : ` by ${blame === "client" ? "the client" : blame === "switch" ? "the switch" : "an ALG"}`;
	const head = `  ${paint(result, result, palette)} ${where} ${session ?? "-"}${who}: `;
	const line = `${head}${escapeTerminal(text)}\n`;
	return excerpt === undefined || excerpt === "" ? line : `${line}      ${truncate(escapeTerminal(excerpt), Math.max(20, width - 6))}\n`;
}

function sessions(table: ClauseTable, palette: Palette, width: number): string {
	let out = "";
	let listed = 0;
	let more = 0;
	for (const [session, results] of table.sessions) {
		const violated = [...results].filter(([, { counts }]) => counts.violation > 0);
		if (violated.length === 0) continue;
		if (listed++ >= SESSIONS) {
			more++;
			continue;
		}
		const checks = violated
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([id, { counts }]) => (counts.violation > 1 ? `${id} ×${counts.violation}` : id));
		out += `  ${truncate(`${padTo(session, 6)} ${checks.join(", ")}`, Math.max(20, width - 2))}\n`;
	}
	if (out === "") return "\n";
	return `\n${palette.bold("violations by session")}\n${out}${more > 0 ? `  … ${more} more sessions\n` : ""}\n`;
}

function summary(table: ClauseTable): string {
	const tally = new Map<ClauseResult, number>();
	for (const { id } of CLAUSE_CHECKS) {
		const result = table.total.get(id)?.result ?? "n/a";
		tally.set(result, (tally.get(result) ?? 0) + 1);
	}
	const words = CLAUSE_RESULTS.filter((result) => tally.has(result)).map((result) => `${tally.get(result)} ${result}`);
	const { violations } = table;
	return `${CLAUSE_CHECKS.length} checks: ${words.join(", ")}; ${violations} violation${violations === 1 ? "" : "s"} in all\n`;
}

function paint(result: ClauseResult, text: string, { severity, success, dim }: Palette): string {
	if (result === "violation") return severity.error(text);
	if (result === "info") return severity.note(text);
	return result === "pass" ? success(text) : dim(text);
}
