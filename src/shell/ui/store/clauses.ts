import { ClauseTable } from "../../../core/checks/clauses/table.js";
import type { Finding } from "../../../core/checks/clauses/types.js";
import type { Entry } from "../../../core/model/entry.js";
import type { Problem } from "../../../core/model/problem.js";
import { FifoMap } from "../../../core/session/bounded.js";

/** What a clause check said about a message. */
export interface ClauseFinding {
	/** "C01" */
	check: string;
	result: Finding["result"];
	/** not escaped */
	text: string;
	excerpt: string;
}

/** Findings that one message keeps. */
const MOST = 40;
/** Messages whose findings are kept. */
const MESSAGES = 20_000;

/** The clause checks, by message instead of by session. */
export class Clauses {
	readonly #table: ClauseTable;
	readonly #found: FifoMap<number, ClauseFinding[]>;

	constructor(entries: number) {
		this.#found = new FifoMap(Math.min(entries, MESSAGES));
		this.#table = new ClauseTable({ told: (check, finding) => this.#tell(check, finding) });
	}

	add(entry: Entry): void {
		this.#table.entry(entry);
	}

	late(number: number, problem: Problem): void {
		this.#table.late(number, problem);
	}

	of(number: number): readonly ClauseFinding[] {
		return this.#found.get(number) ?? [];
	}

	#tell(check: string, { result, entries, text, excerpt = "" }: Finding): void {
		const [number] = entries;
		if (number === undefined || result === "n/a") return;
		const known = this.#found.get(number);
		// That a clause was kept needs no proof, and most were.
		const finding = result === "pass" ? { check, result, text: "", excerpt: "" } : { check, result, text, excerpt };
		if (known === undefined) this.#found.set(number, [finding]);
		else if (known.length < MOST) known.push(finding);
	}
}
