import type { CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import type { Verdict } from "./classifier.js";
import type { Classification, Subject } from "./classify.js";
import { lower } from "./compare.js";
import type { Truth } from "./divergence.js";
import { fire } from "./firing.js";
import { runModel } from "./models.js";
import type { Headline, LegKnowledge } from "./types.js";

/** Truth where the other leg of the same call was seen, or where the message left a client. */
export function truthOf(
	subject: Subject,
	cpim: CpimMessage,
	knowledge: LegKnowledge,
	server: LegKnowledge | undefined,
	level: CompareLevel,
): Truth | undefined {
	if (knowledge.kind !== "conference") return undefined;
	if (subject.toClient === false) {
		const { view, audienceConfidence } = runModel("reference", cpim, server ?? knowledge, level, false);
		// An address that nobody on that leg knows is no proof of a private message.
		const audience = view.audience === "private" && audienceConfidence === "low" ? "unknown" : view.audience;
		// Whoever sends on a client's leg is no room, whatever From says.
		return { origin: view.origin === "self" ? "self" : "participant", audience, proof: "sent by the client" };
	}
	if (server === undefined) return undefined;
	const view = runModel("reference", cpim, withFacts(knowledge, server), level, subject.toClient).view;
	return {
		origin: view.origin,
		audience: view.audience,
		proof: `Contact on the server's leg${server.contact[0] === undefined ? "" : `, entry ${server.contact[0].entry}`}`,
	};
}

/** The client's knowledge with the room's identities of the server's leg added. */
function withFacts(knowledge: LegKnowledge, server: LegKnowledge): LegKnowledge {
	return { ...knowledge, contact: [...server.contact, ...knowledge.contact] };
}

/** The class that goes with what is true. */
export function headlineFor(truth: Truth, verdict: Classification): Headline {
	if (verdict.headline === "composing" || verdict.headline === "imdn") return verdict.headline;
	if (truth.audience === "unknown" || truth.origin === "unknown") return "unknown";
	if (truth.origin === "system") return truth.audience === "all" ? "system" : "private-system";
	return truth.audience === "all" ? "group" : "private";
}

/** R14 by what the sender's own leg tells. */
export function suspectSpoof(verdict: Verdict, truth: Truth): void {
	verdict.confidence = lower(verdict.confidence, "low");
	if (verdict.flags.includes("spoof-suspect")) return;
	verdict.flags = [...verdict.flags, "spoof-suspect"];
	verdict.firings = [...verdict.firings, fire("R14", "RFC 7701 §6.3", { what: "truth", value: truth.proof })];
}
