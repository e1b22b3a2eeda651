import type { Step, Unit } from "./types.js";
import { isRequest } from "./unit.js";

/**
 * Messages of the peer with the same word here come in the order in which they were sent: requests of a SIP dialog (RFC 3261 §12.2.1.1,
 * by CSeq), and what one sender says over one MSRP connection. Notifications and typing notices come when they come: undefined.
 */
export function orderOf({ unit, link }: Pick<Step, "unit" | "link">): string | undefined {
	if (!isRequest(unit)) return undefined;
	if (unit.protocol === "sip")
		return unit.sip.method === "ACK" || unit.sip.method === "CANCEL" ? undefined : `sip ${unit.sip.get("call-id")}`;
	const sender = speaker(unit);
	return sender === undefined ? undefined : `msrp ${link.id} ${sender}`;
}

/** Who says something, as message/cpim has it; "" without one. Undefined: nothing is said. */
function speaker({ msrp, octets }: Unit & { protocol: "msrp" }): string | undefined {
	if (msrp.method !== "SEND" || msrp.bodyOffset < 0) return undefined;
	const type = msrp.contentType ?? "";
	const body = octets.toString("latin1", msrp.bodyOffset);
	const wrapped = /^message\/cpim/i.test(type) ? (/^Content-Type:\s*([^;\s]+)/im.exec(body)?.[1] ?? "") : type;
	if (/^(?:message\/imdn|application\/im-iscomposing)/i.test(wrapped)) return undefined;
	return /^message\/cpim/i.test(type) ? (/^From:[^\r\n]*/im.exec(body)?.[0] ?? "") : "";
}
