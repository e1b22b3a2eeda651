import { count } from "../export/content-summary.js";
import { escapeTerminal } from "../export/escape.js";
import type { Palette } from "../export/palette.js";
import { truncate } from "../export/width.js";
import type { ChangeRow, DryRunReport, HitRow } from "./report.js";

/** Rows that are shown of each kind. */
const SHOWN = 200;

/** What would have fired on which entries, and what clients would have shown. Ends with a line feed. */
export function dryRunText(
	report: DryRunReport,
	{ skipped, cutOff }: { skipped: number; cutOff: number },
	palette: Palette,
	width: number,
): string {
	const { hits, changes, counts } = report;
	const line = (text: string, paint?: (text: string) => string): string =>
		`${paint === undefined ? truncate(text, width) : paint(truncate(text, width))}\n`;
	let out = line(`${count(counts.hits, "time")} a rule fired`, palette.bold);
	for (const hit of hits.slice(0, SHOWN)) out += line(`  ${hitText(hit)}`);
	if (counts.hits > SHOWN) out += `  … ${counts.hits - SHOWN} more\n`;
	out += line(`${counts.changes} of ${count(counts.judged, "judged message")} shown differently`, palette.bold);
	for (const change of changes.slice(0, SHOWN)) out += changeText(change, line, palette);
	if (counts.changes > SHOWN) out += `  … ${counts.changes - SHOWN} more\n`;
	const extra = counts.injected === 0 ? "" : `, ${count(counts.injected, "message")} put in`;
	out += `${count(counts.went, "message")} would have gone on, ${counts.rewritten} of them touched${extra}\n`;
	if (skipped > 0) out += `${count(skipped, "message")} left out: the capture has only a part of each\n`;
	if (cutOff > 0) out += `${count(cutOff, "message")} could not have come: rules had ended the connection\n`;
	return out;
}

function hitText({ entry, session, rule, did, what }: HitRow): string {
	const where = entry === 0 ? "a connection opens" : `#${entry}  ${session ?? "-"}  ${what}`;
	return `${where}  ← ${escapeTerminal([rule, ...did].filter((word) => word !== "").join(": "))}`;
}

function changeText(
	{ entry, session, what, before, after, models, codesBefore, codesAfter }: ChangeRow,
	line: (text: string, paint?: (text: string) => string) => string,
	palette: Palette,
): string {
	let out = line(`  #${entry}  ${session ?? "-"}  ${what}`);
	if (before !== after) out += line(`      class ${before} → ${after}`, palette.bold);
	for (const { model, before: was, after: is } of models) out += line(`      ${model}: ${was} → ${is}`);
	const [was, is] = [codesBefore, codesAfter].map((codes) => (codes.length === 0 ? "none" : codes.join(" ")));
	if (was !== is) out += line(`      divergences: ${was} → ${is}`);
	return out;
}

/** The same as lines of JSON: one object a hit, one a message that is shown differently, and the summary. */
export function dryRunJson(report: DryRunReport, more: object): string {
	const object = (kind: string, members: object): string => `${JSON.stringify({ "dry-run": kind, ...members })}\n`;
	let out = "";
	for (const hit of report.hits) out += object("hit", hit);
	for (const change of report.changes) out += object("message", change);
	return out + object("summary", { ...report.counts, ...more });
}
