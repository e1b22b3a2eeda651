import type { ClassifyOptions } from "../../../../core/classify/classify.js";
import type { Chain } from "../../../../core/explain/chain.js";
import type { Entry } from "../../../../core/model/entry.js";
import type { Problem } from "../../../../core/model/problem.js";
import type { Line } from "../../draw/cells.js";
import type { ClauseFinding } from "../../store/clauses.js";
import type { Row } from "../../store/row.js";

/** All that is known of one message. */
export interface Subject {
	readonly row: Row;
	readonly entry: Entry;
	readonly late: readonly Problem[];
	readonly chain: Chain | undefined;
	readonly clauses: readonly ClauseFinding[];
	readonly zero: { sec: number; nsec: number };
	readonly classify: ClassifyOptions;
	/** the same message on another leg, where that is known and kept */
	readonly other: Entry | undefined;
}

export interface TextOptions {
	readonly width: number;
	readonly wrap: boolean;
	/** groups of the tree that are shut */
	readonly shut: ReadonlySet<string>;
}

export interface TextLine {
	readonly line: Line;
	/** the group that Enter opens and shuts */
	readonly group?: string;
	/** a filter for what this line says */
	readonly filter?: string;
}

/** Lines made when they are asked for: a message may have a million octets, a window has fifty rows. */
export interface Text {
	readonly length: number;
	at(index: number): TextLine;
}

/** One tab of the details. */
export interface Tab {
	readonly title: string;
	text(subject: Subject, options: TextOptions): Text;
}

export function textOf(lines: readonly TextLine[]): Text {
	return { length: lines.length, at: (index) => lines[index] ?? { line: [] } };
}
