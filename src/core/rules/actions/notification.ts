import { rowsNamed, sectionOf } from "../message/headers.js";
import type { ActionContext } from "./types.js";

export const KINDS = ["any", "delivery", "display", "processing", "failure"] as const;

/** Does the message carry a notification (RFC 5438) of that kind? "failure": one that says failed, forbidden or error. */
export function carries(kind: (typeof KINDS)[number], context: ActionContext): boolean {
	const section = sectionOf(context, "imdn-xml");
	if (section === undefined) return false;
	if (kind === "any") return true;
	if (kind === "failure") return /^(?:failed|forbidden|error)$/.test(rowsNamed(section, "status")[0]?.value ?? "");
	return rowsNamed(section, `${kind}-notification`).length > 0;
}
