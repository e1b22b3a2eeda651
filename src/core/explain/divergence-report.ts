import { divergenceTitle } from "../classify/divergence.js";
import type { ClientModel, Divergence, DivergenceCode, Headline } from "../classify/types.js";
import { count } from "../export/content-summary.js";
import { escapeTerminal } from "../export/escape.js";
import type { Palette } from "../export/palette.js";
import { severityMark } from "../export/severity.js";
import { padTo, wrapWords } from "../export/width.js";
import type { Entry } from "../model/entry.js";

/** One message that clients show differently, for one cause. */
export interface DivergenceRow {
	entry: number;
	session: string;
	divergences: Divergence[];
	from: string;
	to: string;
	legacy: Headline | undefined;
	isfocus: Headline | undefined;
	truth: Headline | undefined;
}

/** A cause and the first 1,000 of its messages. */
export interface DivergenceGroup {
	cause: string;
	rows: DivergenceRow[];
	messages: number;
}

/** A cause with its divergences, for reports other than text. */
export interface CauseSummary {
	cause: string;
	messages: number;
	/** of the first messages */
	entries: number[];
	texts: string[];
	severity: Divergence["severity"];
}

export interface DivergenceTextOptions {
	/** columns: where a row would be wider the addresses are left out; default: as wide as needed */
	width?: number;
	/** number to show for an entry; default: its own. Rows with the same number and content are shown once */
	number?(entry: number): number;
}

/** Messages that are shown of one cause, and causes that are told apart. */
const ROWS = 1000;
const CAUSES = 200;
const OTHER = "(other causes)";

/** Collects the messages that kinds of client show differently, by cause. Memory does not depend on the number of messages. */
export class DivergenceReport {
	readonly #groups = new Map<string, DivergenceGroup>();
	readonly #codes = new Map<DivergenceCode, number>();
	readonly #severities = { error: 0, warn: 0, note: 0 };
	#judged = 0;
	#diverging = 0;

