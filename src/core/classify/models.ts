import type { CpimMessage } from "../protocols/cpim/types.js";
import type { CompareLevel } from "../protocols/uri/index.js";
import { audienceOf, isAnonymousUri, originOf, type Sight, usable } from "./axes.js";
import { compareIdentity, lower } from "./compare.js";
import { addressFocus } from "./isfocus.js";
import type {
	Audience,
	ClientModel,
	Comparison,
	Confidence,
	Firing,
	Flag,
	Headline,
	IdentityFact,
	LegKnowledge,
	ModelView,
	Origin,
} from "./types.js";

export interface ModelResult {
	view: ModelView;
	/** how sure the audience is, whoever speaks */
	audienceConfidence: Confidence;
	flags: Flag[];
	firings: Firing[];
}

/** Identities and tests of each client model (section 6). */
function sightOf(model: ClientModel, knowledge: LegKnowledge, level: CompareLevel, toClient: boolean | undefined): Sight {
	const legacy = [...knowledge.contact, ...knowledge.dialled];
	const all = [...legacy, ...knowledge.session, ...knowledge.invited];
	switch (model) {
		case "legacy":
			return { focusInFrom: false, focusInTo: false, room: legacy, level, toClient };
		case "isfocus":
			return { focusInFrom: true, focusInTo: true, room: [], level, toClient };
		case "literal":
			return { focusInFrom: true, focusInTo: false, room: legacy, level, toClient };
		default:
			return { focusInFrom: true, focusInTo: true, room: all, level, toClient };
	}
}

/** Runs one client model over a message of a conference. Own identity and roster are known to every model. */
export function runModel(
	model: ClientModel,
	cpim: CpimMessage,
	knowledge: LegKnowledge,
	level: CompareLevel,
	toClient: boolean | undefined,
): ModelResult {
	if (model === "dialog") return runDialog(cpim, knowledge);
	if (model === "phone") return runPhone(cpim, knowledge, level);
	const sight = sightOf(model, knowledge, level, toClient);
	const fromTrace: Comparison[] = [];
	const toTrace: Comparison[] = [];
	const from = cpim.from[0];
	const origin = originOf(from, knowledge, sight, fromTrace);
	const audience = audienceOf(cpim.to, from, knowledge, sight, toTrace);
	const view: ModelView = {
		model,
		headline: headlineOf(origin.value, audience.value, audience.firings),
		origin: origin.value,
		audience: audience.value,
		confidence: lower(origin.confidence, audience.confidence),
		trace: [],
		// Here already, because to add it later costs as much as the rest.
		conversation: undefined,
	};
	if (usable(from)) view.trace.push({ header: "From", uri: from.uriText, isfocus: addressFocus(from).is, comparisons: fromTrace });
	for (const to of cpim.to.filter(usable)) {
		view.trace.push({
			header: "To",
			uri: to.uriText,
			isfocus: addressFocus(to).is,
			comparisons: sight.room.map((fact) => compareIdentity(to.uri, fact, level)),
		});
	}
	return {
		view,
		audienceConfidence: audience.confidence,
		flags: [...origin.flags, ...audience.flags.filter((flag) => !origin.flags.includes(flag))],
		firings: [...origin.firings, ...audience.firings],
	};
}

/** R34. */
export function headlineOf(origin: Origin, audience: Audience, firings: readonly Firing[]): Headline {
	if (firings.some((firing) => firing.rule === "R23")) return "ambiguous";
	if (origin === "unknown" || audience === "unknown") return "unknown";
	if (origin === "system") return audience === "all" ? "system" : "private-system";
	return audience === "all" ? "group" : "private";
}

/**
 * sipsimple-like clients: private means that the remote party is a focus, there is exactly one To, and its user and host
 * are not those of the dialog's remote party. They look neither at Contact nor at From.
 */
function runDialog(cpim: CpimMessage, knowledge: LegKnowledge): ModelResult {
	const { dialogRemote } = knowledge;
	const to = cpim.to.filter(usable);
	const focus = knowledge.contactIsFocus === true;
	const remote: IdentityFact | undefined =
		dialogRemote === undefined ? undefined : { uri: dialogRemote, provenance: "to", entry: 0, confidence: "high" };
	const isRemote = (uri: IdentityFact["uri"]): boolean =>
		remote !== undefined && uri.user === remote.uri.user && uri.host === remote.uri.host;
	const single = to.length === 1 ? to[0]! : undefined;
	const audience: Audience =
		to.length === 0 ? "unknown" : focus && remote !== undefined && single !== undefined && !isRemote(single.uri) ? "private" : "all";
	const from = cpim.from[0];
	const origin: Origin = !usable(from) ? "unknown" : focus && isRemote(from.uri) ? "system" : "participant";
	const confidence: Confidence = remote === undefined || knowledge.contactIsFocus === undefined ? "low" : "high";
	return result("dialog", origin, audience, confidence);
}

/** rcsjta-like clients: From counts when it holds a phone number, else the session's peer spoke; To is for receipts only. */
function runPhone(cpim: CpimMessage, knowledge: LegKnowledge, level: CompareLevel): ModelResult {
	const from = cpim.from[0];
	const number = usable(from) && (from.uri.scheme === "tel" || /^\+\d/.test(from.uri.user ?? ""));
	let origin: Origin = "peer";
	if (number) origin = knowledge.own.some((fact) => compareIdentity(from.uri, fact, level).level !== undefined) ? "self" : "participant";
	else if (usable(from) && isAnonymousUri(from.uri)) origin = "anonymous";
	return result("phone", origin, "all", number ? "high" : "low");
}

function result(model: ClientModel, origin: Origin, audience: Audience, confidence: Confidence): ModelResult {
	return {
		view: { model, headline: headlineOf(origin, audience, []), origin, audience, confidence, trace: [], conversation: undefined },
		audienceConfidence: confidence,
		flags: [],
		firings: [],
	};
}
