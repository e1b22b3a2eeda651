import type { Carrier, MsrpEntry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { Moment } from "../model/time.js";
import type { MsrpAssembler } from "../protocols/msrp/index.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { decodeContent } from "./content.js";
import { entryBase, type PipelineContext } from "./context.js";

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
): MsrpEntry {
	const entry: MsrpEntry = { ...entryBase(flow, dir, over, at, began, offset, msrp.length, msrp.problems ?? []), protocol: "msrp", msrp };
	const result = assembler.add(msrp);
	if (result !== undefined) {
		entry.message = result.message;
		for (const problem of result.problems) entry.problems.push(problem);
		decodeMessage(entry, context.limits);
	}
	context.emit(entry);
	return entry;
}

function decodeMessage(entry: MsrpEntry, limits: Limits): void {
	const { msrp, message } = entry;
	if (message === undefined || message.state !== "complete") return;
	const type = message.contentType ?? msrp.contentType;
	if (type === undefined) return;
	const inFrame = message.chunks.length === 1 && msrp.bodyKept === message.content.length && msrp.bodyOffset >= 0;
	const buf = inFrame ? msrp.bytes : message.content;
	const start = inFrame ? msrp.start + msrp.bodyOffset : 0;
	decodeContent(
		entry,
		{
			type,
			disposition: msrp.get("content-disposition"),
			encoding: undefined,
			buf,
			start,
			end: start + message.content.length,
			frameOffset: inFrame ? msrp.bodyOffset : -1,
			whole: !message.truncated,
		},
		limits,
	);
}
