/** Places of the table, over all texts: 32 MiB. What does not fit is always found. */
const MOST = 8 << 20;
const ROOT = 0;

interface Node<V> {
	next: Map<number, number>;
	values: V[];
}

/**
 * Which of many texts may be in a value: all of them are looked for at once (Aho and Corasick, 1975), with one step of a table a
 * character. Case of ASCII letters does not count. Found is at least every text that is there.
 */
export class Literals<V> {
	readonly #nodes: Node<V>[] = [{ next: new Map(), values: [] }];
	/** number of a character among those that occur in texts; 0: it occurs in none */
	readonly #ascii = new Uint16Array(128);
	readonly #others = new Map<number, number>();
	#classes = 1;
	#table: Int32Array | undefined;
	/** by state: whose texts end there, those of suffixes included; undefined where none does */
	#found: (readonly V[] | undefined)[] = [];
	readonly #always: V[] = [];

	add(text: string, value: V): void {
		this.#table = undefined;
		if ((this.#nodes.length + text.length) * (this.#classes + text.length) > MOST) {
			this.#always.push(value);
			return;
		}
		let state = ROOT;
		for (let i = 0; i < text.length; i++) {
			const code = this.#classOf(fold(text.charCodeAt(i)));
			let next = this.#nodes[state]!.next.get(code);
			if (next === undefined) {
				next = this.#nodes.length;
				this.#nodes.push({ next: new Map(), values: [] });
				this.#nodes[state]!.next.set(code, next);
			}
			state = next;
		}
		this.#nodes[state]!.values.push(value);
	}

	/** Adds to `found` whose texts are in `value`. */
	search(value: string, found: Set<V>): void {
		const table = this.#table ?? this.#link();
		const ends = this.#found;
		const classes = this.#classes;
		for (const one of this.#always) found.add(one);
		let state = ROOT;
		for (let i = 0; i < value.length; i++) {
			const code = value.charCodeAt(i);
			const letter = code < 128 ? this.#ascii[code]! : (this.#others.get(code) ?? 0);
			state = table[state * classes + letter]!;
			const values = ends[state];
			if (values !== undefined) for (const one of values) found.add(one);
		}
	}

	/** Upper case is given the number of its lower case, so that searching need not fold. */
	#classOf(code: number): number {
		const known = code < 128 ? this.#ascii[code]! : this.#others.get(code);
		if (known !== undefined && known !== 0) return known;
		const number = this.#classes++;
		if (code >= 128) this.#others.set(code, number);
		else {
			this.#ascii[code] = number;
			if (code >= 97 && code <= 122) this.#ascii[code - 32] = number;
		}
		return number;
	}

	/** Fills the table, breadth first: where there is no way on, the way of the longest suffix that is a beginning too. */
	#link(): Int32Array {
		const classes = this.#classes;
		const nodes = this.#nodes;
		const table = new Int32Array(nodes.length * classes);
		const fail = new Int32Array(nodes.length);
		const found: (readonly V[] | undefined)[] = nodes.map(({ values }) => (values.length === 0 ? undefined : values));
		const queue = [ROOT];
		for (let at = 0; at < queue.length; at++) {
			const state = queue[at]!;
			const { next } = nodes[state]!;
			for (let letter = 1; letter < classes; letter++) {
				const to = next.get(letter);
				const otherwise = state === ROOT ? ROOT : table[fail[state]! * classes + letter]!;
				table[state * classes + letter] = to ?? otherwise;
				if (to === undefined) continue;
				fail[to] = otherwise;
				const shorter = found[otherwise];
				if (shorter !== undefined) found[to] = [...new Set([...(found[to] ?? []), ...shorter])];
				queue.push(to);
			}
		}
		this.#found = found;
		this.#table = table;
		return table;
	}
}

function fold(code: number): number {
	return code >= 65 && code <= 90 ? code + 32 : code;
}
