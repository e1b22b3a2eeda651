import { compareIdentity } from "./compare.js";
import type { Comparison, Evidence, Firing, IdentityFact, LegKnowledge, ModelView } from "./types.js";

/**
 * Identities of the room that disagree (Q7, section 9): the Contact of each leg that was seen, the NOTIFY entity with its
 * conf-uris, the URI that was subscribed to, P-Asserted-Identity, what the room calls itself, and what was given by hand.
 * Undefined while they agree.
 * A GRUU, a port or a scheme of its own is a disagreement only where the URIs differ by RFC 3261 §19.1.4.
 */
export function identityConflict(client: LegKnowledge, server: LegKnowledge | undefined): Firing | undefined {
	const values = [...current(client), ...(server === undefined ? [] : current(server)), ...client.asserted];
	const first = values[0];
	if (first === undefined) return undefined;
	if (values.every((fact) => compareIdentity(fact.uri, first, "uri").level !== undefined)) return undefined;
	const evidence: Evidence[] = [];
	for (const { uri, provenance, entry } of values)
		if (!evidence.some((item) => item.what === provenance && item.value === uri.text))
			evidence.push({ what: provenance, value: uri.text, entry });
	return { rule: "I2", clause: "RFC 4579 §4.2, RFC 4575 §5.2", evidence };
}

function current(leg: LegKnowledge): IdentityFact[] {
	const asserted = leg.invited.filter((fact) => fact.provenance === "p-asserted-identity");
	return [...leg.contact.filter((fact) => fact.superseded !== true), ...leg.session, ...asserted];
}

/** What a message says about a Contact that was replaced while messages were under way (section 9, Q19). */
export function identityUse(view: ModelView, contact: readonly IdentityFact[]): "new" | "old" | undefined {
	if (!contact.some((fact) => fact.superseded)) return undefined;
	const equal = view.trace.flatMap((item) => item.comparisons).filter((one) => one.level !== undefined && one.provenance === "contact");
	if (equal.length === 0) return undefined;
	return equal.some((one) => !replaced(one, contact)) ? "new" : "old";
}

function replaced(one: Comparison, contact: readonly IdentityFact[]): boolean {
	return contact.some((fact) => fact.superseded === true && fact.uri.text === one.identity && fact.entry === one.entry);
}
