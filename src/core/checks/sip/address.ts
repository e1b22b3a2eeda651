import { parseNameAddr } from "../../protocols/uri/name-addr.js";
import { findParam } from "../../protocols/uri/params.js";
import { splitSpans } from "../../protocols/uri/split.js";
import type { NameAddr } from "../../protocols/uri/types.js";
import type { Findings } from "./findings.js";
import { isDecimalAtLeast } from "./scalars.js";
import { checkUri } from "./uri.js";

const TOKEN = "[A-Za-z0-9\\-.!%*_+`'~]+";
const NAME = `(?:"[^"\\\\\\r\\n]*"[ \\t]*|${TOKEN}(?: ${TOKEN})* )?`;
const URI = `<sips?:(?:[A-Za-z0-9\\-_.!~*'()+]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[1-9][0-9]{0,3})?(?:;${TOKEN.replace("%", "")}(?:=${TOKEN.replace("%", "")})?)?>`;
/** Addresses that leave nothing to report: one parameter at most in the URI and one in the header, so none can be there twice. */
const PLAIN = new RegExp(`${NAME}${URI}(?:;${TOKEN}(?:=${TOKEN})?)?\\r?\\n`, "y");

/** text[start, ...] up to its line end is such an address. */
export function isPlainAddress(text: string, start: number): boolean {
	PLAIN.lastIndex = start;
	return PLAIN.test(text);
}

/** Parses and checks one address at text[start, end); spans of the result count from `start`. */
export function checkAddress(findings: Findings, start: number, end: number): NameAddr {
	const address = parseNameAddr(findings.text.slice(start, end));
	const length = end - start;
	for (const fault of address.faults) {
		switch (fault) {
			case "empty-param":
			case "empty-value":
				findings.add("sip.empty-parameter", start, length);
				break;
			case "duplicate-param":
				findings.add("sip.duplicate-parameter", start, length);
				break;
			case "unterminated-quote":
				findings.add("sip.unterminated-quote", start, length);
				break;
			case "display-name-not-token":
				findings.add("sip.display-name-not-token", start, length, address.displayName.slice(0, 80));
				break;
			case "no-lws":
				findings.add("sip.display-name-no-lws", start, length);
				break;
			case "whitespace-in-brackets":
				findings.add("sip.addr-spec-whitespace", start, length);
				break;
			case "needs-brackets":
				findings.add("sip.addr-spec-needs-brackets", start, length);
				break;
			default:
				findings.add("sip.bad-header-value", start, length, fault.replaceAll("-", " "));
		}
	}
	const uriStart = start + address.uriSpan.start;
	const uriEnd = start + address.uriSpan.end;
	// What an unbalanced quote leaves over, or nothing at all, is reported already.
	if (address.uriText === "" ? address.bracketed : !address.faults.includes("unterminated-quote") || address.bracketed) {
		if (address.uri.faults.includes("whitespace")) findings.once("sip.addr-spec-whitespace", uriStart, uriEnd - uriStart);
		checkUri(findings, address.uri, uriStart, uriEnd, true);
	}
	return address;
}

/** Elements of a comma-separated row with the empty ones reported. */
export function* elements(findings: Findings, start: number, end: number): Generator<{ start: number; end: number }> {
	for (const span of splitSpans(findings.text, start, end)) {
		if (span.end > span.start) yield span;
		else findings.once("sip.empty-parameter", span.start, 0, "empty list element");
	}
}

/** URI parameters that make no sense as parameters of a Contact (RFC 3261 §20.10, RFC 5626, RFC 5627). */
const URI_ONLY = ["transport", "lr", "ob", "gr"];

/** What is particular to a Contact value. */
export function checkContactParams(findings: Findings, contact: NameAddr, start: number, end: number): void {
	if (!contact.bracketed) {
		for (const name of URI_ONLY) {
			const param = findParam(contact.params, name);
			if (param !== undefined) {
				findings.add("sip.uri-param-outside-brackets", start + param.span.start, param.span.end - param.span.start, param.name);
			}
		}
	}
	const expires = findParam(contact.params, "expires");
	if (expires?.value !== undefined && isDecimalAtLeast(expires.value, 2 ** 32)) {
		findings.add("sip.expires-out-of-range", start + expires.span.start, Math.min(end - start, expires.span.end - expires.span.start));
	}
}
