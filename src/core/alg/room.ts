import { isFocusParam } from "../classify/knowledge/hop.js";
import type { SipEntry } from "../model/entry.js";
import type { Endpoint } from "../model/flow.js";
import { contacts } from "../protocols/sip/index.js";

/**
 * Which end of the hop is the room's, by the first message of a call: who calls with isfocus in Contact or a=chatroom, and who
 * notifies; otherwise who is called. Between two users this is the callee.
 */
export function whoIsRoom({ sip, sdp, from, to }: SipEntry): Endpoint {
	const says = contacts(sip).some(isFocusParam) || (sdp?.media.some((media) => media.msrp?.chatroom !== undefined) ?? false);
	if (sip.kind === "response") return from;
	return says || sip.method === "NOTIFY" ? from : to;
}
