import type { SipEntry } from "../model/entry.js";
import type { Findings } from "./findings.js";
import { compareHops } from "./rules-hop.js";
import type { SipFacts } from "./sip-facts.js";
import { type HopFacts, type SeenResponse, sameEndpoint, type Transaction } from "./sip-transactions.js";
import { owned } from "./text.js";

/**
 * Compares a request with the same one (Call-ID, CSeq, From tag, To tag) on the hop before, and keeps it for the hop after.
 * It is the hop before when this one leaves from where that one arrived, when both have one branch (a transparent box),
 * or when Max-Forwards went down. `chain`: the transactions of that Call-ID and CSeq number.
 */
export function compareRequest(findings: Findings, facts: SipFacts, chain: Transaction | undefined, now: Transaction, hop: HopFacts): void {
	const { entry } = facts;
	now.hop = marked(hop, entry);
	now.fromTag = owned(facts.fromTag);
	now.toTag = owned(facts.toTag);
	now.maxForwards = Number.parseInt(entry.sip.get("max-forwards") ?? "", 10);
	let before: Transaction | undefined;
	let rank = 0;
	for (let at = chain; at !== undefined; at = at.next) {
		if (at === now || at.hop === undefined || !sameRequest(at, now)) continue;
		const adjoining = at.to.address === entry.from.address && at.from.address !== entry.from.address;
		const further = (at.branch === now.branch && at.sent === now.sent) || now.maxForwards < at.maxForwards;
		if (!adjoining && !further) continue;
		const score = (adjoining ? 2 : 1) + (sameEndpoint(at.to, entry.from) ? 1 : 0);
		if (score >= rank) {
			before = at;
			rank = score;
		}
	}
	if (before !== undefined) compareHops(findings, entry, before.hop!, before.entry, hop);
}

/** Compares a response with the same one (status, To tag) on the hop that it came from. */
export function compareResponse(
	findings: Findings,
	facts: SipFacts,
	chain: Transaction | undefined,
	now: SeenResponse,
	hop: HopFacts,
): void {
	now.hop = marked(hop, facts.entry);
	const { transaction } = now;
	let before: SeenResponse | undefined;
	for (let at = chain; at !== undefined; at = at.next) {
		if (at === transaction || at.hop === undefined || !sameRequest(at, transaction)) continue;
		before = at.responses.find((seen) => seen.status === now.status && seen.toTag === now.toTag && seen.hop !== undefined) ?? before;
	}
	if (before !== undefined) compareHops(findings, facts.entry, before.hop!, before.entry, hop);
}

function marked(hop: HopFacts, { flow }: SipEntry): HopFacts {
	if (flow.leg !== undefined) hop.flow = flow;
	return hop;
}

function sameRequest(a: Transaction, b: Transaction): boolean {
	return a.cseq === b.cseq && a.method === b.method && a.fromTag === b.fromTag && a.toTag === b.toTag;
}
