import type { Carrier } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import type { MsrpAssembler } from "../protocols/msrp/index.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { PipelineContext } from "./context.js";
import { MsrpFrameEntry } from "./msrp-entry.js";

/** Makes the entry of one MSRP frame: reassembly, and what the content means once it is whole. */
export function emitMsrp(
	context: PipelineContext,
	flow: Flow,
	dir: Direction,
	over: Carrier,
	msrp: MsrpFrame,
	assembler: MsrpAssembler,
	at: Moment,
	began: Moment,
	offset: number,
): void {
	const entry = new MsrpFrameEntry(flow, dir, over, msrp, at, began, offset, context.limits);
	const result = assembler.add(msrp, context.nextEntry(), at);
	if (result !== undefined) {
		entry.message = result.message;
		for (const problem of result.problems) entry.problems.push(problem);
		// A chunk that comes again or late finds a message that was shown already.
		if (result.completed) setContent(entry);
		if (result.message.state === "open") context.assembling.add(assembler);
	}
	context.emit(entry);
}

function setContent(entry: MsrpFrameEntry): void {
	const { msrp, message } = entry;
	if (message === undefined) return;
	const type = message.contentType ?? msrp.contentType;
	if (type === undefined) return;
	// In a message of one chunk the content stands in the frame, so findings can point into it.
	const inFrame = message.chunks.length === 1 && msrp.bodyKept === message.content.length && msrp.bodyOffset >= 0;
	const start = inFrame ? msrp.start + msrp.bodyOffset : 0;
	entry.setContent({
		type,
		disposition: msrp.get("content-disposition"),
		encoding: undefined,
		buf: inFrame ? msrp.bytes : message.content,
		start,
		end: start + message.content.length,
		frameOffset: inFrame ? msrp.bodyOffset : -1,
		whole: !message.truncated,
	});
}
