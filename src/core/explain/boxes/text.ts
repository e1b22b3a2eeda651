import { count } from "../../export/content-summary.js";
import { escapeTerminal } from "../../export/escape.js";
import type { Palette } from "../../export/palette.js";
import { padTo, truncate } from "../../export/width.js";
import { hostPort } from "../../fields/addresses.js";
import type { Endpoint } from "../../model/flow.js";
import type { BoxReport } from "./boxes.js";
import type { Likeness } from "./likeness.js";

export const BOX_LEGEND =
	"K kept, M the box's own address, S the packet's source, D dropped, N new; the way of the first message, then back";

/** Boxes that were seen on both sides, with what they did part by part and the profiles they are like. Ends with a line feed. */
export function boxesText(reports: readonly BoxReport[], palette: Palette, width: number): string {
	if (reports.length === 0) return "no box: nothing was changed between two legs of one message, or only one leg of each was captured\n";
	let out = "";
	for (const report of reports) out += `${boxText(report, palette, width)}\n`;
	return `${out}${truncate(BOX_LEGEND, width)}\n`;
}

function boxText(report: BoxReport, palette: Palette, width: number): string {
	const { session, moreSessions, first, second, shows, parts } = report;
	const more = moreSessions === 0 ? "" : ` and ${count(moreSessions, "more session")}`;
	const title = `box between ${end(first)} and ${end(second)}, showing ${end(shows)} (${session}${more})`;
	let out = `${palette.bold(truncate(title, width))}\n`;
	const widest = Math.max(...parts.map(({ part }) => part.length));
	for (const { part, forth, back, example } of parts) {
		const changed = /[^K]/.test(forth + back);
		const what = example === undefined ? "" : `  ${quoted(example.before)} → ${quoted(example.after)}  #${example.entry}`;
		const line = truncate(`  ${padTo(part, widest)}  ${padTo(forth || "-", 3)} ${padTo(back || "-", 3)}${what}`, width);
		out += `${changed ? palette.severity.warn(line) : line}\n`;
	}
	return `${out}${truncate(`  ${nearestText(report)}`, width)}\n`;
}

/** "nearest profile: topo-strip with 192.0.2.1:5060 behind it (24 of 24 parts fit); then A2 (20), A9 (19)" */
export function nearestText({ nearest, compared, first, second }: BoxReport): string {
	const [best] = nearest;
	const named = ({ profile, inside }: Likeness): string => `${profile} with ${end(inside === "first" ? first : second)} behind it`;
	if (best === undefined) return "nearest profile: none";
	const equal = nearest.filter(({ fits }) => fits === best.fits);
	const listed = equal.length <= 4 ? equal.map(named) : [...equal.slice(0, 3).map(named), `${equal.length - 3} more`];
	const rest = nearest.filter(({ fits }) => fits < best.fits);
	const behind = rest.length === 0 ? "" : `; then ${rest.map(({ profile, fits }) => `${profile} (${fits})`).join(", ")}`;
	return `nearest profile${equal.length === 1 ? "" : "s"}: ${listed.join(", ")} (${best.fits} of ${count(compared, "part")} fit)${behind}`;
}

/** One JSON object a line. */
export function boxesJson(reports: readonly BoxReport[]): string {
	const ends = ({ address, port }: Endpoint) => ({ address, port });
	return reports
		.map(({ session, moreSessions, first, second, shows, entries, parts, nearest, compared }) =>
			JSON.stringify({
				kind: "box",
				session,
				more_sessions: moreSessions,
				first: ends(first),
				second: ends(second),
				shows: ends(shows),
				entries: entries.map(([came, went]) => ({ came, went })),
				parts: parts.map(({ part, forth, back, example }) => ({ part, forth, back, ...(example === undefined ? {} : { example }) })),
				nearest,
				compared,
			}),
		)
		.map((line) => `${line}\n`)
		.join("");
}

function end({ address, port }: Endpoint): string {
	return hostPort(address, port);
}

/** Nothing has no text: the word says so. */
function quoted(text: string): string {
	return text === "" ? "(nothing)" : escapeTerminal(text);
}
