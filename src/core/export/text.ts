import { hostPort } from "../fields/addresses.js";
import type { Entry } from "../model/entry.js";
import type { DiagnosticId, Problem } from "../model/problem.js";
import { classLabel, classTone, divergenceTag, worstDivergence } from "./class-label.js";
import { detailLines, problemLine } from "./detail.js";
import { hexdump } from "./hexdump.js";
import { type Palette, PLAIN_PALETTE } from "./palette.js";
import { severityMark, severityOf, worst } from "./severity.js";
import { Summariser } from "./summary.js";
import { formatTime, type TimeFormat, timeWidth } from "./time-format.js";
import { displayWidth, truncate } from "./width.js";

export interface TextOptions {
	/** columns of the terminal; Infinity: never cut a line */
	width: number;
	time: TimeFormat;
	/** 0: one line a message; 1: and decoded detail; 2: and a hexdump */
	verbosity: number;
	palette: Palette;
	/** messages are classified: the column for it is there from the first sign of MSRP on */
	classes: boolean;
}

export const DEFAULT_TEXT_OPTIONS: Readonly<TextOptions> = {
	width: Number.POSITIVE_INFINITY,
	time: "relative",
	verbosity: 0,
	palette: PLAIN_PALETTE,
	classes: false,
};

/** Below this width the number and the carrier give their columns to the summary. */
const NARROW = 130;
/** 255.255.255.255:65535 */
const ENDPOINT = 21;
/** [2001:db8:1111:2222:3333:4444:5555:6666]:65535 */
const ENDPOINT_MOST = 47;
/** below this width long IPv6 endpoints are shortened in the middle */
const WIDE = 180;
/** a finding's id must leave this much to the summary, else its mark alone is shown */
const SUMMARY_LEAST = 24;
/** below that lines may be wider than the terminal */
const SUMMARY_FLOOR = 12;
/** "TYPING", and in wide lines "SYS !DO2 DA2" */
const CLASS = 7;
const CLASS_WIDE = 12;
const INDENT = "      ";

/**
 * Entries to lines. One instance for one run: it knows the start of time and how wide its columns have grown.
 * Columns only ever grow, so that lines which are already out stay nearly aligned without a second pass.
 */
export class TextExporter {
	readonly #options: TextOptions;
	readonly #narrow: boolean;
	readonly #endpointMost: number;
	readonly #summariser = new Summariser();
	#zero: { sec: number; nsec: number } | undefined;
	#previous: { sec: number; nsec: number } | undefined;
	#fromWidth: number;
	#toWidth: number;
	#numberWidth = 5;
	#sessionWidth = 3;
	/** 0 until there is, or will be, a message that has a class: pure SIP needs no such column */
	#classWidth = 0;

	constructor(options: Partial<TextOptions> = {}) {
		this.#options = { ...DEFAULT_TEXT_OPTIONS, ...options };
		this.#narrow = this.#options.width < NARROW;
		this.#endpointMost = this.#narrow ? ENDPOINT : this.#options.width < WIDE ? 30 : ENDPOINT_MOST;
		this.#fromWidth = this.#toWidth = this.#narrow ? 0 : ENDPOINT;
	}

	/** Sets the zero of relative times (the first packet); without it the first entry's first octet is the zero. */
	start(at: { sec: number; nsec: number }): void {
		this.#zero ??= { sec: at.sec, nsec: at.nsec };
	}

	/** One line, and the detail that the verbosity asks for; ends with a line feed. */
	entry(entry: Entry): string {
		const { verbosity, palette } = this.#options;
		let out = `${this.#line(entry)}\n`;
		if (verbosity > 0) for (const line of detailLines(entry, palette)) out += `${INDENT}${line}\n`;
		if (verbosity > 1) {
			const frame = entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
			if (frame) out += hexdump(frame.bytes, frame.start, frame.end, frame.length, INDENT);
		}
		return out;
	}

	/** A finding that came after its entry was printed. */
	late(entryNumber: number, problem: Problem): string {
		return `${INDENT}${this.#options.palette.dim(`later, on #${entryNumber}:`)} ${problemLine(problem, this.#options.palette)}\n`;
	}

