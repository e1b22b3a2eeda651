import type { SipMessage } from "../protocols/sip/types.js";
import { parseNameAddr } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import { owned } from "./text.js";

/** The first Contact of a message (RFC 3261 §20.10). */
export interface ContactFacts {
	/** the header value as written, first element */
	value: string;
	uriText: string;
	uri: Uri;
	/** names of the parameters in lower case */
	uriParams: string[];
	headerParams: string[];
	/** header parameter isfocus that is not negated (RFC 3840 §9) */
	focus: boolean;
}

/** undefined when there is no Contact, or "*". `known` is returned again when the value is the same. */
export function contactOf(sip: SipMessage, known?: ContactFacts): ContactFacts | undefined {
	const first = sip.get("contact");
	if (first === undefined) return undefined;
	if (known !== undefined && known.value === first) return known;
	const value = owned(first.includes(",") ? (sip.all("contact")[0] ?? first) : first);
	if (known !== undefined && known.value === value) return known;
	if (value === "*" || value === "") return undefined;
	const address = parseNameAddr(value);
	const focus = address.params.find((param) => param.name.toLowerCase() === "isfocus");
	return {
		value,
		uriText: address.uriText,
		uri: address.uri,
		uriParams: address.uri.params.map((param) => param.name.toLowerCase()),
		headerParams: address.params.map((param) => param.name.toLowerCase()),
		focus: focus !== undefined && !/!\s*TRUE|FALSE/i.test(focus.value ?? ""),
	};
}
