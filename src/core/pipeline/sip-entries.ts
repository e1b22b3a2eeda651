import { checkSip } from "../checks/sip/index.js";
import type { Carrier, SipEntry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { cpimOctets, type Decoded, decodeContent } from "./content.js";
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
): void {
	const problems = sip.problems ?? [];
	const from = dir === 0 ? flow.a : flow.b;
	const found = checkSip(sip, over, from);
	if (found !== null) for (const problem of found) problems.push(problem);
	const body = decodeBody(context, sip, (dir === 0 ? flow.b : flow.a).address);
	if (body !== undefined) for (const problem of body.problems) problems.push(problem);
	const entry: SipEntry = {
		...entryBase(flow, dir, over, at, began, offset, sip.length, problems),
		protocol: "sip",
		sip,
		sdp: body?.sdp,
		cpim: body?.cpim,
		get cpimBytes() {
			return cpimOctets(body, sip);
		},
		payload: body?.payload,
	};
	context.emit(entry);
}

function decodeBody(context: PipelineContext, sip: SipMessage, peerAddress: string): Decoded | undefined {
	if (sip.bodyKept === 0) return undefined;
	const type = sip.get("content-type");
	if (type === undefined) return undefined;
	const start = sip.start + sip.bodyOffset;
	return decodeContent(
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
		peerAddress,
		context.limits,
	);
}
