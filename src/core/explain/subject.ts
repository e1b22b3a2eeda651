import type { Subject } from "../classify/classify.js";
import { nestedFrom } from "../classify/nested.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";

/** What `classify` was asked about this message, so that it can be asked again with something changed. */
export function subjectOf(entry: SipEntry | MsrpEntry): Subject {
	const { cpim, payload } = entry;
	const chain = nestedFrom(cpim, entry.cpimBytes);
	if (entry.protocol === "sip") {
		const { sip } = entry;
		return {
			method: sip.method,
			body: sip.bodyLength > 0,
			contentType: sip.get("content-type"),
			disposition: sip.get("content-disposition"),
			state: sip.complete ? "complete" : "lost",
			cpim,
			payload,
			chain,
			toClient: entry.verdict?.toClient,
		};
	}
	const { msrp, message } = entry;
	return {
		method: msrp.method,
		body: msrp.bodyOffset >= 0 || msrp.contentType !== undefined,
		contentType: message?.contentType ?? msrp.contentType,
		disposition: msrp.get("content-disposition"),
		state: message === undefined || message.state === "complete" ? "complete" : message.state === "open" ? "pending" : "lost",
		cpim,
		payload,
		chain,
		toClient: entry.verdict?.toClient,
	};
}
