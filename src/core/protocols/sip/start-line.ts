import type { Problem } from "../../model/problem.js";
import { isSpace, isToken } from "../uri/chars.js";

/** A request line or status line (RFC 3261 §7.1, §7.2) as far as it can be read; offsets count from its first octet. */
export interface StartLine {
	kind: "request" | "response";
	method: string;
	/** without brackets that do not belong */
	requestUri: string;
	uriStart: number;
	/** 0 when the status code is not three digits */
	status: number;
	/** the reason phrase is text[reasonStart, end) */
	reasonStart: number;
	problems: Problem[] | null;
}

const VERSION_AT_END = /[ \t]+SIP\/(\d{1,9})\.(\d{1,9})[ \t]*$/i;
const VERSION_AT_START = /^SIP\/(\d{1,9}\.\d{1,9})(?=[ \t]|$)/i;

/**
 * Reads text[0, end), a line without its line end. Odd but readable lines come back with problems
 * (RFC 4475 §3.1.2.7-§3.1.2.11, §3.1.2.16, §3.1.2.19); undefined when it is no SIP start line.
 * `loose` also takes a request line that lacks the version.
 */
export function parseStartLine(text: string, end: number, loose = false): StartLine | undefined {
	const first = text.charCodeAt(0);
	if ((first === 83 || first === 115) && text.charCodeAt(3) === 47) {
		const response = parseStatusLine(text, end);
		if (response !== undefined) return response;
	}
	return parseRequestLine(text, end, loose);
}

function parseRequestLine(text: string, end: number, loose: boolean): StartLine | undefined {
	const space = text.indexOf(" ");
	if (space <= 0 || space >= end || !isToken(text, 0, space)) return undefined;
	const method = text.slice(0, space);
	const uriStart = space + 1;
	if (end - 8 > uriStart && text.startsWith(" SIP/2.0", end - 8) && plainUri(text, uriStart, end - 8)) {
		const requestUri = text.slice(uriStart, end - 8);
		return { kind: "request", method, requestUri, uriStart, status: 0, reasonStart: 0, problems: null };
	}
	return parseOddRequestLine(text, end, method, uriStart, loose);
}

/** No white space, no bracket, no "?" and only ASCII in text[start, end): nothing to report and nothing to decode. */
function plainUri(text: string, start: number, end: number): boolean {
	for (let i = start; i < end; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code > 126 || code === 60 || code === 63) return false;
	}
	return true;
}

function parseOddRequestLine(text: string, end: number, method: string, afterSpace: number, loose: boolean): StartLine | undefined {
	const line = text.slice(0, end);
	const version = VERSION_AT_END.exec(line);
	const problems: Problem[] = [];
	let uriEnd = end;
	if (version !== null && version.index >= afterSpace) {
		uriEnd = version.index;
		const versionStart = end - version[0].trimStart().length;
		if (version[1] !== "2" || version[2] !== "0") {
			problems.push({ id: "sip.unsupported-version", offset: versionStart, length: version[0].trim().length, detail: version[0].trim() });
		}
		if (!/^ SIP/i.test(version[0])) spaces(problems, uriEnd, versionStart);
		const tail = version[0].length - version[0].trimEnd().length;
		if (tail > 0) spaces(problems, end - tail, end);
	} else if (loose) {
		problems.push({ id: "sip.bad-start-line", offset: 0, length: end, detail: "no SIP version" });
		while (uriEnd > afterSpace && isSpace(text.charCodeAt(uriEnd - 1))) uriEnd--;
	} else return undefined;
	let uriStart = afterSpace;
	while (uriStart < uriEnd && isSpace(text.charCodeAt(uriStart))) uriStart++;
	if (uriStart > afterSpace) spaces(problems, afterSpace, uriStart);
	if (uriStart >= uriEnd) return undefined;
	let requestUri = text.slice(uriStart, uriEnd);
	const span = { offset: uriStart, length: requestUri.length };
	if (requestUri.startsWith("<")) {
		problems.push({ id: "sip.request-uri-brackets", ...span });
		requestUri = requestUri.slice(1, requestUri.endsWith(">") ? -1 : undefined);
	}
	if (/[ \t]/.test(requestUri)) problems.push({ id: "sip.request-uri-whitespace", ...span });
	const question = requestUri.indexOf("?", requestUri.lastIndexOf("@") + 1);
	if (question >= 0 && /^sips?:/i.test(requestUri)) {
		const offset = uriStart + text.slice(uriStart, uriEnd).indexOf(requestUri) + question;
		problems.push({
			id: "sip.request-uri-headers",
			offset,
			length: requestUri.length - question,
			detail: requestUri.slice(question, question + 80),
		});
	}
	if (/[^\x00-\x7f]/.test(requestUri)) requestUri = Buffer.from(requestUri, "latin1").toString("utf8");
	const found = problems.length > 0 ? problems : null;
	return { kind: "request", method, requestUri, uriStart, status: 0, reasonStart: 0, problems: found };
}

function spaces(problems: Problem[], from: number, to: number): void {
	problems.push({ id: "sip.start-line-extra-space", offset: from, length: to - from });
}

function parseStatusLine(text: string, end: number): StartLine | undefined {
	// The common form first: SIP/2.0 SP 3DIGIT SP.
	if (text.startsWith("SIP/2.0 ") && text.charCodeAt(11) === 32 && end >= 12) {
		const a = text.charCodeAt(8) - 48;
		const b = text.charCodeAt(9) - 48;
		const c = text.charCodeAt(10) - 48;
		if (a >= 1 && a <= 6 && b >= 0 && b <= 9 && c >= 0 && c <= 9) return response(a * 100 + b * 10 + c, 12, null);
	}
	const line = text.slice(0, end);
	const version = VERSION_AT_START.exec(line);
	if (version === null) return undefined;
	const problems: Problem[] = [];
	if (version[1] !== "2.0") {
		problems.push({ id: "sip.unsupported-version", offset: 0, length: version[0].length, detail: version[0] });
	}
	const rest = /^([ \t]*)([^ \t]*)([ \t]?)/.exec(line.slice(version[0].length))!;
	const codeStart = version[0].length + rest[1]!.length;
	const code = rest[2]!;
	if (rest[1] !== " ") spaces(problems, version[0].length, codeStart);
	const threeDigits = /^\d{3}$/.test(code);
	const status = threeDigits ? Number(code) : 0;
	if (status < 100 || status > 699) {
		problems.push({ id: "sip.bad-status-code", offset: codeStart, length: code.length, detail: code.slice(0, 40) });
	}
	const reasonStart = codeStart + code.length + rest[3]!.length;
	if (rest[3] === "") problems.push({ id: "sip.bad-start-line", offset: reasonStart, length: 0, detail: "no SP after the status code" });
	return response(status, reasonStart, problems.length > 0 ? problems : null);
}

function response(status: number, reasonStart: number, problems: Problem[] | null): StartLine {
	return { kind: "response", method: "", requestUri: "", uriStart: 0, status, reasonStart, problems };
}
