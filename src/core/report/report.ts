import { CopyFinder } from "../explain/copies.js";
import type { Entry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import { EditFinder } from "./edits.js";
import { page } from "./page.js";
import { SECTIONS } from "./sections/index.js";
import type { ReportOptions, ReportSection, SectionDefinition } from "./types.js";

/** Numbers of shown entries that are remembered, for findings that come late. */
const REMEMBERED = 1 << 16;

/**
 * Collects entries and makes an HTML page of them: one file that needs nothing else. Fed with every entry in order; octets are
 * lent. Memory is bounded: what does not fit is counted, and the page says so.
 */
export class Report {
	readonly #options: ReportOptions;
	readonly #sections: readonly { definition: SectionDefinition; section: ReportSection }[];
	readonly #zero = { sec: 0, nsec: 0 };
	readonly #copies = new CopyFinder();
	readonly #edits = new EditFinder();
	readonly #chosen = new Set<number>();
	/** SIP and MSRP messages that were shown */
	messages = 0;
	#started = false;
	#over = false;

	constructor(options: ReportOptions) {
		this.#options = options;
		const context = { ...options, zero: this.#zero, chosen: (entry: number) => this.#chosen.has(entry) };
		this.#sections = SECTIONS.map((definition) => ({ definition, section: definition.create(context) }));
	}

	/** The time of the first packet: what relative times count from. */
	start(at: { sec: number; nsec: number }): void {
		if (this.#started) return;
		this.#started = true;
		this.#zero.sec = at.sec;
		this.#zero.nsec = at.nsec;
	}

	/** The next entry; one that is not `shown` only teaches what later ones rest on. */
	entry(entry: Entry, shown = true): void {
		this.start(entry.began);
		if (shown) {
			if (entry.protocol === "sip" || entry.protocol === "msrp") this.messages++;
			this.#chosen.add(entry.number);
			if (this.#chosen.size > REMEMBERED) this.#chosen.delete(this.#chosen.values().next().value!);
		}
		const copyOf = this.#copies.of(entry);
		const around = { copyOf, edits: this.#edits.of(entry, copyOf) };
		for (const { section } of this.#sections) {
			section.seen?.(entry);
			if (shown) section.entry?.(entry, around);
		}
	}

	late(entryNumber: number, problem: Problem): void {
		if (!this.#chosen.has(entryNumber)) return;
		for (const { section } of this.#sections) section.late?.(entryNumber, problem);
	}

	/** Damage or an oddity of the capture itself. */
	damage(problem: Problem): void {
		for (const { section } of this.#sections) section.damage?.(problem);
	}

	/** The page. Nothing may be added afterwards. */
	html(): string {
		if (!this.#over) for (const { section } of this.#sections) section.finish?.();
		this.#over = true;
		const shown = this.#sections.flatMap(({ definition, section }) => {
			const content = section.html();
			return content === undefined ? [] : [{ id: definition.id, title: definition.title, content, data: section.data?.() ?? [] }];
		});
		return page(this.#options, this.#zero, shown);
	}
}
