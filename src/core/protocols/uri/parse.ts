import { isDigits } from "./chars.js";
import { addFault, findParam, parseParams } from "./params.js";
import type { Uri } from "./types.js";

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** anything outside printable ASCII, or a "%" that starts no escape */
const UNUSUAL = /[^\x21-\x7e]|%(?![0-9A-Fa-f]{2})/;
const HOST = /^[A-Za-z0-9._~%-]+$/;
const GLOBAL_NUMBER = /^\+[0-9().-]+$/;
const LOCAL_NUMBER = /^[0-9A-Fa-f*#().-]+$/;

/**
 * Splits a URI (RFC 3261 §19.1, RFC 3966 §3, RFC 3860). Nothing is unescaped. Never throws: what is wrong is in `faults`:
 * "no-scheme", "whitespace", "control", "non-ascii", "bad-escape", "empty-user", "empty-host", "bad-host", "bad-port",
 * "ipv6-unbracketed", "ipv6-unterminated", "empty-param", "empty-value", "duplicate-param", "params-not-allowed",
 * "empty-number", "bad-number", "no-phone-context".
 */
export function parseUri(text: string): Uri {
	const uri: Uri = {
		text,
		scheme: "",
		user: undefined,
		password: undefined,
		host: "",
		port: undefined,
		params: [],
		headers: undefined,
		faults: [],
	};
	if (UNUSUAL.test(text)) characterFaults(text, uri.faults);
	const colon = text.indexOf(":");
	const scheme = colon < 0 ? "" : text.slice(0, colon).trim();
	if (!SCHEME.test(scheme)) {
		addFault(uri.faults, "no-scheme");
		return uri;
	}
	uri.scheme = scheme.toLowerCase();
	const rest = colon + 1;
	switch (uri.scheme) {
		case "sip":
		case "sips":
		case "im":
		case "pres":
			parseHierarchy(uri, text, rest, true);
			if (uri.params.length > 0 && (uri.scheme === "im" || uri.scheme === "pres")) addFault(uri.faults, "params-not-allowed");
			break;
		case "tel":
			parseTel(uri, text, rest);
			break;
		default:
			if (text.startsWith("//", rest)) parseHierarchy(uri, text, rest + 2, false);
	}
	return uri;
}

function characterFaults(text: string, faults: string[]): void {
	if (/[ \t\r\n]/.test(text)) addFault(faults, "whitespace");
	if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) addFault(faults, "control");
	if (/[^\x00-\x7f]/.test(text)) addFault(faults, "non-ascii");
	if (/%(?![0-9A-Fa-f]{2})/.test(text)) addFault(faults, "bad-escape");
}

/** userinfo@host:port;params?headers from `start`; of a general URI only the authority, which ends at "/", "?" or "#". */
function parseHierarchy(uri: Uri, text: string, start: number, sip: boolean): void {
	let end = text.length;
	if (!sip) {
		const path = text.slice(start).search(/[/?#]/);
		if (path >= 0) end = start + path;
	}
	// Userinfo may hold ; ? and / but no later part may hold a bare @, so the last one ends it.
	const at = text.lastIndexOf("@", end - 1);
	let hostStart = start;
	if (at >= start) {
		hostStart = at + 1;
		const password = text.indexOf(":", start);
		const hasPassword = password >= 0 && password < at;
		uri.user = text.slice(start, hasPassword ? password : at);
		if (hasPassword) uri.password = text.slice(password + 1, at);
		if (uri.user === "") addFault(uri.faults, "empty-user");
	}
	let tail = hostStart;
	while (tail < end && text.charCodeAt(tail) !== 59 && text.charCodeAt(tail) !== 63) tail++;
	parseHostPort(uri, text, hostStart, tail);
	if (!sip || tail >= end) return;
	let paramsEnd = end;
	const question = text.indexOf("?", tail);
	if (question >= 0) {
		paramsEnd = question;
		uri.headers = text.slice(question + 1);
	}
	if (paramsEnd > tail) uri.params = parseParams(text, tail, paramsEnd, uri.faults, false);
}

function parseHostPort(uri: Uri, text: string, start: number, end: number): void {
	const { host, port, faults } = splitHostPort(text, start, end);
	uri.host = host;
	uri.port = port;
	for (const fault of faults) addFault(uri.faults, fault);
}

const NO_FAULTS: readonly string[] = [];

export interface HostPort {
	/** brackets of an IPv6 reference removed */
	host: string;
	port: number | undefined;
	faults: readonly string[];
}

/** host [":" port] of RFC 3261 §25.1; an IPv6 address without brackets is taken whole, never cut at a colon (RFC 5118 §4.2). */
export function splitHostPort(text: string, start: number, end: number): HostPort {
	if (start >= end) return { host: "", port: undefined, faults: ["empty-host"] };
	let host: string;
	let colon: number;
	const faults: string[] = [];
	if (text.charCodeAt(start) === 91) {
		const close = text.indexOf("]", start);
		if (close < 0 || close >= end) return { host: text.slice(start + 1, end), port: undefined, faults: ["ipv6-unterminated"] };
		host = text.slice(start + 1, close);
		if (!/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(host)) faults.push(host === "" ? "empty-host" : "bad-host");
		colon = close + 1;
		if (colon < end && text.charCodeAt(colon) !== 58) return { host, port: undefined, faults: [...faults, "bad-port"] };
	} else {
		colon = text.indexOf(":", start);
		if (colon < 0 || colon >= end) colon = end;
		else {
			const second = text.indexOf(":", colon + 1);
			if (second >= 0 && second < end && /^[0-9A-Fa-f:.]+$/.test(text.slice(start, end))) {
				return { host: text.slice(start, end), port: undefined, faults: ["ipv6-unbracketed"] };
			}
		}
		host = text.slice(start, colon);
		if (host === "") faults.push("empty-host");
		else if (!HOST.test(host)) faults.push("bad-host");
	}
	if (colon >= end) return { host, port: undefined, faults: faults.length > 0 ? faults : NO_FAULTS };
	const digits = isDigits(text, colon + 1, end) ? text.slice(colon + 1, end).replace(/^0+(?=.)/, "") : "";
	const port = digits !== "" && digits.length <= 5 && Number(digits) <= 65535 ? Number(digits) : undefined;
	if (port === undefined) faults.push("bad-port");
	return { host, port, faults };
}

/** RFC 3966 §3. */
function parseTel(uri: Uri, text: string, start: number): void {
	const semicolon = text.indexOf(";", start);
	const end = semicolon < 0 ? text.length : semicolon;
	uri.user = text.slice(start, end);
	if (uri.user === "") addFault(uri.faults, "empty-number");
	else if (!(GLOBAL_NUMBER.test(uri.user) || LOCAL_NUMBER.test(uri.user)) || !/[0-9A-Fa-f*#]/.test(uri.user))
		addFault(uri.faults, "bad-number");
	if (semicolon >= 0) uri.params = parseParams(text, semicolon, text.length, uri.faults, false);
	if (uri.user !== "" && !uri.user.startsWith("+") && findParam(uri.params, "phone-context") === undefined) {
		addFault(uri.faults, "no-phone-context");
	}
}
