import { canonicalHost } from "./ip.js";
import { parseUri } from "./parse.js";
import { canonicalEscapes } from "./percent.js";
import { phoneNumber, telDifference } from "./tel.js";
import type { Uri, UriParam } from "./types.js";

/** octet: same text; uri: RFC 3261 §19.1.4, RFC 3966 §4; aor: user and host; number: E.164 digits. */
export type CompareLevel = "octet" | "uri" | "aor" | "number";

export interface UriComparison {
	equal: boolean;
	/** the standards leave the answer open; `equal` is then the more useful reading */
	uncertain: boolean;
	/** first part that differs: "text", "scheme", "user", "password", "host", "port", "param:name", "headers", "number" */
	failed?: string;
}

const EQUAL: UriComparison = Object.freeze({ equal: true, uncertain: false });
/** Parameters that make two URIs differ when only one has them (RFC 3261 §19.1.4). */
const NEVER_IGNORED = new Set(["user", "ttl", "method", "maddr"]);

/** Compares two URIs at a level. Escapes are decoded once, and only for the comparison. */
export function compareUri(a: Uri | string, b: Uri | string, level: CompareLevel): UriComparison {
	const left = typeof a === "string" ? parseUri(a) : a;
	const right = typeof b === "string" ? parseUri(b) : b;
	switch (level) {
		case "octet":
			return left.text === right.text ? EQUAL : differs("text");
		case "uri":
			return compareFully(left, right);
		case "aor":
			return compareAor(left, right);
		case "number":
			return compareNumbers(left, right);
	}
}

/** RFC 3261 §19.1.4; a transport parameter in one URI only counts as equal (the text contradicts itself there). */
export function sipUriEqual(a: Uri | string, b: Uri | string): boolean {
	return compareUri(a, b, "uri").equal;
}

function differs(failed: string): UriComparison {
	return { equal: false, uncertain: false, failed };
}

function compareFully(a: Uri, b: Uri): UriComparison {
	if (a.scheme !== b.scheme) return differs("scheme");
	switch (a.scheme) {
		case "tel": {
			const difference = telDifference(a, b);
			return difference === undefined ? EQUAL : differs(difference);
		}
		case "sip":
		case "sips":
		case "im":
		case "pres":
			return compareSip(a, b);
		default:
			return afterScheme(a) === afterScheme(b) ? EQUAL : differs("text");
	}
}

function afterScheme(uri: Uri): string {
	return uri.scheme === "" ? uri.text : uri.text.slice(uri.text.indexOf(":") + 1);
}

function compareSip(a: Uri, b: Uri): UriComparison {
	if (!samePart(a.user, b.user)) return differs("user");
	if (!samePart(a.password, b.password)) return differs("password");
	if (hostOf(a) !== hostOf(b)) return differs("host");
	if (a.port !== b.port) return differs("port");
	const left = paramTable(a.params);
	const right = paramTable(b.params);
	let uncertain = false;
	for (const [name, values] of left) {
		const other = right.get(name);
		if (other === undefined) {
			if (NEVER_IGNORED.has(name)) return differs(`param:${name}`);
			if (name === "transport") uncertain = true;
		} else if (other !== values) return differs(`param:${name}`);
	}
	for (const name of right.keys()) {
		if (left.has(name)) continue;
		if (NEVER_IGNORED.has(name)) return differs(`param:${name}`);
		if (name === "transport") uncertain = true;
	}
	if (headerKey(a.headers) !== headerKey(b.headers)) return differs("headers");
	return uncertain ? { equal: true, uncertain: true } : EQUAL;
}

function samePart(a: string | undefined, b: string | undefined): boolean {
	return a === b || (a !== undefined && b !== undefined && canonicalEscapes(a) === canonicalEscapes(b));
}

function hostOf(uri: Uri): string {
	return canonicalHost(canonicalEscapes(uri.host));
}

/** Name to the sorted set of its values, so that a repeated parameter equals one and `x=` equals `x`. */
function paramTable(params: readonly UriParam[]): Map<string, string> {
	const sets = new Map<string, Set<string>>();
	for (const param of params) {
		const name = canonicalEscapes(param.name).toLowerCase();
		const value = canonicalEscapes(param.value ?? "").toLowerCase();
		const set = sets.get(name);
		if (set === undefined) sets.set(name, new Set([value]));
		else set.add(value);
	}
	const table = new Map<string, string>();
	for (const [name, values] of sets) table.set(name, [...values].sort().join(";"));
	return table;
}

/** Header components in a fixed order: their order has no meaning, each one must match. */
function headerKey(headers: string | undefined): string {
	if (headers === undefined || headers === "") return "";
	return headers
		.split("&")
		.map((component) => {
			const equals = component.indexOf("=");
			const name = equals < 0 ? component : component.slice(0, equals);
			return `${canonicalEscapes(name).toLowerCase()}=${equals < 0 ? "" : canonicalEscapes(component.slice(equals + 1))}`;
		})
		.sort()
		.join("&");
}

function compareAor(a: Uri, b: Uri): UriComparison {
	if (a.scheme === "tel" && b.scheme === "tel") {
		const failed = telDifference({ ...a, params: [] }, { ...b, params: [] });
		return failed === undefined ? EQUAL : differs("user");
	}
	if (!samePart(a.user, b.user)) return differs("user");
	if (a.user === undefined && a.host === "" && b.host === "") return afterScheme(a) === afterScheme(b) ? EQUAL : differs("text");
	return hostOf(a) === hostOf(b) ? EQUAL : differs("host");
}

function compareNumbers(a: Uri, b: Uri): UriComparison {
	const left = phoneNumber(a);
	const right = phoneNumber(b);
	if (left === undefined || right === undefined || left.digits !== right.digits) return differs("number");
	// user=phone without "+" may be a number in a local plan with the same digits.
	return left.global && right.global ? EQUAL : { equal: true, uncertain: true };
}
