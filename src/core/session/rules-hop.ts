import type { SipEntry } from "../model/entry.js";
import { normalHost } from "./addresses.js";
import type { ContactFacts } from "./contact.js";
import { type Findings, valuePlace } from "./findings.js";
import { attributePlace, type SdpFacts } from "./sdp-facts.js";
import type { HopFacts } from "./sip-transactions.js";
import { unescapeText } from "./sip-uri.js";

/**
 * What a box between two hops did to a message: `before` is the message as the earlier hop showed it, `after` as this entry
 * does. Findings go to this entry.
 */
export function compareHops(findings: Findings, entry: SipEntry, before: HopFacts, beforeEntry: number, after: HopFacts): void {
	if (before.contact !== undefined) compareContacts(findings, entry, before.contact, beforeEntry, after.contact);
	if (before.sdp !== undefined && after.sdp !== undefined) compareSdp(findings, entry, before, beforeEntry, after);
}

/** Between the two legs of one hop of the live proxy there is nobody but the tool itself. */
function byTool({ flow: before }: HopFacts, { flow: after }: HopFacts): boolean {
	return before?.leg !== undefined && after?.leg !== undefined && before.leg !== after.leg && before.hop === after.hop;
}

function compareContacts(
	findings: Findings,
	entry: SipEntry,
	before: ContactFacts,
	beforeEntry: number,
	after: ContactFacts | undefined,
): void {
	if (before === after || before.value === after?.value) return;
	const place = valuePlace(entry.sip.row("contact"));
	const than = `entry ${beforeEntry}`;
	if (after === undefined) findings.on(entry, "sip.contact-changed-by-hop", `${before.uriText} of ${than} is gone`);
	else if (address(before) !== address(after)) {
		findings.on(entry, "sip.contact-changed-by-hop", `${before.uriText} in ${than}, ${after.uriText} here`, place);
	}
	if (before.focus && after?.focus !== true) findings.on(entry, "sip.isfocus-lost", `Contact of ${than} has it`, place);
	const instance = lost(before.headerParams, after?.headerParams ?? []).filter(isInstance);
	if (instance.length > 0) findings.on(entry, "sip.instance-lost", `${instance.join(", ")} of ${than}`, place);
	const others = [
		...lost(before.headerParams, after?.headerParams ?? []).filter((name) => name !== "isfocus" && !isInstance(name)),
		...lost(before.uriParams, after?.uriParams ?? []).map((name) => `URI parameter ${name}`),
	];
	if (others.length > 0) findings.on(entry, "sip.contact-param-lost", `${others.join(", ")} of ${than}`, place);
}

/** The part of a URI that a box rewrites; parameters are compared one by one (a box may add its own, as alias). */
function address({ uri }: ContactFacts): string {
	return `${uri.scheme}:${unescapeText(uri.user ?? "")}@${normalHost(uri.host)}:${uri.port ?? ""}`;
}

function lost(before: readonly string[], after: readonly string[]): string[] {
	return before.filter((name) => !after.includes(name));
}

function isInstance(name: string): boolean {
	return name === "+sip.instance" || name === "reg-id";
}

function compareSdp(findings: Findings, entry: SipEntry, hopBefore: HopFacts, beforeEntry: number, hopAfter: HopFacts): void {
	const before = hopBefore.sdp!;
	const after = hopAfter.sdp!;
	if (before.content === after.content) return;
	checkStaleLength(findings, entry, before, beforeEntry);
	for (const [index, media] of before.media.entries()) {
		const then = media.msrp;
		const now = after.media[index]?.msrp;
		if (then === undefined || now === undefined || now.port === 0) continue;
		const place = attributePlace(entry, index, "path");
		if (then.path.length > 0 && now.path.length === 0) {
			findings.on(entry, "sdp.path-lost", `${then.path.join(" ")} of entry ${beforeEntry}`, place);
		} else if (then.uris.map((uri) => uri.key).join(" ") !== now.uris.map((uri) => uri.key).join(" ")) {
			const who = byTool(hopBefore, hopAfter) ? "; rewritten by mitmsrp" : "";
			findings.on(entry, "sdp.path-changed", `${then.path.join(" ")} in entry ${beforeEntry}, ${now.path.join(" ")} here${who}`, place);
		}
		if (then.cema && !now.cema) findings.on(entry, "sdp.cema-lost", `entry ${beforeEntry} has it`, attributePlace(entry, index, "path"));
	}
}

/** A box changed the description and left the length of the old one. Only a datagram shows how long the new one really is. */
function checkStaleLength(findings: Findings, entry: SipEntry, before: SdpFacts, beforeEntry: number): void {
	const { sip } = entry;
	const row = sip.row("content-length");
	if (row === undefined || (entry.over !== "udp" && entry.over !== "ws" && entry.over !== "wss")) return;
	const present = sip.length - sip.bodyOffset;
	if (Number(row.value) !== before.octets || present === before.octets) return;
	findings.on(
		entry,
		"sip.sdp-content-length-stale",
		`${row.value} as in entry ${beforeEntry}, the body has ${present} octets`,
		valuePlace(row),
	);
}
