import type { SpanEdit } from "../model/rewriting.js";

/**
 * The octets with the edits made.
 *
 * @throws RangeError when the edits overlap, are out of order, or reach beyond the octets
 */
export function applyEdits(octets: Buffer, edits: readonly SpanEdit[]): Buffer {
	const parts: Buffer[] = [];
	let at = 0;
	for (const { start, end, octets: replacement } of edits) {
		if (start < at || end < start || end > octets.length)
			throw new RangeError(`edit [${start}, ${end}) does not fit ${octets.length} octets from ${at}`);
		parts.push(octets.subarray(at, start), replacement);
		at = end;
	}
	parts.push(octets.subarray(at));
	return Buffer.concat(parts);
}

/** Where the octet at `offset` stands after the edits; inside a replaced span: where that begins. */
export function movedTo(offset: number, edits: readonly SpanEdit[]): number {
	let shift = 0;
	for (const { start, end, octets } of edits) {
		if (start >= offset) break;
		if (end > offset) return start + shift;
		shift += octets.length - (end - start);
	}
	return offset + shift;
}

/** Does an edit touch a place in [start, end)? */
export function touchesSpan(edits: readonly SpanEdit[], start: number, end: number): boolean {
	return edits.some((edit) => edit.start < end && edit.end > start);
}
