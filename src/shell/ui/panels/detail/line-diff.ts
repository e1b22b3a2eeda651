/** What became of a line. */
export interface DiffLine {
	readonly kind: "same" | "removed" | "added";
	readonly text: string;
	/** of a removed or added line that has a counterpart: the stretch that differs */
	readonly from: number;
	readonly to: number;
}

/** Lines that are compared with each other; what is beyond is taken as it stands. */
const MOST = 1_500;

/** The lines of two texts, side by side in one list: the longest common subsequence stays, the others come and go. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
	let head = 0;
	while (head < before.length && head < after.length && before[head] === after[head]) head++;
	let tail = 0;
	while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
	const same = (text: string): DiffLine => ({ kind: "same", text, from: 0, to: 0 });
	const middle = changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
	return [...before.slice(0, head).map(same), ...paired(middle), ...before.slice(before.length - tail).map(same)];
}

function changed(before: readonly string[], after: readonly string[]): DiffLine[] {
	const removed = (text: string): DiffLine => ({ kind: "removed", text, from: 0, to: text.length });
	const added = (text: string): DiffLine => ({ kind: "added", text, from: 0, to: text.length });
	if (before.length * after.length > MOST * MOST) return [...before.map(removed), ...after.map(added)];
	const width = after.length + 1;
	const lengths = new Uint16Array((before.length + 1) * width);
	for (let a = before.length - 1; a >= 0; a--) {
		for (let b = after.length - 1; b >= 0; b--) {
			lengths[a * width + b] =
				before[a] === after[b]
					? lengths[(a + 1) * width + b + 1]! + 1
					: Math.max(lengths[(a + 1) * width + b]!, lengths[a * width + b + 1]!);
		}
	}
	const out: DiffLine[] = [];
	let a = 0;
	let b = 0;
	while (a < before.length && b < after.length) {
		if (before[a] === after[b]) {
			out.push({ kind: "same", text: before[a]!, from: 0, to: 0 });
			a++;
			b++;
		} else if (lengths[(a + 1) * width + b]! >= lengths[a * width + b + 1]!) out.push(removed(before[a++]!));
		else out.push(added(after[b++]!));
	}
	return [...out, ...before.slice(a).map(removed), ...after.slice(b).map(added)];
}

/** Runs of removed lines and the added ones behind them, line by line: what they have in common at both ends is not marked. */
function paired(lines: readonly DiffLine[]): DiffLine[] {
	const out = [...lines];
	for (let at = 0; at < out.length; at++) {
		if (out[at]!.kind !== "removed") continue;
		let removed = at;
		while (out[removed]?.kind === "removed") removed++;
		let added = removed;
		while (out[added]?.kind === "added") added++;
		for (let pair = 0; pair < Math.min(removed - at, added - removed); pair++) {
			const [a, b] = [out[at + pair]!, out[removed + pair]!];
			const most = Math.min(a.text.length, b.text.length);
			let head = 0;
			while (head < most && a.text[head] === b.text[head]) head++;
			let tail = 0;
			while (tail < most - head && a.text.at(-1 - tail) === b.text.at(-1 - tail)) tail++;
			// Lines that have next to nothing in common are two lines.
			if (head + tail < 3) continue;
			out[at + pair] = { ...a, from: head, to: a.text.length - tail };
			out[removed + pair] = { ...b, from: head, to: b.text.length - tail };
		}
		at = added - 1;
	}
	return out;
}
