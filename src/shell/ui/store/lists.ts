import type { Store } from "./store.js";

/** What a panel shows a window of. Keys tell its lines apart while others come and go. */
export interface List<Key> {
	readonly length: number;
	keyAt(position: number): Key | undefined;
	/** position of the key; where it is gone, of what took its place */
	position(key: Key): number;
}

/** All rows that are kept. */
export function allRows(store: Store): List<number> {
	return {
		get length() {
			return store.length;
		},
		keyAt: (position) => store.at(position)?.number,
		position: (key) => Math.min(store.position(key), Math.max(0, store.length - 1)),
	};
}

/** Ascending numbers, from an offset on. */
export function numberList(numbers: readonly number[], from = 0): List<number> {
	return {
		length: numbers.length - from,
		keyAt: (position) => (position < 0 ? undefined : numbers[from + position]),
		position: (key) => Math.min(lowerBound(numbers, key, from) - from, Math.max(0, numbers.length - from - 1)),
	};
}

export function textList(keys: readonly string[]): List<string> {
	return { length: keys.length, keyAt: (position) => keys[position], position: (key) => Math.max(0, keys.indexOf(key)) };
}

export function lowerBound(numbers: readonly number[], wanted: number, from = 0): number {
	let low = from;
	let high = numbers.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (numbers[middle]! < wanted) low = middle + 1;
		else high = middle;
	}
	return low;
}
