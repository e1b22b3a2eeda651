import { unquote } from "../uri/chars.js";
import { parseParams } from "../uri/params.js";
import type { SipMessage } from "./types.js";

/** A token with parameters: Content-Type, Content-Disposition, Event and the like. */
export interface TokenWithParams {
	/** lower case, white space removed */
	token: string;
	/** names in lower case, quoted values unquoted; the first of a repeated name */
	params: Map<string, string>;
}

export function parseTokenWithParams(value: string): TokenWithParams {
	const semicolon = value.indexOf(";");
	const token = (semicolon < 0 ? value : value.slice(0, semicolon)).replace(/\s+/g, "").toLowerCase();
	const params = new Map<string, string>();
	if (semicolon >= 0) {
		for (const param of parseParams(value, semicolon)) {
			const name = param.name.toLowerCase();
			if (!params.has(name)) params.set(name, unquote(param.value ?? ""));
		}
	}
	return { token, params };
}

/** Type "/" subtype with parameters (RFC 3261 §20.15). */
export function contentType(message: SipMessage): TokenWithParams | undefined {
	const value = message.get("content-type");
	return value === undefined ? undefined : parseTokenWithParams(value);
}

/** RFC 3261 §20.11. */
export function contentDisposition(message: SipMessage): TokenWithParams | undefined {
	const value = message.get("content-disposition");
	return value === undefined ? undefined : parseTokenWithParams(value);
}
