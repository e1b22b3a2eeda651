import { jsonEntry } from "../../core/export/json.js";
import type { Entry } from "../../core/model/entry.js";
import type { EntryStore } from "../../core/store/entry-store.js";

/** lines that are remembered: many readers are told of the same entries */
const MOST = 256;

/** Entries as JSON, as `--json` writes them; a line made once serves all who ask for it soon. */
export class EntryLines {
	readonly #lines = new Map<string, string>();

	constructor(store: EntryStore) {
		store.subscribe(({ kind, entry }) => {
			// What is told of a new entry before this is not remembered.
			if (kind !== "entry") for (const verbosity of [0, 1, 2]) this.#lines.delete(`${entry.number} ${verbosity}`);
		});
	}

	/** without the line feed */
	line(entry: Entry, verbosity: number): string {
		const key = `${entry.number} ${verbosity}`;
		let line = this.#lines.get(key);
		if (line === undefined) {
			line = jsonEntry(entry, { verbosity }).trimEnd();
			this.#lines.set(key, line);
			if (this.#lines.size > MOST) this.#lines.delete(this.#lines.keys().next().value!);
		}
		return line;
	}
}
