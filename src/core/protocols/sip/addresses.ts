import { parseNameAddr } from "../uri/name-addr.js";
import { paramValue } from "../uri/params.js";
import type { NameAddr } from "../uri/types.js";
import type { SipMessage } from "./types.js";

/** From or To (RFC 3261 §20.20, §20.39); undefined when the header is absent. */
export function address(message: SipMessage, key: "from" | "to" | "refer-to" | "referred-by" | "reply-to"): NameAddr | undefined {
	const value = message.get(key);
	return value === undefined ? undefined : parseNameAddr(value);
}

/** The tag parameter of From or To: undefined when it is absent. */
export function tag(message: SipMessage, key: "from" | "to"): string | undefined {
	const value = message.get(key);
	if (value === undefined) return undefined;
	// The common form needs no parser: one parameter, the tag, at the end.
	const at = value.lastIndexOf(";tag=");
	if (at > 0 && value.charCodeAt(at - 1) === 62 && /^[A-Za-z0-9\-.!%*_+`'~]+$/.test(value.slice(at + 5))) return value.slice(at + 5);
	return paramValue(parseNameAddr(value).params, "tag");
}

/** Contact values in order; the "*" of a REGISTER is left out. */
export function contacts(message: SipMessage): NameAddr[] {
	const found: NameAddr[] = [];
	for (const value of message.all("contact")) if (value !== "*") found.push(parseNameAddr(value));
	return found;
}

/** A REGISTER with `Contact: *`, which removes all bindings (RFC 3261 §10.2.2). */
export function isContactStar(message: SipMessage): boolean {
	return message.get("contact") === "*";
}

/** The URIs of a route in the order of the message (RFC 3261 §20.30, §20.34; RFC 3327; RFC 3608). */
export function routes(message: SipMessage, key: "route" | "record-route" | "path" | "service-route"): NameAddr[] {
	return message.all(key).map(parseNameAddr);
}

/** Identities that a trusted network has put in (RFC 3325). */
export function identities(message: SipMessage, key: "p-asserted-identity" | "p-preferred-identity" | "p-associated-uri"): NameAddr[] {
	return message.all(key).map(parseNameAddr);
}
