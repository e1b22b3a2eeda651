import type { ClauseTableOptions } from "../checks/clauses/table.js";
import type { ClassifyOptions } from "../classify/classify.js";
import type { Entry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import type { EditData } from "./data.js";
import type { Html } from "./html.js";

export interface ReportOptions {
	/** heading of the page */
	title: string;
	/** what was read: the name of a file, "mitmsrp proxy" */
	source: string;
	/** "mitmsrp 0.1.0" */
	program: string;
	/** users, hosts and bodies are pseudonyms (default: no) */
	redacted?: boolean;
	/** how messages were classified; undefined: they were not */
	classify: (ClassifyOptions & ClauseTableOptions) | undefined;
}

export interface SectionContext extends ReportOptions {
	/** time of the first packet, once it is known */
	readonly zero: { sec: number; nsec: number };
	/** the entry is shown; others only teach */
	chosen(entry: number): boolean;
}

/** What was found out about an entry once for all sections. */
export interface Surroundings {
	/** number of the entry of the same message on the leg that it came from; undefined where it was not seen there */
	copyOf: number | undefined;
	/** what was changed of it on its way */
	edits: readonly EditData[];
}

/** One part of the page while it collects. Memory is bounded whatever comes. */
export interface ReportSection {
	/** every entry that is shown, its octets lent for the call */
	entry?(entry: Entry, around: Surroundings): void;
	/** every entry, shown or not, before `entry` */
	seen?(entry: Entry): void;
	/** a finding about an entry that came before */
	late?(entryNumber: number, problem: Problem): void;
	/** what is wrong with the capture itself */
	damage?(problem: Problem): void;
	/** the input is over */
	finish?(): void;
	/** the content below the heading; undefined leaves the section out */
	html(): Html | undefined;
	/** for the page's script: names and values of elements of type application/json */
	data?(): [name: string, value: unknown][];
}

export interface SectionDefinition {
	/** anchor in the page */
	id: string;
	title: string;
	create(context: SectionContext): ReportSection;
}
