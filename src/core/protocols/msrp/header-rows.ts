import type { Problem } from "../../model/problem.js";
import { exactHeader, HEADER_IDS, HEADER_NAMES, REPEATABLE } from "./header-names.js";
import { CLASS, COLON, CR, HTAB, LF, LOWER, SP, TOKEN, UPPER } from "./octets.js";
import { textEnd } from "./start-line.js";

/** Numbers per header in a row list: id (-1: unknown), line start, index of the colon, line end. */
export const ROW = 4;

export interface HeaderRows {
	rows: number[];
	problems: Problem[] | null;
	/** a line ended with LF alone */
	bareLf: boolean;
	/** nothing but printable US-ASCII: values need no UTF-8 decoding */
	ascii: boolean;
}

const ODD = /[^\x20-\x7e\r\n]|\r(?!\n)/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const HIGH = /[\x80-\xff]/;

/**
 * Reads the header lines text[lines[i], lines[i + 1]) (line ends included) of a head; lines[0] is the start line.
 * `text` has one character per octet. Nothing is copied: a row is four offsets.
 * Problems come in line order, offsets from the frame's first octet.
 */
export function readHeaderRows(text: string, lines: readonly number[], headEnd: number): HeaderRows {
	const rows: number[] = [];
	let problems: Problem[] | null = null;
	let bareLf = false;
	const odd = ODD.test(text.length === headEnd ? text : text.slice(0, headEnd));
	let seen = 0;
	const note = (id: Problem["id"], offset: number, length: number, detail?: string): void => {
		problems ??= [];
		problems.push(detail === undefined ? { id, offset, length } : { id, offset, length, detail });
	};
	for (let i = 0; i + 1 < lines.length; i++) {
		const from = lines[i]!;
		const to = lines[i + 1]!;
		if (!bareLf && text.charCodeAt(to - 1) === LF && text.charCodeAt(to - 2) !== CR) {
			bareLf = true;
			note("msrp.bare-lf", from, to - from);
		}
		if (i === 0) continue;
		const end = textEnd(text, from, to);
		const first = text.charCodeAt(from);
		if (first === SP || first === HTAB) {
			note("msrp.folded-header", from, end - from);
			continue;
		}
		// The blank line that opens the body is the last of `lines`: it counts for line ends only.
		if (end === from) continue;
		let id = exactHeader(text, from);
		let colon: number;
		if (id >= 0) {
			colon = from + HEADER_NAMES[id]!.length;
			const next = text.charCodeAt(colon + 2);
			if (next === SP || next === HTAB) note("msrp.header-colon-space", from, end - from);
		} else {
			colon = colonOf(text, from, end);
			if (colon < 0) {
				note("msrp.malformed-header", from, end - from);
				continue;
			}
			const name = text.slice(from, colon);
			id = HEADER_IDS.get(name.toLowerCase()) ?? -1;
			if (id >= 0 && HEADER_NAMES[id] !== name) note("msrp.header-name-case", from, colon - from, name);
			if (!oneSpaceAfter(text, colon, end)) note("msrp.header-colon-space", from, end - from);
		}
		if (id >= 0) {
			const bit = 1 << id;
			if ((seen & bit) !== 0 && (bit & REPEATABLE) === 0) note("msrp.duplicate-header", from, end - from, HEADER_NAMES[id]);
			seen |= bit;
		}
		if (odd) {
			const line = text.slice(from, end);
			if (CONTROL.test(line)) note("msrp.control-in-header", from, end - from);
			if (HIGH.test(line) && Buffer.from(line, "latin1").toString("utf8").includes("\ufffd") && !isUtf8(line)) {
				note("msrp.invalid-utf8-header", from, end - from);
			}
		}
		rows.push(id, from, colon, to);
	}
	return { rows, problems, bareLf, ascii: !odd };
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

/** U+FFFD may also have been sent as such. */
function isUtf8(line: string): boolean {
	const octets = Buffer.from(line, "latin1");
	return Buffer.from(octets.toString("utf8"), "utf8").equals(octets);
}
