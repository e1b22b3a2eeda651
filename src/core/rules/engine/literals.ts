interface State<V> {
	next: Map<number, State<V>>;
	/** longest proper suffix that is a prefix of some text */
	fail: State<V> | undefined;
	/** whose texts end here, those of suffixes included */
	values: V[];
}

/**
 * Which of many texts are in a value: all of them are looked for at once (Aho and Corasick, 1975). Case of ASCII letters
 * does not count.
 */
export class Literals<V> {
	readonly #root: State<V> = { next: new Map(), fail: undefined, values: [] };
	#linked = true;

	add(text: string, value: V): void {
		let state = this.#root;
		for (let i = 0; i < text.length; i++) {
			const code = fold(text.charCodeAt(i));
			let next = state.next.get(code);
			if (next === undefined) {
				next = { next: new Map(), fail: undefined, values: [] };
				state.next.set(code, next);
			}
			state = next;
		}
		state.values.push(value);
		this.#linked = false;
	}

	/** Adds to `found` whose texts are in `value`. */
	search(value: string, found: Set<V>): void {
		if (!this.#linked) this.#link();
		let state = this.#root;
		for (let i = 0; i < value.length; i++) {
			const code = fold(value.charCodeAt(i));
			let next = state.next.get(code);
			while (next === undefined && state.fail !== undefined) {
				state = state.fail;
				next = state.next.get(code);
			}
			state = next ?? this.#root;
			for (const one of state.values) found.add(one);
		}
	}

	#link(): void {
		this.#linked = true;
		const queue: State<V>[] = [...this.#root.next.values()];
		for (const state of queue) state.fail = this.#root;
		for (let i = 0; i < queue.length; i++) {
			const state = queue[i]!;
			for (const [code, next] of state.next) {
				let fail = state.fail;
				while (fail !== undefined && !fail.next.has(code)) fail = fail.fail;
				next.fail = fail?.next.get(code) ?? this.#root;
				next.values = [...new Set([...next.values, ...next.fail.values])];
				queue.push(next);
			}
		}
	}
}

function fold(code: number): number {
	return code >= 65 && code <= 90 ? code + 32 : code;
}