	entry(entry: Entry): void {
		const { verdict } = entry;
		if (verdict === undefined || (entry.protocol !== "sip" && entry.protocol !== "msrp")) return;
		if (verdict.models.length > 0) this.#judged++;
		if (verdict.divergences.length === 0) return;
		this.#diverging++;
		const shown = (model: ClientModel): Headline | undefined => verdict.models.find((view) => view.model === model)?.headline;
		const looked = verdict.models.find((view) => view.trace.length > 0)?.trace ?? [];
		// A chunk brings no addresses of its own: its message is known by what the clients looked at.
		const addresses = (list: readonly { uriText: string }[] | undefined, header: "From" | "To"): string =>
			(list?.map(({ uriText }) => uriText) ?? looked.filter((item) => item.header === header).map(({ uri }) => uri))
				.slice(0, 8)
				.map((uri) => `<${uri.slice(0, 200)}>`)
				.join(", ") || "none";
		const causes = new Map<string, Divergence[]>();
		for (const divergence of verdict.divergences) {
			this.#codes.set(divergence.code, (this.#codes.get(divergence.code) ?? 0) + 1);
			this.#severities[divergence.severity]++;
			const known = causes.get(divergence.cause);
			if (known === undefined) causes.set(divergence.cause, [divergence]);
			else known.push(divergence);
		}
		for (const [cause, divergences] of causes) {
			this.#add(cause, {
				entry: entry.number,
				session: entry.links.session ?? "-",
				divergences,
				from: addresses(entry.cpim?.from, "From"),
				to: addresses(entry.cpim?.to, "To"),
				legacy: shown("legacy"),
				isfocus: shown("isfocus"),
				truth: verdict.truthHeadline,
			});
		}
	}

	/** Messages with divergences so far. */
	get diverging(): number {
		return this.#diverging;
	}

	/** What there is, by cause, in order of appearance. */
	causes(): CauseSummary[] {
		return [...this.#groups.values()].map(({ cause, rows, messages }) => ({
			cause,
			messages,
			entries: rows.map((row) => row.entry),
			texts: [...new Set(rows.flatMap((row) => row.divergences.map(({ code, text }) => `${code}: ${text}`)))].slice(0, 8),
			severity: gravest(rows.flatMap((row) => row.divergences)),
		}));
	}

	/** The causes with their messages, in order of appearance. */
	groups(): readonly DivergenceGroup[] {
		return [...this.#groups.values()];
	}

	/** All groups, and the count; one sentence when there is nothing. Ends with a line feed. */
	text(palette: Palette, options: DivergenceTextOptions = {}): string {
		let out = "";
		for (const group of this.#groups.values()) out += `${groupText(group, palette, options)}\n`;
		return out + wrapWords(this.summary(), options.width);
	}

	/** The count alone. */
	summary(): string {
		if (this.#judged === 0 && this.#diverging === 0)
			return "no CPIM message of a conference was seen: nothing on which clients could differ\n";
		if (this.#diverging === 0)
			return `no divergence: every kind of client shows each of the ${this.#judged} CPIM messages of conferences alike\n`;
		const codes = [...this.#codes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, times]) => `${code} ${times}`);
		const { error, warn, note } = this.#severities;
		return `${this.#diverging} of ${Math.max(this.#judged, this.#diverging)} CPIM messages of conferences diverge: ${codes.join(", ")} (${count(error, "error")}, ${count(warn, "warning")}, ${count(note, "note")})\n`;
	}

	#add(cause: string, row: DivergenceRow): void {
		const key = this.#groups.has(cause) || this.#groups.size < CAUSES ? cause : OTHER;
		let group = this.#groups.get(key);
		if (group === undefined) {
			group = { cause: key, rows: [], messages: 0 };
			this.#groups.set(key, group);
		}
		group.messages++;
		if (group.rows.length < ROWS) group.rows.push(row);
	}
}

/** columns of indent, severity mark and code before a title */
const CODE = 8;
/** column of the addresses */
const ADDRESSES = 3;

function widthsOf(cells: readonly (readonly string[])[]): number[] {
	return cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
}

const RANK = { note: 0, warn: 1, error: 2 } as const;

function gravest(divergences: readonly Divergence[]): Divergence["severity"] {
	return divergences.reduce<Divergence["severity"]>((worst, { severity }) => (RANK[severity] > RANK[worst] ? severity : worst), "note");
}

function groupText(
	{ cause, rows, messages }: DivergenceGroup,
	palette: Palette,
	{ width = Number.POSITIVE_INFINITY, number }: DivergenceTextOptions,
): string {
	let out = `${wrapWords(`cause: ${escapeTerminal(cause)}`, width, "  ")
		.split("\n")
		.map(palette.bold)
		.join("\n")}\n`;
	const codes = new Set<DivergenceCode>();
	for (const { divergences } of rows) for (const { code } of divergences) codes.add(code);
	for (const code of [...codes].sort()) {
		const severity = gravest(rows.flatMap((row) => row.divergences.filter((one) => one.code === code)));
		out += `  ${palette.severity[severity](`${severityMark(severity)} ${code}`)} ${wrapWords(divergenceTitle(code), width - CODE).replaceAll("\n", `\n${" ".repeat(CODE)}`)}\n`;
	}
	let cells = rows.map((row) => [
		`#${number?.(row.entry) ?? row.entry}`,
		row.session,
		row.divergences.map(({ code }) => code).join(" "),
		`${escapeTerminal(row.from)} → ${escapeTerminal(row.to)}`,
		`legacy: ${row.legacy ?? "-"}`,
		`isfocus: ${row.isfocus ?? "-"}`,
		`truth: ${row.truth ?? "not known"}`,
	]);
	let widths = widthsOf(cells);
	if (widths.reduce((sum, one) => sum + one + 2, 2) > width) {
		cells = cells.map((row) => row.filter((_, column) => column !== ADDRESSES));
		widths = widthsOf(cells);
	}
	if (number !== undefined) cells = cells.filter((row, index) => cells.findIndex((other) => other.join() === row.join()) === index);
	for (const row of cells)
		out += `    ${row
			.map((text, column) => padTo(text, widths[column]!))
			.join("  ")
			.trimEnd()}\n`;
	if (messages > rows.length) out += `    … ${messages - rows.length} more\n`;
	return `${out}  ${count(messages, "message")}\n`;
}
