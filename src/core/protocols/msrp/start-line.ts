import type { Problem } from "../../model/problem.js";
import { CLASS, CR, DIGIT, HTAB, IDENT_MARK, LF, LOWER, SP, UPPER } from "./octets.js";

/** A start line in the text that was matched. */
export interface StartLine {
	kind: "request" | "response";
	transactionId: string;
	method: string;
	status: number;
	/** octets as received, one character each */
	comment: string;
	problems: Problem[] | null;
}

/** IANA registry: RFC 4975 §14.1, RFC 4976, RFC 7701. */
const METHODS: ReadonlySet<string> = new Set(["SEND", "REPORT", "AUTH", "NICKNAME"]);
const STATUS_CODES: ReadonlySet<number> = new Set([200, 400, 401, 403, 404, 408, 413, 415, 423, 424, 425, 428, 481, 501, 506]);
/** Longer identifiers are no identifiers; bounds what the end-line search compares at each place. */
const MAX_ID = 128;
const LOOSE = /^MSRP([ \t]+)([^ \t]+)([ \t]+)(?:([A-Za-z]+)|([0-9]+)(?:([ \t]+)(.*?))?)([ \t]*)$/s;

/** Can buf[pos, end) begin a start line? RFC 4975 §9: "MSRP" then (leniently) white space. */
export function couldBeStartLine(buf: Buffer, pos: number, end: number): "yes" | "no" | "maybe" {
	const n = Math.min(end - pos, 5);
	for (let i = 0; i < n; i++) {
		const c = buf[pos + i];
		if (i === 4 ? c !== SP && c !== HTAB : c !== "MSRP".charCodeAt(i)) return "no";
	}
	return n === 5 ? "yes" : "maybe";
}

/** Where the text of the line text[from, to) ends: `to` counts the line end. */
export function textEnd(text: string, from: number, to: number): number {
	let end = to;
	if (end > from && text.charCodeAt(end - 1) === LF) end--;
	if (end > from && end < to && text.charCodeAt(end - 1) === CR) end--;
	return end;
}

/** Matches a line (without its line end) against the grammar of RFC 4975 §9, to the letter. */
export function matchStartLine(text: string, from: number, to: number): StartLine | null {
	if (!text.startsWith("MSRP ", from)) return null;
	const idStart = from + 5;
	let i = idStart;
	for (; i < to; i++) {
		const c = text.charCodeAt(i);
		if (c > 255 || (CLASS[c]! & (DIGIT | UPPER | LOWER | IDENT_MARK)) === 0) break;
	}
	const length = i - idStart;
	if (length < 4 || length > 32 || i + 1 >= to || text.charCodeAt(i) !== SP) return null;
	if ((CLASS[text.charCodeAt(idStart)]! & IDENT_MARK) !== 0) return null;
	const transactionId = text.slice(idStart, i);
	const rest = i + 1;
	return matchMethod(text, rest, to, transactionId) ?? matchStatus(text, rest, to, transactionId);
}

function matchMethod(text: string, from: number, to: number, transactionId: string): StartLine | null {
	for (let i = from; i < to; i++) {
		const c = text.charCodeAt(i);
		if (c < 65 || c > 90) return null;
	}
	const method = text.slice(from, to);
	const problems: Problem[] | null = METHODS.has(method) ? null : [{ id: "msrp.unknown-method", offset: 0, length: to, detail: method }];
	return { kind: "request", transactionId, method, status: 0, comment: "", problems };
}

function matchStatus(text: string, from: number, to: number, transactionId: string): StartLine | null {
	if (to < from + 3) return null;
	let status = 0;
	for (let i = from; i < from + 3; i++) {
		const c = text.charCodeAt(i) - 48;
		if (c < 0 || c > 9) return null;
		status = status * 10 + c;
	}
	let comment = "";
	if (to > from + 3) {
		if (text.charCodeAt(from + 3) !== SP) return null;
		comment = text.slice(from + 4, to);
	}
	return { kind: "response", transactionId, method: "", status, comment, problems: unknownStatus(status, to) };
}

function unknownStatus(status: number, length: number): Problem[] | null {
	return STATUS_CODES.has(status) ? null : [{ id: "msrp.unknown-status-code", offset: 0, length, detail: String(status) }];
}

/** The lenient form: other white space, identifiers out of the grammar, lower-case methods, any number of digits. */
export function matchLooseStartLine(line: string): StartLine | null {
	const m = LOOSE.exec(line);
	if (m === null) return null;
	const [, gap1, id, gap2, method, digits, gap3, comment, tail] = m;
	if (id!.length > MAX_ID) return null;
	const problems: Problem[] = [];
	const head = (id: Problem["id"], detail: string): void => void problems.push({ id, offset: 0, length: line.length, detail });
	if (
		gap1 !== " " ||
		gap2 !== " " ||
		(gap3 !== undefined && gap3 !== " " && comment !== "") ||
		(tail !== "" && gap3 === undefined && method !== undefined)
	) {
		problems.push({ id: "msrp.start-line-spacing", offset: 0, length: line.length });
	}
	if (matchStartLine(`MSRP ${id} SEND`, 0, id!.length + 10) === null) {
		problems.push({ id: "msrp.bad-transaction-id", offset: 4 + gap1!.length, length: id!.length });
	}
	if (method !== undefined) {
		const upper = method.toUpperCase();
		if (upper !== method) head("msrp.method-case", method);
		if (!METHODS.has(upper)) head("msrp.unknown-method", method);
		return { kind: "request", transactionId: id!, method, status: 0, comment: "", problems };
	}
	const status = Number(digits);
	if (digits!.length !== 3) head("msrp.bad-status-code", digits!);
	else if (!STATUS_CODES.has(status)) head("msrp.unknown-status-code", digits!);
	return { kind: "response", transactionId: id!, method: "", status, comment: comment ?? "", problems };
}
