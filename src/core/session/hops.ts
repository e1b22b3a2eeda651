import type { SipEntry } from "../model/entry.js";
import type { Call } from "./dialogs.js";
import type { Findings } from "./findings.js";
import { compareHops } from "./rules-hop.js";
import type { SipFacts } from "./sip-facts.js";
import { type HopFacts, sameEndpoint, type Transaction } from "./sip-transactions.js";

/**
 * Compares a request with the same one (Call-ID, CSeq, From tag, To tag) on the hop before, and keeps it for the hop after.
 * It is the hop before when this one leaves from where that one arrived, when both have one branch (a transparent box),
 * or when Max-Forwards went down.
 */
export function compareRequest(findings: Findings, entry: SipEntry, call: Call, transaction: Transaction): void {
	transaction.maxForwards = Number.parseInt(entry.sip.get("max-forwards") ?? "", 10);
	let before: Transaction | undefined;
	let rank = 0;
	for (const other of call.transactions) {
		if (!sameRequest(other, transaction) || other.hop === undefined) continue;
		const adjoining = other.to.address === entry.from.address && other.from.address !== entry.from.address;
		const further = other.key === transaction.key || transaction.maxForwards < other.maxForwards;
		if (!adjoining && !further) continue;
		const score = (adjoining ? 2 : 1) + (sameEndpoint(other.to, entry.from) ? 1 : 0);
		if (score >= rank) {
			before = other;
			rank = score;
		}
	}
	if (before !== undefined) compareHops(findings, entry, before.hop!, before.entry, transaction.hop!);
	call.remember(transaction);
}

/** Compares a response with the same one (status, To tag) on the hop that it came from. */
export function compareResponse(findings: Findings, facts: SipFacts, call: Call, transaction: Transaction, hop: HopFacts): void {
	const { entry, toTag } = facts;
	for (let i = call.transactions.length - 1; i >= 0; i--) {
		const other = call.transactions[i]!;
		if (other === transaction || !sameRequest(other, transaction)) continue;
		const same = other.responses.find((seen) => seen.status === entry.sip.status && seen.toTag === toTag && seen.hop !== undefined);
		if (same === undefined) continue;
		compareHops(findings, entry, same.hop!, same.entry, hop);
		return;
	}
}

function sameRequest(a: Transaction, b: Transaction): boolean {
	return a.cseq === b.cseq && a.method === b.method && a.fromTag === b.fromTag && a.toTag === b.toTag;
}
