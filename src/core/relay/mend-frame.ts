import type { Limits } from "../model/limits.js";
import type { SpanEdit } from "../model/rewriting.js";
import { plus } from "../protocols/msrp/byte-range.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { FifoMap } from "../session/bounded.js";
import { byteRangeEdit, endLineAt, endLineEdit, freeTransactionId, msrpHeadOf, resized } from "./mend-msrp.js";
import { applyEdits, movedTo, touchesSpan } from "./span-edits.js";

/** Messages whose later chunks and reports, and requests whose responses, have to follow an edit; per connection. */
const MOST = 1024;

/** What one connection has to remember so that later frames fit earlier edits. */
export class MsrpMemory {
	/** octets by which a message was made longer: chunks behind `from` have to move */
	readonly shifts = new FifoMap<string, { from: number | bigint; delta: number }>(MOST);
	/** transaction ids that were replaced: new to old */
	readonly ids = new FifoMap<string, string>(MOST);
}

/** Where a frame's parts are: head up to `body`, body up to `tail`, then the end-line with the line end before it. */
export function frameParts(octets: Buffer, frame: MsrpFrame): { body: number; tail: number } | undefined {
	const hyphens = endLineAt(octets);
	if (hyphens === undefined) return undefined;
	const body = frame.bodyOffset;
	if (body < 0 || hyphens <= body) return { body: hyphens, tail: hyphens };
	const lineEnd = hyphens - body >= 2 && octets[hyphens - 2] === 13 ? 2 : 1;
	return { body, tail: hyphens - lineEnd };
}

/**
 * Makes a whole frame fit again after edits, each step an edit of what the one before left: the end-line has the transaction id of
 * the start line, which does not stand in the body as one; Byte-Range fits the body (RFC 4975 §7.1, §7.1.1).
 * What the edits set themselves is left alone.
 */
export function* mendFrame(
	old: Buffer,
	edits: readonly SpanEdit[],
	frame: MsrpFrame,
	changed: Buffer,
	limits: Limits,
	memory: MsrpMemory,
): Generator<SpanEdit> {
	const before = frameParts(old, frame);
	let head = msrpHeadOf(changed, limits);
	if (before === undefined || head === undefined) return;
	let octets = changed;
	const range = frame.byteRange;
	const row = frame.row("byte-range");
	const body = { start: head.bodyOffset, end: movedTo(before.tail, edits) };
	const hasBody = head.bodyOffset >= 0 && frame.bodyOffset >= 0;
	const delta = hasBody ? body.end - body.start - (before.tail - before.body) : 0;
	if (delta !== 0 && range !== undefined && range !== null && row !== undefined && !touchesSpan(edits, row.start, row.end)) {
		if (head.messageId !== undefined) {
			const prior = memory.shifts.get(head.messageId)?.delta ?? 0;
			memory.shifts.set(head.messageId, { from: plus(range.start, -prior), delta: prior + delta });
		}
		const edit = byteRangeEdit(head, resized(range, delta));
		if (edit !== undefined) {
			yield edit;
			octets = applyEdits(octets, [edit]);
			head = msrpHeadOf(octets, limits)!;
			body.end += octets.length - changed.length;
			body.start = head.bodyOffset;
		}
	}
	let id = head.transactionId;
	const content = hasBody ? octets.subarray(body.start, body.end) : undefined;
	if (content !== undefined && delta !== 0 && content.includes(`-------${id}`, 0, "latin1")) {
		const free = freeTransactionId(id, content);
		memory.ids.set(free, id);
		const edit = {
			start: 5,
			end: 5 + id.length,
			octets: Buffer.from(free, "latin1"),
			part: "transaction id",
			why: "the body holds an end-line of it",
		};
		yield edit;
		octets = applyEdits(octets, [edit]);
		id = free;
	}
	if (!touchesSpan(edits, before.tail, old.length) && id !== frame.transactionId) {
		const edit = endLineEdit(octets, { transactionId: id });
		if (edit !== undefined) yield edit;
	}
}

/**
 * What a later frame needs because of earlier edits of the same connection: a chunk behind an octet that moved, a report about
 * such a message, a response to a request with a replaced transaction id.
 */
export function followEdits(frame: MsrpFrame, memory: MsrpMemory): SpanEdit[] {
	if (memory.shifts.size === 0 && memory.ids.size === 0) return [];
	const edits: SpanEdit[] = [];
	if (frame.kind === "response") {
		const old = memory.ids.get(frame.transactionId);
		if (old !== undefined)
			edits.push({ start: 5, end: 5 + frame.transactionId.length, octets: Buffer.from(old, "latin1"), part: "transaction id" });
	}
	const shift = frame.messageId === undefined ? undefined : memory.shifts.get(frame.messageId);
	const range = frame.byteRange;
	if (shift === undefined || range === undefined || range === null) return edits;
	const report = frame.method === "REPORT";
	if (!report && (frame.method !== "SEND" || range.start <= shift.from)) return edits;
	const by = report ? -shift.delta : shift.delta;
	const moved = resized(report ? range : { ...range, start: plus(range.start, by) }, by);
	const edit = byteRangeEdit(frame, moved);
	if (edit !== undefined) edits.push(edit);
	return edits;
}
