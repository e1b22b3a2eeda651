import type { Entry } from "../model/entry.js";
import type { DiagnosticId } from "../model/problem.js";
import type { Late } from "./types.js";

/** Octets that a finding is about; relative to the frame. */
export interface Place {
	start: number;
	end: number;
}

/** Takes findings: those about the entry at hand go to it, those about earlier ones are collected. */
export class Findings {
	#late: Late[] = [];

	/** About the entry at hand. */
	on(entry: Entry, id: DiagnosticId, detail: string, place?: Place): void {
		entry.problems.push(
			place === undefined ? { id, offset: 0, length: 0, detail } : { id, offset: place.start, length: place.end - place.start, detail },
		);
	}

	/** About an entry handed out before. */
	late(entry: number, id: DiagnosticId, detail: string): void {
		this.#late.push({ entry, problem: { id, offset: 0, length: 0, detail } });
	}

	/** The late findings since the last call. */
	take(): Late[] {
		if (this.#late.length === 0) return NONE;
		const late = this.#late;
		this.#late = [];
		return late;
	}
}

const NONE: Late[] = Object.freeze([]) as unknown as Late[];

/** The value of a header row as a place. */
export function valuePlace(row: { valueStart: number; valueEnd: number } | undefined): Place | undefined {
	return row === undefined ? undefined : { start: row.valueStart, end: row.valueEnd };
}
