import { type CompareLevel, compareUri } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import type { Comparison, Confidence, IdentityFact } from "./types.js";

/** Strictest first. */
const LEVELS: readonly CompareLevel[] = ["octet", "uri", "aor", "number"];

/** Levels at least as strict as `level`, strictest first. */
function upTo(level: CompareLevel): readonly CompareLevel[] {
	return LEVELS.slice(0, LEVELS.indexOf(level) + 1);
}

/** Compares a URI of a message with one identity: the strictest level that succeeds, or the component that failed. */
export function compareIdentity(uri: Uri, fact: IdentityFact, level: CompareLevel): Comparison {
	let failed: string | undefined;
	for (const at of upTo(level)) {
		const result = compareUri(uri, fact.uri, at);
		if (result.equal) return comparison(fact, at, result.uncertain, undefined);
		failed = result.failed;
	}
	// The component named is the one at the level in force, the last tried.
	return comparison(fact, undefined, false, failed);
}

function comparison(fact: IdentityFact, level: CompareLevel | undefined, uncertain: boolean, failed: string | undefined): Comparison {
	return { identity: fact.uri.text, provenance: fact.provenance, entry: fact.entry, level, uncertain, failed };
}

export interface Match {
	fact: IdentityFact;
	comparison: Comparison;
	confidence: Confidence;
}

/** The best match among identities: all are compared (the trace shows them all), the most confident one counts. */
export function matchAny(uri: Uri, facts: readonly IdentityFact[], level: CompareLevel, trace?: Comparison[]): Match | undefined {
	let best: Match | undefined;
	for (const fact of facts) {
		const result = compareIdentity(uri, fact, level);
		trace?.push(result);
		if (result.level === undefined) continue;
		const confidence = lower(fact.confidence, confidenceOf(result));
		if (best === undefined || rank(confidence) > rank(best.confidence)) best = { fact, comparison: result, confidence };
	}
	return best;
}

/** octet and uri are high; an uncertain match, aor and number are medium (section 5). */
function confidenceOf(result: Comparison): Confidence {
	return !result.uncertain && (result.level === "octet" || result.level === "uri") ? "high" : "medium";
}

const RANK: Record<Confidence, number> = { none: 0, low: 1, medium: 2, high: 3 };

export function rank(confidence: Confidence): number {
	return RANK[confidence];
}

/** The lower of two confidences. */
export function lower(a: Confidence, b: Confidence): Confidence {
	return RANK[a] <= RANK[b] ? a : b;
}

/** One step down, never to "none". */
export function stepDown(confidence: Confidence): Confidence {
	return confidence === "high" ? "medium" : confidence === "none" ? "none" : "low";
}
