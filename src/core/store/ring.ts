/** A list that grows at its end and shrinks at its beginning, both at once whatever its size. */
export class Ring<T> {
	#items: (T | undefined)[] = [];
	#head = 0;

	get size(): number {
		return this.#items.length - this.#head;
	}

	push(item: T): void {
		this.#items.push(item);
	}

	/** Takes the first away. */
	shift(): T | undefined {
		if (this.size === 0) return undefined;
		const item = this.#items[this.#head];
		this.#items[this.#head++] = undefined;
		if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
			this.#items = this.#items.slice(this.#head);
			this.#head = 0;
		}
		return item;
	}

	/** by place, from 0 */
	at(index: number): T | undefined {
		return index < 0 ? undefined : this.#items[this.#head + index];
	}
}
