import { checkSip } from "../checks/sip/index.js";
import type { Carrier, SipEntry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { decodeContent } from "./content.js";
import { entryBase, type PipelineContext } from "./context.js";

/** Makes the entry of one SIP message: what its body means, and the checks that need no other message. */
export function emitSip(
	context: PipelineContext,
	flow: Flow,
	dir: Direction,
	over: Carrier,
	sip: SipMessage,
	at: Moment,
	began: Moment,
	offset: number,
): SipEntry {
	const entry: SipEntry = { ...entryBase(flow, dir, over, at, began, offset, sip.length, sip.problems ?? []), protocol: "sip", sip };
	const found = checkSip(sip, over, entry.from);
	if (found !== null) for (const problem of found) entry.problems.push(problem);
	if (sip.bodyKept > 0) {
		const type = sip.get("content-type");
		if (type !== undefined) {
			const start = sip.start + sip.bodyOffset;
			decodeContent(
				entry,
				{
					type,
					disposition: sip.get("content-disposition"),
					encoding: sip.get("content-encoding"),
					buf: sip.bytes,
					start,
					end: start + sip.bodyKept,
					frameOffset: sip.bodyOffset,
					whole: sip.complete && sip.bodyKept === sip.bodyLength,
				},
				context.limits,
			);
		}
	}
	context.emit(entry);
	return entry;
}
