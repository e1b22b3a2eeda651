import type { SipEntry } from "../model/entry.js";
import { parseNameAddr, parseUri } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import type { Leg, LegSide, Side } from "./dialogs.js";
import { type Findings, valuePlace } from "./findings.js";
import type { SipFacts } from "./sip-facts.js";
import { TIMER_B } from "./sip-transactions.js";
import { sameTarget, uriParam } from "./sip-uri.js";

/** RFC 3261 §12.2.2: the number of a new request must not be below the last one of that side. */
export function checkCseq(findings: Findings, facts: SipFacts, sender: LegSide): void {
	if (facts.cseq < 0) return;
	if (facts.cseq < sender.cseq) {
		findings.on(facts.entry, "sip.cseq-not-increasing", `${facts.cseq} after ${sender.cseq}`, valuePlace(facts.entry.sip.row("cseq")));
	} else sender.cseq = facts.cseq;
}

/**
 * RFC 3261 §12.2.1.1: the Request-URI of an in-dialog request is the peer's Contact as this leg showed it. Silent
 * where strict routing moves it (§16.6), and for GRUUs, which the peer's proxy resolves on the last leg (RFC 5627 §5.1).
 */
export function checkTarget(findings: Findings, facts: SipFacts, leg: Leg, sender: Side): void {
	const { sip } = facts.entry;
	const peer = leg.sides[sender === 0 ? 1 : 0];
	const { contact, previous } = peer;
	if (contact === undefined || contact.uriText === sip.requestUri) return;
	const target = parseUri(sip.requestUri);
	if (sameTarget(target, contact.uri)) return;
	// A target refresh reaches the other side later than the capture, or is refused.
	if (previous !== undefined && facts.now - peer.changedAt < TIMER_B && sameTarget(target, previous.uri)) return;
	if (uriParam(target, "gr") !== undefined || uriParam(contact.uri, "gr") !== undefined) return;
	if (!leg.recordRoute?.every(isLoose) && leg.recordRoute !== undefined) return;
	if (!sip.all("route").every(isLoose)) return;
	findings.on(
		facts.entry,
		"sip.in-dialog-uri-not-contact",
		`${sip.requestUri}, Contact is ${contact.uriText}`,
		requestUriPlace(facts.entry),
	);
}

/**
 * RFC 3261 §12.2.1.1: Route is what is left of the route set, whole when the request comes straight from its author.
 * Not judged when a strict router is in the set.
 */
export function checkRoute(findings: Findings, facts: SipFacts, leg: Leg, sender: Side): void {
	const { sip } = facts.entry;
	if (leg.recordRoute === undefined || (leg.recordRoute.length === 0 && sip.get("route") === undefined)) return;
	if (!leg.recordRoute.every(isLoose)) return;
	const route = sip.all("route");
	if (!route.every(isLoose)) return;
	const expected = sender === 0 ? [...leg.recordRoute].reverse() : leg.recordRoute;
	const skipped = expected.length - route.length;
	const fits = skipped >= 0 && route.every((value, i) => sameTarget(uri(value), uri(expected[skipped + i]!)));
	if (fits && (skipped === 0 || sip.all("via").length > 1)) return;
	const wanted = expected.length === 0 ? "no route set" : `route set ${expected.map((value) => uri(value).text).join(", ")}`;
	const got = route.length === 0 ? "no Route" : `Route ${route.map((value) => uri(value).text).join(", ")}`;
	findings.on(facts.entry, "sip.route-set-mismatch", `${got}, ${wanted}`, valuePlace(sip.row("route")));
}

function uri(value: string): Uri {
	return parseNameAddr(value).uri;
}

function isLoose(value: string): boolean {
	return uriParam(uri(value), "lr") !== undefined;
}

function requestUriPlace(entry: SipEntry): { start: number; end: number } {
	const start = entry.sip.method.length + 1;
	return { start, end: start + Buffer.byteLength(entry.sip.requestUri) };
}
