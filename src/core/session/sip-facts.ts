import type { SipEntry } from "../model/entry.js";
import { parameter, tagOf } from "./text.js";

/** What the tables need of every SIP message. Strings may be cut from the message: own them before keeping them. */
export interface SipFacts {
	entry: SipEntry;
	callId: string;
	fromTag: string;
	toTag: string;
	/** -1 when there is no number */
	cseq: number;
	/** of the CSeq for responses, of the request line for requests */
	method: string;
	/** top Via, whole */
	via: string;
	/** "SIP/2.0/UDP host:port" of the top Via; "" when there is no Via */
	sent: string;
	/** of the top Via; "" when there is none */
	branch: string;
	/** seconds since 1970 */
	now: number;
}

/** undefined when the message has no Call-ID or no CSeq: it belongs to nothing. */
export function sipFacts(entry: SipEntry): SipFacts | undefined {
	const { sip } = entry;
	const callId = sip.get("call-id");
	const cseqValue = sip.get("cseq");
	if (callId === undefined || callId === "" || cseqValue === undefined) return undefined;
	const cseq = Number.parseInt(cseqValue, 10);
	const via = topValue(sip.get("via") ?? "");
	const semicolon = via.indexOf(";");
	return {
		entry,
		callId,
		fromTag: tagOf(sip.get("from") ?? ""),
		toTag: tagOf(sip.get("to") ?? ""),
		cseq: Number.isNaN(cseq) ? -1 : cseq,
		method: sip.kind === "request" ? sip.method : methodOf(cseqValue),
		via,
		sent: semicolon < 0 ? via : via.slice(0, semicolon),
		branch: semicolon < 0 ? "" : (parameter(via, semicolon, "branch") ?? ""),
		now: entry.at.sec + entry.at.nsec / 1e9,
	};
}

/** The method in a CSeq value, "1 INVITE". */
function methodOf(cseq: string): string {
	let i = 0;
	while (i < cseq.length && cseq.charCodeAt(i) >= 0x30 && cseq.charCodeAt(i) <= 0x39) i++;
	while (cseq.charCodeAt(i) === 0x20 || cseq.charCodeAt(i) === 0x09) i++;
	return cseq.slice(i);
}

/** The first element of a list header value. Commas in quotes do not occur in Via. */
function topValue(value: string): string {
	const comma = value.indexOf(",");
	return comma < 0 ? value : value.slice(0, comma).trimEnd();
}

/** "SIP/2.0/UDP host:port" without the protocol: the sent-by. Blanks may stand around the slashes and the colon. */
export function sentByOf(sent: string): string {
	const slash = sent.indexOf("/", sent.indexOf("/") + 1);
	if (slash < 0) return "";
	const protocolAndHost = sent.slice(slash + 1).trim();
	const blank = protocolAndHost.search(/[ \t]/);
	return blank < 0 ? "" : protocolAndHost.slice(blank + 1).trim();
}

/** Host and port of a sent-by: "host", "host:port", "[v6]:port". Port undefined when none is written. */
export function splitHostPort(text: string): { host: string; port: number | undefined } {
	const close = text.indexOf("]");
	const colon = text.indexOf(":", Math.max(close, 0));
	if (colon < 0 || (close < 0 && text.indexOf(":", colon + 1) >= 0)) return { host: text.trim(), port: undefined };
	const port = Number.parseInt(text.slice(colon + 1), 10);
	return { host: text.slice(0, colon).trim(), port: Number.isNaN(port) ? undefined : port };
}
