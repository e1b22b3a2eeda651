import type { Limits } from "../model/limits.js";
import type { SpanEdit } from "../model/rewriting.js";
import { frameParts, MsrpMemory, mendFrame } from "../relay/mend-frame.js";
import { msrpHeadOf } from "../relay/mend-msrp.js";
import { contentLengthEdit, sipMessageOf } from "../relay/mend-sip.js";
import { applyEdits } from "../relay/span-edits.js";
import type { RelayProtocol } from "../relay/stage.js";

/** Cells of the table that lines are compared in; what is beyond is one edit. */
const MOST_CELLS = 1 << 18;

interface Span {
	start: number;
	end: number;
}

/**
 * What was edited, as spans: line by line in the head, one span in the body, one in the end-line of MSRP. Narrow spans matter because
 * lengths follow the edits of a body, and what an edit sets itself is left alone.
 */
export function differences(protocol: RelayProtocol, before: Buffer, after: Buffer, limits: Limits): SpanEdit[] {
	if (before.equals(after)) return [];
	const [old, now] = [regions(protocol, before, limits), regions(protocol, after, limits)];
	if (old === undefined || now === undefined) return lineEdits(before, { start: 0, end: before.length }, after);
	const edits = lineEdits(before, old.head, after.subarray(now.head.start, now.head.end));
	const body = spanEdit(before, old.body, after.subarray(now.body.start, now.body.end), true);
	if (body !== undefined) edits.push(body);
	const tail = spanEdit(before, old.tail, after.subarray(now.tail.start, now.tail.end));
	if (tail !== undefined) edits.push(tail);
	return merged(edits, before);
}

/** The octets as they go on after these edits: with the lengths that the relay mends, where they are not to be left as they are. */
export function mended(protocol: RelayProtocol, before: Buffer, edits: readonly SpanEdit[], fix: boolean, limits: Limits): Buffer {
	let octets = applyEdits(before, edits);
	if (!fix || edits.length === 0) return octets;
	if (protocol === "sip") {
		const message = sipMessageOf(octets, limits);
		const length = message === undefined ? undefined : contentLengthEdit(octets, message);
		return length === undefined ? octets : applyEdits(octets, [length]);
	}
	const frame = msrpHeadOf(before, limits);
	if (frame === undefined) return octets;
	for (const edit of mendFrame(before, edits, frame, octets, limits, new MsrpMemory())) octets = applyEdits(octets, [edit]);
	return octets;
}

function regions(protocol: RelayProtocol, octets: Buffer, limits: Limits): { head: Span; body: Span; tail: Span } | undefined {
	const { length } = octets;
	if (protocol === "sip") {
		const at = sipMessageOf(octets, limits)?.bodyOffset;
		return at === undefined
			? undefined
			: { head: { start: 0, end: at }, body: { start: at, end: length }, tail: { start: length, end: length } };
	}
	const frame = msrpHeadOf(octets, limits);
	const parts = frame === undefined ? undefined : frameParts(octets, frame);
	if (parts === undefined) return undefined;
	return { head: { start: 0, end: parts.body }, body: { start: parts.body, end: parts.tail }, tail: { start: parts.tail, end: length } };
}

/**
 * The one edit that turns a span into these octets, as narrow as it can be; nothing where they are the same. `grows`: an insertion at
 * the end belongs to the span and not to what is behind it, so it takes the octet before it along.
 */
function spanEdit(before: Buffer, { start, end }: Span, after: Buffer, grows = false): SpanEdit | undefined {
	const most = Math.min(end - start, after.length);
	let head = 0;
	while (head < most && before[start + head] === after[head]) head++;
	if (head === end - start && head === after.length) return undefined;
	let tail = 0;
	while (tail < most - head && before[end - 1 - tail] === after[after.length - 1 - tail]) tail++;
	if (grows && head === end - start && end > 0) {
		return { start: end - 1, end, octets: Buffer.concat([before.subarray(end - 1, end), after.subarray(head)]) };
	}
	return { start: start + head, end: end - tail, octets: Buffer.from(after.subarray(head, after.length - tail)) };
}

function lineEdits(before: Buffer, span: Span, after: Buffer): SpanEdit[] {
	const old = lines(before.subarray(span.start, span.end));
	const now = lines(after);
	let head = 0;
	while (head < old.length && head < now.length && old[head] === now[head]) head++;
	let tail = 0;
	while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
	const middle = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)] as const;
	const edits: SpanEdit[] = [];
	let at = span.start + size(old, 0, head);
	for (const [count, text] of hunks(...middle)) {
		const end = at + size(middle[0], count.from, count.to);
		if (text !== undefined) {
			const edit = spanEdit(before, { start: at, end }, Buffer.from(text, "latin1"));
			if (edit !== undefined) edits.push(edit);
		}
		at = end;
	}
	return edits;
}

/** Runs of old lines in order, each with the text that takes its place; undefined: it stays. By the longest common subsequence. */
function* hunks(old: readonly string[], now: readonly string[]): Generator<[{ from: number; to: number }, string | undefined]> {
	const width = now.length + 1;
	if ((old.length + 1) * width > MOST_CELLS) {
		yield [{ from: 0, to: old.length }, now.join("")];
		return;
	}
	const table = new Uint16Array((old.length + 1) * width);
	for (let i = old.length - 1; i >= 0; i--) {
		for (let j = now.length - 1; j >= 0; j--) {
			const skip = Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
			table[i * width + j] = old[i] === now[j] ? table[(i + 1) * width + j + 1]! + 1 : skip;
		}
	}
	let [i, j] = [0, 0];
	while (i < old.length || j < now.length) {
		const [fromOld, fromNow] = [i, j];
		while (i < old.length && j < now.length && old[i] === now[j]) {
			i++;
			j++;
		}
		if (i > fromOld) {
			yield [{ from: fromOld, to: i }, undefined];
			continue;
		}
		while ((i < old.length || j < now.length) && !(i < old.length && j < now.length && old[i] === now[j])) {
			if (j >= now.length || (i < old.length && table[(i + 1) * width + j]! >= table[i * width + j + 1]!)) i++;
			else j++;
		}
		// As many lines as before: each was edited on its own.
		if (i - fromOld === j - fromNow)
			for (let n = 0; n < i - fromOld; n++) yield [{ from: fromOld + n, to: fromOld + n + 1 }, now[fromNow + n]];
		else yield [{ from: fromOld, to: i }, now.slice(fromNow, j).join("")];
	}
}

/** With their line ends, one character an octet. */
function lines(octets: Buffer): string[] {
	return octets.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function size(all: readonly string[], from: number, to: number): number {
	let octets = 0;
	for (let n = from; n < to; n++) octets += all[n]!.length;
	return octets;
}

/** Edits that overlap, because one took an octet along, become one. */
function merged(edits: readonly SpanEdit[], before: Buffer): SpanEdit[] {
	const all: SpanEdit[] = [];
	for (const edit of edits) {
		const last = all.at(-1);
		if (last === undefined || edit.start >= last.end) all.push(edit);
		else {
			// `edit` begins with the octet that `last` ends with: what `last` makes of it goes first.
			const rest = edit.octets.subarray(last.end - edit.start);
			all[all.length - 1] = { start: last.start, end: Math.max(last.end, edit.end), octets: Buffer.concat([last.octets, rest]) };
		}
	}
	return all.filter(({ start, end, octets }) => !before.subarray(start, end).equals(octets));
}
