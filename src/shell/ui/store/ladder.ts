import { lowerBound } from "./lists.js";
import type { Row } from "./row.js";
import type { Session } from "./sessions.js";
import type { Store } from "./store.js";

/** One arrow: a row, or the chunks of a message, or the same answer to them. */
export interface Arrow {
	/** of the first row behind it */
	readonly number: number;
	/** of the last one: the whole message, once it is there */
	last: number;
	count: number;
	/** rows behind it that have a finding, a change or a divergence that the last one has not */
	problem: Row["problem"];
	edited: string;
}

const LANES = 64;

/** The ladder of one session, kept up as rows come. Chunks of one message are one arrow, and so are equal answers to them. */
export class Ladder {
	readonly session: Session;
	readonly folded: boolean;
	readonly lanes: string[] = [];
	arrows: Arrow[] = [];
	numbers: number[] = [];
	#next = 0;
	readonly #folds = new Map<string, { arrow: Arrow; answers: Map<string, Arrow> }>();
	readonly #byNumber = new Map<number, { arrow: Arrow; answers: Map<string, Arrow> }>();
	readonly #matches: (row: Row) => boolean | undefined;

	/** `matches` is undefined of rows that the filter has not come to yet */
	constructor(session: Session, folded: boolean, matches: (row: Row) => boolean | undefined) {
		this.session = session;
		this.folded = folded;
		this.#matches = matches;
	}

	/** Rows of the session that it has not taken in. */
	get left(): number {
		const { numbers, from } = this.session;
		return numbers.length - Math.max(from, lowerBound(numbers, this.#next, from));
	}

	/** Takes in what came since, until `enough`; gives whether something changed. */
	update(store: Store, enough: (rows: number) => boolean = () => false): boolean {
		const { numbers, from } = this.session;
		const oldest = store.at(0)?.number ?? 0;
		let changed = false;
		let looked = 0;
		let at = Math.max(from, lowerBound(numbers, this.#next, from));
		for (; at < numbers.length; at++) {
			const row = store.row(numbers[at]!);
			const chosen = row === undefined ? false : this.#matches(row);
			if (chosen === undefined || enough(++looked)) break;
			this.#next = numbers[at]! + 1;
			if (!chosen) continue;
			this.#add(row!);
			changed = true;
		}
		while (this.arrows.length > 0 && this.arrows[0]!.last < oldest) {
			const gone = this.arrows.findIndex(({ last }) => last >= oldest);
			this.arrows.splice(0, gone < 0 ? this.arrows.length : gone);
			this.numbers = this.arrows.map(({ number }) => number);
			changed = true;
		}
		return changed;
	}

	/** Position of the arrow that stands for a row. */
	position(number: number): number {
		const at = lowerBound(this.numbers, number);
		if (this.numbers[at] === number) return at;
		const folded = this.#byNumber.get(number)?.arrow;
		const found = folded === undefined ? -1 : this.arrows.indexOf(folded);
		return found >= 0 ? found : Math.max(0, Math.min(at, this.arrows.length - 1));
	}

	#add(row: Row): void {
		for (const end of [row.from, row.to]) if (!this.lanes.includes(end) && this.lanes.length < LANES) this.lanes.push(end);
		if (this.folded && this.#fold(row)) return;
		const arrow: Arrow = { number: row.number, last: row.number, count: 1, problem: row.problem, edited: row.edited };
		this.arrows.push(arrow);
		this.numbers.push(row.number);
		if (!this.folded) return;
		if (row.fold !== "" && row.open) {
			const fold = { arrow, answers: new Map<string, Arrow>() };
			this.#folds.set(row.fold, fold);
			this.#byNumber.set(row.number, fold);
		} else if (row.answers > 0 && row.kind === "response") this.#byNumber.get(row.answers)?.answers.set(row.short, arrow);
	}

	#fold(row: Row): boolean {
		const fold = row.kind === "response" ? this.#byNumber.get(row.answers) : row.fold === "" ? undefined : this.#folds.get(row.fold);
		if (fold === undefined) return false;
		const arrow = row.kind === "response" ? fold.answers.get(row.short) : fold.arrow;
		if (arrow === undefined) return false;
		arrow.count++;
		arrow.last = row.number;
		arrow.problem ??= row.problem;
		if (arrow.edited === "") arrow.edited = row.edited;
		if (row.kind !== "response") this.#byNumber.set(row.number, fold);
		return true;
	}
}