	#line(entry: Entry): string {
		const { palette, width, time } = this.#options;
		this.#zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		const zero = this.#zero;
		const at = formatTime(time, entry.at, zero, this.#previous ?? zero).padStart(this.#narrow && time !== "absolute" ? 9 : timeWidth(time));
		this.#previous = { sec: entry.at.sec, nsec: entry.at.nsec };

		const number = String(entry.number);
		const session = entry.links.session ?? "-";
		const from = shorten(hostPort(entry.from.address, entry.from.port), this.#endpointMost);
		const to = shorten(hostPort(entry.to.address, entry.to.port), this.#endpointMost);
		if (number.length > this.#numberWidth) this.#numberWidth = number.length;
		if (session.length > this.#sessionWidth) this.#sessionWidth = session.length;
		if (from.length > this.#fromWidth) this.#fromWidth = from.length;
		if (to.length > this.#toWidth) this.#toWidth = to.length;

		const numbered = this.#narrow ? "" : `${number.padStart(this.#numberWidth)} `;
		const carrier = this.#narrow ? "" : `${carrierName(entry).padEnd(4)} `;
		const protocol = PROTOCOL_NAMES[entry.protocol];
		const left = numbered.length + at.length + 1 + this.#sessionWidth + 1 + carrier.length + this.#fromWidth + 3 + this.#toWidth + 1 + 5;
		const label = entry.verdict === undefined ? "" : classLabel(entry.verdict.headline);
		const codes = entry.verdict === undefined ? "" : divergenceTag(entry.verdict, this.#narrow);
		const shown = label.length + (codes === "" || this.#narrow ? codes.length : codes.length + 1);
		if (label !== "" || (this.#classWidth === 0 && this.#options.classes && announcesMsrp(entry)))
			this.#classWidth = Math.max(this.#classWidth, this.#narrow ? CLASS : CLASS_WIDE, shown);
		const classes = this.#classWidth === 0 ? 0 : this.#classWidth + 1;
		let verdict = problemTag(entry.problems);
		let room = width;
		if (width !== Number.POSITIVE_INFINITY) {
			const free = width - left - classes;
			if (verdict !== "" && free - displayWidth(verdict) - 2 < SUMMARY_LEAST) verdict = verdict.charAt(0);
			room = Math.max(SUMMARY_FLOOR, free - (verdict === "" ? 0 : displayWidth(verdict) + 2));
		}
		const summary = truncate(this.#summariser.summary(entry), room);
		return (
			palette.dim(numbered + at) +
			` ${palette.session(session.padEnd(this.#sessionWidth))} ` +
			palette.dim(carrier) +
			`${from.padEnd(this.#fromWidth)} → ${to.padEnd(this.#toWidth)} ` +
			palette.protocol(protocol.padEnd(4)) +
			(classes === 0 ? "" : ` ${paintClass(entry, label, codes, this.#narrow, palette)}${" ".repeat(this.#classWidth - shown)}`) +
			` ${paintSummary(entry, summary, palette)}` +
			(verdict === "" ? "" : `  ${palette.severity[severityOf(worst(entry.problems)!)](verdict)}`)
		);
	}
}

const PROTOCOL_NAMES: Readonly<Record<Entry["protocol"], string>> = {
	sip: "SIP",
	msrp: "MSRP",
	tls: "TLS",
	websocket: "WS",
	tcp: "TCP",
	unparsed: "?",
	keepalive: "·",
};

/** Keeps the beginning, and the end with the port. */
function shorten(name: string, most: number): string {
	return name.length <= most ? name : `${name.slice(0, most - 13)}…${name.slice(-12)}`;
}

function carrierName(entry: Entry): string {
	return entry.over === "exported" ? "exp" : entry.over;
}

function announcesMsrp(entry: Entry): boolean {
	return entry.protocol === "sip" && entry.sdp !== undefined && entry.sdp.media.some((media) => media.msrp !== undefined);
}

function paintClass({ verdict }: Entry, label: string, codes: string, narrow: boolean, palette: Palette): string {
	if (verdict === undefined) return "";
	const severity = worstDivergence(verdict.divergences);
	const tail = severity === undefined ? "" : (narrow ? "" : " ") + palette.severity[severity](codes);
	return palette.classes[classTone(verdict.headline)](label) + tail;
}

/** "✗ sip.bad-start-line +2": the worst finding and how many more; findings of level chat are not worth a column. */
function problemTag(problems: readonly Problem[]): string {
	const first = worst(problems);
	if (!first || severityOf(first) === "chat") return "";
	const others = problems.reduce((sum, problem) => (severityOf(problem) === "chat" ? sum : sum + 1), -1);
	return `${severityMark(severityOf(first))} ${first.id satisfies DiagnosticId}${others > 0 ? ` +${others}` : ""}`;
}

function paintSummary(entry: Entry, summary: string, palette: Palette): string {
	if (entry.protocol !== "sip" && entry.protocol !== "msrp") return palette.dim(summary);
	const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
	const space = summary.indexOf(" ");
	const word = space < 0 ? summary : summary.slice(0, space);
	const rest = space < 0 ? "" : summary.slice(space);
	const paint = frame.kind === "request" ? palette.request : frame.status >= 400 ? palette.failure : palette.success;
	return paint(word) + rest;
}
