import type { DiagnosticId, Problem } from "../../model/problem.js";
import { exactHeader, FROM_PATH, HEADER_IDS, HEADER_NAMES, REPEATABLE, TO_PATH } from "./header-names.js";
import { CLASS, COLON, CR, HTAB, LOWER, SP, TOKEN, UPPER } from "./octets.js";
import { type Path, type PathMemory, type Paths, takePathApart } from "./path-check.js";
import { textEnd } from "./start-line.js";

/** Numbers per header in a row list: id (-1: unknown), line start, index of the colon, line end. */
export const ROW = 4;

export interface HeaderRows {
	rows: number[];
	/** bit per id in `HEADER_NAMES` that occurs */
	seen: number;
	problems: Problem[] | null;
	/** a line ended with LF alone */
	bareLf: boolean;
	/** nothing but printable US-ASCII: values need no UTF-8 decoding */
	ascii: boolean;
	to: Path | null;
	from: Path | null;
}

const ODD = /[^\x20-\x7e\r\n]|\r(?!\n)/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const HIGH = /[\x80-\xff]/;

/**
 * Reads the header lines text[lines[i], lines[i + 1]) (line ends included) of a head; lines[0] is the start line.
 * `text` has one character per octet. Nothing is copied: a row is four offsets.
 * Problems come in line order, offsets from the frame's first octet; those of the start line are given.
 */
export function readHeaderRows(text: string, lines: readonly number[], paths: Paths, startLineProblems: Problem[] | null): HeaderRows {
	const out: HeaderRows = { rows: [], seen: 0, problems: startLineProblems, bareLf: false, ascii: true, to: null, from: null };
	const last = lines.length - 1;
	let i = 1;
	if (text.charCodeAt(lines[1]! - 2) !== CR) noteBareLf(out, 0, lines[1]!);
	else if (last > 2) i = readKnownPaths(out, text, lines, paths);
	const rest = lines[i]!;
	const headEnd = lines[last]!;
	out.ascii = rest === headEnd || !ODD.test(text.slice(rest, headEnd));
	for (; i < last; i++) {
		const from = lines[i]!;
		const to = lines[i + 1]!;
		if (text.charCodeAt(to - 2) !== CR && !out.bareLf) noteBareLf(out, from, to);
		const end = textEnd(text, from, to);
		// The blank line that opens the body is the last of `lines`: it counts for line ends only.
		if (end === from) continue;
		const id = exactHeader(text, from);
		if (id < 0) {
			readOddLine(out, text, from, end, to);
			continue;
		}
		const colon = from + HEADER_NAMES[id]!.length;
		const next = text.charCodeAt(colon + 2);
		if (next === SP || next === HTAB) note(out, "msrp.header-colon-space", from, end - from);
		take(out, text, id, from, colon, end, to);
	}
	if (out.to === null) out.to = learn(out, text, TO_PATH, paths.to);
	if (out.from === null) out.from = learn(out, text, FROM_PATH, paths.from);
	return out;
}

/** The usual case: the first two headers are the paths that the frame before had. Returns the index of the line after them. */
function readKnownPaths(out: HeaderRows, text: string, lines: readonly number[], paths: Paths): number {
	const to = paths.to.lastAt(text, lines[1]!, lines[2]!);
	if (to === undefined) return 1;
	out.to = to;
	out.rows.push(TO_PATH, lines[1]!, lines[1]! + HEADER_NAMES[TO_PATH].length, lines[2]!);
	out.seen |= 1 << TO_PATH;
	const from = paths.from.lastAt(text, lines[2]!, lines[3]!);
	if (from === undefined) return 2;
	out.from = from;
	out.rows.push(FROM_PATH, lines[2]!, lines[2]! + HEADER_NAMES[FROM_PATH].length, lines[3]!);
	out.seen |= 1 << FROM_PATH;
	return 3;
}

/** Takes a path apart. Only lines without any fault are remembered as lines. */
function learn(out: HeaderRows, text: string, id: number, memory: PathMemory): Path | null {
	if ((out.seen & (1 << id)) === 0) return null;
	const { rows } = out;
	let r = 0;
	while (rows[r] !== id) r += ROW;
	const from = rows[r + 1]!;
	const to = rows[r + 3]!;
	const end = textEnd(text, from, to);
	const value = text.slice(rows[r + 2]! + 1, end);
	const plain =
		exactHeader(text, from) === id &&
		to - end === 2 &&
		!ODD.test(text.slice(from, to)) &&
		value.charCodeAt(1) !== SP &&
		value.charCodeAt(1) !== HTAB;
	return plain ? memory.learn(text, from, to, value) : takePathApart("", value);
}

function noteBareLf(out: HeaderRows, from: number, to: number): void {
	out.bareLf = true;
	note(out, "msrp.bare-lf", from, to - from);
}

function note(out: HeaderRows, id: DiagnosticId, offset: number, length: number, detail?: string): void {
	out.problems ??= [];
	out.problems.push(detail === undefined ? { id, offset, length } : { id, offset, length, detail });
}

/** A line that is not a known header in its own spelling. */
function readOddLine(out: HeaderRows, text: string, from: number, end: number, to: number): void {
	const first = text.charCodeAt(from);
	if (first === SP || first === HTAB) {
		note(out, "msrp.folded-header", from, end - from);
		return;
	}
	const colon = colonOf(text, from, end);
	if (colon < 0) {
		note(out, "msrp.malformed-header", from, end - from);
		return;
	}
	const name = text.slice(from, colon);
	const id = HEADER_IDS.get(name.toLowerCase()) ?? -1;
	if (id >= 0 && HEADER_NAMES[id] !== name) note(out, "msrp.header-name-case", from, colon - from, name);
	if (!oneSpaceAfter(text, colon, end)) note(out, "msrp.header-colon-space", from, end - from);
	take(out, text, id, from, colon, end, to);
}

function take(out: HeaderRows, text: string, id: number, from: number, colon: number, end: number, to: number): void {
	if (id >= 0) {
		const bit = 1 << id;
		if ((out.seen & bit) !== 0 && (bit & REPEATABLE) === 0) note(out, "msrp.duplicate-header", from, end - from, HEADER_NAMES[id]);
		out.seen |= bit;
	}
	if (!out.ascii) {
		const line = text.slice(from, end);
		if (CONTROL.test(line)) note(out, "msrp.control-in-header", from, end - from);
		if (HIGH.test(line) && !isUtf8(line)) note(out, "msrp.invalid-utf8-header", from, end - from);
	}
	out.rows.push(id, from, colon, to);
}

/** The colon of a line whose name is ALPHA *token (RFC 4975 §9 hname), or -1. */
function colonOf(text: string, from: number, end: number): number {
	if ((CLASS[text.charCodeAt(from)]! & (UPPER | LOWER)) === 0) return -1;
	for (let i = from + 1; i < end; i++) {
		const c = text.charCodeAt(i);
		if (c === COLON) return i;
		if ((CLASS[c]! & TOKEN) === 0) return -1;
	}
	return -1;
}

function oneSpaceAfter(text: string, colon: number, end: number): boolean {
	if (colon + 1 === end || text.charCodeAt(colon + 1) !== SP) return false;
	const next = colon + 2 < end ? text.charCodeAt(colon + 2) : 0;
	return next !== SP && next !== HTAB;
}

/** By a round trip, because U+FFFD may also have been sent as such. */
function isUtf8(line: string): boolean {
	const octets = Buffer.from(line, "latin1");
	return Buffer.from(octets.toString("utf8"), "utf8").equals(octets);
}
