import type { Entry } from "./entry.js";

/** marks of one entry, and characters of one */
const MOST = 32;
export const LONGEST_MARK = 200;

/** Puts a mark on an entry; false where it is no mark, or the entry has as many as it may. */
export function addMark(entry: Entry, mark: string): boolean {
	const { marks = [] } = entry;
	if (mark === "" || mark.length > LONGEST_MARK) return false;
	if (marks.includes(mark)) return true;
	if (marks.length >= MOST) return false;
	entry.marks = [...marks, mark];
	return true;
}
