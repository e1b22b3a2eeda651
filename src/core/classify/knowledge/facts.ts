import { compareUri, parseUri } from "../../protocols/uri/index.js";
import type { IdentityFact } from "../types.js";

/** One of the list names the same as the fact (RFC 3261 §19.1.4). */
export function names(list: readonly IdentityFact[], { uri }: IdentityFact): boolean {
	return list.some((known) => compareUri(known.uri, uri, "uri").equal);
}

export function facts(texts: readonly string[] | undefined, provenance: IdentityFact["provenance"]): IdentityFact[] {
	return (texts ?? []).map((text) => ({ uri: parseUri(text), provenance, entry: 0, confidence: "high" }));
}

export function notInRoster(list: readonly IdentityFact[], roster: readonly IdentityFact[]): IdentityFact[] {
	const found: IdentityFact[] = [];
	for (const fact of list) {
		if (names(roster, fact) || found.some((known) => known.uri.text === fact.uri.text)) continue;
		// Which of them names the group is not certain (I3).
		found.push({ ...fact, confidence: "medium" });
	}
	return found;
}
