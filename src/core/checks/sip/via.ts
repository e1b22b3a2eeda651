import { sameName } from "../../protocols/sip/names.js";
import { parseVia } from "../../protocols/sip/via.js";
import { isTokenChar } from "../../protocols/uri/chars.js";
import { hostKind } from "../../protocols/uri/ip.js";
import { findParam } from "../../protocols/uri/params.js";
import { elements } from "./address.js";
import type { Findings } from "./findings.js";
import { checkIpv6 } from "./uri.js";

const COOKIE = "z9hG4bK";
/** RFC 3261, RFC 4168, RFC 7118: the registered Via transports. */
const TRANSPORTS: ReadonlySet<string> = new Set(["UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS"]);
/** sent-protocol and sent-by that leave nothing to report: a name, or an IPv4 address below the multicast range. */
const PLAIN =
	/SIP\/2\.0\/(?:UDP|TCP|TLS|WSS?|SCTP) (?:[A-Za-z][A-Za-z0-9.-]*|(?:[1-9]?[0-9]|1[0-9]{2}|2[01][0-9]|22[0-3])(?:\.[0-9]{1,3}){3})(?::[1-9][0-9]{0,3})?(?=[;\r\n])/y;
const NAMES = ["branch", "rport", "received", "alias", "keep"];

/** One Via row (RFC 3261 §8.1.1.7, §18.2, §20.42). Returns the number of values in it. */
export function checkViaRow(findings: Findings, start: number, end: number): number {
	if (isPlainVia(findings.text, start, end)) return 1;
	let count = 0;
	for (const span of elements(findings, start, end)) {
		count++;
		checkValue(findings, span.start, span.end);
	}
	if (start === end) findings.add("sip.bad-header-value", start, 0, "empty Via");
	return count;
}

/** One value in the usual form, its parameters known and each there once. */
function isPlainVia(text: string, start: number, end: number): boolean {
	PLAIN.lastIndex = start;
	if (!PLAIN.test(text)) return false;
	let seen = 0;
	let i = PLAIN.lastIndex;
	while (i < end) {
		if (text.charCodeAt(i) !== 59) return false;
		let stop = ++i;
		let equals = end;
		for (; stop < end; stop++) {
			const code = text.charCodeAt(stop);
			if (code === 59) break;
			if (code === 61 && equals === end) equals = stop;
			else if (!isTokenChar(code)) return false;
		}
		const which = NAMES.findIndex((name) => Math.min(equals, stop) - i === name.length && sameName(text, i, name));
		if (which < 0 || (seen & (1 << which)) !== 0 || equals === stop - 1) return false;
		seen |= 1 << which;
		if (which === 0 && !(stop - equals > COOKIE.length + 1 && text.startsWith(COOKIE, equals + 1))) return false;
		i = stop;
	}
	return (seen & 1) !== 0;
}

function checkValue(findings: Findings, start: number, end: number): void {
	const via = parseVia(findings.text, start, end);
	const length = end - start;
	if (/^[;\s]*$/.test(findings.text.slice(start, end))) {
		findings.once("sip.empty-parameter", start, length, "nothing but semicolons");
		return;
	}
	if (via.faults.includes("malformed")) {
		findings.add("sip.bad-header-value", start, length, "Via is not protocol/version/transport and sent-by");
		return;
	}
	if (via.protocol.toUpperCase() !== "SIP/2.0") findings.add("sip.unsupported-version", start, length, via.protocol);
	if (!TRANSPORTS.has(via.transport.toUpperCase())) findings.once("sip.unknown-transport", start, length, via.transport);
	const sentBy = { start: via.sentBy.start, end: via.sentBy.end };
	for (const fault of via.faults) {
		if (fault === "ipv6-unbracketed") findings.add("sip.ipv6-unbracketed", sentBy.start, sentBy.end - sentBy.start, via.host);
		else if (fault === "duplicate-param") findings.add("sip.duplicate-parameter", start, length);
		else if (fault === "empty-param" || fault === "empty-value") findings.once("sip.empty-parameter", start, length);
		else if (fault === "unterminated-quote") findings.add("sip.unterminated-quote", start, length);
		else findings.add("sip.bad-header-value", sentBy.start, sentBy.end - sentBy.start, `sent-by: ${fault.replaceAll("-", " ")}`);
	}
	if (via.host.includes(":")) checkIpv6(findings, via.host, via.port, via.faults, sentBy.start, sentBy.end);
	const kind = hostKind(via.host);
	if (kind === "broadcast" || kind === "multicast") findings.add("sip.via-broadcast", sentBy.start, sentBy.end - sentBy.start, via.host);
	checkBranch(findings, via.branch, start, length);
	const received = findParam(via.params, "received");
	if (received?.value?.startsWith("[")) {
		findings.add("sip.via-received-brackets", received.span.start, received.span.end - received.span.start);
	}
	if (via.received?.includes(":::")) findings.add("sip.ipv6-triple-colon", start, length, via.received);
}

function checkBranch(findings: Findings, branch: string | undefined, start: number, length: number): void {
	const cookie = branch?.slice(0, COOKIE.length).toLowerCase() === COOKIE.toLowerCase();
	if (!cookie) findings.once("sip.branch-without-cookie", start, length);
	else if (branch?.length === COOKIE.length) findings.add("sip.branch-empty", start, length);
}
