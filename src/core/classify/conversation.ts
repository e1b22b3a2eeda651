import type { CpimMessage } from "../protocols/cpim/types.js";
import { usable } from "./axes.js";
import { addressFocus } from "./isfocus.js";
import type { ClientModel, Conversation, LegKnowledge, ModelView } from "./types.js";

/**
 * The thread under which a client of that kind files a message. The room's thread is named by the identity that this client
 * knows the room by: a group that was dialled or that invited keeps its name, an ad-hoc room has only its Contact, and a
 * client that looks for isfocus needs neither. A private thread is named by the other party.
 */
export function conversationOf(
	model: ClientModel,
	view: Pick<ModelView, "origin" | "audience">,
	cpim: CpimMessage,
	knowledge: LegKnowledge,
	toClient: boolean | undefined,
): Conversation | undefined {
	const from = cpim.from[0];
	const to = cpim.to.filter(usable);
	switch (view.audience) {
		case "all":
			return { thread: "room", uri: roomName(model, cpim, knowledge) };
		case "private":
		case "private-multi": {
			const mine = toClient === undefined ? view.origin === "self" : !toClient || view.origin === "self";
			const others = mine ? to.map((address) => address.uriText) : usable(from) ? [from.uriText] : [];
			return others.length === 0 ? undefined : { thread: "private", uri: others.join(" ") };
		}
		case "self":
			return usable(from) ? { thread: "private", uri: from.uriText } : undefined;
		default:
			return undefined;
	}
}

/** "" where the client knows no name for the room it is in. */
function roomName(model: ClientModel, cpim: CpimMessage, knowledge: LegKnowledge): string {
	const marked = [...cpim.to, ...cpim.from].find((address) => usable(address) && addressFocus(address).is === "yes");
	if (model === "isfocus") return marked?.uriText ?? "";
	if (model === "dialog") return knowledge.dialogRemote?.text ?? "";
	// The Request-URI may be where the call is routed; To is what the user dialled.
	const named = knowledge.dialled.find(({ provenance }) => provenance !== "request-uri");
	if (named !== undefined) return named.uri.text;
	const known = [
		knowledge.dialled,
		model === "legacy" || model === "literal" ? [] : knowledge.invited,
		knowledge.contact,
		knowledge.session,
	];
	return known.find((list) => list.length > 0)?.[0]?.uri.text ?? marked?.uriText ?? "";
}
