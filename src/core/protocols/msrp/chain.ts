export interface Link<T> {
	before: T | undefined;
	after: T | undefined;
}

/**
 * Items in the order they came; taking one out is a matter of two links. (A Map or Set that forgets its first key
 * again and again has to step over all the places of the keys forgotten before.)
 */
export class Chain<T extends Link<T>> {
	first: T | undefined;
	last: T | undefined;
	size = 0;

	push(item: T): void {
		item.before = this.last;
		item.after = undefined;
		if (this.last === undefined) this.first = item;
		else this.last.after = item;
		this.last = item;
		this.size++;
	}

	/** The item must be in this chain. */
	remove(item: T): void {
		if (item.before === undefined) this.first = item.after;
		else item.before.after = item.after;
		if (item.after === undefined) this.last = item.before;
		else item.after.before = item.before;
		item.before = undefined;
		item.after = undefined;
		this.size--;
	}
}
