import type { ClientModel } from "../classify/types.js";
import type { Entry } from "../model/entry.js";
import { isLast } from "./rewriting-summary.js";

/** What rewriting has done since it was begun to count. */
export interface RewritingTally {
	/** messages that were changed, by profile, rule or stage that changed them */
	rewritten: ReadonlyMap<string, number>;
	/** messages that clients of some kind show as something else because the signalling was rewritten */
	verdicts: number;
	/** the same by kind of client */
	models: ReadonlyMap<ClientModel, number>;
}

/** authors that are counted */
const MOST = 1_000;

/** Counts what rewriting does to all sessions together; told every entry in order. */
export class RewritingCounter implements RewritingTally {
	rewritten = new Map<string, number>();
	verdicts = 0;
	models = new Map<ClientModel, number>();

	/** Begins anew. */
	reset(): void {
		this.rewritten = new Map();
		this.verdicts = 0;
		this.models = new Map();
	}

	entry(entry: Entry): void {
		if (entry.rewritten !== undefined) {
			const authors = new Set(entry.rewritten.stages.filter(({ edits }) => edits.length > 0).map(({ by }) => by));
			for (const by of authors) if (this.rewritten.size < MOST || this.rewritten.has(by)) add(this.rewritten, by);
		}
		const { verdict } = entry;
		if (verdict?.unrewritten === undefined || verdict.toClient !== true || !isLast(entry)) return;
		let changed = false;
		for (const { model, headline } of verdict.unrewritten) {
			const after = verdict.models.find((view) => view.model === model)?.headline;
			if (after === undefined || after === headline) continue;
			changed = true;
			add(this.models, model);
		}
		if (changed) this.verdicts++;
	}
}

function add<K>(counts: Map<K, number>, key: K): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}
