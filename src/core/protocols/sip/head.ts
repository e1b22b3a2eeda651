import type { Limits } from "../../model/limits.js";
import { isSpace, skipSpace, trimEnd } from "../uri/chars.js";
import { sameName } from "./names.js";

/** Places of one header row in `Head.rows`. */
export const ROW_START = 0;
/** end of the name, white space before the colon excluded; equal to the start when there is no colon */
export const ROW_NAME_END = 1;
/** after the colon; the start of the row when there is no colon */
export const ROW_VALUE = 2;
/** after the line end, folds included */
export const ROW_END = 3;
export const ROW_STRIDE = 4;

/** `Head.contentLength` when it is no number. */
export const LENGTH_ABSENT = -1;
export const LENGTH_BAD = -2;
export const LENGTH_CONFLICT = -3;

/** Where things are in a start line and header section; offsets count octets (= latin1 characters) from the frame's start. */
export interface Head {
	/** ROW_STRIDE numbers a row */
	rows: number[];
	/** octet after the empty line; -1 when it has not come */
	end: number;
	/** octets of the start line without its line end */
	startLineEnd: number;
	/** offset of the first line end that is LF alone, -1 when there is none, and how many there are */
	bareLf: number;
	bareLfCount: number;
	/** octets of the body, or one of the LENGTH_ constants */
	contentLength: number;
	/** row (index into `rows`) that `contentLength` is about; -1 when there is none */
	contentLengthRow: number;
	/** row beyond a limit (index into `rows`), -1 when there is none */
	tooLarge: number;
	/** rows that were not indexed because of the limit */
	dropped: number;
	/** the head ended without empty line because a start line begins at `end` */
	cut: boolean;
}

/**
 * Finds the rows of a head that begins at text[0] (latin1 text). With `final` the text is all there is, so a last line without
 * line end counts; otherwise `end` is -1 when the empty line is not in the text. With `stream` a start line among the rows
 * ends the head (`cut`): its empty line was lost. RFC 3261 §7.3.1.
 */
export function indexHead(text: string, length: number, limits: Limits, final: boolean, stream = false): Head {
	const rows: number[] = [];
	const head: Head = {
		rows,
		end: -1,
		startLineEnd: -1,
		bareLf: -1,
		bareLfCount: 0,
		contentLength: LENGTH_ABSENT,
		contentLengthRow: -1,
		tooLarge: -1,
		dropped: 0,
		cut: false,
	};
	let lengthRows: number[] | null = null;
	let line = 0;
	let last = -1;
	while (line < length) {
		let lf = text.indexOf("\n", line);
		let contentEnd: number;
		if (lf < 0 || lf >= length) {
			if (!final) return head;
			lf = length - 1;
			contentEnd = length;
		} else if (lf > line && text.charCodeAt(lf - 1) === 13) contentEnd = lf - 1;
		else {
			contentEnd = lf;
			if (head.bareLfCount++ === 0) head.bareLf = lf;
		}
		const next = lf + 1;
		if (head.startLineEnd < 0) head.startLineEnd = contentEnd;
		else if (contentEnd === line) {
			head.end = next;
			break;
		} else {
			if (stream && isStartLine(text, line, contentEnd)) {
				head.end = line;
				head.cut = true;
				break;
			}
			const code = text.charCodeAt(line);
			if ((code === 32 || code === 9) && last >= 0) rows[last + ROW_END] = next;
			else if (rows.length >= limits.sipHeaders * ROW_STRIDE) {
				head.dropped++;
				last = -1;
				if (isContentLength(text, line, nameEndOf(text, line, contentEnd))) {
					last = pushRow(text, line, contentEnd, next, rows);
					if (lengthRows === null) lengthRows = [last];
					else lengthRows.push(last);
				}
			} else {
				last = pushRow(text, line, contentEnd, next, rows);
				if (isContentLength(text, line, rows[last + ROW_NAME_END]!)) {
					if (lengthRows === null) lengthRows = [last];
					else lengthRows.push(last);
				}
			}
			if (last >= 0 && next - rows[last]! > limits.sipHeaderLine && head.tooLarge < 0) head.tooLarge = last;
		}
		line = next;
	}
	if (lengthRows !== null) readContentLength(text, head, lengthRows);
	return head;
}

/** Strict and cheap: `SIP/2.0 SP` at the start, or `METHOD SP scheme:... SP SIP/d.d`. No header row has either form. */
function isStartLine(text: string, start: number, end: number): boolean {
	if (text.charCodeAt(end - 8) === 32 && text.startsWith("SIP/", end - 7)) {
		return /^[A-Z]+ [A-Za-z][A-Za-z0-9+.-]*:[^ ]+ SIP\/\d\.\d$/.test(text.slice(start, end));
	}
	return text.charCodeAt(start) === 83 && text.startsWith("SIP/2.0 ", start);
}

function nameEndOf(text: string, start: number, end: number): number {
	let i = start;
	while (i < end && text.charCodeAt(i) !== 58) i++;
	if (i === end) return start;
	while (i > start && isSpace(text.charCodeAt(i - 1))) i--;
	return i;
}

function pushRow(text: string, start: number, end: number, next: number, rows: number[]): number {
	let colon = start;
	while (colon < end && text.charCodeAt(colon) !== 58) colon++;
	let nameEnd = start;
	let value = start;
	if (colon < end) {
		nameEnd = colon;
		value = colon + 1;
		while (nameEnd > start && isSpace(text.charCodeAt(nameEnd - 1))) nameEnd--;
	}
	return rows.push(start, nameEnd, value, next) - ROW_STRIDE;
}

function isContentLength(text: string, start: number, nameEnd: number): boolean {
	const length = nameEnd - start;
	if (length === 1) return (text.charCodeAt(start) | 32) === 108;
	return length === 14 && (text.charCodeAt(start) | 32) === 99 && sameName(text, start, "content-length");
}

/** Values above this cannot be meant: no SIP message has 4 GiB. */
const MAX_LENGTH = 2 ** 32 - 1;

function readContentLength(text: string, head: Head, lengthRows: readonly number[]): void {
	for (const row of lengthRows) {
		const value = parseLength(text, head.rows[row + ROW_VALUE]!, head.rows[row + ROW_END]!);
		if (value < 0) {
			head.contentLength = LENGTH_BAD;
			head.contentLengthRow = row;
			return;
		}
		if (head.contentLength === LENGTH_ABSENT) {
			head.contentLength = value;
			head.contentLengthRow = row;
		} else if (head.contentLength !== value) {
			head.contentLength = LENGTH_CONFLICT;
			head.contentLengthRow = row;
			return;
		}
	}
}

/** Decimal digits with white space around them; -1 when the text is anything else. */
function parseLength(text: string, from: number, to: number): number {
	const start = skipSpace(text, from, to);
	const end = trimEnd(text, start, to);
	if (start >= end) return -1;
	let value = 0;
	for (let i = start; i < end; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value <= MAX_LENGTH ? value : -1;
}
