import type { LadderData, RowData } from "../core/report/data.js";

/** What stands in the ladder: the band of a session, or a message. */
export interface Item {
	session: number;
	/** undefined: the band */
	row: RowData | undefined;
	/** further chunks behind it, of which none is counted when it is open */
	folded: number;
	/** band: messages that match */
	matches: number;
	open: boolean;
	/** a chunk below its first */
	inner: boolean;
	/** pixels from the top */
	top: number;
	height: number;
}

export const BAND_HEIGHT = 44;
export const ROW_HEIGHT = 26;

/** Sessions that are folded, and messages whose chunks are shown. */
export interface Folding {
	closed: Set<number>;
	opened: Set<number>;
}

/** The items in order of sessions, inside of time. A session without a match is left out. */
export function layOut(data: LadderData, test: (row: RowData) => boolean, folding: Folding): Item[] {
	const bySession: RowData[][] = data.sessions.map(() => []);
	const chunks = new Map<number, RowData[]>();
	for (const row of data.rows) {
		if (!test(row)) continue;
		bySession[row.s]!.push(row);
		if (row.i === undefined) continue;
		const list = chunks.get(row.i);
		if (list === undefined) chunks.set(row.i, [row]);
		else list.push(row);
	}
	const items: Item[] = [];
	let top = 0;
	const push = (item: Omit<Item, "top" | "height">): void => {
		const height = item.row === undefined ? BAND_HEIGHT : ROW_HEIGHT;
		items.push({ ...item, top, height });
		top += height;
	};
	for (const [session, rows] of bySession.entries()) {
		if (rows.length === 0) continue;
		const open = !folding.closed.has(session);
		push({ session, row: undefined, folded: 0, matches: rows.length, open, inner: false });
		if (!open) continue;
		const shown = new Set(rows.map((row) => row.n));
		for (const row of rows) {
			const inner = row.i !== undefined && shown.has(row.i);
			if (inner && !folding.opened.has(row.i!)) continue;
			push({ session, row, folded: chunks.get(row.n)?.length ?? 0, matches: 0, open: folding.opened.has(row.n), inner });
		}
	}
	return items;
}

/** Index of the item at a height. */
export function itemAt(items: readonly Item[], y: number): number {
	let low = 0;
	let high = items.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (items[middle]!.top <= y) low = middle;
		else high = middle - 1;
	}
	return low;
}
