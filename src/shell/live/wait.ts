import { Summariser } from "../../core/export/summary.js";
import type { Entry } from "../../core/model/entry.js";
import type { Filter } from "../../core/rules/filter/index.js";
import type { EntryStore } from "../../core/store/entry-store.js";

export interface WaitOptions {
	/** milliseconds; default 5,000 */
	timeout?: number;
	/** only entries with greater numbers count; default 0: also those that were there before the call */
	after?: number;
	/** ends the wait early: it then rejects with the signal's reason */
	signal?: AbortSignal;
}

const TIMEOUT = 5_000;
/** entries that the error of a wait in vain shows */
const SHOWN = 10;
/** entries that are looked at before others get their turn */
const SCAN = 5_000;

/** Nothing matched in time. The text shows what came instead. */
export class WaitError extends Error {
	override readonly name = "WaitError";
}

/**
 * The first entry that matches, of those that are kept and those that come. Late findings and marks count too: an entry that matches
 * because of one is found then. Rejects with WaitError after the time-out.
 */
export function waitForEntry(
	store: EntryStore,
	filter: Filter,
	{ timeout = TIMEOUT, after = 0, signal }: WaitOptions = {},
): Promise<Entry> {
	return new Promise((resolve, reject) => {
		let done = false;
		let scanning = true;
		/** came while older ones were still looked at */
		let candidate: Entry | undefined;
		const over = (act: () => void): void => {
			done = true;
			clearTimeout(timer);
			end();
			signal?.removeEventListener("abort", aborted);
			act();
		};
		const aborted = (): void => over(() => reject(signal!.reason));
		const timer = setTimeout(() => over(() => reject(new WaitError(inVain(store, filter, timeout, after)))), timeout);
		const end = store.subscribe(({ entry }) => {
			if (entry.number <= after || !store.matches(filter, entry)) return;
			if (!scanning) over(() => resolve(entry));
			else candidate ??= entry;
		});
		const { last } = store;
		const scan = (from: number): void => {
			if (done) return;
			const { entries, next } = store.query({ filter, after: from, before: last + 1, limit: 1, scan: SCAN });
			const found = entries[0] ?? (next === undefined ? candidate : undefined);
			if (found !== undefined) over(() => resolve(found));
			else if (next === undefined) scanning = false;
			else setImmediate(scan, next);
		};
		if (signal?.aborted === true) aborted();
		else {
			signal?.addEventListener("abort", aborted, { once: true });
			scan(after);
		}
	});
}

function inVain(store: EntryStore, filter: Filter, timeout: number, after: number): string {
	const { entries } = store.query({ after: Math.max(after, store.last - SHOWN), limit: SHOWN });
	const summariser = new Summariser();
	const lines = entries.map((entry) => `\n  #${entry.number} ${entry.flow.leg ?? ""} ${summariser.summary(entry)}`);
	const came = lines.length === 0 ? "nothing came at all" : `the last that came:${lines.join("")}`;
	return `nothing matched ${filter.source} within ${timeout} ms; ${came}`;
}
