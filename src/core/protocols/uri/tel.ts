import { findParam, paramValue } from "./params.js";
import type { Uri, UriParam } from "./types.js";

/** Number without the visual separators "-", ".", "(" and ")" (RFC 3966 §5.1.1), hexadecimal digits in lower case. */
export function bareNumber(number: string): string {
	return number.replace(/[-.()]/g, "").toLowerCase();
}

/** RFC 3966 §4: undefined when equal, else what differs: "number" or "param:name". */
export function telDifference(a: Uri, b: Uri): string | undefined {
	if (bareNumber(a.user ?? "") !== bareNumber(b.user ?? "")) return "number";
	for (const param of a.params) {
		const other = findParam(b.params, param.name);
		if (other === undefined || telValue(param) !== telValue(other)) return `param:${param.name.toLowerCase()}`;
	}
	for (const param of b.params) {
		if (findParam(a.params, param.name) === undefined) return `param:${param.name.toLowerCase()}`;
	}
	return undefined;
}

function telValue(param: UriParam): string {
	const value = param.value ?? "";
	const name = param.name.toLowerCase();
	return name === "ext" || (name === "phone-context" && value.startsWith("+")) ? bareNumber(value) : value.toLowerCase();
}

export interface PhoneNumber {
	/** digits only */
	digits: string;
	/** written with "+", so certainly E.164 */
	global: boolean;
}

/** E.164 digits of a tel URI, or of a sip user part that starts with "+" or is marked user=phone; undefined otherwise. */
export function phoneNumber(uri: Uri): PhoneNumber | undefined {
	if (uri.user === undefined) return undefined;
	const phone = uri.scheme === "tel" || paramValue(uri.params, "user")?.toLowerCase() === "phone";
	const semicolon = uri.user.indexOf(";");
	const number = bareNumber((semicolon < 0 ? uri.user : uri.user.slice(0, semicolon)).replace(/^%2b/i, "+"));
	const global = number.startsWith("+");
	if (!global && (!phone || uri.scheme === "tel")) return undefined;
	const digits = global ? number.slice(1) : number;
	return /^[0-9]+$/.test(digits) ? { digits, global } : undefined;
}
