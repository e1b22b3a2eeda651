import { addressScope, normalHost } from "./addresses.js";
import { type Findings, valuePlace } from "./findings.js";
import { type SipFacts, sentByOf, splitHostPort } from "./sip-facts.js";
import type { Transaction } from "./sip-transactions.js";
import { parameter } from "./text.js";

/**
 * What the server wrote into the top Via of its response, against where the request came from (RFC 3261 §18.2.1, RFC 3581 §4).
 * Nothing is said where a NAT between the capture and the server explains the difference.
 */
export function checkVia(findings: Findings, facts: SipFacts, request: Transaction): void {
	const { entry, via } = facts;
	// A request that went into the live proxy came from the proxy's own port where it was answered.
	if (entry.flow.leg === (entry.dir === 1 ? "client" : "server")) return;
	const sentBy = sentByOf(facts.sent);
	if (isPlain(via, sentBy, request.from.address)) return;
	const semicolon = via.indexOf(";");
	const source = normalHost(request.from.address);
	const { host } = splitHostPort(sentBy);
	const sent = normalHost(host);
	const received = semicolon < 0 ? undefined : parameter(via, semicolon, "received");
	if (received !== undefined && received !== "") {
		if (normalHost(received) !== source) return;
	} else if (sent !== source) {
		// RFC 7118 §4.1: a WebSocket server may leave it out, browsers do not know their address.
		const webSocket = entry.over === "ws" || entry.over === "wss";
		if (sent === "" || webSocket || (addressScope(source) === "private" && addressScope(sent) === "public")) return;
		findings.on(
			entry,
			"sip.via-received-missing",
			`sent-by ${host}, request from ${request.from.address}`,
			valuePlace(entry.sip.row("via")),
		);
		return;
	}
	if (semicolon < 0) return;
	const rport = Number.parseInt(parameter(via, semicolon, "rport") ?? "", 10);
	if (Number.isNaN(rport) || rport === request.from.port) return;
	findings.on(entry, "sip.rport-mismatch", `rport ${rport}, request from port ${request.from.port}`, valuePlace(entry.sip.row("via")));
}

/** The usual case without any parsing: sent-by is the source as written, and the server had nothing to add. */
function isPlain(via: string, sentBy: string, source: string): boolean {
	if (!sentBy.startsWith(source) || (sentBy.length > source.length && sentBy.charCodeAt(source.length) !== 0x3a)) return false;
	return !via.includes("rport=") && !via.includes("received=");
}
