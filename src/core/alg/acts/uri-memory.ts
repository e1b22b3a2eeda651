import type { Endpoint } from "../../model/flow.js";
import type { Draft } from "../draft.js";
import type { ProfileBox } from "../profile.js";
import type { UriSpot } from "../spots.js";
import { locateUri } from "../spots.js";
import type { Side } from "../types.js";

/** What a URI was before the box rewrote it. */
export interface Remembered {
	/** octet-exact */
	uri: string;
	/** who sent the message that held it */
	source: Endpoint;
	/** Route values that requests to it need, nearest first */
	routes: readonly string[];
}

/** Peers add and drop parameters: a URI is known again by scheme, user, host and port (rule 1 of the profile specification). */
function essence(text: string, uri: UriSpot): string {
	const user = uri.user === undefined ? "" : text.slice(uri.user.start, uri.user.end);
	const host = uri.hostPort === undefined ? "" : text.slice(uri.hostPort.start, uri.hostPort.end).toLowerCase();
	return uri.hostPort === undefined ? uri.uri.text : `${uri.uri.scheme}:${user}@${host}`;
}

/** Keeps what `rewritten` was. `owner`: the side whose URI it is. Known by the call first, then by the URI alone. */
export function remember(
	box: ProfileBox,
	draft: Draft,
	owner: Side,
	kind: string,
	rewritten: string,
	original: string,
	routes: readonly string[] = [],
): void {
	const { at, source } = draft.message;
	const value: Remembered = { uri: original, source, routes };
	const key = `${owner}|${kind}|${essence(rewritten, locateUri(rewritten, 0, rewritten.length))}`;
	box.bindings.set("contact", `${draft.callId}|${key}`, value, at, draft.callId);
	box.bindings.set("contact", `|${key}`, value, at);
}

/** What the URI at that place was before the box rewrote it for the sender of the message. */
export function recall(
	box: ProfileBox,
	draft: Draft,
	owner: Side,
	kind: string,
	uri: UriSpot,
	calls: readonly string[] = [draft.callId, ""],
): Remembered | undefined {
	const key = `${owner}|${kind}|${essence(draft.text, uri)}`;
	for (const call of calls) {
		const found = box.bindings.get<Remembered>("contact", `${call}|${key}`, draft.message.at);
		if (found !== undefined) return found;
	}
	return undefined;
}

export function otherSide(side: Side): Side {
	return side === "inside" ? "outside" : "inside";
}
