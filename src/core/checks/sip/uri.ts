import type { Uri } from "../../protocols/uri/types.js";
import type { Findings } from "./findings.js";

const KNOWN_SCHEMES: ReadonlySet<string> = new Set(["sip", "sips", "tel", "im", "pres", "urn"]);
/** A group that reads like a port of SIP, as in [2001:db8::10:5070] (RFC 5118 §4.3). */
const PORT_LIKE = /:50[6-9][0-9]$/;
/** What makes a URI wrong whatever its scheme is. */
const BAD: ReadonlySet<string> = new Set([
	"no-scheme",
	"control",
	"non-ascii",
	"bad-escape",
	"empty-user",
	"empty-host",
	"bad-host",
	"bad-port",
	"ipv6-unterminated",
	"empty-number",
	"bad-number",
]);

/** Findings about one URI that stands at text[start, end) (RFC 3261 §19.1.1, RFC 5118). `schemes`: also report unknown ones. */
export function checkUri(findings: Findings, uri: Uri, start: number, end: number, schemes: boolean): void {
	// White space is reported by its own name; the host or port that it spoils is no second fault.
	const spaced = uri.faults.includes("whitespace");
	for (const fault of uri.faults) {
		if (fault === "ipv6-unbracketed") findings.add("sip.ipv6-unbracketed", start, end - start, uri.host);
		else if (fault === "duplicate-param") findings.add("sip.duplicate-parameter", start, end - start, "in a URI");
		else if (fault === "empty-param" || fault === "empty-value") findings.add("sip.empty-parameter", start, end - start, "in a URI");
		else if (BAD.has(fault) && !(spaced && fault.startsWith("bad-")))
			findings.add("sip.bad-uri", start, end - start, fault.replaceAll("-", " "));
	}
	if (schemes && uri.scheme !== "" && !KNOWN_SCHEMES.has(uri.scheme)) {
		findings.add("sip.unknown-uri-scheme", start, uri.scheme.length, uri.scheme);
	}
	if (uri.host.includes(":")) checkIpv6(findings, uri.host, uri.port, uri.faults, start, end);
}

export function checkIpv6(
	findings: Findings,
	host: string,
	port: number | undefined,
	faults: readonly string[],
	start: number,
	end: number,
): void {
	if (host.includes(":::")) findings.add("sip.ipv6-triple-colon", start, end - start, host);
	if (port === undefined && !faults.includes("ipv6-unbracketed") && !faults.includes("bad-port") && PORT_LIKE.test(host)) {
		findings.add("sip.ipv6-port-suspect", start, end - start, host);
	}
}
