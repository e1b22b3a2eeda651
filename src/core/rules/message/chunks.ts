import type { SpanEdit } from "../../model/rewriting.js";
import { plus } from "../../protocols/msrp/byte-range.js";
import type { ByteRange, MsrpFrame } from "../../protocols/msrp/types.js";
import { rangeText } from "../../relay/mend-msrp.js";
import { applyEdits } from "../../relay/span-edits.js";
import { addEdit, sectionOf } from "./headers.js";
import type { Span } from "./parts.js";

/** One message is cut into no more chunks than this; the last one has the rest. */
export const MOST_CHUNKS = 4096;

/** Where the flag of the end-line stands in a whole frame. */
export function flagAt(octets: Buffer, transactionId: string): number {
	return octets.lastIndexOf(`-------${transactionId}`, octets.length, "latin1") + 7 + transactionId.length;
}

/** Writes the Byte-Range of a frame, or adds it (RFC 4975 §7.1.1). Undefined where it is so already. */
export function rangeEdit(message: Parameters<typeof sectionOf>[0], range: ByteRange): SpanEdit | undefined {
	const section = sectionOf(message, "msrp");
	if (section === undefined) return undefined;
	const text = rangeText(range);
	const row = section.rows.find(({ key }) => key === "byte-range");
	if (row === undefined) return addEdit(section, "Byte-Range", text);
	return row.value === text ? undefined : { start: row.valueStart, end: row.valueEnd, octets: Buffer.from(text), part: "Byte-Range" };
}

/**
 * A whole frame as chunks of `size` octets of body (RFC 4975 §5.1): edits that make it the first one, and the others. Undefined where
 * it fits into one.
 *
 * @param newId gives transaction ids; one that the body holds an end-line of is not taken
 */
export function chunksOf(
	message: Parameters<typeof sectionOf>[0] & { msrp: MsrpFrame },
	body: Span,
	size: number,
	newId: () => string,
): { edits: SpanEdit[]; rest: Buffer[] } | undefined {
	const { msrp, octets } = message;
	const length = body.end - body.start;
	const step = Math.max(size, Math.ceil(length / MOST_CHUNKS));
	if (length <= step) return undefined;
	const range = msrp.byteRange ?? { start: 1, end: length, total: length };
	const flag = flagAt(octets, msrp.transactionId);
	const edits = (from: number, to: number, id: string | undefined): SpanEdit[] => {
		const first = plus(range.start, from);
		const found = [
			...(id === undefined ? [] : [{ start: 5, end: 5 + msrp.transactionId.length, octets: Buffer.from(id), part: "transaction id" }]),
			rangeEdit(message, { start: first, end: plus(first, to - from - 1), total: range.total }),
			...(from > 0 ? [{ start: body.start, end: body.start + from, octets: Buffer.alloc(0), part: "body" }] : []),
			...(to < length ? [{ start: body.start + to, end: body.end, octets: Buffer.alloc(0), part: "body" }] : []),
			...(id === undefined ? [] : [{ start: flag - msrp.transactionId.length, end: flag, octets: Buffer.from(id), part: "end-line" }]),
			...(to < length ? [{ start: flag, end: flag + 1, octets: Buffer.from("+"), part: "end-line" }] : []),
		];
		return found.filter((edit) => edit !== undefined);
	};
	const rest: Buffer[] = [];
	for (let from = step; from < length; from += step) {
		let id = newId();
		while (octets.includes(`-------${id}`, body.start, "latin1")) id = newId();
		rest.push(applyEdits(octets, edits(from, Math.min(length, from + step), id)));
	}
	return { edits: edits(0, step, undefined), rest };
}
