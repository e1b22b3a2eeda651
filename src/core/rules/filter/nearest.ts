/** The candidate that takes the fewest edits to reach, letter case counting least; the first of equals. */
export function nearest(text: string, candidates: readonly string[]): string {
	const wanted = text.slice(0, 80);
	let best = "";
	let least = Number.POSITIVE_INFINITY;
	for (const candidate of candidates) {
		const same = candidate.toLowerCase() === wanted.toLowerCase();
		const distance = same ? 0.5 : edits(wanted, candidate);
		if (distance < least) {
			least = distance;
			best = candidate;
		}
	}
	return best;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
	let above = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1] ? 0 : 1;
			current.push(Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same));
		}
		above = current;
	}
	return above[b.length]!;
}
