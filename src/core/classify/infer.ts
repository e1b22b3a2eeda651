import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import type { Uri } from "../protocols/uri/types.js";
import { isAnonymousUri, usable } from "./axes.js";
import { matchAny } from "./compare.js";
import { fire, line } from "./firing.js";
import { addressFocus, withoutFocus } from "./isfocus.js";
import type { Confidence, Firing, Flag, IdentityFact, LegKnowledge } from "./types.js";

/** A kind of session that no signalling told of. */
export interface Inferred {
	kind: "conference" | "one-to-one";
	cap: Confidence;
	flag: Flag;
	firing: Firing;
}

/** R10: no signalling evidence of a conference, but the addresses say something. */
export function inferKind(cpim: CpimMessage, knowledge: LegKnowledge): Inferred | undefined {
	if (knowledge.kind === "conference") return undefined;
	const addresses = [...cpim.from.slice(0, 1), ...cpim.to].filter(usable);
	const focused = addresses.filter((address) => addressFocus(address).is === "yes");
	const from = cpim.from[0];
	const parties = [...(knowledge.peer === undefined ? [] : [fact(knowledge.peer)]), ...knowledge.own];
	if (focused.length === 0) return knowledge.inferredBy === undefined ? strangers(cpim, knowledge, parties) : later(knowledge.inferredBy);
	if (usable(from) && focused.includes(from)) {
		const party = matchAny(withoutFocus(from.uri), parties, "uri");
		if (party !== undefined) {
			return { kind: "one-to-one", cap: "high", flag: "spoof-suspect", firing: fire("R10", "", line("From", from.header)) };
		}
	}
	if (knowledge.kind === "one-to-one" && focused.every((address) => matchAny(address.uri, parties, "aor") !== undefined)) return undefined;
	return {
		kind: "conference",
		cap: "medium",
		flag: "conference-inferred",
		firing: fire("R10", "", ...focused.map((address) => line("isfocus in", address.header))),
	};
}

/** I1: an earlier message of the session told by isfocus that this is a conference. */
function later(entry: number): Inferred {
	const evidence = { what: "isfocus in an earlier message of this session", value: `entry ${entry}`, entry };
	return { kind: "conference", cap: "medium", flag: "conference-inferred", firing: fire("R10", "", evidence) };
}

/** R10: neither From nor To is one of the two who speak; the anonymous URI says nothing. */
function strangers(cpim: CpimMessage, knowledge: LegKnowledge, parties: readonly IdentityFact[]): Inferred | undefined {
	const from = cpim.from[0];
	const to = cpim.to.filter(usable);
	if (knowledge.peer === undefined || knowledge.own.length === 0 || !usable(from) || to.length === 0) return undefined;
	const strange = (address: CpimAddress): boolean =>
		!isAnonymousUri(address.uri) &&
		matchAny(address.uri, parties, "number") === undefined &&
		// Gateways and phones write the same user at another host [D].
		!parties.some(({ uri }) => uri.user !== undefined && uri.user.toLowerCase() === address.uri.user?.toLowerCase());
	if (!strange(from) || !to.every(strange)) return undefined;
	return {
		kind: "conference",
		cap: "low",
		flag: "conference-inferred",
		firing: fire(
			"R10",
			"",
			line("From is no party of the dialog", from.header),
			...to.map((address) => line("To is no party of the dialog", address.header)),
		),
	};
}

function fact(uri: Uri): IdentityFact {
	return { uri, provenance: "to", entry: 0, confidence: "high" };
}
