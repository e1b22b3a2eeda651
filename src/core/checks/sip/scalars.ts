import { isDigits, isSpace, isToken, skipSpace } from "../../protocols/uri/chars.js";
import type { Findings } from "./findings.js";

/** A decimal number of any length that is at least `bound`. */
export function isDecimalAtLeast(text: string, bound: number): boolean {
	return isDigits(text) && Number(text) >= bound;
}

/** CSeq (RFC 3261 §8.1.1.5, §20.16): below 2^31, and the method of the request. */
export function checkCSeq(findings: Findings, start: number, end: number): void {
	const { text, message } = findings;
	let i = start;
	let value = 0;
	for (; i < end; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (digit < 0 || digit > 9) break;
		value = value * 10 + digit;
	}
	const digitsEnd = i;
	i = skipSpace(text, i, end);
	if (digitsEnd === start || i === digitsEnd || !isToken(text, i, end)) {
		findings.add("sip.bad-header-value", start, end - start, "CSeq is not a number and a method");
		return;
	}
	if (value >= 2 ** 31) findings.add("sip.cseq-out-of-range", start, digitsEnd - start);
	if (message.kind === "request" && !(end - i === message.method.length && text.startsWith(message.method, i))) {
		findings.add("sip.cseq-method-mismatch", i, end - i, `${findings.quote(i, end)} in a ${message.method}`);
	}
}

/** Max-Forwards (RFC 3261 §20.22). */
export function checkMaxForwards(findings: Findings, start: number, end: number): void {
	const value = findings.text.slice(start, end);
	if (!isDigits(value)) findings.add("sip.bad-header-value", start, end - start, "Max-Forwards is no number");
	else if (Number(value) > 255) findings.add("sip.max-forwards-out-of-range", start, end - start);
	else if (Number(value) === 0) findings.add("sip.max-forwards-zero", start, end - start);
}

/** Expires (RFC 3261 §20.19). */
export function checkExpires(findings: Findings, start: number, end: number): void {
	const value = findings.text.slice(start, end);
	if (!isDigits(value)) findings.add("sip.bad-header-value", start, end - start, "Expires is no number");
	else if (Number(value) >= 2 ** 32) findings.add("sip.expires-out-of-range", start, end - start);
}

const YEAR = 366 * 86400;

/** Retry-After (RFC 3261 §20.33): seconds, then a comment or parameters. */
export function checkRetryAfter(findings: Findings, start: number, end: number): void {
	const digits = /^[0-9]+/.exec(findings.text.slice(start, end))?.[0];
	if (digits === undefined) findings.add("sip.bad-header-value", start, end - start, "Retry-After is no number");
	else if (Number(digits) > YEAR) findings.add("sip.retry-after-implausible", start, digits.length);
}

/** Warning (RFC 3261 §20.43): each value begins with three digits. */
export function checkWarning(findings: Findings, start: number, end: number): void {
	const code = /^[^\s"]*/.exec(findings.text.slice(start, end))![0];
	if (!/^[0-9]{3}$/.test(code)) findings.add("sip.bad-warning-code", start, Math.max(code.length, 1), code.slice(0, 40));
}

const RFC1123_DATE =
	/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/i;

/** Date (RFC 3261 §20.17): the RFC 1123 form, GMT only. */
export function checkDate(findings: Findings, start: number, end: number): void {
	const value = findings.text.slice(start, end).replace(/\s+/g, " ");
	if (!RFC1123_DATE.test(value)) findings.add("sip.bad-date", start, end - start, value.slice(0, 80));
}

const MEDIA_TYPE = /[A-Za-z0-9\-.!%*_+`'~]+[ \t\r\n]*\/[ \t\r\n]*[A-Za-z0-9\-.!%*_+`'~]+[ \t\r\n]*(?:;|$)/y;

/** Content-Type (RFC 3261 §20.15). */
export function checkContentType(findings: Findings, start: number, end: number): void {
	MEDIA_TYPE.lastIndex = 0;
	if (!MEDIA_TYPE.test(findings.text.slice(start, end))) findings.add("sip.bad-header-value", start, end - start, "no type/subtype");
}

/** Call-ID (RFC 3261 §20.8): one word, maybe with "@" and another; quotes and brackets mean nothing in it. */
export function checkCallId(findings: Findings, start: number, end: number): void {
	for (let i = start; i < end; i++) {
		if (isSpace(findings.text.charCodeAt(i))) {
			findings.add("sip.bad-header-value", start, end - start, "white space in Call-ID");
			return;
		}
	}
	if (start === end) findings.add("sip.bad-header-value", start, 0, "empty Call-ID");
}
