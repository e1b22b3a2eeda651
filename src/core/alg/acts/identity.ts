import type { Draft } from "../draft.js";
import { hostText } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import type { UriSpot } from "../spots.js";
import { otherSide, recall, remember } from "./uri-memory.js";

/** Identities of the sender lose their domain; those of the receiver that the box wrote come back. */
export const hideIdentities: Act = (draft, box) => {
	for (const spot of draft.addresses(draft.request ? "from" : "to")) own(draft, box, spot.uri, draft.request ? "From" : "To");
	for (const spot of draft.addresses("p-asserted-identity")) own(draft, box, spot.uri, "P-Asserted-Identity");
	for (const spot of draft.addresses(draft.request ? "to" : "from")) peer(draft, box, spot.uri, draft.request ? "To" : "From");
	const target = draft.requestUri();
	if (target !== undefined) peer(draft, box, target, "Request-URI");
};

function own(draft: Draft, box: ProfileBox, uri: UriSpot, part: string): void {
	if (uri.hostPort === undefined) return;
	// Within a dialog the other side's name for it stays: To of a response is what the request said, and From of a later request is the same.
	const asked = part === "P-Asserted-Identity" ? undefined : recall(box, draft, draft.from, "asked", uri, [draft.callId]);
	if (asked !== undefined) draft.replace(uri, asked.uri, part, "as the other side wrote it");
	if (asked !== undefined || part === "To") return;
	if (!box.actsOn(draft.from)) return;
	const shown = hostText(box.shown(draft).address);
	const { start, end, hostPort } = uri;
	remember(
		box,
		draft,
		draft.from,
		"identity",
		draft.text.slice(start, hostPort.start) + shown + draft.text.slice(hostPort.end, end),
		draft.slice(uri),
	);
	draft.replace(hostPort, shown, `${part} host`, "the domain is hidden");
}

function peer(draft: Draft, box: ProfileBox, uri: UriSpot, part: string): void {
	const known = recall(box, draft, otherSide(draft.from), "identity", uri);
	const original = known?.uri ?? draft.slice(uri);
	if (part === "To") remember(box, draft, otherSide(draft.from), "asked", original, draft.slice(uri));
	if (known !== undefined) draft.replace(uri, original, part, "the identity as it was");
}
