import type { Carrier } from "../../model/entry.js";
import type { Endpoint } from "../../model/flow.js";
import type { SipMessage } from "../../protocols/sip/types.js";
import { hostKind } from "../../protocols/uri/ip.js";
import { parseNameAddr } from "../../protocols/uri/name-addr.js";
import { findParam, paramValue } from "../../protocols/uri/params.js";
import { splitSpans } from "../../protocols/uri/split.js";
import type { Findings } from "./findings.js";

/** `transport` values that fit what carries the message (RFC 3261 §19.1.1, RFC 7118 §5.2; "tls" is deprecated but meant so). */
const FITTING: Readonly<Record<Exclude<Carrier, "exported">, readonly string[]>> = {
	udp: ["udp"],
	tcp: ["tcp"],
	tls: ["tls", "tcp"],
	ws: ["ws"],
	wss: ["ws", "wss"],
};
/** Requests whose Contact says where the sender itself is reached. */
const OWN_CONTACT: ReadonlySet<string> = new Set(["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER", "REGISTER"]);

/**
 * Does the Contact of this message name its sender, and is the sender the next element? Only then it can be held against the
 * transport and the address at hand: behind a proxy it speaks of another hop.
 */
export function speaksForSender(message: SipMessage, vias: number, recordRouted: boolean): boolean {
	if (recordRouted) return false;
	if (message.kind === "request") return vias === 1 && OWN_CONTACT.has(message.method);
	// Redirections name others; a registrar lists all bindings.
	return vias === 1 && message.status > 100 && message.status < 300 && message.method !== "REGISTER" && OWN_CONTACT.has(message.method);
}

/** Octets above which a request that would go by UDP has to go by TCP, where the path's MTU is not known (RFC 3261 §18.1.1). */
const LARGE = 1300;

/** The Contact at text[start, end) against transport and source address (RFC 3261 §8.1.1.8, §19.1.1). */
export function checkContactReach(findings: Findings, start: number, end: number, carrier: Carrier, source: Endpoint | undefined): void {
	const value = findings.text.slice(start, end);
	const exposed = source !== undefined && hostKind(source.address) === "public";
	if (!exposed && !/;transport=/i.test(value)) return;
	if (!exposed && carrier !== "exported" && FITTING[carrier].some((name) => value.endsWith(`;transport=${name}>`))) return;
	if (value === "*" || splitSpans(value).length !== 1) return;
	const { uri, params } = parseNameAddr(value);
	if (uri.scheme !== "sip" && uri.scheme !== "sips") return;
	const transport = paramValue(uri.params, "transport")?.toLowerCase();
	const tooLarge = carrier === "tcp" && transport === "udp" && findings.message.length > LARGE;
	if (transport !== undefined && carrier !== "exported" && !FITTING[carrier].includes(transport) && !tooLarge) {
		findings.add("sip.contact-transport-mismatch", start, end - start, `transport=${transport} over ${carrier}`);
	}
	if (!exposed) return;
	const kind = hostKind(uri.host);
	if (kind !== "private" && kind !== "loopback" && kind !== "unspecified" && kind !== "link-local") return;
	// RFC 5626, RFC 5627: such a Contact is reached over the flow or through its GRUU, not at its address.
	if (findParam(uri.params, "ob") !== undefined || findParam(uri.params, "gr") !== undefined) return;
	if (findParam(params, "reg-id") !== undefined) return;
	findings.add("sip.contact-unroutable", start, end - start, `${uri.host} is ${kind}, sent from ${source.address}`);
}
