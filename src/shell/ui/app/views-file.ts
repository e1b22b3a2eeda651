import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse, stringify } from "yaml";
import { TIME_FORMATS } from "../../../core/export/time-format.js";
import type { View } from "../state/events.js";
import { DEFAULT_COLUMNS, SESSION_ORDERS } from "../state/state.js";

/** Views that the user kept, in a file of the configuration folder: name to filter, columns, order and time column. */
export class ViewsFile {
	readonly #path: string;
	#views = new Map<string, View>();

	/** A file that is not there has no views. @throws what reading and parsing throw */
	constructor(path: string) {
		this.#path = path;
	}

	get names(): string[] {
		return [...this.#views.keys()];
	}

	load(): void {
		let text: string;
		try {
			text = readFileSync(this.#path, "utf8");
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
			throw error;
		}
		const found = parse(text) as unknown;
		if (typeof found !== "object" || found === null) return;
		for (const [name, value] of Object.entries(found)) this.#views.set(name, viewOf(value));
	}

	get(name: string): View | undefined {
		return this.#views.get(name);
	}

	set(name: string, { filter, columns, order, reversed, time }: View): void {
		this.#views.set(name, { filter, columns, order, reversed, time });
		this.#write();
	}

	delete(name: string): boolean {
		const known = this.#views.delete(name);
		if (known) this.#write();
		return known;
	}

	#write(): void {
		mkdirSync(dirname(this.#path), { recursive: true });
		writeFileSync(this.#path, stringify(Object.fromEntries(this.#views)));
	}
}

/** What the file says, as far as it is right; people edit such files. */
function viewOf(value: unknown): View {
	const { filter, columns, order, reversed, time } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
	return {
		filter: typeof filter === "string" ? filter : "",
		columns: Array.isArray(columns) && columns.length > 0 ? columns.map(String) : DEFAULT_COLUMNS,
		order: SESSION_ORDERS.find((one) => one === order) ?? "first",
		reversed: reversed === true,
		time: TIME_FORMATS.find((one) => one === time) ?? "relative",
	};
}
