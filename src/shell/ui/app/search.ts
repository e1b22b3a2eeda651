import type { Key } from "../state/state.js";

/** What is searched: lines by position. */
export interface Searched {
	readonly length: number;
	keyAt(position: number): Key | undefined;
	textAt(position: number): string;
}

/** Looks for the next line with a text, in slices, from a position on and around. */
export class SearchJob {
	readonly #lines: Searched;
	readonly #wanted: string;
	readonly #from: number;
	readonly #step: 1 | -1;
	readonly #found: (key: Key | undefined) => void;
	#looked = 0;

	constructor(lines: Searched, text: string, from: number, backwards: boolean, found: (key: Key | undefined) => void) {
		this.#lines = lines;
		this.#wanted = text.toLowerCase();
		this.#from = from;
		this.#step = backwards ? -1 : 1;
		this.#found = found;
	}

	work(enough: () => boolean): void {
		const { length } = this.#lines;
		while (this.#looked < length) {
			this.#looked++;
			const position = (((this.#from + this.#step * this.#looked) % length) + length) % length;
			if (this.#lines.textAt(position).toLowerCase().includes(this.#wanted)) {
				this.#found(this.#lines.keyAt(position));
				return;
			}
			if ((this.#looked & 63) === 0 && enough()) return;
		}
		this.#found(undefined);
	}
}
