import type { AlgEdit } from "./types.js";

/** The octets with the edits applied; they must be in order and not overlap. */
export function applyEdits(octets: Buffer, edits: readonly Pick<AlgEdit, "start" | "end" | "octets">[]): Buffer {
	if (edits.length === 0) return octets;
	const pieces: Buffer[] = [];
	let at = 0;
	for (const edit of edits) {
		pieces.push(octets.subarray(at, edit.start), edit.octets);
		at = edit.end;
	}
	pieces.push(octets.subarray(at));
	return Buffer.concat(pieces);
}

/**
 * One list of edits on `octets` that does what `first` and then `second` do; the spans of `second` count in the result of
 * `first`. Where the second touches what the first wrote, both become one edit.
 */
export function composeEdits(octets: Buffer, first: readonly AlgEdit[], second: readonly AlgEdit[]): AlgEdit[] {
	if (first.length === 0) return [...second];
	if (second.length === 0) return [...first];
	const middle = applyEdits(octets, first);
	const composed: AlgEdit[] = [];
	let shift = 0;
	let later = 0;
	for (let i = 0; i < first.length; ) {
		const edit = first[i]!;
		const from = edit.start + shift;
		// What lies wholly before keeps its place.
		while (later < second.length && second[later]!.end <= from && !touches(second[later]!, from, from + edit.octets.length)) {
			composed.push(moved(second[later++]!, -shift));
		}
		let last = i;
		let start = from;
		let end = from + edit.octets.length;
		let lastShift = shift + edit.octets.length - (edit.end - edit.start);
		const firstLater = later;
		for (let grown = true; grown; ) {
			grown = false;
			while (later < second.length && touches(second[later]!, start, end)) {
				start = Math.min(start, second[later]!.start);
				end = Math.max(end, second[later++]!.end);
				grown = true;
			}
			while (last + 1 < first.length && later > firstLater && first[last + 1]!.start + lastShift < end) {
				const next = first[++last]!;
				end = Math.max(end, next.start + lastShift + next.octets.length);
				lastShift += next.octets.length - (next.end - next.start);
				grown = true;
			}
		}
		composed.push(
			later === firstLater
				? edit
				: merged(octets, middle, first.slice(i, last + 1), second.slice(firstLater, later), start, end, shift, lastShift),
		);
		shift = lastShift;
		i = last + 1;
	}
	while (later < second.length) composed.push(moved(second[later++]!, -shift));
	return composed.filter((edit) => !octets.subarray(edit.start, edit.end).equals(edit.octets));
}

/** They share octets, or one is an insertion at the edge of the other. */
function touches({ start, end }: AlgEdit, from: number, to: number): boolean {
	return start === end || from === to ? start <= to && from <= end : start < to && from < end;
}

function moved(edit: AlgEdit, by: number): AlgEdit {
	return { ...edit, start: edit.start + by, end: edit.end + by };
}

function merged(
	octets: Buffer,
	middle: Buffer,
	first: readonly AlgEdit[],
	second: readonly AlgEdit[],
	start: number,
	end: number,
	shift: number,
	lastShift: number,
): AlgEdit {
	const inner = second.map((edit) => moved(edit, -start));
	const both = [...first, ...second];
	const join = (pick: (edit: AlgEdit) => string, by: string): string => [...new Set(both.map(pick))].join(by);
	return {
		start: start - shift,
		end: Math.min(octets.length, end - lastShift),
		octets: applyEdits(middle.subarray(start, end), inner),
		part: join((edit) => edit.part, ", "),
		profile: join((edit) => edit.profile, "+"),
		why: join((edit) => edit.why, "; "),
	};
}
