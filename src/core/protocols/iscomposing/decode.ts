import type { Payload } from "../../model/entry.js";
import { childText, unsigned, type XmlElement } from "../xml/index.js";

export type ComposingPayload = Extract<Payload, { kind: "composing" }>;

/** The state in an application/im-iscomposing+xml document (RFC 3994 §3), or what it lacks, in words. `refresh` in seconds. */
export function decodeIsComposing(root: XmlElement): ComposingPayload | string {
	if (root.local !== "isComposing") return `root element is ${root.local}`;
	const state = childText(root, "state");
	if (state === undefined || state === "") return "no state";
	const payload: ComposingPayload = { kind: "composing", state };
	const contentType = childText(root, "contenttype");
	if (contentType !== undefined) payload.contentType = contentType;
	const refresh = unsigned(childText(root, "refresh"));
	if (refresh !== undefined) payload.refresh = refresh;
	const lastActive = childText(root, "lastactive");
	if (lastActive !== undefined) payload.lastActive = lastActive;
	return payload;
}
