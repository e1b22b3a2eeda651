/** A map that forgets its oldest keys when it is full: one of a small map, a sixteenth of a large one. */
export class FifoMap<K, V> {
	readonly #map = new Map<K, V>();
	readonly #limit: number;
	readonly #evicted: ((value: V, key: K) => void) | undefined;

	constructor(limit: number, evicted?: (value: V, key: K) => void) {
		this.#limit = Math.max(1, limit);
		this.#evicted = evicted;
	}

	get size(): number {
		return this.#map.size;
	}

	get(key: K): V | undefined {
		return this.#map.get(key);
	}

	set(key: K, value: V): void {
		this.#map.set(key, value);
		if (this.#map.size <= this.#limit) return;
		// Each new iterator steps over the places of deleted keys, so it has to pay for more than one.
		let surplus = Math.max(1, this.#limit >> 4);
		for (const [oldest, gone] of this.#map) {
			this.#map.delete(oldest);
			this.#evicted?.(gone, oldest);
			if (--surplus <= 0) break;
		}
	}

	delete(key: K): void {
		this.#map.delete(key);
	}

	keys(): IterableIterator<K> {
		return this.#map.keys();
	}

	values(): IterableIterator<V> {
		return this.#map.values();
	}
}

/**
 * A map that remembers at least the half of `limit` keys that were asked for or set last and at most all of them, in two
 * generations: nothing is deleted one by one, which costs a map with much coming and going more than all the rest.
 */
export class RecentMap<K, V> {
	readonly #half: number;
	#young = new Map<K, V>();
	#old = new Map<K, V>();
	/** generations that have passed; who keeps a value beside the map asks for it again when this has changed, lest it be forgotten */
	turns = 0;

	constructor(limit: number) {
		this.#half = Math.max(1, limit >> 1);
	}

	get(key: K): V | undefined {
		const young = this.#young.get(key);
		if (young !== undefined) return young;
		const old = this.#old.get(key);
		if (old !== undefined) this.set(key, old);
		return old;
	}

	set(key: K, value: V): void {
		if (this.#young.size >= this.#half) {
			this.#old = this.#young;
			this.#young = new Map();
			this.turns++;
		}
		this.#young.set(key, value);
	}
}

/**
 * Things to look at again after a fixed time, in the order they were put in. All waits of one queue are equally
 * long, so the first is always the next one due; capture times that step back only make it a little late.
 */
export class Deadlines<T> {
	readonly #wait: number;
	readonly #limit: number;
	#due: number[] = [];
	#items: (T | undefined)[] = [];
	#head = 0;

	/** `wait` in seconds; beyond `limit` items the oldest are forgotten */
	constructor(wait: number, limit: number) {
		this.#wait = wait;
		this.#limit = Math.max(1, limit);
	}

	add(item: T, now: number): void {
		if (this.#items.length - this.#head >= this.#limit) this.#items[this.#head++] = undefined;
		this.#due.push(now + this.#wait);
		this.#items.push(item);
		if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
			this.#due = this.#due.slice(this.#head);
			this.#items = this.#items.slice(this.#head);
			this.#head = 0;
		}
	}

	/** The next item whose time has come, else undefined. */
	next(now: number): T | undefined {
		if (this.#head >= this.#items.length || this.#due[this.#head]! > now) return undefined;
		const item = this.#items[this.#head];
		this.#items[this.#head++] = undefined;
		return item;
	}
}

/**
 * The list with one more item. The first one makes a list of just that size: an empty array that is pushed to
 * reserves room for seventeen, which is most of the memory of a hundred thousand sessions with one dialog each.
 */
export function append<T>(list: readonly T[], item: T): readonly T[] {
	if (list.length === 0) return [item];
	(list as T[]).push(item);
	return list;
}
