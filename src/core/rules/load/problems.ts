import type { Place } from "../engine/rule.js";
import { nearest } from "../filter/nearest.js";
import { positionIn, type ScalarTree } from "./tree.js";

/** One thing that is wrong in a rule file. */
export interface RuleProblem extends Place {
	message: string;
}

/** "rules.yaml:12:7: there is no action dely; did you mean delay?" */
export function problemText({ file, line, column, message }: RuleProblem): string {
	return `${file}:${line}:${column}: ${message}`;
}

/** Problems that are kept; what is beyond is counted only. */
const MOST = 1_000;

/** All that is wrong with the files of one load. */
export class Problems {
	readonly list: RuleProblem[] = [];
	#beyond = 0;

	/** how many there were */
	get count(): number {
		return this.list.length + this.#beyond;
	}

	add(place: Place, message: string): void {
		if (this.list.length < MOST) this.list.push({ ...place, message });
		else this.#beyond++;
	}

	/** in order of files as they were read, then of places */
	sorted(files: readonly string[]): RuleProblem[] {
		const order = new Map(files.map((file, index) => [file, index]));
		const list = [...this.list].sort(
			(a, b) => (order.get(a.file) ?? -1) - (order.get(b.file) ?? -1) || a.line - b.line || a.column - b.column,
		);
		const last = list.at(-1);
		if (this.#beyond > 0 && last !== undefined) list.push({ ...last, message: `${this.#beyond} more problems` });
		return list;
	}
}

/** A rule file and where its lines begin. */
export class SourceFile {
	readonly name: string;
	readonly text: string;
	#starts: number[] | undefined;

	constructor(name: string, text: string) {
		this.name = name;
		this.text = text;
	}

	place(at: number): Place {
		this.#starts ??= lineStarts(this.text);
		const starts = this.#starts;
		let low = 0;
		let high = starts.length;
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (starts[middle]! <= at) low = middle;
			else high = middle;
		}
		return { file: this.name, line: low + 1, column: at - starts[low]! + 1 };
	}

	/** The place of one character of a scalar's value. */
	placeIn(scalar: ScalarTree, index: number): Place {
		return this.place(positionIn(scalar, this.text, index));
	}
}

function lineStarts(text: string): number[] {
	const starts = [0];
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
	return starts;
}

/** "; did you mean delay?" where one of them is close enough to be meant, else the list of all where that is short. */
export function suggestion(given: string, known: readonly string[]): string {
	if (known.length === 0) return "";
	const close = nearest(given, known);
	if (isClose(given, close)) return `; did you mean ${close}?`;
	return known.length <= 16 ? `; there are ${known.join(", ")}` : "";
}

function isClose(given: string, candidate: string): boolean {
	const letters = new Set(candidate.toLowerCase());
	const shared = [...given.toLowerCase()].filter((letter) => letters.has(letter)).length;
	return shared * 2 > given.length && Math.abs(given.length - candidate.length) <= Math.max(3, candidate.length / 2);
}
