import type { Carrier, EventEntry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { copyNow, entryBase, type PipelineContext } from "./context.js";

/** An entry about something that is no SIP or MSRP message. */
export function emitEvent(
	context: PipelineContext,
	flow: Flow,
	dir: Direction,
	over: Carrier,
	protocol: EventEntry["protocol"],
	at: Moment,
	offset: number,
	text: string,
	problem?: Problem,
	more?: Partial<EventEntry>,
): void {
	const base = entryBase(flow, dir, over, at, copyNow(at), offset, problem?.length ?? 0, problem === undefined ? [] : [problem]);
	context.emit({ ...base, protocol, text, ...more } as EventEntry);
}

/** Octets that were dropped while looking for the next frame. */
export function emitSkipped(
	context: PipelineContext,
	flow: Flow,
	dir: Direction,
	over: Carrier,
	at: Moment,
	offset: number,
	length: number,
): void {
	const base = entryBase(flow, dir, over, at, copyNow(at), offset, length, []);
	context.emit({ ...base, protocol: "unparsed", text: `${length} octets that belong to no message` });
}
