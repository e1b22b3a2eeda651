import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import { formatEpoch } from "../model/time.js";
import { count } from "./content-summary.js";
import { jsonString } from "./json-string.js";
import type { Palette } from "./palette.js";
import { severityMark } from "./severity.js";
import type { StatsResult } from "./stats.js";
import { formatDifference } from "./time-format.js";
import { cell, truncate } from "./width.js";

const SESSION_ROWS = 50;

/** "1,234 messages (200 SIP, 1,034 MSRP) in 3 sessions, 2 errors, 1 warning". */
export function statsLine(stats: StatsResult): string {
	const messages = stats.sip + stats.msrp;
	const sessions = stats.moreSessions ? `more than ${grouped(stats.sessions.length)} sessions` : counted(stats.sessions.length, "session");
	const divergent = stats.divergent === 0 ? "" : `, ${counted(stats.divergent, "message")} that clients show differently`;
	return `${counted(messages, "message")} (${grouped(stats.sip)} SIP, ${grouped(stats.msrp)} MSRP) in ${sessions}, ${counted(stats.errors, "error")}, ${counted(stats.warnings, "warning")}${divergent}`;
}

/** The tables of `--summary` and `--stats`. */
export function statsText(stats: StatsResult, palette: Palette, width: number): string {
	const duration = stats.first && stats.last ? `, ${formatDifference(stats.last, stats.first)} s` : "";
	let out = `${palette.bold(statsLine(stats))}${duration}, ${counted(stats.octets, "octet")}\n`;
	out += row("SIP requests", stats.sipRequests, width);
	out += row("SIP responses", stats.sipResponses, width);
	out += row("MSRP requests", stats.msrpRequests, width);
	out += row("MSRP responses", stats.msrpResponses, width);
	out += row("content", stats.content, width);
	out += row("events", stats.events, width);
	out += row("classes", stats.classes, width);
	out += row("divergences", stats.divergences, width);
	if (stats.sessions.length > 0) {
		out += `\n${palette.bold("sessions")}  (one in full: --session ID, as a ladder: --session ID --ladder)\n`;
		const zero = stats.first ?? { sec: 0, nsec: 0 };
		for (const session of stats.sessions.slice(0, SESSION_ROWS)) {
			const facts = `  ${session.id.padEnd(5)} ${formatDifference(session.began, zero).padStart(13)} ${`${formatDifference(session.last, session.began)} s`.padStart(15)}  SIP ${String(session.sip).padEnd(5)} MSRP ${String(session.msrp).padEnd(6)} `;
			const errors = session.errors > 0 ? `  ${palette.severity.error(counted(session.errors, "error"))}` : "";
			const warnings = session.warnings > 0 ? `  ${palette.severity.warn(counted(session.warnings, "warning"))}` : "";
			out += `${facts}${cell(session.title, Math.max(24, Math.min(48, width - facts.length - 24)))}${errors}${warnings}`.trimEnd();
			out += "\n";
		}
		const hidden = stats.sessions.length - SESSION_ROWS;
		if (hidden > 0) out += `  … ${stats.moreSessions ? "more than " : ""}${grouped(hidden)} more\n`;
	}
	if (stats.problems.length > 0) {
		out += `\n${palette.bold("problems")}\n`;
		const widest = Math.max(...stats.problems.map(([id]) => id.length));
		for (const [id, times] of stats.problems) {
			const { severity, summary } = DIAGNOSTICS[id];
			const text = `${severityMark(severity)} ${id.padEnd(widest)} ${grouped(times).padStart(8)}`;
			out += `  ${palette.severity[severity](text)}  ${truncate(summary, Math.max(24, width - text.length - 4))}\n`;
		}
	}
	return out;
}

/** The same numbers as one line of JSON: `{"event":"summary",…}`. */
export function statsJson(stats: StatsResult): string {
	const time = (at: StatsResult["first"]): string | undefined => (at ? formatEpoch(at) : undefined);
	const summary = {
		event: "summary",
		entries: stats.entries,
		sip: stats.sip,
		msrp: stats.msrp,
		octets: stats.octets,
		first: time(stats.first),
		last: time(stats.last),
		sip_requests: Object.fromEntries(stats.sipRequests),
		sip_responses: Object.fromEntries(stats.sipResponses),
		msrp_requests: Object.fromEntries(stats.msrpRequests),
		msrp_responses: Object.fromEntries(stats.msrpResponses),
		content: Object.fromEntries(stats.content),
		events: Object.fromEntries(stats.events),
		sessions: stats.sessions.map((one) => ({ ...one, began: formatEpoch(one.began), last: formatEpoch(one.last) })),
		more_sessions: stats.moreSessions,
		problems: Object.fromEntries(stats.problems),
		errors: stats.errors,
		warnings: stats.warnings,
		classes: Object.fromEntries(stats.classes),
		divergences: Object.fromEntries(stats.divergences),
		divergent: stats.divergent,
	};
	return `${encode(summary)}\n`;
}

/** JSON.stringify with the escapes of the other lines. */
function encode(value: unknown): string {
	if (typeof value === "string") return jsonString(value);
	if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
	if (typeof value === "object" && value !== null) {
		const members = Object.entries(value).filter(([, member]) => member !== undefined);
		return `{${members.map(([name, member]) => `${jsonString(name)}:${encode(member)}`).join(",")}}`;
	}
	return JSON.stringify(value);
}

function row(title: string, counts: readonly [string, number][], width: number): string {
	if (counts.length === 0) return "";
	const text = `${title.padEnd(15)} ${counts.map(([name, times]) => `${truncate(name, 40)} ${grouped(times)}`).join("  ")}`;
	return `${truncate(text, width)}\n`;
}

/** 1234567 as "1,234,567". */
export function grouped(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function counted(number: number, noun: string): string {
	return count(number, noun).replace(String(number), grouped(number));
}
